"""What an agent at the door needs: a household's dues, the next receipt, one's own records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import F

from yibao.apps.access.scope import Scope, scoped
from yibao.apps.collection.models import ReceiptRange

_OPEN_DUES = """
select d.id, d.person_id, p.name, p.relation, p.born, d.owed_fen, d.subsidised_fen, d.paid_fen,
       d.owed_fen - d.subsidised_fen - d.paid_fen,
       coalesce((select c.receipt_no from collection_cashcollection c
                   left join collection_cashdepositline l on l.collection_id = c.id
                  where c.due_id = d.id and l.id is null limit 1), '')
  from collection_due d
  join registry_person p on p.id = d.person_id
  left join registry_household h on h.id = p.household_id
 where p.household_id = %s and d.year = %s and d.cancelled_at is null
 order by p.id = h.head_id desc, p.born, p.id"""
_RECORDS = """
select c.id, c.receipt_no, p.name, p.household_id, c.amount_fen, c.collected_at, c.deposit_by,
       t.deposited_at, coalesce(t.voucher_no, ''), coalesce(u.reason, '')
  from collection_cashcollection c
  join collection_due d on d.id = c.due_id
  join registry_person p on p.id = d.person_id
  left join collection_cashdepositline l on l.collection_id = c.id
  left join collection_cashdeposit t on t.id = l.deposit_id
  left join collection_unmatchedpayment u on u.payment_id = l.payment_id and u.closed_at is null
 where c.collector_id = %s and d.year = %s
 order by c.collected_at desc, c.id desc offset %s limit %s"""
_SUMS = """
select count(*), coalesce(sum(c.amount_fen), 0)::bigint,
       count(*) filter (where l.id is null),
       coalesce(sum(c.amount_fen) filter (where l.id is null), 0)::bigint,
       count(*) filter (where l.id is null and c.deposit_by < %s),
       count(*) filter (where u.id is not null)
  from collection_cashcollection c
  join collection_due d on d.id = c.due_id
  left join collection_cashdepositline l on l.collection_id = c.id
  left join collection_unmatchedpayment u on u.payment_id = l.payment_id and u.closed_at is null
 where c.collector_id = %s and d.year = %s"""


@dataclass(frozen=True, slots=True)
class MemberDue:
    """What a member of a household owes; amounts in fen. `held_receipt`: cash is under way."""

    due_id: int
    person_id: int
    name: str
    relation: str
    born: date
    owed_fen: int
    subsidised_fen: int
    paid_fen: int
    open_fen: int
    held_receipt: str

    @property
    def is_to_collect(self) -> bool:
        """Tell whether cash can be taken for it."""
        return self.open_fen > 0 and not self.held_receipt


@dataclass(frozen=True, slots=True)
class CashRecord:
    """Cash that an agent took, and what became of it. `difference`: why it covers nobody yet."""

    collection_id: int
    receipt_no: str
    name: str
    household_id: int | None
    amount_fen: int
    collected_at: datetime
    deposit_by: date
    deposited_at: datetime | None
    voucher_no: str
    difference: str


@dataclass(frozen=True, slots=True)
class CashSums:
    """An agent's cash of a year: taken, still held, overdue, and paid in without covering."""

    taken: int
    taken_fen: int
    held: int
    held_fen: int
    overdue: int
    differences: int


def dues_of_household(*, scope: Scope, year: int, household_id: int) -> list[MemberDue]:
    """Return the dues of a household's members, the head first. One query."""
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(_OPEN_DUES, [household_id, year])
        return [MemberDue(*row) for row in cursor.fetchall()]


def next_receipts(*, scope: Scope, count: int) -> list[str]:
    """Return the numbers that the operator's next receipts will bear; fewer where they run out."""
    numbers: list[str] = []
    with scoped(scope):
        ranges = ReceiptRange.objects.filter(holder_id=scope.operator_id, next__lte=F("last"))
        for one in ranges.order_by("id"):
            for number in range(one.next, one.last + 1):
                if len(numbers) == count:
                    return numbers
                numbers.append(f"{one.prefix}{number:0{len(str(one.last))}d}")
    return numbers


def cash_records(*, scope: Scope, year: int, offset: int, limit: int) -> Sequence[CashRecord]:
    """Return what the operator took for a year, the newest first. One query."""
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(_RECORDS, [scope.operator_id, year, offset, limit])
        return [CashRecord(*row) for row in cursor.fetchall()]


def cash_sums(*, scope: Scope, year: int, on: date) -> CashSums:
    """Return the sums of what the operator took for a year. One query."""
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(_SUMS, [on, scope.operator_id, year])
        return CashSums(*cursor.fetchone())
