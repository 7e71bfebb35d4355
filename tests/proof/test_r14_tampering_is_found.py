"""R14: whoever changes, removes, adds or swaps a sealed row as a superuser is found, and where."""

import contextlib

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from tests.apps.access.offices import AT
from tests.proof import filled
from yibao.apps.access import audit
from yibao.apps.access.chain import Chain
from yibao.apps.fund.sealing import JOURNAL
from yibao.database.home import ADMIN_ROLE, PORT
from yibao.database.scope import scoped

SEALS, RECORDS, ENTRIES = 20, 6, 4
KEPT = ("access_auditrecord", "fund_entry", "fund_leg", "access_auditseal", "fund_journalseal")


@contextlib.contextmanager
def check_skipped():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Chain, "_faults_of", lambda *_: [])
        yield


@contextlib.contextmanager
def digest_not_compared():
    """Only counts are compared, as a careless verifier would."""
    with pytest.MonkeyPatch.context() as patch:
        real = Chain._faults_of

        def careless(self, one, head, rows):
            return real(self, one, head, rows) if len(rows) != one.records else []

        patch.setattr(Chain, "_faults_of", careless)
        yield


@contextlib.contextmanager
def seal_not_computed():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Chain, "seal", lambda self, *, at: None)
        yield


FAULTS = {
    "check_skipped": check_skipped,
    "digest_not_compared": digest_not_compared,
    "seal_not_computed": seal_not_computed,
}


class Superuser:
    """Somebody with every right in the database, and no key."""

    def __init__(self):
        at = connection.settings_dict
        self.connection = psycopg.connect(
            host=at["HOST"],
            port=PORT,
            user=ADMIN_ROLE,
            password=settings.HOME.secret(ADMIN_ROLE),
            dbname=at["NAME"],
            autocommit=True,
        )
        self.do("set session_replication_role = replica")

    def do(self, words, *values):
        return self.connection.execute(words, values or None)

    def ask(self, words, *values):
        return self.do(words, *values).fetchall()

    def keep(self):
        for table in KEPT:
            self.do(f"create temp table kept_{table} as select * from {table}")

    def undo(self):
        self.do(f"truncate {', '.join(KEPT)} cascade")
        for table in KEPT:
            self.do(f"insert into {table} select * from kept_{table}")


def edit_record(su, rows, chance):
    number, seal = chance.choice(rows["audit"])
    column, value = chance.choice(
        [
            ("action", "'registry.search'"),
            ("outcome", "'refused'"),
            ("operator_name", "'李四'"),
            ("operator_id", "operator_id + 1"),
            ("at", "at + interval '1 second'"),
            ("detail", "'{\"a\": 1}'"),
            ("area_no", "area_no + 1"),
        ]
    )
    su.do(f"update access_auditrecord set {column} = {value} where id = %s", number)
    return audit.LOG, seal, f"record {number} was changed"


def delete_record(su, rows, chance):
    number, seal = chance.choice(rows["audit"])
    su.do("delete from access_auditrecord where id = %s", number)
    return audit.LOG, seal, "is gone"


def insert_record(su, rows, chance):
    number, seal = chance.choice(rows["audit"])
    [(new,)] = su.ask(
        "insert into access_auditrecord (xid, at, operator_name, region, area_no, action,"
        " object_kind, object_id, outcome, detail, address) select xid, at, operator_name, region,"
        " area_no, 'access.grant_post', object_kind, object_id, outcome, detail, address"
        " from access_auditrecord where id = %s returning id",
        number,
    )
    return audit.LOG, seal, f"record {new} was changed or added"


def swap_records(su, rows, chance):
    (one, seal), (two, _) = chance.sample(rows["audit"], 2)
    su.do(
        "update access_auditrecord a set object_id = b.object_id from access_auditrecord b"
        " where (a.id, b.id) in ((%s, %s), (%s, %s))",
        *(one, two, two, one),
    )
    return audit.LOG, seal, f"record {one} was changed"


