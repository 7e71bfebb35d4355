"""Reads of offices, accounts and the served day."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from yibao.apps.access import rulebooks
from yibao.apps.access.models import (
    Operator,
    Organisation,
    OrganisationKind,
    PoolingRegion,
    Post,
)
from yibao.apps.access.posts import in_force_on
from yibao.apps.access.scope import NotThere, Scope

CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Clock:
    """The database's moment, and the region's served day with that time of day."""

    now: datetime
    at: datetime

    @property
    def served_on(self) -> date:
        """The day that work is done on."""
        return self.at.date()


@dataclass(frozen=True)
class Area:
    """A place: its code, its name, its level, and the half-open range of codes in it."""

    code: str
    name: str
    kind: str
    area_from: int
    area_until: int


def clock(*, region: str | None = None) -> Clock:
    """Return the moment by the database's clock, in China, on the region's served day.

    A region with a day of its own (the demonstration) keeps it; an office has none, and works on
    the database's day. The mark of the office's rulebook comes with it, so that what is decided
    from here on is decided by the newest that was activated.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select statement_timestamp(), r.served_on, r.rulebook_mark"
            " from (select %s::text as code) asked"
            " left join access_poolingregion r on r.code = asked.code",
            [region or ""],
        )
        now, own_day, mark = cursor.fetchone()
    if region:
        rulebooks.note(region, mark or "")
    now = now.astimezone(CHINA)
    return Clock(now=now, at=_on(now, own_day))


def served_day(*, region: str, now: datetime) -> date:
    """Return the region's served day at a moment."""
    own_day = PoolingRegion.objects.values_list("served_on", flat=True).get(code=region)
    return _on(now.astimezone(CHINA), own_day).date()


def _on(now: datetime, day: date | None) -> datetime:
    return now if day is None else datetime.combine(day, now.timetz())


def organisation_by_division(code: str) -> Organisation:
    """Return the place with this division code. Raises NotThere."""
    found = _places().filter(division=code).first()
    if found is None:
        raise NotThere(what=_("区划 %(id)s") % {"id": code})
    return found


def villages_of(scope: Scope) -> QuerySet[Organisation]:
    """Return the villages of the scope, in the order of their codes."""
    return _inside(scope).filter(kind=OrganisationKind.VILLAGE).order_by("division")


def offices_of(scope: Scope, *, kinds: tuple[str, ...]) -> QuerySet[Organisation]:
    """Return the offices of these kinds (departments, schools, banks …) in the scope."""
    return _inside(scope).filter(kind__in=kinds).order_by("area_from", "name", "id")


def places_and_offices(scope: Scope) -> QuerySet[Organisation]:
    """Return every place and office of the scope, offices after their place."""
    return _inside(scope).order_by("area_from", "-area_until", "-division", "name", "id")


def places_below(scope: Scope, *, area: Area) -> list[Area]:
    """Return the places directly below a place; of a village none."""
    rows = _places().filter(parent__division=area.code, region_id=scope.region)
    return [_area(row) for row in rows.order_by("division") if scope.holds(row.area_from)]


def area_of(scope: Scope, *, code: str = "") -> Area:
    """Return the place of this code inside the scope, or the scope's own place for "".

    Raises NotThere for an unknown code, OutsideScope for one elsewhere.
    """
    if not code:
        own = Organisation.objects.filter(region_id=scope.region, area_from=scope.area_from)
        row = own.filter(area_until=scope.area_until).exclude(division="").first()
        assert row is not None, f"the area of post {scope.post_id} is no place"
        return _area(row)
    found = organisation_by_division(code)
    scope.narrowed(found.area_from, found.area_until)
    return _area(found)


def path_to(scope: Scope, *, area: Area) -> list[Area]:
    """Return the places from the scope's own down to this one."""
    rows = (
        _inside(scope)
        .exclude(division="")
        .filter(area_from__lte=area.area_from, area_until__gte=area.area_until)
    )
    return [_area(row) for row in rows.order_by("-area_until", "area_from")]


def posts_of(operator_id: int, on: date) -> list[Post]:
    """Return the posts that an operator holds on a day."""
    held = Post.objects.select_related("organisation__region", "operator")
    return list(held.filter(in_force_on(on), operator_id=operator_id).order_by("id"))


def operators_of(scope: Scope) -> QuerySet[Operator]:
    """Return the operators of the scope's offices with posts and certificates."""
    posts = Post.objects.select_related("organisation").order_by("id")
    return (
        Operator.objects.filter(
            organisation__region_id=scope.region,
            organisation__area_from__gte=scope.area_from,
            organisation__area_until__lte=scope.area_until,
        )
        .select_related("organisation")
        .prefetch_related(Prefetch("posts", posts), "certificates")
        .order_by("staff_no")
    )


def operator_of(scope: Scope, *, operator_id: int) -> Operator:
    """Return one operator of the scope. Raises NotThere."""
    found = operators_of(scope).filter(id=operator_id).first()
    if found is None:
        raise NotThere(what=_("该账号"))
    return found


def _places() -> QuerySet[Organisation]:
    return Organisation.objects.exclude(division="")


def _inside(scope: Scope) -> QuerySet[Organisation]:
    return Organisation.objects.filter(
        region_id=scope.region, area_from__gte=scope.area_from, area_until__lte=scope.area_until
    )


def _area(row: Organisation) -> Area:
    return Area(
        code=row.division,
        name=row.name,
        kind=row.kind,
        area_from=row.area_from,
        area_until=row.area_until,
    )
