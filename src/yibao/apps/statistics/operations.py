"""Counts that are kept, and the population that a simulation is asked over."""

from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Max
from django.utils.timezone import localdate

from yibao.apps.access import audit
from yibao.apps.access.rulebooks import book_of
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.statistics import queries
from yibao.apps.statistics.models import Tally
from yibao.apps.statistics.queries.tallies import LIVE_WITH_REASONS
from yibao.rulebook.desk import tallies
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


_KEEP = f"""
with {LIVE_WITH_REASONS}
insert into statistics_tally (region, area_no, year, taken_at, kind, since_on, reason, people)
select %(region)s, area_no, %(year)s, %(on)s, kind, since_on, reason, sum(people)
  from tallied group by area_no, kind, since_on, reason
"""  # noqa: S608 - fixed texts
# Also what was kept for this moment or a later one: a served day begins anew every midnight.
_FORGET = """
delete from statistics_tally
 where year = %(year)s and (taken_at < %(oldest)s or taken_at >= %(on)s)
"""


@transaction.atomic
def keep_tallies(*, scope: Scope, year: int, at: datetime) -> int:
    """Count how the scope's residents stand in a year and keep it beside the last hour's counts.

    Returns how many rows were kept. Two at a time wait for each other; who looks meanwhile sees
    the counts before. They are figures and name nobody, so no audit record tells of them.
    """
    values = {"region": scope.region, "year": year, "on": at, "day": localdate(at)}
    values["oldest"] = at - tallies().kept_for
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtext('statistics_tally'), %s)",
            [year],
        )
        cursor.execute(_FORGET, values)
        cursor.execute(_KEEP, values)
        return int(cursor.rowcount)


def is_tally_due(*, scope: Scope, year: int, at: datetime) -> bool:
    """Return whether a year is to be counted again: at every round, one that is over more rarely.

    Also where what is kept is of later than now, as when a served day begins anew.
    """
    limits = tallies()
    if limits.every_of(year=year, on=localdate(at)) == limits.every:
        return True
    with scoped(scope):
        newest = Tally.objects.filter(year=year).aggregate(at=Max("taken_at"))["at"]
    return newest is None or not at - limits.past_every < newest <= at
