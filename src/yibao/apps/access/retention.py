"""Records whose time is over: counted for whoever asks, removed where the declaration says so.

Periods and grounds are `rulebook/national/retention.yaml`; here stands only where each kind lies
and from which moment its time runs. What is not `removed` there is never touched: the audit log and
the books are only counted, and leave by an archive, not by a deletion.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from yibao.apps.access import audit
from yibao.database import scope as database_scope
from yibao.rulebook.retention import Kind, kinds

_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where records of a kind lie: the table, and from which moment their time runs."""

    kind: str
    table: str
    since: str  # a column; rows without it are still in use


# In the order of removal: what points at another stands before it.
PLACES = (
    Place("draft", "desk_draft", "kept_at"),
    Place("sent_form", "desk_sentform", "sent_at"),
    Place("recent_pick", "desk_recentpick", "picked_at"),
    Place("job", "desk_job", "ended_at"),
    Place("browser_session", "django_session", "expire_date"),
    Place("session", "access_operatorsession", "ended_at"),
    Place("sign_in_failure", "access_signinfailures", "locked_until"),
    Place("sign_in_failure", "access_addresstries", "since"),
    Place("audit", "access_auditrecord", "at"),
    Place("export", "desk_export", "asked_at"),
    Place("erasure", "registry_erasure", "decided_at"),
    Place("handed_in", "enrolment_ledgerimport", "uploaded_at"),
    Place("handed_in", "subsidy_roster", "uploaded_at"),
    Place("enrolment", "enrolment_enrolment", "enrolled_at"),
    Place("money", "collection_payment", "paid_at"),
    Place("claims", "claims_settlement", "settled_at"),
)


@dataclass(frozen=True, slots=True)
class Due:
    """How many rows of a table are older than their kind is kept."""

    place: Place
    kind: Kind
    before: datetime
    rows: int


def due(*, at: datetime) -> list[Due]:
    """Return what is older than it is kept, table by table, also where there is nothing."""
    with database_scope.scoped(*audit.EVERYWHERE), connection.cursor() as cursor:
        return [_due(cursor, place, kind, before) for place, kind, before in _over(at)]


def retain(*, at: datetime) -> dict[str, int]:
    """Remove what may be removed, and write down what was; return the rows by table.

    Rows go in chunks, each with its record in one transaction.
    """
    removed: dict[str, int] = {}
    for place, kind, before in _over(at):
        if not kind.is_removed:
            continue
        while rows := _remove(place, kind, before, at):
            removed[place.table] = removed.get(place.table, 0) + rows
    return removed


def _over(at: datetime) -> Iterator[tuple[Place, Kind, datetime]]:
    declared = kinds()
    for place in PLACES:
        kind = declared[place.kind]
        before = kind.keep.before(at)
        if before is not None:
            yield place, kind, before


def _due(cursor: Any, place: Place, kind: Kind, before: datetime) -> Due:
    cursor.execute(
        sql.SQL("select count(*) from {} where {} < %s").format(
            sql.Identifier(place.table), sql.Identifier(place.since)
        ),
        [before],
    )
    return Due(place, kind, before, int(cursor.fetchone()[0]))


@transaction.atomic
def _remove(place: Place, kind: Kind, before: datetime, at: datetime) -> int:
    with database_scope.scoped(*audit.EVERYWHERE), connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "delete from {0} where ctid = any(array(select ctid from {0} where {1} < %s"
                " limit %s))"
            ).format(sql.Identifier(place.table), sql.Identifier(place.since)),
            [before, _AT_ONCE],
        )
        rows = int(cursor.rowcount)
        if rows:
            audit.record(
                scope=None,
                action="retention.apply",
                at=at,
                object_kind="table",
                object_id=place.table,
                detail={"kind": kind.code, "rows": rows, "before": before.isoformat()},
            )
    return rows
