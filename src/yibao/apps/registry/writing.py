"""The set-wise writer of persons: for callers who have checked them, in their transaction.

Each function sends the same few statements for one person and for fifty thousand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yibao.apps.registry.names import initials
from yibao.apps.registry.numbers import household_no, person_no
from yibao.apps.registry.people import NewPerson
from yibao.apps.registry.relations import HEAD
from yibao.database.bulk import load, take_ids
from yibao.database.sealing import (
    NUMBER,
    PHONE,
    PHONE_TAIL,
    index_of,
    phone_tail,
    seal,
)

# Columns that the row of a person takes as they stand in NewPerson, with their types.
_FACTS = {
    "name": "text",
    "sex": "text",
    "born": "date",
    "area_no": "bigint",
    "relation": "text",
    "ethnic_group": "text",
    "residence": "text",
    "hukou": "text",
    "hukou_kind": "text",
    "origin": "text",
    "residence_permit": "boolean",
    "resident_since": "date",
    "student": "text",
    "school_owner": "text",
    "employed": "boolean",
    "disability_level": "smallint",
    "low_income_family": "boolean",
    "migrant_child": "boolean",
    "died_on": "date",
    "moved_away_on": "date",
    "source_kind": "text",
    "source_id": "bigint",
}
_PERSON = {
    "id": "bigint",
    "person_no": "text",
    "initials": "text",
    "household_id": "bigint",
    "region": "text",
    "registered_at": "timestamptz",
    "phone": "bytea",
    "phone_index": "bytea",
    "phone_tail_index": "bytea",
} | _FACTS
_DOCUMENT = {
    "person_id": "bigint",
    "area_no": "bigint",
    "kind": "text",
    "number": "bytea",
    "number_index": "bytea",
    "valid_from": "date",
    "source": "text",
}
_IDENTITY = {
    "person_id": "bigint",
    "area_no": "bigint",
    "code": "text",
    "valid_from": "date",
    "valid_until": "date",
    "source": "text",
}


# What the two sealed columns of the register are called in their values.
NUMBER_FIELD = "registry.identitydocument.number"
PHONE_FIELD = "registry.person.phone"


@dataclass(frozen=True, slots=True)
class HouseholdKey:
    """A household as a village names it. An empty number makes a household of its own."""

    area_no: int
    village_no: str
    mark: str = ""  # tells households without a number apart


def write_persons(
    cursor: Any, *, region: str, persons: Sequence[NewPerson], at: datetime
) -> list[int]:
    """Insert persons, their documents, standings and households; return ids in their order.

    A broken constraint leaves nothing behind: `a_number_names_one_person` where a number is taken.
    """
    if not persons:
        return []
    keys = {
        HouseholdKey(person.area_no, person.household_no)
        for person in persons
        if person.household_no and person.household_id is None
    }
    households = find_or_make_households(cursor, region=region, keys=keys, at=at)
    ids = take_ids(cursor, "registry_person", len(persons))
    load(
        cursor,
        "person_in",
        _PERSON,
        (_person_row(i, p, region, households, at) for i, p in zip(ids, persons)),
        joined=False,
    )
    names = ", ".join(_PERSON)
    cursor.execute(f"insert into registry_person ({names}) select {names} from person_in")  # noqa: S608
    _write_documents(cursor, region, ids, persons, at)
    _write_identities(cursor, region, ids, persons, at)
    set_heads(cursor, [pk for pk, person in zip(ids, persons) if person.relation == HEAD])
    return ids


def find_or_make_households(
    cursor: Any, *, region: str, keys: set[HouseholdKey], at: datetime
) -> dict[HouseholdKey, int]:
    """Return the household of each key; those that the village did not have are made."""
    if not keys:
        return {}
    ordered = sorted(keys, key=lambda key: (key.area_no, key.village_no, key.mark))
    named = [key for key in ordered if key.village_no]
    found: dict[HouseholdKey, int] = {}
    if named:
        cursor.execute(
            """
            select h.area_no, h.village_no, h.id from registry_household h
              join unnest(%s::bigint[], %s::text[]) as k (area_no, village_no)
                on h.area_no = k.area_no and h.village_no = k.village_no""",
            [[key.area_no for key in named], [key.village_no for key in named]],
        )
        found = {HouseholdKey(area_no, no): pk for area_no, no, pk in cursor.fetchall()}
    missing = [key for key in ordered if HouseholdKey(key.area_no, key.village_no) not in found]
    ids = take_ids(cursor, "registry_household", len(missing))
    if missing:
        cursor.execute(
            """
            insert into registry_household
                   (id, household_no, region, area_no, village_no, address, created_at)
            select k.id, k.no, %s, k.area_no, k.village_no, '', %s
              from unnest(%s::bigint[], %s::text[], %s::bigint[], %s::text[])
                as k (id, no, area_no, village_no)""",
            [
                region,
                at,
                ids,
                [household_no(area_no=k.area_no, counter=i) for i, k in zip(ids, missing)],
                [key.area_no for key in missing],
                [key.village_no for key in missing],
            ],
        )
    made = dict(zip(missing, ids))
    return {
        key: made[key] if key in made else found[HouseholdKey(key.area_no, key.village_no)]
        for key in ordered
    }


def set_heads(cursor: Any, person_ids: Sequence[int]) -> None:
    """Let each of the persons who is a head be the head of a household that has none yet."""
    if not person_ids:
        return
    cursor.execute(
        """
        update registry_household h set head_id = p.id from registry_person p
         where p.id = any(%s) and p.household_id = h.id and p.relation = %s
           and h.head_id is null""",
        [list(person_ids), HEAD],
    )


def place_in_households(cursor: Any, places: Sequence[tuple[int, int | None, str, str]]) -> None:
    """Give known persons what a ledger tells and the register lacks.

    `places`: person, household, relation, telephone. A household and a relation that are recorded
    stay; a telephone that is given replaces the one before.
    """
    if not places:
        return
    cursor.execute(
        """
        update registry_person p
           set household_id = coalesce(p.household_id, k.household_id),
               relation = case when p.household_id is null then k.relation else p.relation end,
               phone = case when k.phone <> '' then k.phone else p.phone end,
               phone_index = case when k.phone <> '' then k.phone_index else p.phone_index end,
               phone_tail_index =
                   case when k.phone <> '' then k.phone_tail else p.phone_tail_index end
          from unnest(%s::bigint[], %s::bigint[], %s::text[],
                      %s::bytea[], %s::bytea[], %s::bytea[])
            as k (id, household_id, relation, phone, phone_index, phone_tail)
         where p.id = k.id
           and (p.household_id is null and k.household_id is not null or k.phone <> '')""",
        [
            list(column)
            for column in zip(*((*place, *sealed_phone(phone)) for *place, phone in places))
        ],
    )
    set_heads(cursor, [person_id for person_id, _, relation, _ in places if relation == HEAD])


def sealed_number(number: str) -> tuple[bytes, bytes]:
    """Return a document's number as its row holds it: sealed, and its index."""
    return seal(number, of=NUMBER_FIELD), index_of(number, of=NUMBER)


