"""The database at hand for a command: started or joined, migrated, closed again.

with database_at_hand():
    operations.…
"""

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings

from yibao.core.refusal import Refusal
from yibao.database.supervisor import Supervisor

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

# "yibao" in numbers: whoever migrates holds this lock, others wait for him.
_MIGRATING = 921_902_815
_OWNER, _APP = "owner", "default"


class DatabaseElsewhere(Refusal):
    """The embedded server is asked for, but the settings name another one."""

    code = "DB30"
    message = "已设置 DATABASE_URL，数据库由外部服务器提供，本命令不管理它"
    remedy = "请用该服务器自己的工具启停，或取消 DATABASE_URL"
    message_en = "DATABASE_URL names a server elsewhere, which this command does not manage"
    remedy_en = "Use that server's own tools, or unset DATABASE_URL"


class DatabaseNotReachable(Refusal):
    """A server elsewhere does not let us in."""

    code = "DB31"
    message = "无法以 {user} 连接数据库 {name}（{host}）：{cause}"
    remedy = "请核对 DATABASE_URL 与 DATABASE_OWNER_URL 以及服务器状态"
    message_en = "Cannot connect to the database {name} at {host} as {user}: {cause}"
    remedy_en = "Check DATABASE_URL and DATABASE_OWNER_URL, and that the server runs"


class TablesOutOfDate(Refusal):
    """Migrations are pending, and the owner's address is not given."""

    code = "DB32"
    message = "数据库表结构需要更新：{pending}"
    remedy = "请以所有者身份运行 yibao db migrate（设置 DATABASE_OWNER_URL）"
    message_en = "The tables are out of date: {pending}"
    remedy_en = "Run yibao db migrate as their owner (with DATABASE_OWNER_URL)"


def supervisor() -> Supervisor:
    """Return a hold, not yet taken, on the embedded server. Raises DatabaseElsewhere."""
    use_settings()
    if not settings.DATABASE_EMBEDDED:
        raise DatabaseElsewhere()
    return Supervisor(settings.HOME, binaries=settings.POSTGRES_BINARIES)


def use_settings() -> None:
    """Let Django find the product's settings where nobody said otherwise."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yibao.config.settings")


@contextlib.contextmanager
def database_at_hand(
    *, name: str | None = None, fresh: bool = False, drop: bool = False
) -> Iterator[str]:
    """Hold the migrated database for the block; yields its name.

    `name` is another database beside the usual one, made when it is missing; with `fresh` it is
    emptied first, with `drop` it is gone afterwards, also after an error (only for one that is
    named, never the usual one). Raises what `Supervisor.start` raises and
    DatabaseNotReachable.
    """
    assert name or not (fresh or drop), "the served database is never emptied"
    use_settings()
    settings.HOME.refuse_another_account()
    with contextlib.ExitStack() as stack:
        if settings.DATABASE_EMBEDDED:
            stack.enter_context(supervisor().running())
        django.setup()
        usual = str(settings.DATABASES[_OWNER]["NAME"])
        if name and name != usual:
            _make(name, fresh=fresh)
            if drop:
                stack.callback(_drop, name)
            _turn_to(name)
            stack.callback(_turn_to, usual)
        stack.callback(close_connections)
        migrate()
        yield name or usual


def migrate() -> list[str]:
    """Bring the tables up to date as the owner, one at a time; return what was applied.

    Raises DatabaseNotReachable, NewerDatabase, and TablesOutOfDate where only the application
    role is known.
    """
    from django.core.management import call_command
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    owner = connections[_OWNER]
    with _reachable(owner), owner.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [_MIGRATING])
    try:
        executor = MigrationExecutor(owner)
        _check_not_newer(executor)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan and owner.settings_dict["USER"] == connections[_APP].settings_dict["USER"]:
            raise TablesOutOfDate(pending=", ".join(str(migration) for migration, _ in plan[:3]))
        if plan:
            call_command("migrate", database=_OWNER, interactive=False, verbosity=0)
        return [str(migration) for migration, _ in plan]
    finally:
        with owner.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s)", [_MIGRATING])


class NewerDatabase(Refusal):
    """The tables were made by a newer version than this program."""

    code = "DB33"
    message = "数据库由更新的版本建立（{applied}），本程序较旧，不能使用"
    remedy = "请安装相应的新版本；要退回旧版本，请恢复升级前的备份（yibao db restore）"
    message_en = "The tables were made by a newer version ({applied}), this program is too old"
    remedy_en = "Install that version; to go back, restore a backup from before the upgrade"


def pending() -> list[str]:
    """Return the names of the migrations that are not applied. Raises NewerDatabase."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    owner = connections[_OWNER]
    with _reachable(owner):
        executor = MigrationExecutor(owner)
    _check_not_newer(executor)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]


def _check_not_newer(executor: Any) -> None:
    """Refuse tables with migrations that this program has not got."""
    applied = executor.loader.applied_migrations
    replaced = {
        one for migration in executor.loader.replacements.values() for one in migration.replaces
    }
    strange = [
        f"{app}.{name}"
        for app, name in sorted(applied)
        if (app, name) not in executor.loader.disk_migrations and (app, name) not in replaced
    ]
    if strange:
        raise NewerDatabase(applied=", ".join(strange[-3:]))


def refresh_statistics() -> None:
    """Let the planner look at the tables anew, as their owner: after a large load, not by hand.

    Autovacuum does the same within minutes; until then a plan made for empty tables is slow.
    """
    from django.db import connections

    with connections[_OWNER].cursor() as cursor:
        cursor.execute("analyze")


def close_connections() -> None:
    """Close this thread's connections and the process's pools."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]


def empty_tables() -> None:
    """Remove every row as the owner, but keep the tables: for a demonstration broken off midway."""
    from django.db import connections

    with connections[_OWNER].cursor() as cursor:
        cursor.execute(
            "select quote_ident(tablename) from pg_tables"
            " where schemaname = 'public' and tablename <> 'django_migrations'"
        )
        tables = ", ".join(name for (name,) in cursor.fetchall())
        cursor.execute(f"truncate {tables} restart identity cascade")


def _turn_to(name: str) -> None:
    from django.db import connections

    close_connections()
    for alias in (_APP, _OWNER):
        connections.settings[alias]["NAME"] = name


def _make(name: str, *, fresh: bool) -> None:
    """Make a database from the template that has the extensions and rights."""
    from django.db import connections

    owner = connections[_OWNER]
    quoted = owner.ops.quote_name(name)
    with _reachable(owner), owner.cursor() as cursor:
        if fresh:
            cursor.execute(f"drop database if exists {quoted}")
        cursor.execute("select 1 from pg_database where datname = %s", [name])
        if not cursor.fetchone():
            cursor.execute(f"create database {quoted}")


def _drop(name: str) -> None:
    """Drop a database of ours. The server waits for those who are leaving it.

    Not with force: that asks for rights over the server's own vacuum, which may be at work there.
    """
    from django.db import connections

    owner = connections[_OWNER]
    with _reachable(owner), owner.cursor() as cursor:
        cursor.execute(f"drop database if exists {owner.ops.quote_name(name)}")


@contextlib.contextmanager
def _reachable(connection: "BaseDatabaseWrapper") -> Iterator[None]:
    """Connect, or say in a sentence why not."""
    from django.db import OperationalError

    try:
        connection.ensure_connection()
    except OperationalError as error:
        at = connection.settings_dict
        cause = (str(error).strip().splitlines() or ["—"])[-1]
        raise DatabaseNotReachable(
            user=at["USER"], name=at["NAME"], host=at["HOST"] or "—", cause=cause
        ) from error
    yield
