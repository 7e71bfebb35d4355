"""Late visits, reversals, trials and replays: nothing is edited, differences are added."""

import json

import pytest

from tests.apps.access.offices import by_a_person
from tests.apps.claims.insured import AT, insure, open_office, stay
from yibao.apps.access.roles import SecondPersonNeeded
from yibao.apps.access.scope import NotThere, scoped
from yibao.apps.claims import operations
from yibao.apps.claims.models import PersonYear, Settlement
from yibao.apps.claims.operations.reverse import (
    ReasonMissing,
    SettlementReversed,
    SettlementUnknown,
)
from yibao.apps.claims.replies import KeyMissing, KeyUsedForAnother
from yibao.apps.claims.year_change import MonthClosed
from yibao.apps.fund import queries as fund
from yibao.apps.fund.models import BookMonth

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return open_office()


def settle(office, person, number, facts, level=3):
    return operations.settle(
        scope=office.scope,
        client="H",
        key=f"k-{number}",
        person_id=person,
        institution_id=office.hospitals[level],
        number=number,
        facts=facts,
        at=AT,
    )


def reverse(office, reply, *, key="r1", because="重复结算", scope=None):
    return operations.reverse(
        scope=scope or by_a_person(office.scope, at=AT),
        client="H",
        key=key,
        settlement_id=reply.settlement_id,
        because=because,
        at=AT,
    )


def in_month(month, eligible="1100.00"):
    return stay(eligible, since=f"2009-{month:02d}-01", until=f"2009-{month:02d}-05")


def rows(office, person):
    with scoped(office.scope):
        found = Settlement.objects.filter(person_id=person).order_by("id")
        return [(one.visit.number, one.kind, one.deductible_fen, one.fund_pay_fen) for one in found]


def year_of(office, person):
    with scoped(office.scope):
        year = PersonYear.objects.get(person_id=person)
        return year.fund_paid_fen, year.settlements, year.state[0], year.used_fen[-1]


def owed(office, level=3):
    found = fund.balance_of_party(
        scope=office.scope,
        book_id=fund.book("xingan", "institutions").id,
        party_kind="institution",
        party_id=office.hospitals[level],
    )
    return {one.account: one.balance_fen for one in found}.get("I201", 0)


def test_a_late_visit_takes_its_place_and_the_later_one_is_corrected(office):
    # March alone: (1100 − 400) × 55 % = 385. February comes late and takes 400,
    # so March has 300: (1100 − 300) × 55 % = 440, 55 more.
    person = insure(office.scope)
    settle(office, person, "march", in_month(3))
    reply = settle(office, person, "february", in_month(2))
    assert rows(office, person) == [
        ("march", "settled", 40000, 38500),
        ("february", "settled", 40000, 38500),
        ("march", "adjusted", -10000, 5500),
    ]
    assert year_of(office, person) == (82500, 2, 2, 82500)
    assert owed(office) == -82500
    (other,) = json.loads(reply.body)["adjusted"]
    assert other["fund_pay_change"] == "55.00"


def test_a_late_visit_at_the_ceiling_takes_from_the_later_one(office):
    # June is paid 30000 at the cap; (20400 − 400) × 55 % = 11000 of February leave it 19000.
    person = insure(office.scope)
    settle(office, person, "june", in_month(6, "90000.00"))
    settle(office, person, "february", in_month(2, "20400.00"))
    assert rows(office, person)[-1] == ("june", "adjusted", -10000, -1100000)
    assert year_of(office, person) == (3000000, 2, 2, 3000000)
    assert owed(office) == -3000000


def test_a_reversal_takes_back_and_later_visits_are_decided_again(office):
    person = insure(office.scope)
    first = settle(office, person, "february", in_month(2))
    settle(office, person, "march", in_month(3))
    reply = reverse(office, first)
    # Without February, March has the full deductible: 385 instead of 440.
    assert rows(office, person) == [
        ("february", "settled", 40000, 38500),
        ("march", "settled", 30000, 44000),
        ("february", "reversed", -40000, -38500),
        ("march", "adjusted", 10000, -5500),
    ]
    assert year_of(office, person) == (38500, 1, 1, 38500)
    assert owed(office) == -38500
    again = reverse(office, first)
    assert (again.body, again.replayed) == (reply.body, True)


def test_the_last_visit_reversed_leaves_an_empty_year_that_can_be_settled_anew(office):
    person = insure(office.scope)
    first = settle(office, person, "march", in_month(3))
    reverse(office, first)
    assert year_of(office, person) == (0, 0, 0, 0)
    assert owed(office) == 0
    anew = operations.settle(
        scope=office.scope,
        client="H",
        key="anew",
        person_id=person,
        institution_id=office.hospitals[3],
        number="march",
        facts=in_month(3),
        at=AT,
    )
    assert json.loads(anew.body)["fund_pay"] == "385.00"


def test_a_visit_that_was_corrected_is_taken_back_with_its_corrections(office):
    person = insure(office.scope)
    march = settle(office, person, "march", in_month(3))
    settle(office, person, "february", in_month(2))
    reverse(office, march)
    assert rows(office, person)[-1] == ("march", "reversed", -30000, -44000)
    assert year_of(office, person) == (38500, 1, 1, 38500)
    assert owed(office) == -38500


