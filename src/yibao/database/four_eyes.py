"""Two acts that need two persons, held by the database: by person, not by account.

operations = [..., four_eyes("claims_settlement", "who_settles_does_not_reverse", …)]

`access_apart` (access/0005_rights, 0009) knows which accounts belong to one person, and which act a
task may do in a person's place. Whoever writes past
the operations, with the application's own role, is refused here too, with SQLSTATE YB003 and the
trigger's name as the constraint's.
"""

from django.db.migrations import RunSQL

SAME_PERSON_STATE = "YB003"


def four_eyes(
    table: str, name: str, *, first: str, second: str, when: str, keeps: str = ""
) -> RunSQL:
    """Return the operation that refuses a row whose second act is by the person of the first.

    `first` and `second` are SQL for the operators' ids over `new`, `when` the condition under which
    the row says that the second act was done; it is not done by nobody. `keeps` is a column that,
    once it says who did the first act, says so for good.
    """
    kept = f"""
            if tg_op = 'UPDATE' then
                if old.{keeps} is not null and old.{keeps} is distinct from new.{keeps} then
                    raise exception 'who did the first act of % stays', tg_table_name
                        using errcode = '{SAME_PERSON_STATE}', constraint = '{name}';
                end if;
            end if;"""
    function = f"""
        create function {name}() returns trigger
        language plpgsql as $body$
        begin{kept if keeps else ""}
            if {when} then
                if ({second}) is null then
                    raise exception 'nobody did the second act of %', tg_table_name
                        using errcode = '{SAME_PERSON_STATE}', constraint = '{name}';
                end if;
                perform access_apart(({first})::bigint, ({second})::bigint, '{name}');
            end if;
            return new;
        end
        $body$"""
    return RunSQL(
        [
            function,
            f'create trigger {name} before insert or update on "{table}"'
            f" for each row execute function {name}()",
        ],
        [f'drop trigger {name} on "{table}"', f"drop function {name}()"],
    )
