"""The two roles: one owns the tables and migrates, the other works and passes no wall.

`yibao_owner` owns everything and may make databases (the tests' ones). `yibao_app` is neither
owner nor superuser and does not pass row security: what it may not see, no forgotten filter shows.
"""

from typing import Any

import psycopg
from psycopg import sql

from yibao.database.home import APP_ROLE, OWNER_ROLE

# Half-open periods of one person must not overlap: integers and ranges in one GiST index.
EXTENSIONS = ("btree_gist",)
_LOCK_TIMEOUT = "3s"


def is_prepared(admin: psycopg.Connection[Any], database: str) -> bool:
    """Tell whether the database is there: it is made last, so everything else is too."""
    found = admin.execute("select 1 from pg_database where datname = %s", [database])
    return found.fetchone() is not None


def prepare_roles(admin: psycopg.Connection[Any], *, passwords: dict[str, str]) -> None:
    """Make both roles with these passwords, or set those. An administrator's connection."""
    for role, rights in ((OWNER_ROLE, "createdb"), (APP_ROLE, "nocreatedb")):
        found = admin.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone()
        words = (
            "{verb} role {role} login nosuperuser nocreaterole nobypassrls {rights} password {p}"
        )
        admin.execute(
            sql.SQL(words).format(
                verb=sql.SQL("alter" if found else "create"),
                role=sql.Identifier(role),
                rights=sql.SQL(rights),
                p=sql.Literal(passwords[role]),
            )
        )
    app = sql.Identifier(APP_ROLE)
    # A counter that waits longer gets a page that says so, instead of a queue without end.
    admin.execute(sql.SQL("alter role {} set lock_timeout = {}").format(app, _LOCK_TIMEOUT))
    admin.execute(sql.SQL("alter role {} set synchronous_commit = 'on'").format(app))


def prepare_database(admin: psycopg.Connection[Any]) -> None:
    """Give the connected database the extensions, and the application role its ordinary rights.

    Done for template1, so that the database and every test's database are born with both.
    """
    for name in EXTENSIONS:
        admin.execute(sql.SQL("create extension if not exists {}").format(sql.Identifier(name)))
    words = "alter default privileges for role {owner} grant {rights} to {app}"
    for rights in ("select, insert, update, delete on tables", "usage, select on sequences"):
        admin.execute(
            sql.SQL(words).format(
                owner=sql.Identifier(OWNER_ROLE),
                rights=sql.SQL(rights),
                app=sql.Identifier(APP_ROLE),
            )
        )


def make_database(admin: psycopg.Connection[Any], database: str) -> None:
    """Make the database, owned by the owner."""
    name, owner = sql.Identifier(database), sql.Identifier(OWNER_ROLE)
    admin.execute(sql.SQL("create database {} owner {}").format(name, owner))
