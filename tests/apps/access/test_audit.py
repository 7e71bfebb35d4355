"""The audit log: rows are only added, sealed in ranges that can no longer change, and checked."""

import threading

import psycopg
import pytest
from django.db import Error, connection, connections, transaction

from tests.apps.access.offices import AT
from yibao.apps.access import audit
from yibao.apps.access.models import AuditRecord, AuditSeal
from yibao.apps.access.scope import Scope
from yibao.core.refusal import Refusal
from yibao.database.errors import constraint_of
from yibao.database.scope import scoped

EVERYWHERE = (0, 10**12)


def record(action="registry.read", **given):
    with transaction.atomic():
        audit.record(scope=Scope.system("hengshan"), action=action, at=AT, **given)


def rows():
    with scoped(*EVERYWHERE):
        return list(AuditRecord.objects.order_by("id"))


@pytest.mark.django_db
def test_a_record_belongs_to_the_transaction_of_the_act():
    with pytest.raises(Refusal), transaction.atomic():
        audit.record(scope=None, action="x", at=AT)
        raise audit_refusal()
    assert rows() == []


def audit_refusal():
    from yibao.apps.access.scope import NotThere

    return NotThere(what="x")


@pytest.mark.django_db
def test_whole_numbers_in_a_detail_are_masked_however_deep():
    record(detail={"rows": [{"number": "430423197001011026", "note": "电话 13812345521"}], "n": 3})
    assert rows()[0].detail == {
        "rows": [{"number": "430423********1026", "note": "电话 138****5521"}],
        "n": 3,
    }


@pytest.mark.django_db
def test_a_clerk_reads_the_records_of_the_own_area_only():
    record(area_no=430423105225)
    record(area_no=430423104201)
    with scoped(430423105000, 430423106000):
        assert [row.area_no for row in AuditRecord.objects.all()] == [430423105225]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words",
    [
        "update access_auditrecord set action = 'x'",
        "delete from access_auditrecord",
        "truncate access_auditrecord",
        "insert into access_auditseal (number, xid_from, xid_until, records, head, signature,"
        " sealed_at) values (1, 0, 1, 0, '', '', now())",
        "update access_auditseal set head = ''",
        "delete from access_auditseal",
    ],
)
def test_the_application_cannot_change_what_was_recorded_or_sealed(words):
    record()
    with pytest.raises(Error) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select set_config('yibao.from', '0', true)")
        cursor.execute("select set_config('yibao.until', '1000000000000', true)")
        cursor.execute(words)
    assert constraint_of(refused.value)[0] == "42501"


@pytest.mark.django_db(transaction=True)
def test_a_chain_of_seals_holds_and_nothing_is_sealed_twice():
    for _ in range(3):
        record()
    first = audit.seal(at=AT)
    record()
    second = audit.seal(at=AT)
    assert (first.number, first.records, second.number, second.records) == (1, 3, 2, 1)
    assert audit.seal(at=AT) is None
    assert audit.verify() == []
    assert audit.state() == audit.State(seals=2, records=4, unsealed=0, head=second.head)


@pytest.mark.django_db(transaction=True)
def test_the_writer_cannot_say_another_transaction_number():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "insert into access_auditrecord (xid, at, operator_name, region, area_no, action,"
            " object_kind, object_id, outcome, detail, address)"
            " values (3, now(), '', '', 0, 'x', '', '', 'done', '{}', '')"
        )
        cursor.execute("select pg_current_xact_id()::text::bigint")
        own = cursor.fetchone()[0]
    assert rows()[0].xid == own


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_is_still_open_is_left_to_the_next_seal():
    written, may_commit = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            audit.record(scope=Scope.system("hengshan"), action="slow", at=AT)
            written.set()
            may_commit.wait(10)
        connections["default"].close()

    record("before")
    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(10)
    record("after")  # commits first, with the higher number
    first = audit.seal(at=AT)
    may_commit.set()
    thread.join()
    second = audit.seal(at=AT)
    assert (first.records, second.records) == (1, 2)
    assert audit.verify() == []


def as_owner(*statements):
    """Do what only somebody with every right in the database could do."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("alter table access_auditrecord disable trigger append_only")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("alter table access_auditrecord enable trigger append_only")


def sealed_chain():
    for number in range(6):
        record(f"act-{number}")
        if number % 2:
            audit.seal(at=AT)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("done_to_it", "said"),
    [
        ("update access_auditrecord set outcome = 'refused' where action = 'act-2'", "changed"),
        ("delete from access_auditrecord where action = 'act-3'", "closed 2 records, there are 1"),
        ("update access_auditrecord set at = at + interval '1 day' where action = 'act-2'", "chan"),
        ("update access_auditrecord set detail = '{\"a\": 1}' where action = 'act-2'", "changed"),
    ],
)
def test_whoever_changes_a_sealed_record_is_found_and_the_place_is_named(done_to_it, said):
    sealed_chain()
    as_owner(done_to_it)
    faults = audit.verify()
    assert len(faults) == 1
    assert faults[0].startswith("seal 2") and said in faults[0]


@pytest.mark.django_db(transaction=True)
def test_a_chain_written_anew_by_the_owner_of_the_database_lacks_the_signature():
    sealed_chain()
    as_owner(
        "update access_auditrecord set outcome = 'refused' where action = 'act-0'",
        "delete from access_auditseal",
    )
    while audit_sealed_by_hand():
        pass
    faults = audit.verify()
    assert faults == ["seal 1 was not signed with this installation's key"]


def audit_sealed_by_hand():
    """Seal as somebody would who has the database but not the key."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select * from audit_seal(now())")
        return cursor.fetchone()


@pytest.mark.django_db(transaction=True)
def test_a_missing_seal_is_named():
    sealed_chain()
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("delete from access_auditseal where number = 2")
    assert audit.verify() == [
        "seal 3 does not follow seal 1",
        "seal 3 closed 2 records, there are 4",
    ]


@pytest.mark.django_db(transaction=True)
def test_a_signature_is_given_once():
    record()
    made = audit.seal(at=AT)
    with connection.cursor() as cursor:
        cursor.execute("select audit_sign(%s, 'another')", [made.number])
    assert audit.verify() == []
    assert AuditSeal.objects.get().signature != "another"


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_make_one_chain():
    for _ in range(20):
        record()
    faults: list[BaseException] = []

    def work():
        try:
            audit.seal(at=AT)
        except (Error, psycopg.Error) as error:
            faults.append(error)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert audit.verify() == []
    assert audit.state().records == 20