def truncate_records(su, rows, chance):
    su.do("truncate access_auditrecord")
    return audit.LOG, chance.choice(rows["audit"])[1], "there are 0"


def edit_entry(su, rows, chance):
    number, seal = chance.choice(rows["journal"])
    su.do("update fund_entry set memo = memo || ' ' where id = %s", number)
    return JOURNAL, seal, f"entry {number} was changed"


def edit_amount(su, rows, chance):
    """Both sides alike: the entry still balances, so no sum tells."""
    number, seal = chance.choice(rows["journal"])
    su.do(
        "update fund_leg set debit_fen = debit_fen * 2, credit_fen = credit_fen * 2"
        " where entry_id = %s",
        number,
    )
    return JOURNAL, seal, f"entry {number} was changed"


def delete_entry(su, rows, chance):
    number, seal = chance.choice(rows["journal"])
    su.do("delete from fund_leg where entry_id = %s", number)
    su.do("delete from fund_entry where id = %s", number)
    return JOURNAL, seal, "is gone"


def insert_leg(su, rows, chance):
    number, seal = chance.choice(rows["journal"])
    su.do(
        'insert into fund_leg (region, area_no, entry_id, book_id, account, "on", debit_fen,'
        ' credit_fen, party_kind) select region, area_no, entry_id, book_id, account, "on",'
        " debit_fen, credit_fen, party_kind from fund_leg where entry_id = %s",
        number,
    )
    return JOURNAL, seal, f"entry {number} was changed"


def swap_legs(su, rows, chance):
    (one, seal), (two, _) = chance.sample(rows["journal"], 2)
    su.do(
        "update fund_leg set entry_id = case entry_id when %s then %s else %s end"
        " where entry_id in (%s, %s)",
        *(one, two, one, one, two),
    )
    return JOURNAL, seal, f"entry {one} was changed"


def truncate_journal(su, rows, chance):
    su.do("truncate fund_leg")
    number, seal = chance.choice(rows["journal"][:ENTRIES])
    return JOURNAL, seal, f"entry {number} was changed"


TAMPERING = (
    edit_record,
    delete_record,
    insert_record,
    swap_records,
    truncate_records,
    edit_entry,
    edit_amount,
    delete_entry,
    insert_leg,
    swap_legs,
    truncate_journal,
)


def sealed():
    """Write and seal, again and again; return (row, seal) of both chains."""
    with connections["owner"].cursor() as cursor:
        filled.place(cursor)
    for _ in range(SEALS):
        with scoped(430423000000, 430424000000), connection.cursor() as cursor:
            filled.fill(cursor, records=RECORDS, entries=ENTRIES)
        audit.seal(at=AT)
        JOURNAL.seal(at=AT)
    return {chain.name: placed(chain.table, chain.seals) for chain in (audit.LOG, JOURNAL)}


def placed(table, seals):
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(
            f"select r.id, coalesce(s.number, 0) from {table} r left join {seals} s"
            " on r.xid >= s.xid_from and r.xid < s.xid_until order by r.id"
        )
        return cursor.fetchall()


@pytest.mark.proof(
    "R14",
    "rows of the audit log and the journal edited, removed, added, swapped, truncated by a superuser",
    unit="cases detected and located",
    landing=200,
    small=33,
)
@pytest.mark.django_db(transaction=True)
def test_r14(proof):
    rows = sealed()
    su = Superuser()
    su.keep()
    assert audit.LOG.verify() == JOURNAL.verify() == []
    chance = proof.random()
    with contextlib.closing(su.connection):
        for number in range(proof.size):
            tamper = TAMPERING[number % len(TAMPERING)]
            chain, seal, where = tamper(su, rows, chance)
            faults = chain.verify()
            own = [
                fault for fault in faults if fault.startswith((f"seal {seal} ", f"seal {seal}:"))
            ]
            assert own, f"{tamper.__name__} of seal {seal} was not found"
            assert where in own[0], f"{tamper.__name__}: {own[0]} does not say {where}"
            proof.count()
            su.undo()
        assert audit.LOG.verify() == JOURNAL.verify() == []
