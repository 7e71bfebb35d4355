"""How long the seals lag, where in a seal a change lies, and money that waits for its seal.

The sealer notes in one row up to which moment everything is sealed; what moves money reads that
row in a trigger of its own insert, so that no path forgets it and no statement is added.
"""

from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations, models

from yibao.database.home import APP_ROLE
from yibao.database.policies import read_only

# The horizon is the oldest running transaction of this database; what is below it has ended. Busy
# hours always have one running, so the moment is moved on when a horizon passes the newest number of an earlier round.
NOTE = """
    create function audit_note_clock(horizon bigint, newest bigint) returns void
    language plpgsql set search_path = public, pg_temp as $body$
    begin
        insert into access_sealclock as c (id, sealed_until, mark_xid, mark_at)
        values (1, statement_timestamp(), newest, statement_timestamp())
        on conflict (id) do update
           set sealed_until = case when horizon >= newest then statement_timestamp()
                                   when horizon >= c.mark_xid then c.mark_at
                                   else c.sealed_until end,
               mark_xid = case when horizon >= c.mark_xid then newest else c.mark_xid end,
               mark_at = case when horizon >= c.mark_xid then statement_timestamp()
                              else c.mark_at end;
    end
    $body$"""

# Of this database only: a long transaction of another one on the same server holds no seal up. A
# number that is in no session's hands any more may just have ended: it holds, until the next round.
HORIZON = """
    create function audit_horizon(seen pg_snapshot) returns bigint
    language plpgsql set search_path = public, pg_temp as $body$
    begin
        -- Who is at work is otherwise remembered from the transaction's first look.
        perform pg_stat_clear_snapshot();
        return (
            select coalesce(min(running.xid::text::bigint), pg_snapshot_xmax(seen)::text::bigint)
              from pg_snapshot_xip(seen) as running (xid)
             where not exists (select from pg_stat_activity a
                                where a.backend_xid = running.xid::xid
                                  and a.datname <> current_database()));
    end
    $body$"""

SEAL = """
    create or replace function audit_seal(sealed_at timestamptz)
    returns table (number bigint, records bigint, head text)
    language plpgsql security definer set search_path = public, pg_temp as $body$
    declare
        before_it access_auditseal;
        seen pg_snapshot;
        horizon bigint;
        start_at bigint;
        counted bigint;
        digests bytea;
        places bytea;
        link text;
    begin
        perform pg_advisory_xact_lock(hashtext('yibao audit seal'));
        -- What committed while we waited for the lock counts as before it.
        select * into before_it from access_auditseal s order by s.number desc limit 1;
        seen := pg_current_snapshot();
        horizon := audit_horizon(seen);
        perform audit_note_clock(horizon, pg_snapshot_xmax(seen)::text::bigint);
        start_at := coalesce(before_it.xid_until, 0);
        if horizon <= start_at then
            return;
        end if;
        select count(*), string_agg(d.digest, '' order by d.xid, d.id),
               string_agg(substr(d.digest, 1, 8), '' order by d.xid, d.id)
          into counted, digests, places
          from (select r.xid, r.id, sha256(convert_to(audit_words(r), 'UTF8')) as digest
                  from access_auditrecord r where r.xid >= start_at and r.xid < horizon) d;
        if counted = 0 then
            return;
        end if;
        link := encode(sha256(convert_to(coalesce(before_it.head, ''), 'UTF8') || digests), 'hex');
        insert into access_auditseal
               (number, xid_from, xid_until, records, head, signature, sealed_at, leaves)
        values (coalesce(before_it.number, 0) + 1, start_at, horizon, counted, link, '',
                audit_seal.sealed_at, places);
        return query select coalesce(before_it.number, 0) + 1, counted, link;
    end
    $body$"""

# Put before a table whose rows move money (fund/0004): enquiries go on, and so does sealing.
WAIT = """
    create function audit_money_waits_for_seal() returns trigger
    language plpgsql as $body$
    begin
        if exists (select from access_sealclock
                    where sealed_until < statement_timestamp() - interval '4 hours') then
            raise exception 'the audit log was not sealed for four hours'
                using errcode = 'YB004', constraint = 'money_waits_for_the_seal';
        end if;
        return null;
    end
    $body$"""


class Migration(migrations.Migration):
    dependencies = [("access", "0005_rights")]

    operations = [
        migrations.CreateModel(
            "SealClock",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("sealed_until", models.DateTimeField()),
                ("mark_xid", models.BigIntegerField()),
                ("mark_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            "auditseal", "leaves", models.BinaryField(default=b"", db_default=b"")
        ),
        migrations.AddIndex(
            "auditrecord", models.Index(fields=["operator_id", "-id"], name="audit_of_an_operator")
        ),
        migrations.AddIndex("auditrecord", BrinIndex(fields=["at"], name="audit_of_days")),
        read_only("access_sealclock"),
        migrations.RunSQL(NOTE, "drop function audit_note_clock(bigint, bigint)"),
        migrations.RunSQL(
            f"revoke all on function audit_note_clock(bigint, bigint) from public, {APP_ROLE}",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(HORIZON, "drop function audit_horizon(pg_snapshot)"),
        # Backward the older function would be laid anew; a newer database is not taken back.
        migrations.RunSQL(SEAL, migrations.RunSQL.noop),
        migrations.RunSQL(WAIT, "drop function audit_money_waits_for_seal()"),
    ]
