"""Insuring persons: the region's coverage rule decides, coverage rows are written set-wise.

A payment or a deposit that was matched calls this; a ledger line alone insures nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _
from psycopg.types.json import Jsonb

from yibao.apps.access import audit
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.enrolment.models import Coverage
from yibao.apps.enrolment.queries.facts import facts_for_rules
from yibao.apps.enrolment.rules import (
    CHINA,
    counts_the_moment,
    decided,
    edition_of,
    end_of,
    outcome,
    start_of,
)
from yibao.core.refusal import Refusal
from yibao.core.rules.edition import Edition
from yibao.core.rules.scalar import Decision
from yibao.database.bulk import load
from yibao.database.errors import refused

UNPAID, MADE_UP, COVERED_ALREADY = "unpaid", "made_up", "covered_already"
_COVERAGE = {
    "person_id": "bigint",
    "area_no": "bigint",
    "year": "smallint",
    "starts_at": "timestamptz",
    "ends_at": "timestamptz",
    "reason": "text",
    "consecutive_years": "smallint",
    "suspended_from": "date",
    "suspended_until": "date",
    "witness": "jsonb",
    "source_kind": "text",
    "source_id": "bigint",
}
# Live coverage of the year itself, and the last insured year before it.
_BEFORE = """
    select k.person_id, k.year,
           exists (select from enrolment_coverage c where c.person_id = k.person_id
              and c.year = k.year and c.cancelled_at is null and c.reason <> %s),
           b.year, b.consecutive_years
      from unnest(%s::bigint[], %s::int[]) as k (person_id, year)
      left join lateral (
           select c.year, c.consecutive_years from enrolment_coverage c
            where c.person_id = k.person_id and c.year < k.year and c.cancelled_at is null
              and c.reason <> %s
            order by c.year desc limit 1) b on true"""


class CoveredAtThatTime(Refusal):
    """Raised by the database where two coverages of a person would overlap."""

    code = "E676"
    message = "此人这段时间已有参保记录"
    remedy = "请刷新后核对其参保页"
    message_en = "The person is covered at that time already"
    remedy_en = "Reload and see the person's coverage"


class CoverageCancelled(Refusal):
    """Raised for a coverage that was cancelled before."""

    code = "E677"
    message = "该参保记录已于 {day} 取消"
    remedy = "请核对记录"
    message_en = "The coverage was cancelled on {day}"
    remedy_en = "Check the record"


@dataclass(frozen=True, slots=True)
class CoverItem:
    """A person whom a payment may insure. `facts`: rulebook facts in JSON form, the payment's
    day (and moment, where there is one) among them."""

    person_id: int
    year: int
    facts: Mapping[str, Any]
    source_kind: str
    source_id: int
    area_no: int


@dataclass(frozen=True, slots=True)
class CoverAnswer:
    """What the rule said. Half-open, None where nothing is covered; `reason` is its code."""

    person_id: int
    accepted: bool
    reason: str
    starts_at: datetime | None
    ends_at: datetime | None
    because: Refusal | None = None


@dataclass(frozen=True, slots=True)
class _Before:
    covered: bool = False
    year: int | None = None
    consecutive_years: int | None = None


def cover(*, scope: Scope, items: Sequence[CoverItem], at: datetime) -> list[CoverAnswer]:
    """Decide each item by the region's coverage rule and insure those whom it accepts.

    Answers stand in the order of the items, one item a person and year. A person who is covered
    that year is answered `covered_already`; one whose facts the rule cannot decide gets the
    refusal in `because`. Raises CoveredAtThatTime where another transaction was first. The number
    of statements does not grow with the items.
    """
    if not items:
        return []
    with scoped(scope), connection.cursor() as cursor:
        before = _before(cursor, items)
        answers: dict[int, CoverAnswer] = {}
        rows: list[tuple[Any, ...]] = []
        for year in sorted({item.year for item in items}):
            edition = edition_of(region=scope.region, rule="coverage", year=year)
            chosen = [at for at, item in enumerate(items) if item.year == year]
            decisions = decided(edition=edition, facts=[items[n].facts for n in chosen])
            for n, decision in zip(chosen, decisions):
                one = before.get((items[n].person_id, year), _Before())
                answers[n] = _answer(edition, items[n], decision, one)
                if answers[n].accepted:
                    assert isinstance(decision, Decision)
                    rows.append(_row(items[n], answers[n], decision, one))
        _write(cursor, scope, rows, at)
        _tell(scope, "enrolment.cover", at, {"asked": len(items), "covered": len(rows)})
    return [answers[n] for n in range(len(items))]


def suspend_unpaid(*, scope: Scope, year: int, on: date, at: datetime) -> int:
    """Make the count of the unpaid where the region's rule has one (参保 8(3): 1 May).

    Whoever was insured the year before and has not paid for this one keeps the cover that the
    rule grants until the count, and is suspended from that day. Returns how many; a second run
    adds nobody. Raises NotAllowed.
    """
    scope.require("enrolment.enrol")
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            """
            select p.id, p.area_no from registry_person p
             where p.died_on is null and p.moved_away_on is null
               and exists (select from enrolment_coverage c where c.person_id = p.id
                    and c.year = %s and c.cancelled_at is null and c.reason <> %s)
               and not exists (select from enrolment_coverage c where c.person_id = p.id
                    and c.year = %s and c.cancelled_at is null)
             order by p.id""",
            [year - 1, UNPAID, year],
        )
        persons = dict(cursor.fetchall())
        facts = facts_for_rules(scope=scope, person_ids=list(persons), year=year)
        items = [
            CoverItem(pk, year, {**facts[pk], "unpaid_so_far": True}, "count", year, area_no)
            for pk, area_no in persons.items()
        ]
        before = _before(cursor, items) if items else {}
        edition = edition_of(region=scope.region, rule="coverage", year=year)
        rows = []
        decisions = decided(edition=edition, facts=[item.facts for item in items])
        for item, decision in zip(items, decisions):
            if not isinstance(decision, Decision) or not _counted(decision, on):
                continue
            answer = _answer(edition, item, decision, _Before())
            granted = replace(answer, reason=UNPAID)
            rows.append(_row(item, granted, decision, before[item.person_id, year]))
        _write(cursor, scope, rows, at)
        _tell(scope, "enrolment.suspend_unpaid", at, {"year": year, "persons": len(rows)})
    return len(rows)


def cancel_coverage(*, scope: Scope, coverage_id: int, reason: str, at: datetime) -> Coverage:
    """Cancel a coverage; the row stays and says why. Raises NotAllowed, NotThere,
    CoverageCancelled."""
    scope.require("enrolment.enrol")
    with scoped(scope):
        found = Coverage.objects.select_for_update().filter(pk=coverage_id).first()
        if found is None:
            raise NotThere(what=_("参保记录"))
        if found.cancelled_at is not None:
            raise CoverageCancelled(day=found.cancelled_at.astimezone(CHINA).date())
        found.cancelled_at, found.cancelled_because = at, reason
        found.save(update_fields=["cancelled_at", "cancelled_because"])
        _tell(scope, "enrolment.cancel_coverage", at, {"coverage": coverage_id, "reason": reason})
    return found


def _before(cursor: Any, items: Sequence[CoverItem]) -> dict[tuple[int, int], _Before]:
    persons, years = [item.person_id for item in items], [item.year for item in items]
    cursor.execute(_BEFORE, [UNPAID, persons, years, UNPAID])
    return {(pk, year): _Before(*rest) for pk, year, *rest in cursor.fetchall()}


def _answer(
    edition: Edition, item: CoverItem, decision: Decision | Refusal, before: _Before
) -> CoverAnswer:
    if isinstance(decision, Refusal):
        return CoverAnswer(item.person_id, False, decision.code, None, None, decision)
    reason = str(outcome(decision, "reason"))
    if before.covered:
        return CoverAnswer(item.person_id, False, COVERED_ALREADY, None, None)
    starts, ends = outcome(decision, "starts"), outcome(decision, "ends")
    return CoverAnswer(
        person_id=item.person_id,
        accepted=bool(outcome(decision, "accepted")),
        reason=reason,
        starts_at=_starts_at(edition, item, starts) if starts else None,
        ends_at=end_of(ends) if ends else None,
    )


def _starts_at(edition: Edition, item: CoverItem, day: date) -> datetime:
    """The day's first moment; where benefits count from the payment, that moment (服务 28)."""
    paid_at = item.facts.get("paid_at")
    if paid_at is not None and counts_the_moment(edition):
        moment = datetime.fromisoformat(paid_at)
        moment = moment.astimezone(CHINA) if moment.tzinfo else moment.replace(tzinfo=CHINA)
        if moment.date() == day:
            return moment
    return start_of(day)


