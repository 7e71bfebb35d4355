"""The audit log: who did what, where, when, and with what outcome; and the chain over it.

Writers only insert (in the transaction of the act, so that neither exists without the other); a
seal every now and then chains what can no longer change. How: docs/decisions/0005-audit-chain.md.
"""

import json
from datetime import datetime
from typing import Any

from django.db import connection

from yibao.apps.access import heads
from yibao.apps.access.chain import EVERYWHERE, Chain, Seal, State
from yibao.apps.access.models import AuditRecord, SealClock
from yibao.apps.access.scope import Scope
from yibao.core.identity.masks import mask_within
from yibao.database import scope as database_scope

DONE, REFUSED = "done", "refused"
LOG = Chain(
    name="audit",
    record="record",
    table="access_auditrecord",
    seals="access_auditseal",
    seal_function="audit_seal",
    sign_function="audit_sign",
    words_function="audit_words",
)

_INSERT = """
    insert into access_auditrecord (xid, at, operator_id, operator_name, post_id, region, area_no,
        action, object_kind, object_id, outcome, detail, address)
    values (0, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s)"""


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
    """Return the value with whole identity and telephone numbers masked, however deep they are.

    A checksum stays whole: it proves what the record speaks of.
    """
    if isinstance(value, dict):
        return {str(key): without_numbers(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [without_numbers(one) for one in value]
    return mask_within(value) if isinstance(value, str) else value


def seal(*, at: datetime) -> Seal | None:
    """Close every record that can no longer change; None where nothing new is closed."""
    return LOG.seal(at=at)


def state() -> State:
    """Return how far the chain goes."""
    return LOG.state()


def newest(*, limit: int) -> list[dict[str, Any]]:
    """Return the newest records of everywhere, the newest first: for who runs the server."""
    with database_scope.scoped(*EVERYWHERE):
        return list(AuditRecord.objects.order_by("-id").values()[:limit])


def verify() -> list[str]:
    """Compute the chain again; return a sentence for each fault, none when it holds.

    Also against the heads that were kept outside the database.
    """
    kept, faults = heads.kept(LOG.name)
    return faults + LOG.verify(kept)


def sealed_until() -> datetime | None:
    """Return the database's moment up to which everything is sealed; None before the first."""
    return SealClock.objects.values_list("sealed_until", flat=True).first()
