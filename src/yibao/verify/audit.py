"""Check of the two chains: every seal is hashed again from the rows it covers."""

import hashlib
from typing import Any

import psycopg

from yibao.verify.report import Computation

_SEALS = """
select number, xid_from, xid_until, records, head from access_auditseal order by number
"""

# What a seal hashes of a row: every column, as one JSON list, in the order xid, id.
_WORDS = """
select jsonb_build_array(r.xid, r.id, (extract(epoch from r.at) * 1000000)::bigint,
       r.operator_id, r.operator_name, r.post_id, r.region, r.area_no, r.action,
       r.object_kind, r.object_id, r.outcome, r.detail, r.address)::text
  from access_auditrecord r
 where r.xid >= %s and r.xid < %s
 order by r.xid, r.id
"""


_JOURNAL_SEALS = """
select number, xid_from, xid_until, records, head from fund_journalseal order by number
"""

# An entry's columns, and as its last its legs in the order of their ids.
_JOURNAL_WORDS = """
select jsonb_build_array(e.xid, e.id, e.book_id, e.voucher_no, e.kind, e."on", e.month, e.memo,
       e.source_kind, e.source_id, e.reverses_id,
       (extract(epoch from e.posted_at) * 1000000)::bigint, e.posted_by, e.region, e.area_no,
       (select jsonb_agg(jsonb_build_array(l.id, l.book_id, l.account, l."on", l.debit_fen,
               l.credit_fen, l.party_kind, l.party_id, l.region, l.area_no) order by l.id)
          from fund_leg l where l.entry_id = e.id))::text
  from fund_entry e
 where e.xid >= %s and e.xid < %s
 order by e.xid, e.id
"""


def audit_chain(cursor: "psycopg.Cursor[Any]") -> tuple[int, list[str]]:
    """Return how many records are sealed, and every link that does not hold."""
    return _chain(cursor, _SEALS, _WORDS, "records")


def journal_chain(cursor: "psycopg.Cursor[Any]") -> tuple[int, list[str]]:
    """Return how many entries are sealed, and every link that does not hold."""
    return _chain(cursor, _JOURNAL_SEALS, _JOURNAL_WORDS, "entries")


def _chain(
    cursor: "psycopg.Cursor[Any]", seals: str, words_of: str, what: str
) -> tuple[int, list[str]]:
    faults: list[str] = []
    sealed, head, reached, last = 0, "", 0, 0
    for number, xid_from, xid_until, records, stored in cursor.execute(seals).fetchall():
        if number != last + 1 or xid_from != reached:
            faults.append(f"seal {number}: does not follow seal {last}, which ends at {reached}")
        rows = cursor.execute(words_of, [xid_from, xid_until]).fetchall()
        if len(rows) != records:
            faults.append(f"seal {number}: {records} {what} were sealed, {len(rows)} are there")
        link = hashlib.sha256(head.encode())
        for (words,) in rows:
            link.update(hashlib.sha256(words.encode()).digest())
        if link.hexdigest() != stored:
            faults.append(f"seal {number}: the {what} in [{xid_from}, {xid_until}) were changed")
        sealed += len(rows)
        head, reached, last = stored, xid_until, number
    return sealed, faults


AUDIT = (
    Computation("audit_chain", "审计日志链完整", audit_chain),
    Computation("journal_chain", "会计凭证链完整", journal_chain),
)
