"""What register, lists and rules say of a ledger's lines: a fixed number of statements.

The lines of one import, with the person that each number names, go into a temporary table; each
check is one select over it. Only lines that have something wrong come back.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from yibao.apps.access.scope import Scope
from yibao.apps.enrolment.amounts import Claimed, judge
from yibao.apps.enrolment.ledgers.faults import fault
from yibao.apps.enrolment.ledgers.forms import (
    INSURED_ELSEWHERE,
    LedgerForm,
    forms,
)
from yibao.apps.enrolment.models import LedgerImport
from yibao.apps.enrolment.rules import CHINA, new_entrants_by, owed_fen
from yibao.apps.registry.names import masked
from yibao.apps.registry.operations import indexes_elsewhere
from yibao.apps.registry.queries import area_names, facts_of_persons
from yibao.apps.registry.shown import masked_phone
from yibao.core.identity.documents import FOREIGN_PERMANENT, RESIDENCE_PERMIT, RESIDENT
from yibao.rulebook.regions import region

# The kinds that share the form of a resident number: a number is of one of them only.
NUMBER_KINDS = (RESIDENT, RESIDENCE_PERMIT, FOREIGN_PERMANENT)
Found = tuple[int, dict[str, Any]]

# In two steps: the planner knows nothing of lines that were only just stored, and would walk the
# register once for each of them. The temporary table is counted before it is joined.
_STORED = """
    create temporary table ledger_stored on commit drop as
    select r.id, r.sheet, r.row_no, r.household_no, r.name, r.relation, r.sex, r.born,
           r.number_index, r.phone_index, r.claimed_fen, r.written_at is not null as written,
           coalesce(r.cells->>'unpaid_reason', '') as unpaid_reason,
           coalesce(r.cells->>'place', '') as place,
           coalesce(r.cells->>'cover_place', '') as cover_place,
           coalesce(r.cells->>'cover_kind', '') as cover_kind
      from enrolment_ledgerrow r where r.ledger_id = %s"""
_LINES = """
    create temporary table ledger_line on commit drop as
    select s.*, p.id as person_id, p.name as known_name, p.phone as known_phone,
           p.phone_index as known_phone_index,
           p.area_no as known_area, p.died_on, p.moved_away_on, p.household_id
      from ledger_stored s
      left join registry_identitydocument d
        on d.number_index = s.number_index and d.valid_until is null and d.kind = any(%s)
      left join registry_person p on p.id = d.person_id"""

# Each check: code, key of the column, and a select of (id, facts of the sentence as jsonb).
_EVERY_LEDGER = (
    (
        "E402",
        "number",
        """select id, jsonb_build_object('row', first_row, 'sheet',
                  case when first_sheet = sheet then '' else first_sheet end)
             from (select id, sheet, written,
                          first_value(row_no) over same as first_row,
                          first_value(sheet) over same as first_sheet,
                          row_number() over same as position
                     from ledger_line where number_index <> ''
                   window same as (partition by number_index order by id)) n
            where position > 1 and not written""",
    ),
    (
        "E107",
        "number",
        "select id, jsonb_build_object('born', born) from ledger_line"
        " where born > %(on)s and not written",
    ),
    (
        "E120",
        "name",
        "select id, jsonb_build_object('registered', known_name) from ledger_line"
        " where known_name <> name and not written",
    ),
    (
        "E406",
        "name",
        "select id, jsonb_build_object('day', died_on) from ledger_line"
        " where died_on is not null and not written",
    ),
    (
        "E407",
        "name",
        "select id, jsonb_build_object('day', moved_away_on) from ledger_line"
        " where moved_away_on <= %(on)s and not written",
    ),
    (
        "E408",
        "name",
        "select id, jsonb_build_object('area', known_area) from ledger_line"
        " where known_area <> %(area)s and not written",
    ),
    (
        "W502",
        "phone",
        "select id, jsonb_build_object('registered', encode(known_phone, 'hex')) from ledger_line"
        " where phone_index <> '' and known_phone_index <> ''"
        " and phone_index <> known_phone_index and not written",
    ),
)
_ENROLLED = """
    select l.id, jsonb_build_object('year', e.year) from ledger_line l
      join enrolment_enrolment e
        on e.person_id = l.person_id and e.year = %(year)s and e.withdrawn_at is null
     where not l.written"""
_OTHER_COVER = """
    select l.id, jsonb_build_object('place', o.place, 'year', o.year) from ledger_line l
      join enrolment_othercover o
        on o.person_id = l.person_id and o.year = %(year)s and o.cancelled_at is null
     where not l.written"""
_MEMBERS = (
    ("E405", "number", _ENROLLED),
    ("E401", "number", _OTHER_COVER + " and o.kind = 'employee'"),
    ("E403", "number", _OTHER_COVER + " and o.kind = 'resident'"),
    (
        "E210",
        "place",
        "select id, '{}'::jsonb from ledger_line"
        " where place <> '' and place <> all(%(places)s) and not written",
    ),
    (
        # A head in the file, or the one whom the register has for the same household.
        "E501",
        "relation",
        """select l.id, jsonb_build_object('household', l.household_no) from ledger_line l
            where not l.written and l.household_no <> ''
              and not exists (select from ledger_line h
                   where h.household_no = l.household_no and h.relation = 'head')
              and not exists (select from registry_household k
                   where k.area_no = %(area)s and k.village_no = l.household_no
                     and k.head_id is not null)""",
    ),
    (
        "E502",
        "relation",
        """select id, jsonb_build_object('household', household_no, 'row', first_row, 'sheet',
                  case when first_sheet = sheet then '' else first_sheet end)
             from (select id, sheet, household_no, written,
                          first_value(row_no) over same as first_row,
                          first_value(sheet) over same as first_sheet,
                          row_number() over same as position
                     from ledger_line where relation = 'head' and household_no <> ''
                   window same as (partition by household_no order by id)) n
            where position > 1 and not written
           union all
           select l.id, jsonb_build_object('household', l.household_no) from ledger_line l
             join registry_household k
               on k.area_no = %(area)s and k.village_no = l.household_no
            where l.relation = 'head' and not l.written
              and k.head_id is not null and k.head_id is distinct from l.person_id""",
    ),
)
_LATE = (
    "W501",
    "number",
    "select id, jsonb_build_object('last', %(last)s::date) from ledger_line"
    " where person_id is null and number_index <> '' and not written",
)
_ELSEWHERE = (
    ("E405", "number", _ENROLLED),
    ("E409", "number", _OTHER_COVER),
    (
        "E211",
        "cover_place",
        "select id, jsonb_build_object('place', cover_place) from ledger_line"
        " where cover_kind = '城乡居民医保' and cover_place = any(%(places)s) and not written",
    ),
)


def find_faults(
    cursor: Any, *, scope: Scope, ledger: LedgerImport, at: datetime
) -> Iterator[Found]:
    """Yield (line, fault) for everything that is wrong with lines not yet written.

    In the order in which the faults should be told: the person first, then lists, then amounts.
    """
    form = forms()[ledger.kind]
    cursor.execute("drop table if exists pg_temp.ledger_stored, pg_temp.ledger_line")
    cursor.execute(_STORED, [ledger.pk])
    cursor.execute("analyze ledger_stored")
    cursor.execute(_LINES, [list(NUMBER_KINDS)])
    cursor.execute("analyze ledger_line")
    places = place_words(scope.region)
    on = at.astimezone(CHINA).date()
    values: dict[str, Any] = {
        "on": on, "area": ledger.area_no, "year": ledger.year, "places": places
    }  # fmt: skip
    checks = [*_EVERY_LEDGER]
    if form.kind == INSURED_ELSEWHERE:
        checks += _ELSEWHERE
    else:
        checks += _MEMBERS
        last = new_entrants_by(region=scope.region, year=ledger.year)
        if last is not None and on > last:
            checks.append(_LATE)
            values["last"] = last
    yield from _told(cursor, form, checks, values)
    yield from _registered_elsewhere(cursor, form, scope, at)
    if form.has("claimed"):
        yield from _amounts(cursor, form, scope, ledger)


def place_words(code: str) -> list[str]:
    """Return the words by which a ledger names the region: 衡山县, 衡山, 湖南省衡阳市衡山县."""
    name = region(code).name
    return [name, name.rstrip("县市旗盟区")]


def _told(
    cursor: Any, form: LedgerForm, checks: list[tuple[str, str, str]], values: dict[str, Any]
) -> Iterator[Found]:
    parts = [
        f"select {at} as at, '{code}' as code, '{key}' as key, f.* from ({sql}) f (id, facts)"  # noqa: S608
        for at, (code, key, sql) in enumerate(checks)
    ]
    cursor.execute(" union all ".join(parts) + " order by id, at", values)
    rows = cursor.fetchall()
    found = [(code, key, pk, json.loads(facts)) for _, code, key, pk, facts in rows]
    names = area_names(facts["area"] for code, _, _, facts in found if code == "E408")
    for code, key, pk, facts in found:
        yield pk, fault(code, column=_title(form, key), **_words(code, facts, names, values))


def _title(form: LedgerForm, key: str) -> str:
    return form.column(key).title if form.has(key) else "参保地"


def _words(
    code: str, facts: dict[str, Any], names: dict[int, str], values: dict[str, Any]
) -> dict[str, Any]:
    """The facts of a sentence as a clerk may see them."""
    if code == "E408":
        return {"area": names.get(facts["area"], "")}
    if code == "E120":
        return {"registered": masked(facts["registered"])}
    if code == "W502":
        return {"registered": masked_phone(bytes.fromhex(facts["registered"]))}
    if code == "E210":
        return {"place": values["places"][-1]}
    return facts


def _registered_elsewhere(
    cursor: Any, form: LedgerForm, scope: Scope, at: datetime
) -> Iterator[Found]:
    """The one question across the wall, asked once for the whole file and logged."""
    cursor.execute(
        "select id, number_index from ledger_line"
        " where person_id is null and number_index <> '' and not written order by id"
    )
    unknown = cursor.fetchall()
    if not unknown:
        return
    indexes = sorted({bytes(index) for _, index in unknown})
    elsewhere = indexes_elsewhere(scope=scope, indexes=indexes, at=at)
    for pk, index in unknown:
        if bytes(index) in elsewhere:
            yield pk, fault("E404", column=_title(form, "number"))


def _amounts(cursor: Any, form: LedgerForm, scope: Scope, ledger: LedgerImport) -> Iterator[Found]:
    """What each line's person owes by the rules, against what the village wrote."""
    cursor.execute(
        "select id, person_id, born, sex, claimed_fen, unpaid_reason from ledger_line"
        " where claimed_fen is not null and not written order by id"
    )
    lines = cursor.fetchall()
    known = [person_id for _, person_id, *_ in lines if person_id is not None]
    recorded = facts_of_persons(scope=scope, person_ids=known, year=ledger.year) if known else {}
    facts = []
    for _, person_id, born, sex, *_ in lines:
        one = recorded.get(person_id) if person_id is not None else None
        facts.append(one or _facts_of_line(ledger.year, born, sex))
    owed = owed_fen(region=scope.region, year=ledger.year, facts=facts)
    reasons = form.has("unpaid_reason")
    for (pk, _, _, _, claimed, reason), one in zip(lines, owed):
        wrong = judge(Claimed(claimed, reason, reasons), owed_fen=one)
        if wrong is not None:
            key, code, words = wrong
            yield pk, fault(code, column=_title(form, key), **words)


def _facts_of_line(year: int, born: Any, sex: str) -> dict[str, Any]:
    facts: dict[str, Any] = {"year": year}
    if born is not None:
        facts["born"] = born.isoformat()
    if sex:
        facts["sex"] = sex
    return facts