def sealed_phone(phone: str) -> tuple[bytes, bytes, bytes]:
    """Return a telephone as a person's row holds it: sealed, its index, its tail's index."""
    if not phone:
        return b"", b"", b""
    tail = index_of(phone_tail(phone), of=PHONE_TAIL)
    return seal(phone, of=PHONE_FIELD), index_of(phone, of=PHONE), tail


def _person_row(
    pk: int,
    person: NewPerson,
    region: str,
    households: Mapping[HouseholdKey, int],
    at: datetime,
) -> tuple[Any, ...]:
    household_id = person.household_id
    if household_id is None and person.household_no:
        household_id = households[HouseholdKey(person.area_no, person.household_no)]
    return (
        pk,
        person_no(area_no=person.area_no, counter=pk),
        initials(person.name),
        household_id,
        region,
        at,
        *sealed_phone(person.phone),
        *(getattr(person, name) for name in _FACTS),
    )


def _write_documents(
    cursor: Any, region: str, ids: Sequence[int], persons: Sequence[NewPerson], at: datetime
) -> None:
    rows = [
        (pk, person.area_no, one.kind, *sealed_number(one.number), one.valid_from, one.source)
        for pk, person in zip(ids, persons)
        for one in person.documents
        if one.number
    ]
    if not rows:
        return
    load(cursor, "document_in", _DOCUMENT, rows, joined=False)
    names = ", ".join(_DOCUMENT)
    into = f"insert into registry_identitydocument ({names}, region, recorded_at)"
    cursor.execute(f"{into} select {names}, %s, %s from document_in", [region, at])  # noqa: S608


def _write_identities(
    cursor: Any, region: str, ids: Sequence[int], persons: Sequence[NewPerson], at: datetime
) -> None:
    rows = [
        (pk, person.area_no, one.code, one.valid_from, one.valid_until, one.source)
        for pk, person in zip(ids, persons)
        for one in person.identities
    ]
    if not rows:
        return
    load(cursor, "identity_in", _IDENTITY, rows, joined=False)
    names = ", ".join(_IDENTITY)
    into = f"insert into registry_personidentity ({names}, region, recorded_at, source_kind)"
    cursor.execute(f"{into} select {names}, %s, %s, '' from identity_in", [region, at])  # noqa: S608
