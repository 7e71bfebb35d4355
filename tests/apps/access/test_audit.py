"""The audit log: rows are only added, sealed in ranges that can no longer change, and checked."""

import stat
import threading
from datetime import timedelta

import psycopg
import pytest
from django.db import Error, connection, connections, transaction

from tests.apps.access.offices import AT
from yibao.apps.access import audit, heads
from yibao.apps.access.models import AuditRecord, AuditSeal
from yibao.apps.access.scope import Scope
from yibao.core.refusal import Refusal
from yibao.database.errors import constraint_of
from yibao.database.scope import scoped

EVERYWHERE = (0, 10**12)
# Seconds that a thread waits for the other, however busy the machine is.
LONG = 300


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
def test_a_checksum_that_happens_to_hold_a_telephone_s_digits_is_written_whole():
    digest = f"{'3c225d5e' * 5}13812345521{'e' * 13}"
    record(detail={"sha256": digest, "of": [{"text": f"快照 {digest} 电话 13812345521"}]})
    assert rows()[0].detail == {
        "sha256": digest,
        "of": [{"text": f"快照 {digest} 电话 138****5521"}],
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
            may_commit.wait(LONG)
        connections["default"].close()

    record("before")
    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(LONG)
    record("after")  # commits first, with the higher number
    first = audit.seal(at=AT)
    may_commit.set()
    thread.join()
    second = audit.seal(at=AT)
    assert (first.records, second.records) == (1, 2)
    assert audit.verify() == []


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_long_transaction_of_another_database_holds_no_seal_up():
    address = connections["owner"].get_connection_params()
    wanted = ("user", "host", "port", "passfile", "password")
    elsewhere = {key: value for key, value in address.items() if key in wanted}
    with psycopg.connect(**elsewhere, dbname="postgres") as other:
        other.execute("select pg_current_xact_id()")
        record("while another database is busy")
        assert audit.seal(at=AT).records == 1


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
    numbers = {row.action: row.id for row in rows()}
    gone = "act-3" not in numbers
    faults = audit.verify()
    assert len(faults) == 1
    assert faults[0].startswith("seal 2") and said in faults[0]
    where = "one after record" if gone else "record"
    assert f"{where} {numbers['act-2']}" in faults[0]


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
    faults = audit.verify()
    assert faults[0] == "seal 3 does not follow seal 1"
    assert faults[1].startswith("seal 3 closed 2 records, there are 4; record ")
    assert len(faults) == 2


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


@pytest.fixture
def own_home(settings, tmp_path):
    """A home whose kept heads are this test's alone."""
    (tmp_path / "audit").mkdir()
    real = settings.HOME

    class Here:
        path = tmp_path
        secret = real.secret

    settings.HOME = Here()
    settings.AUDIT_KEY = "the key of this test"
    return tmp_path


def keep(now=AT):
    state = audit.state()
    return heads.keep({"audit": (state.seals, state.head)}, now=now)


@pytest.mark.django_db(transaction=True)
def test_the_newest_seals_cannot_be_taken_away_once_their_head_is_kept_elsewhere(own_home):
    sealed_chain()
    assert keep()
    assert not keep(), "the same head is written once"
    record("later")
    audit.seal(at=AT)
    assert not keep(AT + timedelta(minutes=59))
    assert keep(AT + timedelta(minutes=60))
    assert audit.verify() == []
    as_owner("delete from access_auditrecord where action = 'later'")
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("delete from access_auditseal where number = 4")
    assert audit.verify() == ["seal 4 was kept outside the database and is missing in it"]
    heads.note_restoration({"audit": 3}, now=AT)
    assert audit.verify() == []


@pytest.mark.django_db(transaction=True)
def test_a_line_of_the_kept_heads_that_was_changed_or_taken_out_is_named(own_home):
    for hour in range(3):
        record()
        audit.seal(at=AT)
        keep(AT + timedelta(hours=hour))
    place = own_home / "audit" / "heads"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    whole = place.read_text().splitlines()
    place.write_text("\n".join([whole[0], whole[1].replace('"mac": "', '"mac": "0'), whole[2]]))
    assert [fault.split(" of ")[0] for fault in audit.verify()] == ["line 2", "line 3"]
    place.write_text("\n".join([whole[0], whole[2]]))
    assert [fault.split(" of ")[0] for fault in audit.verify()] == ["line 2"]


@pytest.mark.django_db(transaction=True)
def test_an_office_may_have_each_kept_head_stamped(own_home, settings):
    program = own_home / "stamp"
    program.write_text("#!/bin/sh\nread digest\necho token-of-${#digest}\n")
    program.chmod(0o700)
    settings.STAMP_COMMAND = str(program)
    record()
    audit.seal(at=AT)
    keep()
    assert heads.newest()["stamp"] == "token-of-64"
    settings.STAMP_COMMAND = "/nowhere"
    record()
    audit.seal(at=AT)
    keep(AT + timedelta(hours=2))
    assert "stamp" not in heads.newest()
    assert audit.verify() == []


def late(hours):
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("update access_sealclock set sealed_until = now() - %s", [hours])


@pytest.mark.django_db(transaction=True)
def test_the_clock_of_sealing_moves_on_with_every_round_and_past_a_running_transaction():
    assert audit.sealed_until() is None
    audit.seal(at=AT)
    late(timedelta(hours=3))
    first = audit.sealed_until()
    record()
    audit.seal(at=AT)
    assert audit.sealed_until() > first + timedelta(hours=2)


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_never_ends_holds_the_clock_of_sealing():
    audit.seal(at=AT)
    with transaction.atomic(using="owner"):
        with connections["owner"].cursor() as cursor:
            cursor.execute("select pg_current_xact_id()")
        for _ in range(3):
            audit.seal(at=AT)
        held = audit.sealed_until()
        record()
        for _ in range(3):
            audit.seal(at=AT)
        assert audit.sealed_until() == held
    audit.seal(at=AT)
    assert audit.sealed_until() > held
