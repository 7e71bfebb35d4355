"""A payment stays as it was, but for two things: its number sealed anew, and its person erased.

Sealing anew is the owner's, in a rotation of keys. Erasing asks for an approved erasure of the
person whose document has the number; then number and name go, and nothing else can.
"""

from django.db import migrations

from yibao.database.home import APP_ROLE, OWNER_ROLE
from yibao.database.policies import APPEND_ONLY_STATE

STAYS = f"""
create function payment_stays() returns trigger
language plpgsql as $stays$
declare
    whose constant text[] := array['number', 'number_index', 'name'];
begin
    if tg_op = 'UPDATE' and to_jsonb(old) - whose = to_jsonb(new) - whose then
        if current_user = '{OWNER_ROLE}' and current_setting('yibao.sealing', true) = 'anew'
           and new.name = old.name then
            return new;
        end if;
        if new.number = '' and new.number_index = '' and new.name = ''
           and exists (select from registry_erasure e
                         join registry_identitydocument d on d.person_id = e.person_id
                        where e.approved and d.number_index = old.number_index) then
            return new;
        end if;
    end if;
    raise exception '% is append-only: correct it by a further row', tg_table_name
        using errcode = '{APPEND_ONLY_STATE}', constraint = tg_table_name || '_is_append_only';
end
$stays$"""  # noqa: S608 - constants


class Migration(migrations.Migration):
    dependencies = [
        ("collection", "0003_sealed_numbers"),
        ("registry", "0004_erasure"),
    ]

    operations = [
        migrations.RunSQL(
            [
                STAYS,
                'drop trigger append_only on "collection_payment"',
                'create trigger append_only before update or delete on "collection_payment"'
                " for each row execute function payment_stays()",
                f"grant update (number, number_index, name) on collection_payment to {APP_ROLE}",
            ],
            [
                f"revoke update (number, number_index, name) on collection_payment from {APP_ROLE}",
                'drop trigger append_only on "collection_payment"',
                'create trigger append_only before update or delete on "collection_payment"'
                " for each row execute function refuse_change_of_append_only()",
                "drop function payment_stays()",
            ],
        )
    ]
