"""Check of the audit log's chain: every seal is hashed again from the rows it covers."""

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


def audit_chain(cursor: "psycopg.Cursor[Any]") -> tuple[int, list[str]]:
    """Return how many records are sealed, and every link that does not hold."""
    faults: list[str] = []
    sealed, head, reached, last = 0, "", 0, 0
    for number, xid_from, xid_until, records, stored in cursor.execute(_SEALS).fetchall():
        if number != last + 1 or xid_from != reached:
            faults.append(f"seal {number}: does not follow seal {last}, which ends at {reached}")
        rows = cursor.execute(_WORDS, [xid_from, xid_until]).fetchall()
        if len(rows) != records:
            faults.append(f"seal {number}: {records} records were sealed, {len(rows)} are there")
        link = hashlib.sha256(head.encode())
        for (words,) in rows:
            link.update(hashlib.sha256(words.encode()).digest())
        if link.hexdigest() != stored:
            faults.append(f"seal {number}: the records in [{xid_from}, {xid_until}) were changed")
        sealed += len(rows)
        head, reached, last = stored, xid_until, number
    return sealed, faults


AUDIT = (Computation("audit_chain", "审计日志链完整", audit_chain),)
