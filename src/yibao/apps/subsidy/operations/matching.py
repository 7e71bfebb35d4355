"""The match: departments' rosters against the register, by the order of the rule."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection

from yibao.apps.access import audit
from yibao.apps.access.rulebooks import book_of
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.collection import operations as collection
from yibao.apps.collection.locks import hold
from yibao.apps.enrolment.queries import facts_for_rules
from yibao.apps.registry.operations import record_death, record_identities
from yibao.apps.registry.operations.changes import Standing
from yibao.apps.subsidy.deciding import IDENTITIES, Decided, Listed, Supported, decide_support
from yibao.apps.subsidy.models import MatchRun
from yibao.apps.subsidy.payers import payers_of
from yibao.apps.subsidy.queries.matching import (
    ActiveSupport,
    Ground,
    active_supports,
    deceased_listed,
    grounds,
    unmatched_rows_count,
)

SOURCE_KIND = "support"
DECEASED, NOT_LISTED, NO_GROUND, CHANGED = "deceased", "not_listed", "no_ground", "changed"


@dataclass(frozen=True, slots=True)
class MatchResult:
    """What a match did. `left_open`: persons by the setting that the text leaves open."""

    supported: int
    added: int
    removed: int
    unchanged: int
    refused: int  # listed, but the rule gives nothing (employee insured)
    deceased: int
    subsidy_fen: int
    unmatched_rows: int
    by_category: Mapping[str, int] = field(default_factory=dict)
    left_open: Mapping[str, int] = field(default_factory=dict)


def match(*, scope: Scope, year: int, at: datetime) -> MatchResult:
    """Match all confirmed rosters of the year and bring supports, dues and identities to it.

    One category a person, the first of the rule's order; who is in the employee scheme gets none;
    the deceased are removed and asked for nothing. A due already raised is borne as far as it is
    not paid: nothing is paid back (方案 四(二)). Running it again changes nothing.
    """
    scope.require("subsidy.match")
    with scoped(scope):
        hold("subsidy.match", scope.region, year)
        dead = deceased_listed(scope=scope, year=year)
        found = grounds(scope=scope, year=year)
        listed = _listed(found, dead)
        facts = facts_for_rules(scope=scope, person_ids=list(listed), year=year)
        decided = decide_support(region=scope.region, year=year, listed=listed, facts=facts)
        _record_identities(scope, year, found, at)
        borne = _bear(scope, year, listed, decided, {g.person_id: g.area_no for g in found}, at)
        wanted = _wanted(scope, year, listed, decided, borne, found)
        before = {one.person_id: one for one in active_supports(scope=scope, year=year)}
        result = _apply(scope, year, before, wanted, decided, dead, at)
        _record_deaths(scope, dead, at)
        MatchRun.objects.create(
            region=scope.region,
            area_no=scope.area_from,
            year=year,
            matched_at=at,
            matched_by=scope.operator_id,
        )
        audit.record(
            scope=scope,
            action="subsidy.match",
            at=at,
            object_kind="year",
            object_id=str(year),
            area_no=scope.area_from,
            detail={
                "supported": result.supported,
                "added": result.added,
                "removed": result.removed,
                "refused": result.refused,
                "left_open": dict(result.left_open),
            },
        )
        return result


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A support as it should stand."""

    person_id: int
    area_no: int
    row_id: int
    department_id: int
    support: Supported
    subsidy_fen: int

    def stands(self, before: ActiveSupport | None) -> bool:
        """Tell whether it stands already as wanted."""
        return before is not None and (before.category, before.subsidy_fen) == (
            self.support.category,
            self.subsidy_fen,
        )


def _listed(found: Iterable[Ground], dead: Mapping[int, date | None]) -> dict[int, Listed]:
    """Gather each living person's categories; of several rows of one, the earliest counts."""
    rows: dict[int, dict[str, int]] = {}
    days: dict[int, date] = {}
    for ground in found:
        if ground.person_id in dead or ground.died:
            continue
        rows.setdefault(ground.person_id, {}).setdefault(ground.category, ground.row_id)
        days.setdefault(ground.person_id, ground.as_of)
    return {person_id: Listed(rows[person_id], days[person_id]) for person_id in rows}


def _record_identities(scope: Scope, year: int, found: Sequence[Ground], at: datetime) -> None:
    """Keep what departments certify as dated standings of the register."""
    codes = book_of(scope.region).enumerations[IDENTITIES].codes
    standings = [
        Standing(
            person_id=ground.person_id,
            code=ground.category,
            valid_from=ground.as_of,
            valid_until=date(year + 1, 1, 1),
            source=ground.department,
            source_kind="roster_row",
            source_id=ground.row_id,
        )
        for ground in found
        if ground.category in codes
    ]
    if standings:
        record_identities(scope=scope, standings=standings, at=at)


