"""How far the year's campaign is: county, towns, villages, against the rulebook's target."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import connection
from django.utils.timezone import localdate

from yibao.apps.access.models import Organisation
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.collection.policy import policy
from yibao.apps.statistics.queries.tallies import Source, source
from yibao.core.money import PARTS, Fen

LEVELS = ("city", "county", "township", "village")


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """A place and how many of its residents are reached; `checks` as they stood at each check."""

    code: str
    name: str
    level: str
    parent: str
    area_from: int
    area_until: int
    registered: int = 0
    own: int = 0
    supported: int = 0
    elsewhere: int = 0
    checks: tuple[int, ...] = ()
    target_parts: int | None = None

    @property
    def covered(self) -> int:
        """How many are insured here or elsewhere with proof."""
        return self.own + self.supported + self.elsewhere

    @property
    def missing(self) -> int:
        """How many more must be reached for the target; 0 where it is reached or there is none."""
        if self.target_parts is None:
            return 0
        needed = -(-self.registered * self.target_parts // PARTS)
        return max(0, needed - self.covered)

    @property
    def reached(self) -> bool:
        """Whether the target is reached."""
        return self.missing == 0

    @property
    def rate_parts(self) -> int:
        """Return the rate in parts of ten thousand, rounded down: a target is not rounded up to."""
        return self.covered * PARTS // self.registered if self.registered else 0

    def plus(self, other: "ProgressRow") -> "ProgressRow":
        """Return this place with another's counts added."""
        return replace(
            self,
            registered=self.registered + other.registered,
            own=self.own + other.own,
            supported=self.supported + other.supported,
            elsewhere=self.elsewhere + other.elsewhere,
            checks=tuple(
                mine + theirs
                for mine, theirs in zip(self.checks or (0,) * len(other.checks), other.checks)
            )
            or self.checks,
        )


@dataclass(frozen=True, slots=True)
class Board:
    """A place with the places in it, as of a moment; `is_late`: the counting stands still."""

    on: datetime
    year: int
    target_parts: int | None
    check_days: tuple[date, ...]
    rows: tuple[ProgressRow, ...]
    is_late: bool = False

    def row(self, code: str) -> ProgressRow | None:
        """Return the row of a place."""
        return next((row for row in self.rows if row.code == code), None)

    def below(self, code: str) -> list[ProgressRow]:
        """Return the places directly below that have residents, worst first."""
        found = [row for row in self.rows if row.parent == code and row.registered]
        return sorted(found, key=lambda row: (row.rate_parts, -row.missing, row.code))

    def whole(self) -> ProgressRow:
        """Return the widest place: all residents of the scope, not the sum of what is missing."""
        return self.rows[0]


def progress(*, scope: Scope, year: int, on: datetime) -> Board:
    """Return the progress of every place in the scope, the widest first. Three queries.

    `on` of a large place's board lies some minutes back: it is the moment of the counts that are
    kept (`tallies.source`).
    """
    rules = policy(scope.region, year)
    days = tuple(day for day in rules.check_days if day <= localdate(on))
    with scoped(scope):
        places = _places(scope, rules.target_parts, len(days))
        counted_from, counted = _counts(year, on, days)
        for counts in counted:
            _add(places, counts)
    return Board(
        on=counted_from.on,
        is_late=counted_from.is_late,
        year=year,
        target_parts=rules.target_parts,
        check_days=days,
        rows=tuple(places),
    )


def counted_on(*, scope: Scope, year: int, on: datetime) -> datetime:
    """Return the moment that figures of the scope tell of when they are asked for. One query."""
    with scoped(scope), connection.cursor() as cursor:
        return source(cursor, year=year, on=on).on


def series(*, scope: Scope, year: int, on: datetime) -> list[tuple[date, int]]:
    """Return for each day on which somebody was reached how many were by its end. Two queries."""
    with scoped(scope), connection.cursor() as cursor:
        found = source(cursor, year=year, on=on)
        cursor.execute(
            f"""
            with {found.words}
            select since_on, sum(people) from tallied
             where since_on is not null group by 1 order by 1
            """,  # noqa: S608 - a fixed text
            found.values,
        )
        rows = cursor.fetchall()
    total, days = 0, []
    for day, count in rows:
        total += count
        days.append((day, total))
    return days


def work_funds(
    *, scope: Scope, year: int, on: datetime, fund_fen: int
) -> list[tuple[ProgressRow, Fen]]:
    """Share work funds out to villages by what each has completed (方案 七).

    The figure of a village is the number of its residents reached; the shares add up to the sum.
    """
    board = progress(scope=scope, year=year, on=on)
    villages = [row for row in board.rows if row.level == "village" and row.covered]
    if not villages:
        return []
    shares = Fen(fund_fen).allocate([row.covered for row in villages])
    return list(zip(villages, shares))


def _places(scope: Scope, target_parts: int | None, checks: int) -> list[ProgressRow]:
    """Return the places of the scope, the widest first, with nothing counted yet."""
    found = Organisation.objects.filter(
        region_id=scope.region,
        kind__in=LEVELS,
        area_from__gte=scope.area_from,
        area_until__lte=scope.area_until,
    ).values_list("division", "name", "kind", "parent__division", "area_from", "area_until")
    rows = [
        ProgressRow(
            code=code,
            name=name,
            level=kind,
            parent=parent or "",
            area_from=area_from,
            area_until=area_until,
            checks=(0,) * checks,
            target_parts=target_parts,
        )
        for code, name, kind, parent, area_from, area_until in found
    ]
    return sorted(rows, key=lambda row: (row.area_from - row.area_until, row.area_from))


def _counts(
    year: int, on: datetime, days: Sequence[date]
) -> tuple[Source, Iterable[tuple[int, ...]]]:
    """Return the source, and by village: registered, own, supported, elsewhere, by each check."""
    checks = "".join(
        f", coalesce(sum(people) filter (where since_on <= %(check{n})s), 0)"
        for n in range(len(days))
    )
    with connection.cursor() as cursor:
        found = source(cursor, year=year, on=on)
        cursor.execute(
            f"""
            with {found.words}
            select area_no, sum(people),
                   coalesce(sum(people) filter (where kind = 'own'), 0),
                   coalesce(sum(people) filter (where kind = 'supported'), 0),
                   coalesce(sum(people) filter (where kind = 'elsewhere'), 0){checks}
              from tallied group by 1 order by 1
            """,  # noqa: S608 - fixed texts and numbers
            found.values | {f"check{n}": day for n, day in enumerate(days)},
        )
        return found, cursor.fetchall()


def _add(places: list[ProgressRow], counts: tuple[int, ...]) -> None:
    """Add a village's counts to every place that it lies in."""
    area_no, registered, own, supported, elsewhere, *checks = counts
    for at, place in enumerate(places):
        if place.area_from <= area_no < place.area_until:
            more = replace(
                place,
                registered=registered,
                own=own,
                supported=supported,
                elsewhere=elsewhere,
                checks=tuple(checks),
            )
            places[at] = place.plus(more)
