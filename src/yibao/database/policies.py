"""What migrations write besides tables: the wall between areas, and tables that only grow.

operations = [..., scope_policy("registry_person"), append_only("fund_entry")]
"""

from typing import Any

from django.db.migrations import RunSQL

from yibao.database.home import APP_ROLE, OWNER_ROLE

APPEND_ONLY_STATE = "YB002"
Statements = list[str | tuple[str, dict[str, Any] | list[Any] | tuple[Any, ...] | None]]


def _bound(setting: str) -> str:
    # After a commit the setting is an empty word, on a fresh connection it is null.
    return f"nullif(current_setting('yibao.{setting}', true), '')::bigint"


# In a select of its own each bound is worked out once, not once a row, and an index on area_no
# serves it; a check sees one row at a time and needs none.
_USING = f"area_no >= (select {_bound('from')}) and area_no < (select {_bound('until')})"
_CHECK = f"area_no >= {_bound('from')} and area_no < {_bound('until')}"


def scope_policy(table: str) -> RunSQL:
    """Return the operation that lets the application role pass only rows of its scope.

    Forced, so that it binds the owner too, who gets a policy of his own: without it a data
    migration would change no row and say nothing.
    """
    forward: Statements = [
        f'alter table "{table}" enable row level security',
        f'alter table "{table}" force row level security',
        f'create policy scope on "{table}" to {APP_ROLE} using ({_USING}) with check ({_CHECK})',
        f'create policy keep on "{table}" to {OWNER_ROLE} using (true) with check (true)',
    ]
    backward: Statements = [
        f'drop policy keep on "{table}"',
        f'drop policy scope on "{table}"',
        f'alter table "{table}" no force row level security',
        f'alter table "{table}" disable row level security',
    ]
    return RunSQL(forward, backward)


def append_only(table: str) -> RunSQL:
    """Return the operation after which rows of the table are never changed or removed.

    The application role loses the right; a trigger refuses everyone else, the owner too, with
    SQLSTATE YB002 and the constraint name `<table>_is_append_only`. Only the owner may truncate:
    that empties a test's or a demonstration's database, never a part of a table.
    """
    function = f"""
        create or replace function refuse_change_of_append_only() returns trigger
        language plpgsql as $refuse$
        begin
            raise exception '% is append-only: correct it by a further row', tg_table_name
                using errcode = '{APPEND_ONLY_STATE}',
                      constraint = tg_table_name || '_is_append_only';
        end
        $refuse$"""
    forward: Statements = [
        function,
        f'revoke update, delete, truncate on "{table}" from {APP_ROLE}',
        f'create trigger append_only before update or delete on "{table}"'
        " for each row execute function refuse_change_of_append_only()",
    ]
    backward: Statements = [
        f'drop trigger append_only on "{table}"',
        f'grant update, delete on "{table}" to {APP_ROLE}',
    ]
    return RunSQL(forward, backward)


def read_only(table: str) -> RunSQL:
    """Return the operation after which the application role may read the table and no more."""
    return RunSQL(
        f'revoke insert, update, delete, truncate on "{table}" from {APP_ROLE}',
        f'grant insert, update, delete on "{table}" to {APP_ROLE}',
    )
