"""The audit log: rows are only added, seen by area, sealed by a function of the owner's.

A seal closes a range of transactions that can never gain a row: everything below the oldest
running transaction has ended, whatever order the rows' ids committed in. So writers only insert,
and nobody waits for the chain (docs/decisions/0005-audit-chain.md).
"""

from django.db import migrations, models

from yibao.database.home import APP_ROLE, OWNER_ROLE
from yibao.database.policies import append_only, read_only

_BOUND = "(select nullif(current_setting('yibao.{}', true), '')::bigint)"
_SEEN = f"area_no >= {_BOUND.format('from')} and area_no < {_BOUND.format('until')}"

# Seen by area like every scoped table; written from anywhere: a failed sign-in has no area.
WALL = migrations.RunSQL(
    [
        'alter table "access_auditrecord" enable row level security',
        'alter table "access_auditrecord" force row level security',
        f'create policy scope on "access_auditrecord" to {APP_ROLE}'
        f" using ({_SEEN}) with check (true)",
        f'create policy keep on "access_auditrecord" to {OWNER_ROLE} using (true) with check (true)',
        # The transaction's own number, whatever the writer says.
        """
        create function audit_number_transaction() returns trigger
        language plpgsql as $body$
        begin
            new.xid := pg_current_xact_id()::text::bigint;
            return new;
        end
        $body$""",
        'create trigger number_transaction before insert on "access_auditrecord"'
        " for each row execute function audit_number_transaction()",
    ],
    [
        'drop trigger number_transaction on "access_auditrecord"',
        "drop function audit_number_transaction()",
        'drop policy keep on "access_auditrecord"',
        'drop policy scope on "access_auditrecord"',
        'alter table "access_auditrecord" no force row level security',
        'alter table "access_auditrecord" disable row level security',
    ],
)

WORDS = """
    create function audit_words(r access_auditrecord) returns text
    language sql stable as $body$
        select jsonb_build_array(r.xid, r.id, (extract(epoch from r.at) * 1000000)::bigint,
               r.operator_id, r.operator_name, r.post_id, r.region, r.area_no, r.action,
               r.object_kind, r.object_id, r.outcome, r.detail, r.address)::text
    $body$"""

SEAL = """
    create function audit_seal(sealed_at timestamptz)
    returns table (number bigint, records bigint, head text)
    language plpgsql security definer set search_path = public, pg_temp as $body$
    declare
        before_it access_auditseal;
        horizon bigint;
        start_at bigint;
        counted bigint;
        digests bytea;
        link text;
    begin
        perform pg_advisory_xact_lock(hashtext('yibao audit seal'));
        -- What committed while we waited for the lock counts as before it.
        select * into before_it from access_auditseal s order by s.number desc limit 1;
        horizon := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
        start_at := coalesce(before_it.xid_until, 0);
        if horizon <= start_at then
            return;
        end if;
        select count(*), string_agg(sha256(convert_to(audit_words(r), 'UTF8')), ''
                                    order by r.xid, r.id)
          into counted, digests
          from access_auditrecord r where r.xid >= start_at and r.xid < horizon;
        if counted = 0 then
            return;
        end if;
        link := encode(sha256(convert_to(coalesce(before_it.head, ''), 'UTF8') || digests), 'hex');
        insert into access_auditseal
               (number, xid_from, xid_until, records, head, signature, sealed_at)
        values (coalesce(before_it.number, 0) + 1, start_at, horizon, counted, link, '',
                audit_seal.sealed_at);
        return query select coalesce(before_it.number, 0) + 1, counted, link;
    end
    $body$"""

SIGN = """
    create function audit_sign(seal_number bigint, hmac text) returns void
    language sql security definer set search_path = public, pg_temp as $body$
        update access_auditseal set signature = hmac
         where number = seal_number and signature = ''
    $body$"""

FUNCTIONS = migrations.RunSQL(
    [
        WORDS,
        SEAL,
        SIGN,
        "revoke all on function audit_seal(timestamptz) from public",
        "revoke all on function audit_sign(bigint, text) from public",
        f"grant execute on function audit_seal(timestamptz) to {APP_ROLE}",
        f"grant execute on function audit_sign(bigint, text) to {APP_ROLE}",
    ],
    [
        "drop function audit_sign(bigint, text)",
        "drop function audit_seal(timestamptz)",
        "drop function audit_words(access_auditrecord)",
    ],
)


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]

    operations = [
        migrations.AddField("auditseal", "signature", models.CharField(blank=True, max_length=64)),
        migrations.CreateModel(
            "SignInFailures",
            fields=[
                ("staff_no", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("locked_until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveField("operator", "failures"),
        migrations.RemoveField("operator", "locked_until"),
        WALL,
        append_only("access_auditrecord"),
        read_only("access_auditseal"),
        FUNCTIONS,
    ]
