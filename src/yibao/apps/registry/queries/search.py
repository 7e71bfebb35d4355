"""Finding people: by number, name, given name, pinyin initials, telephone or its last digits.

Numbers and telephones lie sealed: they are found whole, by their keyed index, never by a part.

Under row security only comparisons that leak nothing may use an index, and LIKE is none of them:
every prefix here is a half-open range of text (`>=` and `<`) over a C-collated index.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from yibao.apps.access.scope import Scope, scoped
from yibao.apps.registry.names import masked
from yibao.apps.registry.numbers import is_number_of_ours
from yibao.apps.registry.queries.areas import area_names
from yibao.apps.registry.shown import masked_number
from yibao.core.identity import read_resident_number
from yibao.core.identity.reading import NumberLostDigits, plain_text
from yibao.core.refusal import Refusal
from yibao.database.scope import merging
from yibao.database.sealing import NUMBER, PHONE, PHONE_TAIL, TAIL, index_of

# The shortest number that a document has: a page of a household register.
NUMBER_AT_LEAST = 4
OLD_LENGTH = 15
PAGE = 20
# Where the area stands in a row of the answer.
_AREA = 5
_PHONE_DIGITS = range(7, 13)
_SURROGATES = range(0xD800, 0xE000)

# Each branch finds the ids of one kind of match, in order, no more than a page needs.
_BY_NUMBER = (
    "select d.person_id as id from registry_identitydocument d"
    " where d.number_index = %s and d.person_id > %s"
    " group by d.person_id order by d.person_id limit %s"
)
_BY_RANGE = {
    column: f"select p.id from registry_person p where p.{column} >= %s and p.{column} < %s"  # noqa: S608
    " and p.id > %s order by p.id limit %s"
    for column in ("name", "given_name", "initials")
}
_BY_VALUE = {
    column: f"select p.id from registry_person p where p.{column} = %s and p.id > %s"  # noqa: S608
    " order by p.id limit %s"
    for column in ("phone_index", "phone_tail_index", "person_no")
}
_BY_HOUSEHOLD = (
    "select p.id from registry_person p join registry_household h on h.id = p.household_id"
    " where h.household_no = %s and p.id > %s order by p.id limit %s"
)
_BY_ID = "select p.id from registry_person p where p.id = any(%s)"
# A surname's tens of thousands need not be sorted for a page of them: it lies within these ids.
# Where it does not, few people match, or they registered later, and the index is asked as ever.
_NEAR = 20_000
_BY_NEXT_IDS = (
    "select p.id from registry_person p where p.id > %s and p.id <= %s and ({columns})"
    " order by p.id limit %s"
)
# As many division codes as a county has.
_COUNTY = 1_000_000
_SHOWN = """
    with hit as (select distinct id from ({branches}) found order by id limit %s)
    select p.id, p.person_no, p.name, p.born, p.sex, p.area_no, h.household_no,
           (select (array_agg(d.number order by d.id))[1] from registry_identitydocument d
             where d.person_id = p.id and d.valid_until is null)
      from hit join registry_person p on p.id = hit.id
      left join registry_household h on h.id = p.household_id
     order by p.id"""


@dataclass(frozen=True, slots=True)
class Found:
    """A person as a list shows one: name and number masked."""

    person_id: int
    person_no: str
    name_masked: str
    number_masked: str
    born: date
    sex: str
    area_name: str
    household_no: str


def search(*, scope: Scope, text: str, after_id: int = 0, limit: int = PAGE) -> list[Found]:
    """Return the people of the scope that the text finds, by id, the next `limit` after `after_id`.

    What the text is tells where it is looked for: four digits are the end of a telephone, more
    are a document's number, a telephone or a number of ours, each whole; letters are pinyin
    initials; anything else is the beginning of a name or of a given name. Two queries; in a county
    or more, one character is first looked for among the next ids.
    """
    scope.require("registry.search")
    text = as_typed(text)
    branches = _branches(text, after_id, limit)
    if not branches:
        return []
    with scoped(scope), connection.cursor() as cursor:
        if len(text) == 1 and scope.area_until - scope.area_from >= _COUNTY:
            near = _next_ids(cursor, text, after_id, limit)
            branches = [(_BY_ID, [near])] if len(near) == limit else branches
        union = " union all ".join(f"({sql})" for sql, _ in branches)
        values = [value for _, listed in branches for value in listed]
        cursor.execute(_SHOWN.format(branches=union), [*values, limit])
        rows = cursor.fetchall()
        names = area_names(row[_AREA] for row in rows)
    return [_found(row, names) for row in rows]


def search_named(*, scope: Scope, person_ids: Sequence[int]) -> list[Found]:
    """Return these people as `search` shows them; those outside the scope are left out."""
    scope.require("registry.search")
    if not person_ids:
        return []
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(_SHOWN.format(branches=_BY_ID), [list(person_ids), len(person_ids)])
        rows = cursor.fetchall()
        names = area_names(row[_AREA] for row in rows)
    return [_found(row, names) for row in rows]


def as_typed(text: str) -> str:
    """Return the text as numbers and names are kept: half-width capitals without spaces."""
    try:
        return plain_text(text)
    except NumberLostDigits:
        return "".join(text.split()).upper()


def above(prefix: str) -> str:
    """Return the least text above every text with the prefix: the last character, plus one."""
    for end in range(len(prefix), 0, -1):
        code = ord(prefix[end - 1]) + 1
        if code in _SURROGATES:
            code = _SURROGATES.stop
        if code <= sys.maxunicode:
            return prefix[: end - 1] + chr(code)
    return chr(sys.maxunicode)


def _branches(text: str, after_id: int, limit: int) -> list[tuple[str, list[Any]]]:
    page = [after_id, limit]
    if not text or "\x00" in text:
        return []
    has_digits = any(character.isdigit() for character in text)
    if has_digits and text.isascii():
        return _number_branches(text, page)
    by_name = [(_BY_RANGE[column], [text, above(text), *page]) for column in _begins(text)]
    # A household register's page bears characters and figures.
    return [*_number_branches(text, page), *by_name] if has_digits else by_name


def _begins(text: str) -> tuple[str, ...]:
    """Return the columns that letters may be the beginning of."""
    return ("initials",) if text.isascii() and text.isalpha() else ("name", "given_name")


def _next_ids(cursor: CursorWrapper, text: str, after_id: int, limit: int) -> list[int]:
    """Return those of the next ids that one character finds, walked in their order."""
    columns = _begins(text)
    words = " or ".join(f"p.{column} >= %s and p.{column} < %s" for column in columns)
    bounds = [text, above(text)] * len(columns)
    # The planner takes a county for a two-hundredth of the table, and would sort all of it.
    with merging(cursor):
        cursor.execute(
            _BY_NEXT_IDS.format(columns=words), [after_id, after_id + _NEAR, *bounds, limit]
        )
        return [found for (found,) in cursor.fetchall()]


def _number_branches(text: str, page: list[int]) -> list[tuple[str, list[Any]]]:
    if is_number_of_ours(text):
        if text.isdigit():
            return [(_BY_VALUE["person_no"], [text, *page])]
        return [(_BY_HOUSEHOLD, [text, *page])]
    found: list[tuple[str, list[Any]]] = []
    if len(text) >= NUMBER_AT_LEAST:
        found.append((_BY_NUMBER, [index_of(_as_kept(text), of=NUMBER), *page]))
    if text.isdigit() and len(text) in _PHONE_DIGITS:
        found.append((_BY_VALUE["phone_index"], [index_of(text, of=PHONE), *page]))
    if text.isdigit() and len(text) == TAIL:
        found.append((_BY_VALUE["phone_tail_index"], [index_of(text, of=PHONE_TAIL), *page]))
    return found


def names_one(text: str) -> bool:
    """Tell whether the text can only be the whole number of one person: of a document, or ours."""
    text = as_typed(text)
    has_digits = any(character.isdigit() for character in text)
    if not has_digits or len(text) < NUMBER_AT_LEAST:
        return False
    return is_number_of_ours(text) or not (text.isdigit() and len(text) < _PHONE_DIGITS.stop)


def _as_kept(text: str) -> str:
    """An old number of fifteen digits is kept as the one of eighteen that it became."""
    if len(text) != OLD_LENGTH:
        return text
    try:
        return read_resident_number(text).number
    except Refusal:
        return text


def _found(row: tuple[Any, ...], names: dict[int, str]) -> Found:
    pk, person_no, name, born, sex, area_no, household_no, number = row
    return Found(
        person_id=pk,
        person_no=person_no,
        name_masked=masked(name),
        number_masked=masked_number(number),
        born=born,
        sex=sex,
        area_name=names.get(area_no, ""),
        household_no=household_no or "",
    )
