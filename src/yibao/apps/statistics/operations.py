"""The population that a simulation is asked over, as facts without names."""

from datetime import datetime
from pathlib import Path

from django.db import transaction

from yibao.apps.access import audit
from yibao.apps.access.rulebooks import book_of
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.statistics import queries
from yibao.simulation.job import words_of
from yibao.simulation.snapshot import Snapshot
from yibao.simulation.taking import take


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
