"""`yibao work`, upgrades, and money that waits for a late seal."""

from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from tests.apps.access.offices import AT, open_office
from tests.apps.collection.town import YEAR, open_town, settle_in
from tests.proof import filled
from yibao.apps.access import audit, queries
from yibao.apps.access.scope import Scope
from yibao.apps.enrolment import operations as enrolment
from yibao.apps.fund.sealing import JOURNAL
from yibao.apps.statistics.models import Tally
from yibao.cli import sealing, work
from yibao.cli.upgrade import FaultsBefore, upgrade
from yibao.database.errors import MoneyWaitsForSeal, refused
from yibao.database.scope import scoped
from yibao.database.service import NewerDatabase, migrate, pending

pytestmark = pytest.mark.django_db(transaction=True)
AREA = (430423000000, 430424000000)


class Never:
    """Nobody tells it to stop."""

    told = False

    def within(self, seconds):
        raise AssertionError("once does not wait")


def record():
    with transaction.atomic():
        audit.record(scope=Scope.system("hengshan"), action="registry.read", at=AT)


def money():
    with scoped(*AREA), connection.cursor() as cursor:
        filled.fill(cursor, records=0, entries=2)


@pytest.fixture
def book():
    with connections["owner"].cursor() as cursor:
        filled.place(cursor)


@pytest.fixture
def county():
    return open_town()


@pytest.fixture
def kept_apart(monkeypatch):
    """The kept heads of other tests are none of these tests' matter."""
    monkeypatch.setattr(sealing.heads, "keep", lambda *_, **__: False)
    monkeypatch.setattr(sealing.heads, "kept", lambda chain: ({}, []))


def test_a_round_of_work_seals_the_log_and_the_journal(book, kept_apart):
    record()
    money()
    work.work(Never(), once=True)
    assert (audit.LOG.state().records, JOURNAL.state().records) == (1, 2)
    assert audit.LOG.state().unsealed == JOURNAL.state().unsealed == 0
    assert sealing.seal_faults() == []


def test_a_duty_that_breaks_is_tried_again_and_holds_up_no_other(kept_apart, monkeypatch):
    calls = []

    def breaks():
        calls.append("broke")
        raise ValueError("by a mistake of ours")

    duty = work.Duty("broken", 60, breaks)
    duty.look(100.0)
    duty.look(159.0)
    duty.look(160.0)
    assert calls == ["broke", "broke"]


def late(hours):
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("update access_sealclock set sealed_until = now() - %s", [hours])


def test_residents_are_counted_for_each_year_at_every_round_those_over_once_an_hour(
    county, monkeypatch
):
    settle_in(county, 3)
    enrolment.open_year(scope=county, year=YEAR - 1, on=AT.date(), at=AT)
    at = AT.replace(year=YEAR)
    monkeypatch.setattr(queries, "clock", lambda **_: queries.Clock(now=at, at=at))
    work.tally()
    at += timedelta(minutes=5)
    work.tally()
    with scoped(*AREA):
        kept = Tally.objects.order_by("year", "taken_at")
        first = at - timedelta(minutes=5)
        assert list(kept.values_list("year", "taken_at", "kind", "people")) == [
            (YEAR - 1, first, "unpaid", 3),
            (YEAR, first, "unpaid", 3),
            (YEAR, at, "unpaid", 3),
        ]


def test_money_waits_for_a_seal_that_is_late_and_reading_goes_on(book, kept_apart):
    money()
    sealing.seal_round()
    late(timedelta(hours=3, minutes=59))
    money()
    late(timedelta(hours=4, minutes=1))
    with pytest.raises(MoneyWaitsForSeal) as told, refused({}):
        money()
    assert "查询照常" in str(told.value)
    record()
    with scoped(*AREA), connection.cursor() as cursor:
        cursor.execute("select count(*) from fund_entry")
        assert cursor.fetchone() == (4,)
    sealing.seal_round()
    money()


def test_a_database_where_nothing_was_ever_sealed_takes_money(book):
    money()


def test_tables_of_a_newer_version_are_refused_before_anything_is_touched():
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute(
            "insert into django_migrations (app, name, applied)"
            " values ('access', '0999_of_tomorrow', now())"
        )
    try:
        for act in (migrate, pending):
            with pytest.raises(NewerDatabase) as told:
                act()
            assert "access.0999_of_tomorrow" in str(told.value)
    finally:
        with owner.cursor() as cursor:
            cursor.execute("delete from django_migrations where name = '0999_of_tomorrow'")
    assert pending() == []


def test_an_upgrade_says_that_nothing_changed_and_refuses_a_faulty_database(
    book, kept_apart, capsys
):
    open_office()
    money()
    sealing.seal_round()
    faulty = ["entries_balance: entry 1"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("yibao.cli.upgrade._faults", lambda *_: faulty)
        with pytest.raises(FaultsBefore):
            upgrade()
    assert upgrade() == 0
    assert "the same before and after" in capsys.readouterr().out
