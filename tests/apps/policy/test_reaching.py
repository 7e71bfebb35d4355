"""An activation reaches the counter: the next stay is settled by it, yesterday's stays as it was."""

from datetime import date

import pytest

from tests.apps.access.offices import open_office
from tests.apps.claims.insured import insure, stay
from tests.apps.claims.insured import open_office as open_agency
from tests.apps.policy.bureau import AT, LOWERED, REGION, open_bureau
from yibao.apps.access import queries as access
from yibao.apps.access import rulebooks
from yibao.apps.access.scope import scoped
from yibao.apps.claims import operations, queries
from yibao.apps.claims.models import Settlement

pytestmark = pytest.mark.django_db

IN_2009 = LOWERED.replace("2010", "2009")
YUAN = 100


@pytest.fixture
def agency():
    open_office(REGION, at=AT)
    return open_agency()


@pytest.fixture
def bureau():
    return open_bureau()


def settle(agency, no):
    person = insure(agency.scope, no=no)
    reply = operations.settle(
        scope=agency.scope,
        client="H",
        key=f"k{no}",
        person_id=person,
        institution_id=agency.hospitals[3],
        number=f"F{no}",
        facts=stay("5000.00"),
        at=AT,
    )
    with scoped(agency.scope):
        return Settlement.objects.get(id=reply.settlement_id)


def test_the_next_stay_is_settled_by_what_was_activated(agency, bureau):
    assert settle(agency, 1).deductible_fen == 400 * YUAN
    bureau.lowered(IN_2009)
    assert settle(agency, 2).deductible_fen == 350 * YUAN


def test_a_stay_of_before_is_explained_and_replayed_by_the_rules_that_settled_it(agency, bureau):
    before = settle(agency, 1)
    bureau.lowered(IN_2009)
    page = queries.settlement_page(scope=agency.scope, settlement_id=before.id)
    assert page.replay == ()
    assert page.explanation.amounts.deductible_fen == 400 * YUAN
    rule = queries.rule_of(agency.scope, before.witness)
    assert rule.edition.text_hash == before.rulebook_hash
    after = settle(agency, 2)
    assert after.rulebook_hash != before.rulebook_hash
    assert queries.settlement_page(scope=agency.scope, settlement_id=after.id).replay == ()


def test_what_was_activated_is_read_once_and_not_for_every_stay(agency, bureau, monkeypatch):
    bureau.lowered(IN_2009)
    monkeypatch.setattr(rulebooks, "_LAYERS", {})
    reads = []
    read = rulebooks._read_layers
    monkeypatch.setattr(rulebooks, "_read_layers", lambda *a: reads.append(a) or read(*a))
    for no in (1, 2, 3):
        access.clock(region=REGION)
        settle(agency, no)
    assert len(reads) == 1


def test_a_mark_of_a_transaction_that_was_undone_is_forgotten(bureau):
    rulebooks.note(REGION, "f" * 64)
    book = rulebooks.book_of(REGION)
    assert book.value_of("deductible_base", on=date(2009, 6, 1))[3] == 400 * YUAN
