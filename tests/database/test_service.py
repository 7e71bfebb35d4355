"""The database at hand for a command: the usual one, or another beside it."""

import pytest
from django.db import connections, transaction

from yibao.database.errors import LockWaitedTooLong, ServerRestarting, refusal_of
from yibao.database.service import database_at_hand, migrate

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def name_of_database():
    with connections["default"].cursor() as cursor:
        cursor.execute("select current_database()")
        return cursor.fetchone()[0]


@pytest.mark.heavy
def test_another_database_is_made_migrated_emptied_and_left_for_the_usual_one():
    usual = name_of_database()
    with database_at_hand(name="beside", fresh=True) as name:
        assert name == name_of_database() == "beside"
        with connections["default"].cursor() as cursor:
            cursor.execute("insert into access_poolingregion values ('x', 'X', 'X', 1, 2, null)")
    assert name_of_database() == usual
    for fresh, rows in ((False, 1), (True, 0)):
        with database_at_hand(name="beside", fresh=fresh):
            with connections["default"].cursor() as cursor:
                cursor.execute("select count(*) from access_poolingregion")
                assert cursor.fetchone() == (rows,)
    with connections["owner"].cursor() as cursor:
        cursor.execute("drop database beside with (force)")


def test_the_served_database_is_never_emptied():
    with pytest.raises(AssertionError, match="never emptied"), database_at_hand(fresh=True):
        pass


def test_what_is_migrated_is_not_migrated_again():
    assert migrate() == []


def test_who_waits_too_long_for_a_row_gets_a_sentence(probe_tables):
    from tests.database.conftest import NORTH
    from yibao.database.scope import scoped

    words = "update probe_person set paid_fen = paid_fen + 1"
    with scoped(*NORTH), connections["default"].cursor() as cursor:
        cursor.execute("insert into probe_person (area_no, name) values (%s, '张伟')", [NORTH[0]])
    with (
        transaction.atomic(using="owner"),
        connections["owner"].cursor() as owner,
        pytest.raises(Exception) as caught,
        scoped(*NORTH),
        connections["default"].cursor() as cursor,
    ):
        owner.execute(words)
        cursor.execute("set local lock_timeout = '50ms'")
        cursor.execute(words)
    assert isinstance(refusal_of(caught.value), LockWaitedTooLong)


def test_a_server_that_goes_away_in_the_middle_gets_a_sentence():
    with pytest.raises(Exception) as caught, connections["default"].cursor() as cursor:
        cursor.execute("select pg_terminate_backend(pg_backend_pid())")
    connections["default"].close()
    assert isinstance(refusal_of(caught.value), ServerRestarting)
    assert refusal_of(ValueError("another")) is None
