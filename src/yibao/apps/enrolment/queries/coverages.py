"""Who is covered when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from yibao.apps.access.scope import Scope, scoped
from yibao.apps.enrolment.models import Coverage


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """A coverage as a person's page lists it; half-open, from a moment to a moment."""

    coverage_id: int
    year: int
    starts_at: datetime
    ends_at: datetime
    reason: str
    consecutive_years: int
    suspended_from: date | None
    suspended_until: date | None
    source_kind: str
    recorded_at: datetime
    cancelled_at: datetime | None
    cancelled_because: str


@dataclass(frozen=True, slots=True)
class Covered:
    """The coverage that holds at a moment."""

    coverage_id: int
    year: int
    starts_at: datetime
    ends_at: datetime
    consecutive_years: int
    reason: str
    suspended: bool


def coverages_of(*, scope: Scope, person_id: int) -> list[CoverageLine]:
    """Return every coverage of the person, the newest year first, cancelled ones too."""
    scope.require("enrolment.read")
    with scoped(scope):
        found = Coverage.objects.filter(person_id=person_id).order_by("-year", "-id")
        return [_line(one) for one in found]


def covered_in(*, scope: Scope, person_ids: Sequence[int], year: int) -> dict[int, CoverageLine]:
    """Return each person's live coverage of a year; the latest where there are several."""
    scope.require("enrolment.read")
    with scoped(scope):
        found = Coverage.objects.filter(
            person_id__in=person_ids, year=year, cancelled_at=None
        ).order_by("id")
        return {one.person_id: _line(one) for one in found}


def covered_on(
    *, scope: Scope, person_ids: Sequence[int], at: datetime, on: date
) -> dict[int, Covered]:
    """Return the coverage that holds at the moment for those who have one. One query.

    `on` is the moment's day in China: a suspension counts by days. A suspended coverage is
    returned and says so: it does not pay.
    """
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            """
            select c.person_id, c.id, c.year, lower(c.period), upper(c.period),
                   c.consecutive_years, c.reason,
                   c.suspended_from is not null and c.suspended_from <= %s
                   and (c.suspended_until is null or c.suspended_until > %s)
              from enrolment_coverage c
             where c.person_id = any(%s) and c.cancelled_at is null and c.period @> %s""",
            [on, on, list(person_ids), at],
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return {row[0]: Covered(*row[1:]) for row in rows}


def _line(one: Coverage) -> CoverageLine:
    return CoverageLine(
        coverage_id=one.pk,
        year=one.year,
        starts_at=one.period.lower,
        ends_at=one.period.upper,
        reason=one.reason,
        consecutive_years=one.consecutive_years,
        suspended_from=one.suspended_from,
        suspended_until=one.suspended_until,
        source_kind=one.source_kind,
        recorded_at=one.recorded_at,
        cancelled_at=one.cancelled_at,
        cancelled_because=one.cancelled_because,
    )
