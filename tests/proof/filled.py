"""Fills a migrated database by SQL alone: records of the log and entries of the journal."""

AREA = 430423104201
_PLACE = """
    insert into access_poolingregion (code, name, bureau_name, area_from, area_until)
    values ('hengshan', '衡山县', '衡山县医疗保障局', 430423000000, 430424000000)
    on conflict do nothing;
    insert into access_organisation (region_id, kind, name, division, area_from, area_until)
    values ('hengshan', 'county', '衡山县', '430423000000', 430423000000, 430424000000)
    on conflict do nothing;
    insert into fund_book (region, fund, unit_id, kind, name, area_no, opened_on)
    select 'hengshan', 'resident', o.id, 'custody', '代收现金明细账', 430423000000, '2020-01-01'
      from access_organisation o where o.division = '430423000000'
    on conflict do nothing;
"""
_RECORDS = """
    insert into access_auditrecord (xid, at, operator_id, operator_name, region, area_no, action,
           object_kind, object_id, outcome, detail, address)
    select 0, '2020-12-18 10:00+08'::timestamptz + n * interval '1 second', mod(n, 7), '曾建华',
           'hengshan', %(area)s, 'registry.read', 'person',
           pg_current_xact_id()::text || '-' || n, 'done', '{}', ''
      from generate_series(1, %(count)s) n"""
_ENTRIES = """
    with made as (
        insert into fund_entry (region, area_no, book_id, kind, "on", month, memo, source_kind,
               source_id, posted_at, posted_by)
        select 'hengshan', %(area)s, b.id, 'cash', '2020-12-18', '2020-12-01', '代收 ' || n,
               'proof', n, '2020-12-18 10:00+08', 1
          from fund_book b, generate_series(1, %(count)s) n
        returning id, book_id, source_id
    )
    insert into fund_leg (region, area_no, entry_id, book_id, account, "on", debit_fen,
           credit_fen, party_kind)
    select 'hengshan', %(area)s, m.id, m.book_id, side.account, '2020-12-18',
           side.debit * (100 + m.source_id), side.credit * (100 + m.source_id), ''
      from made m, (values ('X101', 1, 0), ('X201', 0, 1)) side (account, debit, credit)"""


def place(cursor):
    """Make a region, a county and a book, if they are missing: as the owner."""
    cursor.execute(_PLACE)


def fill(cursor, *, records, entries):
    """Write so many records and balanced entries in the cursor's transaction."""
    if records:
        cursor.execute(_RECORDS, {"area": AREA, "count": records})
    if entries:
        cursor.execute(_ENTRIES, {"area": AREA, "count": entries})
