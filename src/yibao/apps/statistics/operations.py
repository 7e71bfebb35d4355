"""Giving lists out of the house: who took them, and what for."""

from datetime import datetime
from pathlib import Path

from django.db import transaction

from yibao.apps.access import audit
from yibao.apps.access.rulebooks import book_of
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.statistics import queries
from yibao.apps.statistics.queries import UnpaidRow
from yibao.core.refusal import Refusal
from yibao.simulation.job import words_of
from yibao.simulation.snapshot import Snapshot
from yibao.simulation.taking import take

_LEAST_WORDS = 4


class PurposeMissing(Refusal):
    """Raised by `export_unpaid` where the purpose is not told in words."""

    code = "E850"
    message = "用途“{purpose}”没有写清楚"
    remedy = "请写明用途，例如“查泉村第二次排查上门告知”"
    message_en = 'The purpose "{purpose}" says nothing'
    remedy_en = "Say what the list is for"
    field = "purpose"


@transaction.atomic
def export_unpaid(
    *,
    scope: Scope,
    year: int,
    reason: str | None,
    purpose: str,
    whole: bool,
    at: datetime,
) -> list[UnpaidRow]:
    """Return everybody of the scope who is still to be reached, for a file that leaves the house.

    Writes one audit record with the purpose, the number of people and whether names and telephone
    numbers left in full (`whole`). `reason` None means all. Raises PurposeMissing.
    """
    scope.require("statistics.export")
    purpose = purpose.strip()
    if len(purpose) < _LEAST_WORDS:
        raise PurposeMissing(purpose=purpose)
    with scoped(scope):
        rows = queries.unpaid(scope=scope, year=year, on=at, reason=reason, limit=None)
        audit.record(
            scope=scope,
            action="statistics.export",
            at=at,
            object_kind="unpaid",
            object_id=year,
            detail={"purpose": purpose, "people": len(rows), "whole": whole, "reason": reason},
        )
    return rows


@transaction.atomic
def take_population(*, scope: Scope, year: int, place: Path, at: datetime) -> Snapshot:
    """Write the scope's insured of a year and their visits as a snapshot in the directory `place`.

    One moment of the database; facts only, each person under a keyed hash; one audit record with
    the numbers and the snapshot's hash. Who may simulate takes one for a simulation, without
    the right to lists of people. Raises ExtraMissing, RowWrong.
    """
    if not scope.allows("policy.simulate"):
        scope.require("statistics.export")
    with scoped(scope):
        found = queries.population(scope=scope, year=year)
        snapshot = take(
            place,
            words=words_of(book_of(scope.region)),
            region=scope.region,
            year=year,
            people=found.people,
            rows=found.rows,
        )
        manifest = snapshot.manifest
        audit.record(
            scope=scope,
            action="statistics.export",
            at=at,
            object_kind="population",
            object_id=year,
            detail={
                "people": manifest.persons,
                "visits": manifest.visits,
                "snapshot": manifest.hash,
            },
        )
    return snapshot
