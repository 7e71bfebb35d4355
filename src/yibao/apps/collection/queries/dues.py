"""Reads of dues: who has none yet, what is owed and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.collection.policy import channel_label
from yibao.apps.registry.shown import number_of
from yibao.database.scope import merging
from yibao.database.sealing import NUMBER, index_of


@dataclass(frozen=True, slots=True)
class DuePage:
    """A due with its person, for the counter. Amounts in fen."""

    due_id: int
    person_id: int
    person_no: str
    name: str
    number: str
    area_no: int
    born: date
    year: int
    price_class: str
    owed_fen: int
    subsidised_fen: int
    paid_fen: int
    open_fen: int
    category: str
    employee_insured: bool
    settled_at: datetime | None
    cash_held_by: str


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A payment of a person's due."""

    payment_id: int
    channel: str
    amount_fen: int
    paid_at: datetime
    voucher_kind: str
    voucher_no: str


_FEW = 30_000  # so many are looked up one by one
_PAGE = """
select d.id, d.person_id, p.person_no, p.name, i.number, d.area_no, p.born, d.year,
       d.price_class, d.owed_fen, d.subsidised_fen, d.paid_fen,
       d.owed_fen - d.subsidised_fen - d.paid_fen, coalesce(r.category, ''),
       exists (select from enrolment_othercover o where o.person_id = d.person_id
                  and o.year = d.year and o.kind = 'employee' and o.cancelled_at is null),
       d.settled_at,
       coalesce((select a.name from collection_cashcollection c
                   join access_operator a on a.id = c.collector_id
                   left join collection_cashdepositline l on l.collection_id = c.id
                  where c.due_id = d.id and l.id is null limit 1), '')
  from collection_due d
  join registry_person p on p.id = d.person_id
  left join lateral (select n.number from registry_identitydocument n
                      where n.person_id = p.id
                      order by n.valid_until is not null, n.id desc limit 1) i on true
  left join collection_relief r on r.person_id = d.person_id and r.year = d.year
                               and r.removed_at is null
"""


def persons_without_due(
    *, scope: Scope, year: int, person_ids: Sequence[int] | None = None
) -> dict[int, int]:
    """Return who is on the year's list, has no due, lives, and proved no other cover: the area."""
    only = None if person_ids is None else list(person_ids)
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            """
            select e.person_id, e.area_no
              from enrolment_enrolment e join registry_person p on p.id = e.person_id
             where e.year = %s and e.withdrawn_at is null and p.died_on is null
               and (%s::bigint[] is null or e.person_id = any(%s::bigint[]))
               and not exists (select from collection_due d
                                where d.person_id = e.person_id and d.year = e.year
                                  and d.cancelled_at is null)
               and not exists (select from enrolment_othercover o
                                where o.person_id = e.person_id and o.year = e.year
                                  and o.cancelled_at is null)
             order by e.person_id
            """,
            [year, only, only],
        )
        return dict(cursor.fetchall())


_NOT_RAISED = """
select array(select e.person_id from enrolment_enrolment e
              where e.year = %(year)s and e.withdrawn_at is null
                and not exists (select from collection_due d
                                 where d.person_id = e.person_id and d.year = %(year)s
                                   and d.cancelled_at is null)
              limit %(limit)s)
"""


def count_without_due(*, scope: Scope, year: int) -> int:
    """Return how many `persons_without_due` are: as it costs where most have a due by now."""
    with scoped(scope), connection.cursor() as cursor:
        with merging(cursor):
            cursor.execute(_NOT_RAISED, {"year": year, "limit": _FEW + 1})
            (ids,) = cursor.fetchone()
        # The rest is asked of the few. Before a year's dues are raised, everybody is looked at.
        few = ids if len(ids) <= _FEW else None
        return len(persons_without_due(scope=scope, year=year, person_ids=few))


def due_page(*, scope: Scope, due_id: int) -> DuePage:
    """Return a due with its person. Raises NotThere."""
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(f"{_PAGE} where d.id = %s", [due_id])
        row = cursor.fetchone()
    if row is None:
        raise NotThere(what=_("应缴 %(id)s") % {"id": due_id})
    return _opened(row)


def dues_of_person(*, scope: Scope, person_id: int) -> list[DuePage]:
    """Return a person's dues, the newest year first."""
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            f"{_PAGE} where d.person_id = %s and d.cancelled_at is null order by d.year desc",
            [person_id],
        )
        return [_opened(row) for row in cursor.fetchall()]


def dues_of_persons(*, scope: Scope, person_ids: Sequence[int], year: int) -> dict[int, DuePage]:
    """Return the due of a year of each person who has one. One query."""
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            f"{_PAGE} where d.person_id = any(%s) and d.year = %s and d.cancelled_at is null",
            [list(person_ids), year],
        )
        return {row[1]: _opened(row) for row in cursor.fetchall()}


def open_dues(*, scope: Scope, year: int, text: str, limit: int) -> list[DuePage]:
    """Return dues still open whose person has this number or this name's beginning."""
    after = text[:-1] + chr(ord(text[-1]) + 1) if text else ""
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            f"""{_PAGE} where d.year = %s and d.cancelled_at is null
                 and d.owed_fen > d.subsidised_fen + d.paid_fen
                 and (p.id in (select person_id from registry_identitydocument
                                where number_index = %s)
                      or (%s <> '' and p.name >= %s and p.name < %s))
               order by p.name, d.id limit %s""",  # noqa: S608 - a fixed text
            [year, index_of(text.upper(), of=NUMBER), text, text, after, limit],
        )
        return [_opened(row) for row in cursor.fetchall()]


def _opened(row: Sequence[Any]) -> DuePage:
    due_id, person_id, person_no, name, number, *rest = row
    return DuePage(due_id, person_id, person_no, name, number_of(number), *rest)


def payments_of_due(*, scope: Scope, due_id: int) -> list[PaidLine]:
    """Return the payments that pay a due, the oldest first."""
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            """
            select p.id, p.channel, m.amount_fen, p.paid_at, p.voucher_kind, p.voucher_no
              from collection_paymentmatch m join collection_payment p on p.id = m.payment_id
             where m.due_id = %s order by m.id
            """,
            [due_id],
        )
        rows = cursor.fetchall()
    region = scope.region
    return [PaidLine(row[0], channel_label(region, row[1]), *row[2:]) for row in rows]


def paid_persons(year: int, person_ids: Sequence[int]) -> set[int]:
    """Return which of these persons have paid something for the year, or whose cash is held.

    Asked by enrolment under the scope of its own act.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select d.person_id from collection_due d
             where d.year = %s and d.person_id = any(%s) and d.cancelled_at is null
               and (d.paid_fen > 0 or exists (select from collection_cashcollection c
                                               where c.due_id = d.id))
            """,
            [year, list(person_ids)],
        )
        return {row[0] for row in cursor.fetchall()}
