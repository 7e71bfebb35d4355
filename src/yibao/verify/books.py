"""Checks of the books: they balance, count without gaps, and respect closed months."""

from yibao.verify.report import Question

BOOKS = (
    Question(
        "entries_balance",
        "每张凭证借贷相等",
        "select count(*) from fund_entry",
        """
        select format('entry %s of %s: debit %s, credit %s, %s lines', e.id, e."on",
                      coalesce(sum(l.debit_fen), 0), coalesce(sum(l.credit_fen), 0), count(l.id))
          from fund_entry e left join fund_leg l on l.entry_id = e.id
         group by e.id
        having coalesce(sum(l.debit_fen), 0) <> coalesce(sum(l.credit_fen), 0) or count(l.id) < 2
        """,
    ),
    Question(
        "days_balance",
        "每本账每日借贷相等",
        'select count(*) from (select distinct book_id, "on" from fund_leg) d',
        """
        select format('book %s on %s: debit %s, credit %s', book_id, "on",
                      sum(debit_fen), sum(credit_fen))
          from fund_leg group by book_id, "on" having sum(debit_fen) <> sum(credit_fen)
        """,
    ),
    Question(
        "books_balance",
        "每本账借贷合计相等",
        "select count(*) from fund_book",
        """
        select format('book %s: debit %s, credit %s', book_id, sum(debit_fen), sum(credit_fen))
          from fund_leg group by book_id having sum(debit_fen) <> sum(credit_fen)
        """,
    ),
    Question(
        "legs_are_one_sided",
        "每条分录只在一方",
        "select count(*) from fund_leg",
        """
        select format('line %s of entry %s: debit %s, credit %s', id, entry_id, debit_fen,
                      credit_fen)
          from fund_leg
         where not (debit_fen > 0 and credit_fen = 0 or debit_fen = 0 and credit_fen > 0)
        """,
    ),
    Question(
        "legs_follow_their_entry",
        "分录与凭证的账簿、日期、区划一致",
        "select count(*) from fund_leg",
        """
        select format('line %s of entry %s: book %s on %s in %s, the entry: book %s on %s in %s',
                      l.id, e.id, l.book_id, l."on", l.area_no, e.book_id, e."on", e.area_no)
          from fund_leg l join fund_entry e on e.id = l.entry_id
         where (l.book_id, l."on", l.area_no, l.region)
               is distinct from (e.book_id, e."on", e.area_no, e.region)
        union all
        select format('entry %s of %s stands in the month %s', id, "on", month)
          from fund_entry where date_trunc('month', "on"::timestamp)::date <> month
        """,
    ),
    Question(
        "vouchers_without_gaps",
        "凭证号每月连续",
        "select count(*) from fund_entry where voucher_no is not null",
        """
        select format('book %s, %s: %s vouchers numbered %s to %s, %s handed out', b.id, m.month,
                      count(e.voucher_no), min(e.voucher_no), max(e.voucher_no), m.last_voucher)
          from fund_book b join fund_bookmonth m on m.book_id = b.id
          left join fund_entry e on e.book_id = b.id and e.month = m.month
         group by b.id, m.id
        having count(e.voucher_no) <> m.last_voucher
            or count(distinct e.voucher_no) <> count(e.voucher_no)
            or coalesce(min(e.voucher_no), 1) <> 1
            or coalesce(max(e.voucher_no), 0) <> m.last_voucher
            or b.kind = 'main' and count(e.voucher_no) <> count(e.id)
            or b.kind <> 'main' and count(e.voucher_no) <> 0
        union all
        select format('entry %s: book %s has no row for the month %s', e.id, e.book_id, e.month)
          from fund_entry e
         where not exists (select from fund_bookmonth m
                            where m.book_id = e.book_id and m.month = e.month)
        """,
    ),
    Question(
        "closed_months_are_closed",
        "已结账月份没有新凭证",
        "select count(*) from fund_bookmonth where closed_at is not null",
        """
        select format('entry %s of %s was posted at %s, the month was closed at %s',
                      e.id, e."on", e.posted_at, m.closed_at)
          from fund_entry e
          join fund_bookmonth m on m.book_id = e.book_id and m.month = e.month
         where e.posted_at > m.closed_at
        """,
    ),
    Question(
        "reversals_mirror",
        "冲销凭证与原凭证相反",
        "select count(*) from fund_entry where reverses_id is not null",
        """
        select format('entry %s reverses %s and leaves %s on %s', r.id, r.reverses_id,
                      sum(l.debit_fen - l.credit_fen), l.account)
          from fund_entry r join fund_leg l on l.entry_id in (r.id, r.reverses_id)
         where r.reverses_id is not null
         group by r.id, r.reverses_id, l.account, l.party_kind, l.party_id
        having sum(l.debit_fen - l.credit_fen) <> 0
        """,
    ),
)
