"""The audit log: who did what, where, when, and with what outcome; and the chain over it.

Writers only insert (in the transaction of the act, so that neither exists without the other); a
seal every now and then chains what can no longer change. How: docs/decisions/0005-audit-chain.md.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum

from yibao.apps.access.models import AuditRecord, AuditSeal
from yibao.apps.access.scope import Scope
from yibao.core.identity.masks import mask_number, mask_phone
from yibao.database import scope as database_scope

DONE, REFUSED = "done", "refused"
_AT_ONCE = 1000
# Every official division code lies below; sign-ins of nobody have area 0.
EVERYWHERE = (0, 10**12)

_INSERT = """
    insert into access_auditrecord (xid, at, operator_id, operator_name, post_id, region, area_no,
        action, object_kind, object_id, outcome, detail, address)
    values (0, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s)"""
_ROWS = """
    select xid, sha256(convert_to(audit_words(r), 'UTF8'))
      from access_auditrecord r where xid < %s order by xid, id"""
# A whole identity number, old or new, and a mobile telephone's number.
_IDENTITY = re.compile(r"(?<!\d)\d{15,17}[\dXx](?!\d)|(?<!\d)\d{15}(?!\d)")
_PHONE = re.compile(r"(?<!\d)1\d{10}(?!\d)")


@dataclass(frozen=True)
class Seal:
    """A link of the chain: its number, how many records it closed, the digest over all so far."""

    number: int
    records: int
    head: str


def record(
    *,
    scope: Scope | None,
    action: str,
    at: datetime,
    object_kind: str = "",
    object_id: object = "",
    area_no: int = 0,
    outcome: str = DONE,
    detail: dict[str, Any] | None = None,
    address: str = "",
) -> None:
    """Insert one record in the current transaction.

    `area_no` 0 stands for the scope's own area. Whole identity and telephone numbers in `detail`
    are masked before they are written. No row comes back: who writes may not be allowed to read.
    """
    values = [
        at,
        (scope.operator_id or None) if scope else None,
        scope.operator_name if scope else "",
        (scope.post_id or None) if scope else None,
        scope.region if scope else "",
        area_no or (scope.area_from if scope else 0),
        action,
        object_kind,
        str(object_id),
        outcome,
        json.dumps(without_numbers(detail or {}), ensure_ascii=False, default=str),
        address or (scope.address if scope else ""),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)


def without_numbers(value: Any) -> Any:
    """Return the value with whole identity and telephone numbers masked, however deep they are."""
    if isinstance(value, dict):
        return {str(key): without_numbers(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [without_numbers(one) for one in value]
    if isinstance(value, str):
        masked = _IDENTITY.sub(lambda found: mask_number(found.group()), value)
        return _PHONE.sub(lambda found: mask_phone(found.group()), masked)
    return value


@transaction.atomic
def seal(*, at: datetime) -> Seal | None:
    """Close every record that can no longer change; None where nothing new is closed."""
    with connection.cursor() as cursor:
        cursor.execute("select number, records, head from audit_seal(%s)", [at])
        row = cursor.fetchone()
        if row is None:
            return None
        made = Seal(*row)
        cursor.execute("select audit_sign(%s, %s)", [made.number, _signature(made.head)])
    return made


@dataclass(frozen=True)
class State:
    """How far the chain goes: seals, records under them, records after them, the last digest."""

    seals: int
    records: int
    unsealed: int
    head: str


def state() -> State:
    """Return how far the chain goes."""
    last = AuditSeal.objects.order_by("-number").first()
    sealed = AuditSeal.objects.aggregate(all=Sum("records"))["all"] or 0
    with database_scope.scoped(*EVERYWHERE):
        after = AuditRecord.objects.filter(xid__gte=last.xid_until if last else 0).count()
    return State(
        seals=last.number if last else 0,
        records=sealed,
        unsealed=after,
        head=last.head if last else "",
    )


def newest(*, limit: int) -> list[dict[str, Any]]:
    """Return the newest records of everywhere, the newest first: for who runs the server."""
    with database_scope.scoped(*EVERYWHERE):
        return list(AuditRecord.objects.order_by("-id").values()[:limit])


def verify() -> list[str]:
    """Compute the chain again from the rows; return a sentence for each fault, none when it holds.

    Shares nothing with the sealing function but the words of a row, which the database writes.
    """
    seals = list(AuditSeal.objects.order_by("number"))
    if not seals:
        return []
    with database_scope.scoped(*EVERYWHERE):
        rows = _digests(seals[-1].xid_until)
        pending = next(rows, None)
        faults: list[str] = []
        before, until, head = 0, 0, ""
        for one in seals:
            if one.number != before + 1 or one.xid_from != until:
                faults.append(f"seal {one.number} does not follow seal {before}")
            chain, counted = hashlib.sha256(head.encode()), 0
            while pending is not None and pending[0] < one.xid_until:
                chain.update(pending[1])
                counted += 1
                pending = next(rows, None)
            faults += _faults_of(one, counted=counted, head=chain.hexdigest())
            # From the stored head, so that one fault does not hide where the others are.
            before, until, head = one.number, one.xid_until, one.head
    return faults


def _faults_of(one: AuditSeal, *, counted: int, head: str) -> list[str]:
    faults = []
    if counted != one.records:
        faults.append(f"seal {one.number} closed {one.records} records, there are {counted}")
    elif head != one.head:
        span = f"{one.xid_from} to {one.xid_until}"
        faults.append(f"seal {one.number}: a record of transactions {span} was changed")
    if not hmac.compare_digest(one.signature, _signature(one.head)):
        faults.append(f"seal {one.number} was not signed with this installation's key")
    return faults


def _digests(xid_until: int) -> Iterator[tuple[int, bytes]]:
    """Yield (transaction, digest) in sealing order, a thousand at a time: the log is long."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ROWS, [xid_until])
        while rows := cursor.fetchmany(_AT_ONCE):
            for xid, digest in rows:
                yield xid, bytes(digest)


def _signature(head: str) -> str:
    return hmac.new(str(settings.AUDIT_KEY).encode(), head.encode(), hashlib.sha256).hexdigest()
