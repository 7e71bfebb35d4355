"""What triggers refuse, no setting of a session lets pass, but for the owner's own.

Triggers are made by django-pgtrigger, whose functions first ask whether the session's variable
`pgtrigger.ignore` names them: any role may set it. And a function finds tables by the session's
search path, in which a temporary table comes first: a role that makes an empty `access_operator`
of its own would have nobody be the same person. `hold` closes both. Every AddTrigger writes the
asking function anew as pgtrigger has it, so `hold` is called after each migration (access/apps.py).
"""

from typing import Any

from yibao.database.home import OWNER_ROLE

SEARCH_PATH = "pg_catalog, public, pg_temp"

# Turning keys rewrites rows as the owner (sealing_rotation) and names the triggers it passes.
_IGNORED = f"""
    create or replace function public._pgtrigger_should_ignore(trigger_name name)
    returns boolean
    language plpgsql stable as $body$
    begin
        return current_user = '{OWNER_ROLE}' and coalesce(
            trigger_name = any (nullif(current_setting('pgtrigger.ignore', true), '')::text[]),
            false);
    end
    $body$"""
_LOOSE = """
    select p.oid::regprocedure::text
      from pg_catalog.pg_proc p
      join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      join pg_catalog.pg_roles r on r.oid = p.proowner
     where n.nspname = 'public' and r.rolname = current_user
       and p.prorettype = 'trigger'::regtype and p.proconfig is null
     order by 1"""


def hold(cursor: Any) -> None:
    """Let triggers heed no setting of the application's session. As the owner."""
    cursor.execute(_IGNORED)
    cursor.execute(_LOOSE)
    for (function,) in cursor.fetchall():
        cursor.execute(f"alter function {function} set search_path = {SEARCH_PATH}")
