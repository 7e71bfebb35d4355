"""Reads of places and offices, inside a scope."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.models import Organisation, OrganisationKind
from yibao.apps.access.scope import NotThere, Scope


@dataclass(frozen=True)
class Area:
    """A place: its code, its name, its level, and the half-open range of codes in it."""

    code: str
    name: str
    kind: str
    area_from: int
    area_until: int


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
