"""What a person did first is not done second by the system: it is no second person.

Operator 0 stands for tasks that no person starts. Whoever wrote past the operations could claim
that one of them approved what he had made.
"""

from django.db import migrations

from yibao.database.four_eyes import SAME_PERSON_STATE


def _apart(system: str) -> str:
    return f"""
    create or replace function access_apart(first_id bigint, second_id bigint, what text)
    returns void
    language plpgsql stable as $body$
    begin
        {system}
        -- 0 is the system: tasks that no person starts.
        if first_id <> 0 and second_id <> 0 and exists (
            select from access_operator a join access_operator b on b.person_id = a.person_id
             where a.id = first_id and b.id = second_id)
        then
            raise exception 'one person did both acts (%)', what
                using errcode = '{SAME_PERSON_STATE}', constraint = what;
        end if;
    end
    $body$"""


_IS_NO_PERSON = f"""if first_id <> 0 and second_id = 0 then
            raise exception 'the system is no second person (%)', what
                using errcode = '{SAME_PERSON_STATE}', constraint = what;
        end if;"""


class Migration(migrations.Migration):
    dependencies = [("access", "0007_four_eyes_of_exports")]

    operations = [migrations.RunSQL(_apart(_IS_NO_PERSON), _apart(""))]
