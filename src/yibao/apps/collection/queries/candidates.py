"""Payments that pay nothing yet, with everything the match asks about them, in one query."""

from collections.abc import Collection, Sequence

from django.db import connection

from yibao.apps.access.scope import Scope, scoped
from yibao.apps.collection.matching import Candidate

# How many of the columns are the payment's own, its channel and voucher number last.
_PAYMENT = 8
_CANDIDATES = """
select p.id, p.file_id, p.area_no, p.name, p.amount_fen, p.paid_at, p.channel, p.voucher_no,
       p.insured_place = any(%s), u.id is not null, n.id, coalesce(n.name, ''),
       coalesce(n.area_no, 0), coalesce(o.kind, ''), d.id,
       d.owed_fen - d.subsidised_fen - d.paid_fen, coalesce(d.paid_fen, 0),
       exists (select from collection_cashcollection c
                left join collection_cashdepositline l on l.collection_id = c.id
                where c.due_id = d.id and l.id is null)
  from collection_payment p
  left join collection_unmatchedpayment u on u.payment_id = p.id
  left join lateral (select i.person_id from registry_identitydocument i
                      where i.number_index = p.number_index
                      order by i.valid_until is not null, i.id desc limit 1) i on true
  left join registry_person n on n.id = i.person_id
  left join enrolment_othercover o
         on o.person_id = n.id and o.year = p.year and o.cancelled_at is null
  left join collection_due d
         on d.person_id = n.id and d.year = p.year and d.cancelled_at is null
 where p.year = %s and u.closed_at is null
   and (%s::bigint[] is null or p.id = any(%s::bigint[]))
   and not exists (select from collection_paymentmatch m
                    where m.payment_id = p.id and m.reverses_id is null
                      and not exists (select from collection_paymentmatch r
                                       where r.reverses_id = m.id))
 order by p.id
"""


def candidates(
    *,
    scope: Scope,
    year: int,
    our_places: Collection[str],
    payment_ids: Sequence[int] | None = None,
) -> list[Candidate]:
    """Return the payments of a year that pay no due. `our_places` are the region's own names."""
    only = None if payment_ids is None else list(payment_ids)
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, [list(our_places), year, only, only])
        rows = cursor.fetchall()
    return [
        Candidate(*payment, (channel, voucher_no), *known)
        for (*payment, channel, voucher_no), known in (
            (row[:_PAYMENT], row[_PAYMENT:]) for row in rows
        )
    ]
