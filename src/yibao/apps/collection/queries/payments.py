"""Reads of payments: lists with sums, files, what waits unmatched, what was asked and refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.collection import matching
from yibao.apps.collection.models import PaymentFile, RefundRequest, UnmatchedPayment
from yibao.apps.collection.operations.files import NUMBER_FIELD
from yibao.database.scope import merging
from yibao.database.sealing import NUMBER, index_of, unseal


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """What a list of payments is narrowed to; empty means everything."""

    channel: str = ""
    text: str = ""  # number, or the beginning of a name
    paid_from: date | None = None
    paid_until: date | None = None  # half-open
    state: str = ""  # matched | unmatched | new
    file_id: int | None = None


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment of a list, with the person whose due it pays, if any."""

    payment_id: int
    channel: str
    year: int
    number: str
    name: str
    amount_fen: int
    paid_at: datetime
    voucher_kind: str
    voucher_no: str
    insured_place: str
    file_id: int | None
    row_no: int | None
    person_id: int | None
    due_id: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Payments:
    """A page of payments, and count and sum of all that the filter takes."""

    rows: tuple[PaymentRow, ...]
    total: int
    amount_fen: int
    by_channel: dict[str, tuple[int, int]] = field(default_factory=dict)


_FROM = """
  from collection_payment p
  left join lateral (select m.due_id, d.person_id from collection_paymentmatch m
                       join collection_due d on d.id = m.due_id
                      where m.payment_id = p.id order by m.id desc limit 1) m on true
  left join collection_unmatchedpayment u on u.payment_id = p.id and u.closed_at is null
 where p.year = %(year)s
   and (%(channel)s = '' or p.channel = %(channel)s)
   and (%(text)s = '' or p.number_index = %(index)s
        or (p.name >= %(text)s and p.name < %(after)s))
   and (%(paid_from)s::timestamptz is null or p.paid_at >= %(paid_from)s)
   and (%(paid_until)s::timestamptz is null or p.paid_at < %(paid_until)s)
   and (%(file_id)s::bigint is null or p.file_id = %(file_id)s)
   and (%(state)s = '' or %(state)s = case when m.due_id is not null then 'matched'
                                           when u.id is not null then 'unmatched' else 'new' end)
"""
_COLUMNS = """
select p.id, p.channel, p.year, p.number, p.name, p.amount_fen, p.paid_at, p.voucher_kind,
       p.voucher_no, p.insured_place, p.file_id, p.row_no, m.person_id, m.due_id,
       coalesce(u.reason, '')
"""


def payments(
    *, scope: Scope, year: int, narrowed: PaymentFilter, offset: int, limit: int
) -> Payments:
    """Return a page of a year's payments, newest first, with count and sum. Two queries."""
    values = _values(year, narrowed)
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            f"select p.channel, count(*), sum(p.amount_fen)::bigint {_FROM} group by 1 order by 1",
            values,
        )
        by_channel = {row[0]: (row[1], row[2]) for row in cursor.fetchall()}
        cursor.execute(
            f"{_COLUMNS} {_FROM} order by p.paid_at desc, p.id desc"
            " offset %(offset)s limit %(limit)s",
            values | {"offset": offset, "limit": limit},
        )
        rows = tuple(_opened(row) for row in cursor.fetchall())
    return Payments(
        rows=rows,
        total=sum(count for count, _ in by_channel.values()),
        amount_fen=sum(amount for _, amount in by_channel.values()),
        by_channel=by_channel,
    )


_NEW = """
select count(*), coalesce(sum(p.amount_fen), 0)::bigint from collection_payment p
 where p.year = %(year)s
   and not exists (select from collection_paymentmatch m where m.payment_id = p.id)
   and not exists (select from collection_unmatchedpayment u
                    where u.payment_id = p.id and u.closed_at is null)
"""


def new_payments(*, scope: Scope, year: int) -> tuple[int, int]:
    """Return how many payments of the year were not looked at yet, and their sum in fen."""
    with scoped(scope), connection.cursor() as cursor, merging(cursor):
        cursor.execute(_NEW, {"year": year})
        count, amount_fen = cursor.fetchone()
        return count, amount_fen


def payment_row(*, scope: Scope, payment_id: int) -> PaymentRow:
    """Return one payment. Raises NotThere."""
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            f"{_COLUMNS} from collection_payment p"  # noqa: S608 - fixed texts
            " left join lateral (select m.due_id, d.person_id from collection_paymentmatch m"
            "                      join collection_due d on d.id = m.due_id"
            "                     where m.payment_id = p.id order by m.id desc limit 1) m on true"
            " left join collection_unmatchedpayment u"
            "   on u.payment_id = p.id and u.closed_at is null"
            " where p.id = %s",
            [payment_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotThere(what=_("缴费 %(id)s") % {"id": payment_id})
    return _opened(row)


def payment_file(*, scope: Scope, file_id: int) -> PaymentFile:
    """Return one payment file. Raises NotThere."""
    with scoped(scope):
        found = PaymentFile.objects.filter(id=file_id).first()
    if found is None:
        raise NotThere(what=_("缴费文件 %(id)s") % {"id": file_id})
    return found


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many payments wait under a reason, and how much money."""

    reason: str
    label: str
    remedy: str
    count: int
    amount_fen: int


def unmatched_count(scope: Scope, year: int) -> int:
    """Return how many payments wait for a due."""
    with scoped(scope):
        return _waiting(year).count()


def unmatched_reasons(*, scope: Scope, year: int) -> list[ReasonCount]:
    """Return the reasons under which money waits, the most frequent first."""
    with scoped(scope):
        rows: Sequence[Any] = (
            _waiting(year).values_list("reason").annotate(Count("id"), Sum("payment__amount_fen"))
        )
        counted = [
            ReasonCount(
                reason=reason,
                label=matching.label(reason, scope.region),
                remedy=matching.remedy(reason),
                count=count,
                amount_fen=amount,
            )
            for reason, count, amount in rows
        ]
    return sorted(counted, key=lambda one: (-one.count, one.reason))


def requests_of(*, scope: Scope, payment_id: int) -> list[RefundRequest]:
    """Return what was asked about one payment."""
    with scoped(scope):
        return list(RefundRequest.objects.filter(payment_id=payment_id).order_by("-id"))


def _opened(row: Sequence[Any]) -> PaymentRow:
    payment_id, channel, year, number, *rest = row
    return PaymentRow(payment_id, channel, year, unseal(number, of=NUMBER_FIELD), *rest)


def _waiting(year: int) -> QuerySet[UnmatchedPayment]:
    return UnmatchedPayment.objects.filter(closed_at__isnull=True, payment__year=year)


def _values(year: int, narrowed: PaymentFilter) -> dict[str, Any]:
    text = narrowed.text.strip()
    return {
        "year": year,
        "channel": narrowed.channel,
        "text": text,
        "index": index_of(text.upper(), of=NUMBER),
        "after": text[:-1] + chr(ord(text[-1]) + 1) if text else "",
        "paid_from": narrowed.paid_from,
        "paid_until": narrowed.paid_until,
        "file_id": narrowed.file_id,
        "state": narrowed.state,
    }
