"""Triggers heed no setting of a session, and a first act that nobody did is no first of two.

Of two acts that need two persons the system does the first only where a task does it: a visit that
a hospital's interface settles. ADR 0010.
"""

from django.db import migrations

from yibao.database.four_eyes import SAME_PERSON_STATE
from yibao.database.triggers import SEARCH_PATH, hold

# The trigger that a row passes whose first act a task did: a hospital's interface settles.
_SYSTEM_FIRST = "who_settles_does_not_reverse"
_TWO_PERSONS = f"""
    create or replace function access_apart(first_id bigint, second_id bigint, what text)
    returns void
    language plpgsql stable set search_path = {SEARCH_PATH} as $body$
    declare
        one bigint := (select person_id from access_operator where id = first_id);
        other bigint := (select person_id from access_operator where id = second_id);
    begin
        -- Operator 0 is the system: tasks that no person starts.
        if other is null then
            raise exception 'no person did the second act (%)', what
                using errcode = '{SAME_PERSON_STATE}', constraint = what;
        end if;
        if one is null
           and not (coalesce(first_id, -1) = 0 and what = '{_SYSTEM_FIRST}')
        then
            raise exception 'no person did the first act (%)', what
                using errcode = '{SAME_PERSON_STATE}', constraint = what;
        end if;
        if one = other then
            raise exception 'one person did both acts (%)', what
                using errcode = '{SAME_PERSON_STATE}', constraint = what;
        end if;
    end
    $body$"""  # noqa: S608 - constants of this module
_AS_BEFORE = f"""
    create or replace function access_apart(first_id bigint, second_id bigint, what text)
    returns void
    language plpgsql stable as $body$
    begin
        if first_id <> 0 and second_id = 0 then
            raise exception 'the system is no second person (%)', what
                using errcode = '{SAME_PERSON_STATE}', constraint = what;
        end if;
        if first_id <> 0 and second_id <> 0 and exists (
            select from access_operator a join access_operator b on b.person_id = a.person_id
             where a.id = first_id and b.id = second_id)
        then
            raise exception 'one person did both acts (%)', what
                using errcode = '{SAME_PERSON_STATE}', constraint = what;
        end if;
    end
    $body$"""


def _hold(apps: object, editor: object) -> None:
    with editor.connection.cursor() as cursor:  # type: ignore[attr-defined]
        hold(cursor)


class Migration(migrations.Migration):
    dependencies = [("access", "0008_the_system_is_no_second_person")]

    operations = [
        migrations.RunSQL(_TWO_PERSONS, _AS_BEFORE),
        migrations.RunPython(_hold, migrations.RunPython.noop),
    ]
