"""What is over its time is counted; what may go goes, once, and is written down."""

from datetime import timedelta

import pytest
from django.db import connection, connections

from tests.apps.access.offices import AT, open_office
from yibao.apps.access import audit
from yibao.apps.access.models import AddressTries, AuditRecord, SignInFailures
from yibao.apps.access.retention import PLACES, due, retain
from yibao.apps.access.scope import scoped
from yibao.rulebook.retention import kinds

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scope():
    return open_office()


def old(days):
    return AT - timedelta(days=days)


def write(scope):
    """A record of each kind, one over its time and one within it."""
    for n, days in enumerate((31, 29)):
        SignInFailures.objects.create(staff_no=f"S{n}", failures=5, locked_until=old(days))
        AddressTries.objects.create(address=f"10.0.0.{n}", since=old(days), tries=3)
    SignInFailures.objects.create(staff_no="S9", failures=1)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "insert into django_session values ('a', 'x', %s), ('b', 'x', %s)",
            [AT - timedelta(minutes=1), AT + timedelta(minutes=1)],
        )
        for n, days in enumerate((31, 29)):
            cursor.execute(
                "insert into desk_sentform (operator_id, key, sent_at) values (1, %s, %s)",
                [str(n), old(days)],
            )
    with scoped(scope):
        audit.record(scope=scope, action="registry.read", at=old(4 * 366))


def rows(table):
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table}")
        return cursor.fetchone()[0]


def test_what_may_go_is_removed_once_and_written_down(scope):
    write(scope)
    before = {one.place.table: one.rows for one in due(at=AT) if one.rows}
    assert before["access_auditrecord"] == 1
    removed = retain(at=AT)
    assert removed == {
        "access_signinfailures": 1,
        "access_addresstries": 1,
        "django_session": 1,
        "desk_sentform": 1,
    }
    assert (rows("access_signinfailures"), rows("access_addresstries")) == (2, 1)
    assert (rows("django_session"), rows("desk_sentform")) == (1, 1)
    assert retain(at=AT) == {}
    with scoped(scope):
        told = AuditRecord.objects.filter(action="retention.apply")
    with connections["owner"].cursor() as cursor:
        cursor.execute("select count(*) from access_auditrecord where action = 'retention.apply'")
        assert cursor.fetchone()[0] == 4, told


def test_audit_and_books_are_counted_and_never_touched(scope):
    write(scope)
    retain(at=AT)
    (told,) = [one for one in due(at=AT) if one.place.table == "access_auditrecord"]
    assert (told.rows, told.kind.is_removed) == (1, False)
    kept = {"audit", "money", "claims", "enrolment", "handed_in", "register"}
    assert not any(kinds()[one].is_removed for one in kept)
    assert {one.table for one in PLACES if one.kind in kept}


def test_the_whole_of_a_long_backlog_goes(scope, monkeypatch):
    from yibao.apps.access import retention

    monkeypatch.setattr(retention, "_AT_ONCE", 2)
    for n in range(5):
        AddressTries.objects.create(address=f"10.0.1.{n}", since=old(40), tries=3)
    assert retain(at=AT) == {"access_addresstries": 5}
