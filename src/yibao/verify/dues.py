"""Checks of what people owe and paid, of cash in custody, and of receipts."""

from yibao.verify.report import Question

DUES = (
    Question(
        "dues_equal_subledger",
        "应缴、资助、已缴与明细账一致",
        "select count(*) from collection_due",
        """
        with asked as (
            select person_id, sum(owed_fen) as owed, sum(subsidised_fen) as subsidised,
                   sum(paid_fen) as paid
              from collection_due where cancelled_at is null group by person_id
        ), booked as (
            select l.party_id as person_id,
                   coalesce(sum(debit_fen - credit_fen)
                            filter (where account in ('D101', 'D102', 'D103')), 0) as owed,
                   coalesce(sum(debit_fen - credit_fen)
                            filter (where account = 'D102'), 0) as subsidised,
                   coalesce(sum(debit_fen - credit_fen)
                            filter (where account = 'D103'), 0) as paid
              from fund_leg l join fund_book b on b.id = l.book_id
             where b.kind = 'dues' and l.party_kind = 'person' group by l.party_id
        )
        select format('person %s: dues say owed %s, subsidised %s, paid %s; the books %s, %s, %s',
                      person_id, coalesce(a.owed, 0), coalesce(a.subsidised, 0),
                      coalesce(a.paid, 0), coalesce(k.owed, 0), coalesce(k.subsidised, 0),
                      coalesce(k.paid, 0))
          from asked a full join booked k using (person_id)
         where (coalesce(a.owed, 0), coalesce(a.subsidised, 0), coalesce(a.paid, 0))
               <> (coalesce(k.owed, 0), coalesce(k.subsidised, 0), coalesce(k.paid, 0))
        """,
    ),
    Question(
        "dues_are_not_overpaid",
        "已缴与资助不超过应缴",
        "select count(*) from collection_due",
        """
        select format('due %s of person %s: owed %s, subsidised %s, paid %s', id, person_id,
                      owed_fen, subsidised_fen, paid_fen)
          from collection_due
         where owed_fen < subsidised_fen + paid_fen or paid_fen < 0 or subsidised_fen < 0
        """,
    ),
    Question(
        "dues_equal_matches",
        "已缴等于匹配到的缴费",
        "select count(*) from collection_paymentmatch",
        """
        select format('due %s: paid %s, matched %s', d.id, d.paid_fen,
                      coalesce(sum(m.amount_fen), 0))
          from collection_due d left join collection_paymentmatch m on m.due_id = d.id
         group by d.id having d.paid_fen <> coalesce(sum(m.amount_fen), 0)
        """,
    ),
    Question(
        "payments_pay_once",
        "每笔缴费匹配不超过其金额",
        "select count(*) from collection_payment",
        """
        select format('payment %s of %s: %s matched', p.id, p.amount_fen, sum(m.amount_fen))
          from collection_payment p join collection_paymentmatch m on m.payment_id = p.id
         group by p.id
        having sum(m.amount_fen) > p.amount_fen or sum(m.amount_fen) < 0
        """,
    ),
    Question(
        "custody_equals_cash",
        "代收现金与未缴存一致",
        "select count(*) from collection_cashcollection",
        """
        with held as (
            select c.collector_id, sum(c.amount_fen) as fen
              from collection_cashcollection c
             where not exists (select from collection_cashdepositline l
                                where l.collection_id = c.id)
             group by 1
        ), booked as (
            select l.party_id as collector_id, sum(l.debit_fen - l.credit_fen) as fen
              from fund_leg l join fund_book b on b.id = l.book_id
             where b.kind = 'custody' and l.account = 'C101' and l.party_kind = 'operator'
             group by 1
        )
        select format('operator %s: holds %s by receipts, %s by the books', collector_id,
                      coalesce(h.fen, 0), coalesce(k.fen, 0))
          from held h full join booked k using (collector_id)
         where coalesce(h.fen, 0) <> coalesce(k.fen, 0)
        """,
    ),
    Question(
        "deposits_equal_their_cash",
        "缴存金额等于所含代收",
        "select count(*) from collection_cashdeposit",
        """
        select format('deposit %s of %s: its collections sum to %s', d.id, d.amount_fen,
                      coalesce(sum(c.amount_fen), 0))
          from collection_cashdeposit d
          left join collection_cashdepositline l on l.deposit_id = d.id
          left join collection_cashcollection c on c.id = l.collection_id
         group by d.id having d.amount_fen <> coalesce(sum(c.amount_fen), 0)
        """,
    ),
    Question(
        "receipts_are_given_once",
        "票据号唯一且在领用号段内",
        "select count(*) from collection_receipt",
        """
        select format('receipt %s of kind %s is given %s times', number, kind, count(*))
          from collection_receipt group by region, kind, number having count(*) > 1
        union all
        select format('receipt %s lies outside the range %s%s to %s, next %s', r.number, g.prefix,
                      g.first, g.last, g.next)
          from collection_receipt r join collection_receiptrange g on g.id = r.range_id
         where left(r.number, length(g.prefix)) <> g.prefix
            or substr(r.number, length(g.prefix) + 1) !~ '^[0-9]+$'
            or substr(r.number, length(g.prefix) + 1)::bigint not between g.first and g.next - 1
            or g.next > g.last + 1
        """,
    ),
    Question(
        "grants_equal_receipts",
        "资助到账等于登记的到账",
        "select count(*) from subsidy_grant",
        """
        select format('grant %s: received %s, its receipts sum to %s', g.id, g.received_fen,
                      coalesce(sum(r.amount_fen), 0))
          from subsidy_grant g left join subsidy_grantreceipt r on r.grant_id = g.id
         group by g.id having g.received_fen <> coalesce(sum(r.amount_fen), 0)
        """,
    ),
    Question(
        "coverages_do_not_overlap",
        "参保时段不重叠",
        "select count(*) from enrolment_coverage where cancelled_at is null",
        """
        select format('person %s: coverage %s and coverage %s overlap', person_id, id, later)
          from (select person_id, id, period, lead(id) over w as later, lead(period) over w as next
                  from enrolment_coverage where cancelled_at is null
                window w as (partition by person_id order by period)) c
         where period && next
        """,
    ),
)
