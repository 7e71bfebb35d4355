"""Reads of cash in custody: who holds how much, and what is overdue."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from yibao.apps.access.scope import Scope, scoped
from yibao.apps.collection.models import CashDeposit, Receipt, ReceiptRange


@dataclass(frozen=True, slots=True)
class HeldCash:
    """Cash that an agent took and has not paid in."""

    collection_id: int
    collector_id: int
    collector: str
    person_id: int
    name: str
    area_no: int
    amount_fen: int
    collected_at: datetime
    deposit_by: date
    special_reason: str
    receipt_no: str


@dataclass(frozen=True, slots=True)
class CollectorCash:
    """What one collector holds, and how much of it is past its day. Amounts in fen."""

    collector_id: int
    collector: str
    held: int
    held_fen: int
    overdue: int
    overdue_fen: int
    earliest: date


_HELD = """
select c.id, c.collector_id, a.name, d.person_id, p.name, c.area_no, c.amount_fen, c.collected_at,
       c.deposit_by, c.special_reason, c.receipt_no
  from collection_cashcollection c
  join access_operator a on a.id = c.collector_id
  join collection_due d on d.id = c.due_id
  join registry_person p on p.id = d.person_id
  left join collection_cashdepositline l on l.collection_id = c.id
 where l.id is null and (%s::bigint is null or c.collector_id = %s)
 order by c.deposit_by, c.collected_at, c.id
"""


def held_cash(*, scope: Scope, collector_id: int | None = None) -> list[HeldCash]:
    """Return the cash not paid in yet, the most urgent first; of one collector if named."""
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(_HELD, [collector_id, collector_id])
        return [HeldCash(*row) for row in cursor.fetchall()]


def overdue_cash(*, scope: Scope, on: date) -> list[CollectorCash]:
    """Return the collectors whose cash is past its last day on a day, the most money first."""
    return [one for one in cash_by_collector(scope=scope, on=on) if one.overdue]


def cash_by_collector(*, scope: Scope, on: date) -> list[CollectorCash]:
    """Return what each collector holds, overdue money first."""
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            """
            select c.collector_id, a.name, count(*), sum(c.amount_fen)::bigint,
                   count(*) filter (where c.deposit_by < %s),
                   coalesce(sum(c.amount_fen) filter (where c.deposit_by < %s), 0)::bigint,
                   min(c.deposit_by)
              from collection_cashcollection c
              join access_operator a on a.id = c.collector_id
              left join collection_cashdepositline l on l.collection_id = c.id
             where l.id is null
             group by 1, 2 order by 6 desc, 4 desc, 1
            """,
            [on, on],
        )
        return [CollectorCash(*row) for row in cursor.fetchall()]


def deposits(*, scope: Scope, limit: int) -> list[CashDeposit]:
    """Return the newest deposits."""
    with scoped(scope):
        return list(CashDeposit.objects.select_related("collector").order_by("-id")[:limit])


def receipt_ranges(*, scope: Scope) -> list[ReceiptRange]:
    """Return the ranges of receipt numbers in the scope, the newest first."""
    with scoped(scope):
        return list(ReceiptRange.objects.select_related("holder").order_by("-id"))


def receipt(*, scope: Scope, number: str) -> Receipt | None:
    """Return a receipt by its number, with what it was given for."""
    with scoped(scope):
        return (
            Receipt.objects.select_related("collection__due__person", "collection__collector")
            .filter(number=number)
            .first()
        )