def test_a_settlement_is_reversed_once_and_with_a_reason(office):
    person = insure(office.scope)
    first = settle(office, person, "march", in_month(3))
    with pytest.raises(ReasonMissing):
        reverse(office, first, because="  ")
    with pytest.raises(KeyMissing):
        reverse(office, first, key="")
    done = reverse(office, first)
    with pytest.raises(SettlementReversed, match=done.settlement_no):
        reverse(office, first, key="r2")
    with pytest.raises(SettlementUnknown):
        reverse(office, done, key="r3")
    with pytest.raises(KeyUsedForAnother):
        reverse(office, first, because="另一个原因")


def test_who_settled_does_not_reverse(office):
    person = insure(office.scope)
    same, other = (by_a_person(office.scope, who, at=AT) for who in ("曾建华", "易复审"))
    mine = operations.settle(
        scope=same,
        client="H",
        key="k",
        person_id=person,
        institution_id=office.hospitals[3],
        number="F1",
        facts=in_month(3),
        at=AT,
    )
    with pytest.raises(SecondPersonNeeded):
        reverse(office, mine, scope=same)
    assert not reverse(office, mine, scope=other).replayed


def test_a_settlement_outside_the_scope_cannot_be_reversed(office):
    first = settle(office, insure(office.scope), "march", in_month(3))
    with pytest.raises(SettlementUnknown):
        reverse(office, first, scope=office.scope.narrowed(152223000000, 152224000000))


def test_a_trial_says_what_settling_would_pay_and_writes_nothing(office):
    person = insure(office.scope)
    settle(office, person, "march", in_month(3))
    asked = {
        "scope": office.scope,
        "person_id": person,
        "institution_id": office.hospitals[3],
        "at": AT,
    }
    later = operations.trial(facts=in_month(4), **asked)
    assert (later.paid.deductible_fen, later.paid.fund_pay_fen) == (30000, 44000)
    assert (later.fund_paid_before_fen, later.fund_paid_after_fen) == (38500, 82500)
    assert later.differences == ()
    earlier = operations.trial(facts=in_month(2), **asked)
    assert [one.fund_pay_fen for one in earlier.differences] == [5500]
    assert len(rows(office, person)) == 1
    reply = settle(office, person, "april", in_month(4))
    assert json.loads(reply.body)["fund_pay"] == "440.00"
    with pytest.raises(NotThere):
        operations.trial(facts=in_month(2), **{**asked, "person_id": 99_999_999})


def test_a_replay_reproduces_every_stored_amount(office):
    person = insure(office.scope)
    for month in (3, 2, 5, 4):
        settle(office, person, str(month), in_month(month, "20000.00"), level=2)
    before = rows(office, person)
    found = operations.replay_year(scope=office.scope, person_id=person, year=2009, at=AT)
    assert found == []
    assert rows(office, person) == before
    assert operations.replay_year(scope=office.scope, person_id=person, year=2008, at=AT) == []
    with pytest.raises(NotThere):
        operations.replay_year(scope=office.scope, person_id=99_999_999, year=2009, at=AT)


def test_rules_of_another_sense_replay_the_year_and_never_reinterpret_a_state(office):
    person = insure(office.scope)
    settle(office, person, "march", in_month(3))
    with scoped(office.scope):
        # As if an older rulebook had counted differently.
        PersonYear.objects.update(sense_hash="of an older rulebook", state=[3, 0, 0, 0, 38500])
    reply = settle(office, person, "april", in_month(4))
    assert json.loads(reply.body)["deductible"] == "300.00"
    assert year_of(office, person) == (82500, 2, 2, 82500)


def test_a_replay_settles_what_was_stored_wrong(office):
    person = insure(office.scope)
    settle(office, person, "february", in_month(2))
    settle(office, person, "march", in_month(3))
    with scoped(office.scope):
        row = Settlement.objects.get(deductible_fen=30000)
        wrong = {name: getattr(row, name) for name in COLUMNS}
        wrong |= {"kind": "adjusted", "corrects_id": row.id, "settlement_no": "S-wrong"}
        wrong |= {"fund_pay_fen": 100, "self_pay_fen": -100, "deductible_fen": 0}
        wrong |= {"total_fen": 0, "eligible_fen": 0}
        Settlement.objects.create(**wrong | {"result": {"ceilings": [0, 0, 100]}})
    found = operations.replay_year(scope=office.scope, person_id=person, year=2009, at=AT)
    assert [(one.visit.number, one.fund_pay_fen) for one in found] == [("march", -100)]
    assert rows(office, person)[-1] == ("march", "adjusted", 0, -100)


COLUMNS = [
    "region",
    "area_no",
    "visit_id",
    "person_id",
    "institution_id",
    "year",
    "rate",
    "reason",
    "steps",
    "witness",
    "rulebook_hash",
    "settled_at",
    "settled_by",
]


def test_a_closed_month_of_the_subledger_is_told(office):
    book = fund.book("xingan", "institutions")
    with scoped(office.scope):
        BookMonth.objects.update_or_create(
            book=book, month=AT.date().replace(day=1), defaults={"closed_at": AT}
        )
    with pytest.raises(MonthClosed):
        settle(office, insure(office.scope), "march", in_month(3))
