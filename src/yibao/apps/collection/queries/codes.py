"""Dues, payments and receipts by the numbers printed on them."""

from yibao.apps.access.rulebooks import book_of
from yibao.apps.access.scope import Scope
from yibao.apps.collection.operations.receipts import CASH_RECEIPT, INVOICE
from yibao.apps.collection.policy import CHANNELS
from yibao.apps.registry.finding import FoundCode, as_id, found_codes

_DUE = """
select d.id, d.id::text, p.name, d.area_no,
       jsonb_build_object('year', d.year, 'owed', d.owed_fen, 'person_no', p.person_no)::text
  from collection_due d join registry_person p on p.id = d.person_id
 where d.id = %(id)s and d.id > %(after)s order by d.id limit %(limit)s"""
# The unique index of vouchers begins with region and channel: every channel is asked for.
_PAYMENT = """
select p.id, p.voucher_no, p.name, p.area_no,
       jsonb_build_object('year', p.year, 'amount', p.amount_fen, 'channel', p.channel)::text
  from (select id from collection_payment where id = %(id)s
        union
        select id from collection_payment
         where region = %(region)s and channel = any(%(channels)s)
           and voucher_no = any(%(numbers)s)) f
  join collection_payment p on p.id = f.id
 where p.id > %(after)s order by p.id limit %(limit)s"""
_RECEIPT = """
select r.id, r.number, coalesce(q.name, p.name, ''), r.area_no,
       jsonb_build_object('kind', r.kind, 'amount', r.amount_fen, 'payment', r.payment_id,
                          'is_cash', r.collection_id is not null, 'spoilt', r.spoilt_because)::text
  from collection_receipt r
  left join collection_payment p on p.id = r.payment_id
  left join collection_cashcollection c on c.id = r.collection_id
  left join collection_due d on d.id = c.due_id
  left join registry_person q on q.id = d.person_id
 where r.region = %(region)s and r.kind = any(%(kinds)s) and r.number = any(%(numbers)s)
   and r.id > %(after)s order by r.id limit %(limit)s"""


def dues_by_number(*, scope: Scope, number: int, after_id: int, limit: int) -> list[FoundCode]:
    """Return the due of this number. One query."""
    scope.require("collection.read")
    values = {"id": number, "after": after_id, "limit": limit}
    return found_codes(scope=scope, sql=_DUE, values=values)


def payments_by_number(*, scope: Scope, text: str, after_id: int, limit: int) -> list[FoundCode]:
    """Return the payments with this number or voucher. One query."""
    scope.require("collection.read")
    values = {
        "id": as_id(text),
        "region": scope.region,
        "channels": _channels(scope),
        "numbers": _written(text),
        "after": after_id,
        "limit": limit,
    }
    return found_codes(scope=scope, sql=_PAYMENT, values=values)


def receipts_by_number(*, scope: Scope, text: str, after_id: int, limit: int) -> list[FoundCode]:
    """Return the receipts and invoices with this number. One query."""
    scope.require("collection.read")
    values = {
        "region": scope.region,
        "kinds": [CASH_RECEIPT, INVOICE],
        "numbers": _written(text),
        "after": after_id,
        "limit": limit,
    }
    return found_codes(scope=scope, sql=_RECEIPT, values=values)


def _channels(scope: Scope) -> list[str]:
    found = book_of(scope.region).enumerations.get(CHANNELS)
    return list(found.codes) if found else []


def _written(text: str) -> list[str]:
    """Return the ways in which the number may have been written."""
    return sorted({text, text.upper(), text.lower()})
