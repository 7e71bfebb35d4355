"""What the database says of itself, read in a handful of statements: for health and metrics."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from yibao.database.home import APP_ROLE
from yibao.database.scope import scoped

EVERYWHERE = (0, 10**12)


@dataclass(frozen=True)
class Figures:
    """What the database says of itself, in one reading."""

    version: int
    now: datetime
    app_now: datetime
    encoding: str
    collation: str
    ctype: str
    checksums: str
    synchronous: str
    extensions: tuple[str, ...]
    above_the_wall: bool
    connections: int
    connections_most: int
    locks_waiting: int
    longest_transaction: timedelta
    standbys: int
    sealed_until: datetime | None
    jobs: dict[str, int]
    jobs_stalled: int
    sessions: int
    archive_failures: int
    last_archived: datetime | None
    # How long ago the residents of a year that goes on were counted; of several the longest.
    counted_ago: timedelta | None


_ASK = """
    select current_setting('server_version_num')::int, clock_timestamp(),
           pg_encoding_to_char(d.encoding), d.datcollate, d.datctype,
           current_setting('data_checksums'), current_setting('synchronous_commit'),
           (select array_agg(extname::text) from pg_extension),
           coalesce((select rolsuper or rolbypassrls from pg_roles where rolname = %s), true),
           (select count(*) from pg_stat_activity where backend_type = 'client backend'),
           current_setting('max_connections')::int,
           (select count(*) from pg_locks where not granted),
           (select coalesce(max(clock_timestamp() - xact_start), '0'::interval)
              from pg_stat_activity where backend_type = 'client backend'),
           (select count(*) from pg_stat_replication),
           (select failed_count from pg_stat_archiver),
           (select last_archived_time from pg_stat_archiver)
      from pg_database d where d.datname = current_database()"""
_OPTIONAL = {
    "access_sealclock": "select sealed_until from access_sealclock",
    "django_session": "select count(*) from django_session where expire_date > now()",
    "desk_job": "select coalesce(jsonb_object_agg(state, n), '{}') from"
    " (select state, count(*) n from desk_job group by state) jobs",
    "statistics_tally": """
        with today as (
            select code, case when served_on is null then now() at time zone 'Asia/Shanghai'
                   else served_on + (now() at time zone 'Asia/Shanghai')::time end as at
              from access_poolingregion)
        select max(today.at - newest.taken_at at time zone 'Asia/Shanghai')
          from (select region, year, max(taken_at) as taken_at
                  from statistics_tally group by region, year) newest
          join today on today.code = newest.region
         where newest.year >= extract(year from today.at)""",
}
_STALLED = (
    "select count(*) from desk_job where state = 'running'"
    " and heartbeat_at < clock_timestamp() - interval '10 minutes'"
)


def figures(cursor: Any) -> Figures:
    """Read everything in a handful of statements; the cursor's transaction must see all areas."""
    cursor.execute(_ASK, [APP_ROLE])
    row = cursor.fetchone()
    there = {}
    for table, words in _OPTIONAL.items():
        cursor.execute("select to_regclass(%s)", [table])
        if cursor.fetchone()[0] is None:
            continue
        cursor.execute(words)
        found = cursor.fetchone()
        there[table] = found[0] if found else None
    stalled = 0
    if "desk_job" in there:
        cursor.execute(_STALLED)
        stalled = cursor.fetchone()[0]
    return Figures(
        version=row[0],
        now=row[1],
        app_now=datetime.now(UTC),
        encoding=row[2],
        collation=row[3],
        ctype=row[4],
        checksums=row[5],
        synchronous=row[6],
        extensions=tuple(row[7] or ()),
        above_the_wall=row[8],
        connections=row[9],
        connections_most=row[10],
        locks_waiting=row[11],
        longest_transaction=row[12],
        standbys=row[13],
        archive_failures=row[14] or 0,
        last_archived=row[15],
        sealed_until=there.get("access_sealclock"),
        jobs=_numbers(there.get("desk_job")),
        jobs_stalled=stalled,
        counted_ago=there.get("statistics_tally"),
        sessions=there.get("django_session") or 0,
    )


def _numbers(found: Any) -> dict[str, int]:
    if isinstance(found, str):  # Django leaves JSON of plain SQL as text
        found = json.loads(found)
    return dict(found or {})


@contextmanager
def everywhere(connection: Any) -> Iterator[Any]:
    """A cursor of Django's connection in a transaction that sees every area."""
    with scoped(*EVERYWHERE, using=connection.alias), connection.cursor() as cursor:
        yield cursor
