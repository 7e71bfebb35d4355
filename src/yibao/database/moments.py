"""Notes a moment exactly: nothing is written while the clock is read, everybody waits an instant.

The rows are counted afterwards, in a snapshot of that instant, while work goes on. A restore to
the moment must give the same numbers, to the row.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from yibao.core.refusal import Refusal
from yibao.database.copies import Moment

_TRIES, _PAUSE_SECONDS = 10, 0.5
_ARCHIVED_SECONDS = 120.0
_TABLES = """
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind = 'r' order by 1"""
_CHAINS = {"audit": "access_auditseal", "journal": "fund_journalseal"}
Connect = Callable[[], "psycopg.Connection[Any]"]


class NeverStill(Refusal):
    """Somebody wrote without a pause: no instant without a writer was found."""

    code = "DB41"
    message = "数据库一直有未结束的写入，无法记下一个准确的时刻"
    remedy = "请在较空闲时再试，或查看“系统状态”中长时间未结束的事务"
    message_en = "Somebody was writing all the time: no exact moment could be noted"
    remedy_en = "Try again at a quieter time, or look for a transaction that does not end"


class LogNotArchived(Refusal):
    """A finished log did not come to its place."""

    code = "DB42"
    message = "日志 {name} 在 {seconds} 秒内没有归档到 {place}"
    remedy = "请查看磁盘空间与 {place} 的权限，服务器的记录在 postgres/server.log"
    message_en = "The log {name} did not reach {place} within {seconds} seconds"
    remedy_en = "Look at the disk's room and the rights of {place}; the server says why in its log"


def note_moment(connect: Connect, *, still: bool = True) -> Moment:
    """Return the moment of now with every table's rows; `still` lets no writer pass meanwhile.

    `connect` opens an administrator's connection. Raises NeverStill.
    """
    with connect() as holder, connect() as counter:
        tables = [name for (name,) in holder.execute(_TABLES).fetchall()]
        for attempt in range(_TRIES):
            try:
                at = _hold(holder, counter, tables, still=still)
                break
            except psycopg.errors.LockNotAvailable:
                holder.execute("rollback")
                if attempt == _TRIES - 1:
                    raise NeverStill() from None
                time.sleep(_PAUSE_SECONDS)
        rows = {}
        for name in tables:
            words = sql.SQL("select count(*) from {}").format(sql.Identifier(name))
            rows[name] = _one(counter, words)
        heads = {
            chain: _one(counter, sql.SQL(_NEWEST).format(sql.Identifier(table))) or ""
            for chain, table in _CHAINS.items()
            if table in tables
        }
        counter.execute("rollback")
        if still:
            # A commit after the moment, so that a restore finds where to stop.
            holder.execute("select pg_current_xact_id()")
    return Moment(at=at, rows=rows, heads=heads)


_NEWEST = "select max(head) from (select head from {} order by number desc limit 1) newest"


def _hold(
    holder: "psycopg.Connection[Any]",
    counter: "psycopg.Connection[Any]",
    tables: list[str],
    *,
    still: bool,
) -> Any:
    holder.execute("begin isolation level repeatable read")
    if still and tables:
        holder.execute("set local lock_timeout = '3s'")
        names = sql.SQL(", ").join(map(sql.Identifier, tables))
        holder.execute(sql.SQL("lock table {} in share mode").format(names))
    snapshot = _one(holder, "select pg_export_snapshot()")
    at = _one(holder, "select clock_timestamp()")
    # The next commit is later than the moment, by the clock's own fineness.
    holder.execute("select pg_sleep(0.002)")
    counter.execute("begin isolation level repeatable read")
    counter.execute(sql.SQL("set transaction snapshot {}").format(snapshot))
    holder.execute("rollback")
    return at


def archive_now(connect: Connect, wal: Path) -> None:
    """Finish the log that is being written and wait for it to be archived.

    Raises LogNotArchived.
    """
    with connect() as admin:
        name = _one(admin, "select pg_walfile_name(pg_switch_wal())")
    end = time.monotonic() + _ARCHIVED_SECONDS
    while not (wal / f"{name}.gz").exists():
        if time.monotonic() > end:
            raise LogNotArchived(name=name, seconds=int(_ARCHIVED_SECONDS), place=wal)
        time.sleep(0.1)


def _one(connection: "psycopg.Connection[Any]", words: Any) -> Any:
    row = connection.execute(words).fetchone()
    return row[0] if row else None
