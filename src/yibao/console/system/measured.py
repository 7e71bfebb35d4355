"""The figures that come from the database: the same from whichever process is asked."""

from typing import Any

from django.conf import settings
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from yibao.database.copies import Copies
from yibao.database.figures import Figures

# What waits for somebody, counted by SQL; a table that is not there is left out.
_WAITING = {
    "unmatched_payments": ("collection_unmatchedpayment", "closed_at is null"),
    "exports_to_approve": ("desk_export", "state = 'waiting'"),
    "grants_to_approve": ("access_grantrequest", "state = 'waiting'"),
}


def measured(found: Figures, cursor: Any) -> bytes:
    """Return the database's figures in Prometheus' text."""
    registry = CollectorRegistry()

    def gauge(name: str, words: str, value: float, **labels: str) -> None:
        if name not in gauges:
            gauges[name] = Gauge(f"yibao_{name}", words, list(labels), registry=registry)
        (gauges[name].labels(**labels) if labels else gauges[name]).set(value)

    gauges: dict[str, Gauge] = {}
    gauge("connections", "Connections of clients.", found.connections)
    gauge("connections_max", "Connections that the server takes.", found.connections_most)
    gauge("locks_waiting", "Locks that somebody waits for.", found.locks_waiting)
    gauge(
        "longest_transaction_seconds",
        "Age of the oldest transaction.",
        found.longest_transaction.total_seconds(),
    )
    gauge("standbys", "Standby servers connected.", found.standbys)
    gauge("sessions", "Sessions that are not over.", found.sessions)
    gauge("archive_failures", "Logs that could not be archived.", found.archive_failures)
    if found.sealed_until is not None:
        late = (found.now - found.sealed_until).total_seconds()
        gauge("seal_lag_seconds", "Age of the newest moment up to which all is sealed.", late)
    if found.counted_ago is not None:
        ago = found.counted_ago.total_seconds()
        gauge("count_age_seconds", "Time since residents were counted for the boards.", ago)
    for state, number in found.jobs.items():
        gauge("jobs", "Jobs by state.", number, state=state)
    gauge("jobs_stalled", "Jobs whose worker gives no sign.", found.jobs_stalled)
    for kind, number in _waiting(cursor).items():
        gauge("waiting", "What waits for somebody's decision.", number, kind=kind)
    for name, value in _copies(found).items():
        gauge(name, "Age in seconds; see yibao db backup and drill.", value)
    return generate_latest(registry)


def _waiting(cursor: Any) -> dict[str, int]:
    counted = {}
    for kind, (table, where) in _WAITING.items():
        cursor.execute("select to_regclass(%s)", [table])
        if cursor.fetchone()[0] is not None:
            cursor.execute(f"select count(*) from {table} where {where}")  # noqa: S608
            counted[kind] = cursor.fetchone()[0]
    return counted


def _copies(found: Figures) -> dict[str, float]:
    if not settings.DATABASE_EMBEDDED:
        return {}
    ages = {}
    try:
        copies = Copies(settings.HOME)
        if made := copies.all():
            ages["backup_age_seconds"] = (found.now - made[-1].ended).total_seconds()
        if drill := copies.last_drill():
            ages["drill_age_seconds"] = (found.now - drill.at).total_seconds()
            ages["drill_ok"] = float(drill.ok)
    except PermissionError:
        return {}
    return ages