def _bear(
    scope: Scope,
    year: int,
    listed: Mapping[int, Listed],
    decided: Decided,
    areas: Mapping[int, int],
    at: datetime,
) -> dict[int, int]:
    """Take the support off the dues. Returns how much of each raised due is borne, in fen."""
    reliefs = [
        collection.NewRelief(
            person_id=person_id,
            area_no=areas[person_id],
            category=one.category,
            subsidised_fen=one.subsidy_fen,
            source_id=_row_of(listed[person_id], one.category),
        )
        for person_id, one in decided.supported.items()
    ]
    return collection.set_reliefs(
        scope=scope, year=year, reliefs=reliefs, source_kind=SOURCE_KIND, at=at
    )


def _row_of(listed: Listed, category: str) -> int:
    """Return the row that gives the category, else the first one of the person."""
    return listed.rows.get(category) or next(iter(listed.rows.values()))


def _wanted(
    scope: Scope,
    year: int,
    listed: Mapping[int, Listed],
    decided: Decided,
    borne: Mapping[int, int],
    found: Sequence[Ground],
) -> dict[int, _Wanted]:
    """Return the supports that should stand; who paid before is borne only what was not paid."""
    departments = {ground.row_id: ground.department_id for ground in found}
    payers = payers_of(scope.region, year)
    areas = {ground.person_id: ground.area_no for ground in found}
    wanted = {}
    for person_id, one in decided.supported.items():
        row_id = _row_of(listed[person_id], one.category)
        wanted[person_id] = _Wanted(
            person_id=person_id,
            area_no=areas[person_id],
            row_id=row_id,
            department_id=payers.get(one.category, departments[row_id]),
            support=one,
            subsidy_fen=borne.get(person_id, one.subsidy_fen),
        )
    return wanted


def _apply(
    scope: Scope,
    year: int,
    before: Mapping[int, ActiveSupport],
    wanted: Mapping[int, _Wanted],
    decided: Decided,
    dead: Mapping[int, date | None],
    at: datetime,
) -> MatchResult:
    new = [one for person, one in wanted.items() if not one.stands(before.get(person))]
    changed = {one.person_id for one in new} & before.keys()
    gone = before.keys() - wanted.keys()
    reasons = dict.fromkeys(changed, CHANGED) | {
        person: DECEASED
        if person in dead
        else NO_GROUND
        if person in decided.refused
        else NOT_LISTED
        for person in gone
    }
    _remove(year, reasons, at)
    _insert(scope, year, new, at)
    if gone:
        collection.remove_reliefs(
            scope=scope, year=year, person_ids=sorted(gone), reason="不再资助", at=at
        )
    if dead:
        collection.cancel_dues(
            scope=scope, year=year, person_ids=sorted(dead), reason="已死亡", at=at
        )
    return MatchResult(
        supported=len(wanted),
        added=len(new) - len(changed),
        removed=len(gone),
        unchanged=len(wanted) - len(new),
        refused=len(decided.refused),
        deceased=len(dead),
        subsidy_fen=sum(one.subsidy_fen for one in wanted.values()),
        unmatched_rows=unmatched_rows_count(scope, year),
        by_category=dict(Counter(one.support.category for one in wanted.values())),
        left_open={silence.setting: len(persons) for silence, persons in decided.left_open.items()},
    )


def _remove(year: int, reasons: Mapping[int, str], at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            update subsidy_support s set removed_at = %s, removed_because = t.reason
              from unnest(%s::bigint[], %s::text[]) as t (person_id, reason)
             where s.person_id = t.person_id and s.year = %s and s.removed_at is null
            """,
            [at, list(reasons), list(reasons.values()), year],
        )


def _insert(scope: Scope, year: int, new: Sequence[_Wanted], at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into subsidy_support (region, year, decided_at, removed_because, area_no,
                                         person_id, category, department_id, subsidy_fen,
                                         personal_fen, row_id, witness)
            select %s, %s, %s, '', t.* from unnest(%s::bigint[], %s::bigint[], %s::text[],
                   %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::jsonb[]) as t
            """,
            [
                scope.region,
                year,
                at,
                [one.area_no for one in new],
                [one.person_id for one in new],
                [one.support.category for one in new],
                [one.department_id for one in new],
                [one.subsidy_fen for one in new],
                [one.support.personal_fen for one in new],
                [one.row_id for one in new],
                [json.dumps(_witness(one)) for one in new],
            ],
        )


def _witness(one: _Wanted) -> dict[str, object]:
    """Return why; where less is borne than decided, the person had paid before."""
    less = one.support.subsidy_fen - one.subsidy_fen
    return dict(one.support.witness) | ({"paid_before_fen": less} if less else {})


def _record_deaths(scope: Scope, dead: Mapping[int, date | None], at: datetime) -> None:
    """Record the days of death that departments gave and the register has not."""
    for person_id, died_on in dead.items():
        if died_on is not None:
            record_death(
                scope=scope, person_id=person_id, died_on=died_on, source="死亡人员名单", at=at
            )