def _counted(decision: Decision, on: date) -> bool:
    """Whether the rule grants a time before the count and stops it by the day."""
    stopped = outcome(decision, "suspended_from")
    granted = outcome(decision, "starts") is not None
    return granted and not outcome(decision, "accepted") and stopped is not None and stopped <= on


def _years_in_a_row(item: CoverItem, reason: str, before: _Before) -> int:
    """The row goes on from the year before, or over a gap that was made up (参保 8(3))."""
    if before.year is None or before.consecutive_years is None:
        return 1
    since = item.year - before.year
    return before.consecutive_years + since if since == 1 or reason == MADE_UP else 1


def _row(
    item: CoverItem, answer: CoverAnswer, decision: Decision, before: _Before
) -> tuple[Any, ...]:
    return (
        item.person_id,
        item.area_no,
        item.year,
        answer.starts_at,
        answer.ends_at,
        answer.reason,
        _years_in_a_row(item, answer.reason, before),
        outcome(decision, "suspended_from"),
        outcome(decision, "suspended_until"),
        Jsonb(decision.witness() | {"facts": dict(item.facts)}),
        item.source_kind,
        item.source_id,
    )


def _write(cursor: Any, scope: Scope, rows: Sequence[tuple[Any, ...]], at: datetime) -> None:
    """Insert the coverages. What the count left to an unpaid person gives way to a real one."""
    if not rows:
        return
    load(cursor, "coverage_in", _COVERAGE, rows)
    cursor.execute(
        """
        update enrolment_coverage c set cancelled_at = %s, cancelled_because = i.reason
          from coverage_in i
         where c.person_id = i.person_id and c.year = i.year and c.cancelled_at is null
           and c.reason = %s and i.reason <> %s""",
        [at, UNPAID, UNPAID],
    )
    with refused({"one_coverage_at_a_time": CoveredAtThatTime()}):
        cursor.execute(
            """
            insert into enrolment_coverage
                   (region, area_no, person_id, year, period, reason, consecutive_years,
                    suspended_from, suspended_until, witness, source_kind, source_id,
                    recorded_at, cancelled_because)
            select %s, area_no, person_id, year, tstzrange(starts_at, ends_at), reason,
                   consecutive_years, suspended_from, suspended_until, witness, source_kind,
                   source_id, %s, '' from coverage_in""",
            [scope.region, at],
        )


def _tell(scope: Scope, action: str, at: datetime, detail: dict[str, Any]) -> None:
    audit.record(scope=scope, action=action, at=at, object_kind="coverage", detail=detail)
