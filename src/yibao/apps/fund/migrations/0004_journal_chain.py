"""The journal is chained as the audit log is, and money waits for a sealer that is late."""

from django.db import migrations, models

from yibao.database.home import APP_ROLE
from yibao.database.policies import read_only

WORDS = """
    create function journal_words(e fund_entry) returns text
    language sql stable as $body$
        select jsonb_build_array(e.xid, e.id, e.book_id, e.voucher_no, e.kind, e."on", e.month,
               e.memo, e.source_kind, e.source_id, e.reverses_id,
               (extract(epoch from e.posted_at) * 1000000)::bigint, e.posted_by, e.region,
               e.area_no,
               (select jsonb_agg(jsonb_build_array(l.id, l.book_id, l.account, l."on",
                                 l.debit_fen, l.credit_fen, l.party_kind, l.party_id, l.region,
                                 l.area_no) order by l.id)
                  from fund_leg l where l.entry_id = e.id))::text
    $body$"""

SEAL = """
    create function journal_seal(sealed_at timestamptz)
    returns table (number bigint, records bigint, head text)
    language plpgsql security definer set search_path = public, pg_temp as $body$
    declare
        before_it fund_journalseal;
        horizon bigint;
        start_at bigint;
        counted bigint;
        digests bytea;
        places bytea;
        link text;
    begin
        perform pg_advisory_xact_lock(hashtext('yibao journal seal'));
        select * into before_it from fund_journalseal s order by s.number desc limit 1;
        horizon := audit_horizon(pg_current_snapshot());
        start_at := coalesce(before_it.xid_until, 0);
        if horizon <= start_at then
            return;
        end if;
        select count(*), string_agg(d.digest, '' order by d.xid, d.id),
               string_agg(substr(d.digest, 1, 8), '' order by d.xid, d.id)
          into counted, digests, places
          from (select e.xid, e.id, sha256(convert_to(journal_words(e), 'UTF8')) as digest
                  from fund_entry e where e.xid >= start_at and e.xid < horizon) d;
        if counted = 0 then
            return;
        end if;
        link := encode(sha256(convert_to(coalesce(before_it.head, ''), 'UTF8') || digests), 'hex');
        insert into fund_journalseal
               (number, xid_from, xid_until, records, head, signature, sealed_at, leaves)
        values (coalesce(before_it.number, 0) + 1, start_at, horizon, counted, link, '',
                journal_seal.sealed_at, places);
        return query select coalesce(before_it.number, 0) + 1, counted, link;
    end
    $body$"""

SIGN = """
    create function journal_sign(seal_number bigint, hmac text) returns void
    language sql security definer set search_path = public, pg_temp as $body$
        update fund_journalseal set signature = hmac
         where number = seal_number and signature = ''
    $body$"""

FUNCTIONS = migrations.RunSQL(
    [
        WORDS,
        SEAL,
        SIGN,
        "revoke all on function journal_seal(timestamptz) from public",
        "revoke all on function journal_sign(bigint, text) from public",
        f"grant execute on function journal_seal(timestamptz) to {APP_ROLE}",
        f"grant execute on function journal_sign(bigint, text) to {APP_ROLE}",
        'create trigger number_transaction before insert on "fund_entry"'
        " for each row execute function audit_number_transaction()",
        'create trigger money_waits_for_seal before insert on "fund_entry"'
        " for each statement execute function audit_money_waits_for_seal()",
    ],
    [
        'drop trigger money_waits_for_seal on "fund_entry"',
        'drop trigger number_transaction on "fund_entry"',
        "drop function journal_sign(bigint, text)",
        "drop function journal_seal(timestamptz)",
        "drop function journal_words(fund_entry)",
    ],
)


class Migration(migrations.Migration):
    dependencies = [("fund", "0003_months_close"), ("access", "0006_audit_of_keys")]

    operations = [
        migrations.AddField("entry", "xid", models.BigIntegerField(default=0, db_default=0)),
        migrations.AddIndex(
            "entry", models.Index(fields=["xid", "id"], name="entries_in_sealing_order")
        ),
        migrations.CreateModel(
            "JournalSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(unique=True)),
                ("xid_from", models.BigIntegerField()),
                ("xid_until", models.BigIntegerField()),
                ("records", models.BigIntegerField()),
                ("head", models.CharField(max_length=64)),
                ("signature", models.CharField(blank=True, max_length=64)),
                ("sealed_at", models.DateTimeField()),
                ("leaves", models.BinaryField(default=b"", db_default=b"")),
            ],
        ),
        read_only("fund_journalseal"),
        FUNCTIONS,
    ]
