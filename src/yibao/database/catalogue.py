"""Asks the database's own catalogue whether the wall has a hole.

Each function returns sentences, none when all is well. A test asks them all; an operator may.
"""

from collections.abc import Collection, Mapping
from typing import Any

from yibao.database.home import APP_ROLE, OWNER_ROLE

_SCHEMA = "pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
_OURS = "n.nspname = 'public' and not exists (select 1 from pg_catalog.pg_depend d where d.objid"


def holes(
    cursor: Any,
    *,
    definers: Collection[str] = (),
    public: Collection[str] = (),
    windows: Mapping[str, str] | None = None,
) -> list[str]:
    """Return every hole in the wall.

    `definers` are the functions that may run as the owner, `public` the tables whose rows everyone
    may see although they lie in an area, `windows` the one further policy that a table has.
    """
    return [
        *tables_without_wall(cursor, public=public, windows=windows or {}),
        *views_with_owners_eyes(cursor),
        *functions_with_owners_rights(cursor, allowed=definers),
        *roles_above_the_wall(cursor),
    ]


def tables_without_wall(
    cursor: Any, *, public: Collection[str] = (), windows: Mapping[str, str]
) -> list[str]:
    """Tables that lack forced row security or one of the two policies.

    A table is behind the wall unless `public` says that its rows hide nobody: who adds a table
    decides, not who forgot.
    """
    cursor.execute(
        f"""
        select c.relname, c.relrowsecurity and c.relforcerowsecurity,
               (select array_agg(p.polname::text || ' to ' || r.rolname order by 1)
                  from pg_catalog.pg_policy p
                  join pg_catalog.pg_roles r on r.oid = any (p.polroles)
                 where p.polrelid = c.oid)
          from {_SCHEMA}
         where n.nspname = 'public' and c.relkind in ('r', 'p')
         order by 1"""  # noqa: S608 - constants of this module
    )
    wanted = {f"scope to {APP_ROLE}", f"keep to {OWNER_ROLE}"}
    found = []
    for table, forced, policies in cursor.fetchall():
        if table in public:
            continue
        if not forced:
            found.append(f"table {table} has no forced row level security")
            continue
        window = {f"{windows[table]} to {APP_ROLE}"} if table in windows else set()
        if set(policies or ()) != wanted | window:
            found.append(
                f"table {table} has the policies {policies}, not {sorted(wanted | window)}"
            )
    return found


def views_with_owners_eyes(cursor: Any) -> list[str]:
    """Views that show what their owner sees; materialised ones cannot do otherwise."""
    cursor.execute(
        f"""
        select c.relname, c.relkind = 'm' from {_SCHEMA}
         where {_OURS} = c.oid and d.deptype = 'e')
           and (c.relkind = 'm' or c.relkind = 'v' and not
                coalesce(c.reloptions::text[] && '{{security_invoker=true,security_invoker=on}}', false))
         order by 1"""  # noqa: S608, E501 - constants of this module
    )
    return [
        f"{'materialised ' if stored else ''}view {view} shows all areas: it is no security_invoker"
        for view, stored in cursor.fetchall()
    ]


def functions_with_owners_rights(cursor: Any, *, allowed: Collection[str] = ()) -> list[str]:
    """Functions that run with their owner's rights and are not on the short list."""
    cursor.execute(
        f"""
        select p.proname from pg_catalog.pg_proc p
          join pg_catalog.pg_namespace n on n.oid = p.pronamespace
         where {_OURS} = p.oid and d.deptype = 'e') and p.prosecdef
         order by 1"""  # noqa: S608 - constants of this module
    )
    return [
        f"function {name} is security definer and not on the short list"
        for (name,) in cursor.fetchall()
        if name not in allowed
    ]


def roles_above_the_wall(cursor: Any) -> list[str]:
    """The application role's rights that would take it over the wall."""
    cursor.execute(
        """
        select r.rolsuper or r.rolbypassrls or r.rolcreaterole,
               exists (select 1 from pg_catalog.pg_auth_members m where m.member = r.oid),
               exists (select 1 from pg_catalog.pg_class c where c.relowner = r.oid)
          from pg_catalog.pg_roles r where r.rolname = %s""",
        [APP_ROLE],
    )
    row = cursor.fetchone()
    if row is None:
        return [f"role {APP_ROLE} is missing"]
    names = ("passes row security", "belongs to another role", "owns a table")
    return [f"role {APP_ROLE} {name}" for name, holds in zip(names, row) if holds]
