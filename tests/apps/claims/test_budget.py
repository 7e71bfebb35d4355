"""The hot path's exact budget: it depends on no machine, so a statement more turns it red."""

import re

import pytest

from tests.apps.claims.insured import AT, insure, open_office, stay
from yibao.apps.access.models import AuditRecord
from yibao.apps.claims import operations
from yibao.apps.claims.models import Settlement, Visit
from yibao.apps.fund.models import Entry, Leg
from yibao.database import writer
from yibao.database.writer import required_columns

# Scope, key, year opened, year locked, read, ids | visit, settlement, entry, lines, year, audit,
# answer. The commit is the third round trip.
STATEMENTS, ROUND_TRIPS = 13, 2
INSERT = re.compile(r'insert into "(\w+)" \(([^)]*)\) values')

# Nested in a test's own transaction the scope would be given back: one statement more.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office():
    return open_office()


@pytest.fixture
def writers(monkeypatch):
    made, columns = [], {}

    class Counted(writer.Writer):
        def __init__(self, *given):
            super().__init__(*given)
            made.append(self)

        def run(self, words, params=()):
            if found := INSERT.match(words):
                columns.setdefault(found[1], set()).update(re.findall(r'"(\w+)"', found[2]))
            return super().run(words, params)

    monkeypatch.setattr(writer, "Writer", Counted)
    return made, columns


def settle(office, person, facts, n=1):
    return operations.settle(
        scope=office.scope,
        client="H",
        key=f"k{n}",
        person_id=person,
        institution_id=office.hospitals[3],
        number=f"F{n}",
        facts=facts,
        at=AT,
    )


def budget(one):
    return one.statements, one.round_trips


def test_a_settlement_takes_its_exact_budget_first_or_later_paid_or_capped(office, writers):
    person = insure(office.scope)
    settle(office, person, stay())
    settle(office, person, stay("90000.00", until="2009-04-10"), 2)
    assert [budget(one) for one in writers[0]] == [(STATEMENTS, ROUND_TRIPS)] * 2


def test_a_settlement_that_pays_nothing_writes_no_entry(office, writers):
    settle(office, insure(office.scope), stay("100.00"))
    assert [budget(one) for one in writers[0]] == [(STATEMENTS - 2, ROUND_TRIPS)]


def test_a_repeated_request_reads_the_answer_and_writes_nothing(office, writers):
    person = insure(office.scope)
    settle(office, person, stay())
    settle(office, person, stay())
    assert budget(writers[0][1]) == (7, 3)


def test_the_pipeline_names_every_column_that_the_database_does_not_fill(office, writers):
    settle(office, insure(office.scope), stay())
    written = (Visit, Settlement, Entry, Leg, AuditRecord)
    assert set(writers[1]) == {model._meta.db_table for model in written}
    for model in written:
        named = {model._meta.get_field(name).column for name in required_columns(model)}
        assert named <= writers[1][model._meta.db_table]
