"""Settling: what is written, once, and what comes back."""

import json
from datetime import date

import pytest
from django.db import connection

from tests.apps.books import moment
from tests.apps.claims.insured import AT, insure, open_office, stay
from yibao.apps.access.models import AuditRecord
from yibao.apps.access.scope import NotThere, scoped
from yibao.apps.care.queries import InstitutionUnknown
from yibao.apps.claims import operations
from yibao.apps.claims.case import PersonDeceased, VisitSettledAlready
from yibao.apps.claims.models import PersonYear, Reply, Settlement, Visit
from yibao.apps.claims.replies import KeyMissing, KeyUsedForAnother
from yibao.apps.claims.request import (
    BillTotalMissing,
    DayUnreadable,
    DischargedInFuture,
    EligibleAboveTotal,
    FactBelongsToRegister,
    NumberMissing,
)
from yibao.apps.fund import queries as fund
from yibao.apps.registry.models import Person
from yibao.core.rules.facts import FactFaults

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return open_office()


def settle(office, person, facts, *, level=3, key="k1", number="F1", at=AT, client="H3", seen=""):
    return operations.settle(
        scope=office.scope,
        client=client,
        key=key,
        person_id=person,
        institution_id=office.hospitals[level],
        number=number,
        facts=facts,
        at=at,
        seen=seen,
    )


def trial(office, person, facts, *, level=3):
    return operations.trial(
        scope=office.scope,
        person_id=person,
        institution_id=office.hospitals[level],
        facts=facts,
        at=AT,
    )


def counts(scope):
    with scoped(scope):
        models = (Visit, Settlement, PersonYear, Reply)
        return {model.__name__: model.objects.count() for model in models}


def test_a_stay_is_paid_as_the_articles_say_and_every_row_agrees(office):
    # (15000 − 400) × 55 % = 8030.00; 15000 − 8030 = 6970
    person = insure(office.scope)
    reply = settle(office, person, stay("15000.00", "18642.50"))
    with scoped(office.scope):
        row = Settlement.objects.get(id=reply.settlement_id)
        year = PersonYear.objects.get(person_id=person, year=2009)
        visit = Visit.objects.get(id=row.visit_id)
        act = AuditRecord.objects.get(action="claims.settle")
    assert (row.total_fen, row.eligible_fen, row.deductible_fen) == (1864250, 1500000, 40000)
    assert (row.rate, row.fund_pay_fen, row.self_pay_fen) == (5500, 803000, 697000)
    assert (row.kind, row.reason, row.year) == ("settled", "paid", 2009)
    assert (
        reply.settlement_no == row.settlement_no == f"S20091220-{int(row.settlement_no[10:]):06d}"
    )
    assert (year.fund_paid_fen, year.settlements, year.used_fen) == (803000, 1, [0, 0, 803000])
    assert visit.facts["visit"]["hospital_level"] == 3
    assert act.object_id == str(row.id)
    book = fund.book("xingan", "institutions")
    owed = fund.balance_of_party(
        scope=office.scope,
        book_id=book.id,
        party_kind="institution",
        party_id=office.hospitals[3],
    )
    assert {one.account: one.balance_fen for one in owed} == {"I101": 803000, "I201": -803000}
    answer = json.loads(reply.body)
    assert answer["fund_pay"] == "8030.00"
    assert answer["self_pay"] == "10612.50"


def test_the_settlement_keeps_its_witness_and_its_steps(office):
    reply = settle(office, insure(office.scope), stay())
    with scoped(office.scope):
        row = Settlement.objects.get(id=reply.settlement_id)
    assert row.witness["clauses"]["deductible"] == "stay"
    assert row.witness["year"] == 2009
    assert row.witness["known"] == "2009-12-20"
    assert row.rulebook_hash == row.witness["text"]
    assert {"name": "deductible", "value": "400.00"}.items() <= next(
        step for step in row.steps if step["name"] == "deductible"
    ).items()


def test_the_same_request_gets_the_first_answer_byte_for_byte(office):
    person = insure(office.scope)
    first = settle(office, person, stay())
    before = counts(office.scope)
    again = settle(office, person, stay(), at=moment("2009-12-28 16:00"))
    assert again.body == first.body
    assert (again.settlement_id, again.settlement_no) == (first.settlement_id, first.settlement_no)
    assert (first.replayed, again.replayed) == (False, True)
    assert counts(office.scope) == before


def test_another_request_under_the_same_key_is_refused(office):
    person = insure(office.scope)
    settle(office, person, stay())
    with pytest.raises(KeyUsedForAnother, match="k1"):
        settle(office, person, stay("5000.01"))
    with pytest.raises(KeyUsedForAnother):
        settle(office, insure(office.scope, no=2), stay())


def test_the_same_key_of_another_institution_is_another_key(office):
    person = insure(office.scope)
    settle(office, person, stay())
    other = settle(office, person, stay(until="2009-04-10"), client="H2", number="F2")
    assert not other.replayed


def test_a_number_is_settled_once_under_any_key(office):
    person = insure(office.scope)
    first = settle(office, person, stay())
    with pytest.raises(VisitSettledAlready, match=first.settlement_no):
        settle(office, person, stay(), key="k2")


def test_what_is_refused_leaves_nothing_behind(office):
    person = insure(office.scope)
    before = counts(office.scope)
    with pytest.raises(FactFaults):
        settle(office, person, stay(surprise=True))
    assert counts(office.scope) == before


def test_a_refused_visit_is_settled_at_nothing_and_owes_nothing(office):
    person = insure(office.scope)
    reply = settle(office, person, stay(accident="fight"))
    with scoped(office.scope):
        row = Settlement.objects.get(id=reply.settlement_id)
        year = PersonYear.objects.get(person_id=person)
        book = fund.book("xingan", "institutions")
    assert (row.fund_pay_fen, row.self_pay_fen, row.reason) == (0, 500000, "excluded_cause")
    assert (year.settlements, year.state[0]) == (1, 0)
    assert (
        fund.day_book(
            scope=office.scope, book_id=book.id, from_=date(2009, 1, 1), until=date(2010, 1, 1)
        )
        == []
    )


@pytest.mark.requirement("HX-05-03")
def test_each_further_stay_of_the_year_lowers_the_deductible_down_to_100(office):
    person = insure(office.scope)
    found = []
    for month in range(2, 7):
        reply = settle(
            office,
            person,
            stay("1100.00", since=f"2009-{month:02d}-01", until=f"2009-{month:02d}-05"),
            key=f"k{month}",
            number=f"F{month}",
        )
        found.append(json.loads(reply.body)["deductible"])
    assert found == ["400.00", "300.00", "200.00", "100.00", "100.00"]
    levels = [
        json.loads(
            settle(office, insure(office.scope, no=9 + n), stay(), level=n, key=f"l{n}").body
        )
        for n in (3, 2, 1)
    ]
    assert [one["deductible"] for one in levels] == ["400.00", "300.00", "200.00"]


@pytest.mark.requirement("HX-05-06")
def test_the_year_is_capped_at_30000_or_more_for_the_loyal_and_sick_minors(office):
    def paid(number, **person):
        reply = settle(
            office,
            insure(office.scope, no=number, **person),
            stay("90000.00", blood_disease=person.get("born") is not None),
            level=1,
            key=f"k{number}",
            number=f"F{number}",
        )
        answer = json.loads(reply.body)
        return answer["fund_pay"], answer["reason"]

    child = date(2005, 1, 1)
    assert paid(1) == ("30000.00", "over_ceiling")
    assert paid(2, years=3) == ("35000.00", "over_ceiling")
    assert paid(3, born=child) == ("40000.00", "over_ceiling")
    assert paid(4, born=child, years=3) == ("45000.00", "over_ceiling")


@pytest.mark.requirement("HX-05-11", "HX-04-25")
def test_a_pupils_accident_has_20000_apart_from_the_year(office):
    person = insure(office.scope, born=date(1998, 1, 1), student="primary")
    ill = stay("20000.00", since="2009-02-01", until="2009-02-20")
    accident = stay("50000.00", accident="no_fault", since="2009-03-01", until="2009-03-20")
    settle(office, person, ill, key="k1", number="F1")
    reply = settle(office, person, accident, key="k2", number="F2")
    assert json.loads(reply.body)["fund_pay"] == "20000.00"
    with scoped(office.scope):
        year = PersonYear.objects.get(person_id=person)
    # (20000 − 400) × 55 % = 10780
    assert year.used_fen == [0, 2000000, 1078000]
    for cause in ("traffic", "crime", "fight", "alcohol", "self_harm", "suicide", "malpractice"):
        refused = settle(
            office, person, stay(accident=cause, until="2009-05-01"), key=cause, number=cause
        )
        assert json.loads(refused.body)["reason"] == "excluded_cause"


@pytest.mark.requirement("HX-04-24")
def test_three_special_diseases_are_paid_2000_a_year_together(office):
    person = insure(office.scope)
    found = []
    for number, disease in enumerate(("tuberculosis", "mental", "insulin"), 1):
        day = f"2009-0{number}-15"
        facts = stay("2000.00", since=day, until=day, special_disease=disease)
        facts["kind"] = "special_outpatient"
        reply = settle(office, person, facts, key=f"k{number}", number=f"F{number}")
        found.append(json.loads(reply.body)["fund_pay"])
    assert found == ["1200.00", "800.00", "0.00"]


def test_a_visit_of_an_unseen_person_is_refused_like_one_that_is_not_there(office):
    person = insure(office.scope)
    elsewhere = office.scope.narrowed(152223000000, 152224000000)
    for scope, who in ((elsewhere, person), (office.scope, 99_999_999)):
        with pytest.raises(NotThere):
            operations.settle(
                scope=scope,
                client="H",
                key="k",
                person_id=who,
                institution_id=office.hospitals[3],
                number="F1",
                facts=stay(),
                at=AT,
            )


def test_a_request_that_cannot_be_read_says_what_is_wrong(office):
    person = insure(office.scope)
    cases = [
        (KeyMissing, stay(), {"key": " "}),
        (NumberMissing, stay(), {"number": ""}),
        (BillTotalMissing, {**stay(), "total_fen": None}, {}),
        (EligibleAboveTotal, stay("100.00", "99.99"), {}),
        (DayUnreadable, stay(until="10.3.2009"), {}),
        (DischargedInFuture, stay(until="2009-12-21"), {}),
        (FactBelongsToRegister, stay(hospital_level=1), {}),
    ]
    for refusal, facts, more in cases:
        with pytest.raises(refusal):
            settle(office, person, facts, **more)
    assert counts(office.scope)["Visit"] == 0


def test_an_unknown_institution_or_a_dead_person_is_refused(office):
    person = insure(office.scope)
    with pytest.raises(InstitutionUnknown):
        operations.settle(
            scope=office.scope,
            client="H",
            key="k",
            person_id=person,
            institution_id=99_999_999,
            number="F1",
            facts=stay(),
            at=AT,
        )
    with scoped(office.scope):
        Person.objects.filter(id=person).update(died_on=date(2009, 2, 1))
    with pytest.raises(PersonDeceased):
        settle(office, person, stay())


def test_an_institution_that_is_not_designated_that_day_is_paid_only_for_a_filed_rescue(office):
    person = insure(office.scope)
    with connection.cursor() as cursor:
        cursor.execute("update care_designation set designated_until = '2009-03-01'")
    late = settle(office, person, stay())
    assert json.loads(late.body)["reason"] == "not_reported"
    filed = settle(office, person, stay(reported_on="2009-03-04"), key="k2", number="F2")
    assert json.loads(filed.body)["reason"] == "paid"


def test_without_cover_of_the_year_the_year_before_carries_to_the_count_of_1_may(office):
    person = insure(office.scope, paid_on=None)
    april = settle(office, person, stay("1000.00", since="2009-04-10", until="2009-04-30"))
    may = settle(
        office,
        person,
        stay("1000.00", since="2009-05-01", until="2009-05-10"),
        key="k2",
        number="F2",
    )
    assert json.loads(april.body)["fund_pay"] == "330.00"
    assert json.loads(may.body)["reason"] == "suspended"


def test_what_another_settlement_changed_since_the_trial_is_not_settled_and_nothing_is_written(
    office,
):
    person = insure(office.scope)
    seen = trial(office, person, stay()).seen
    settle(office, person, stay(), key="k1", number="F1")
    before = counts(office.scope)
    with pytest.raises(operations.TrialOutdated):
        settle(office, person, stay(), key="k2", number="F2", seen=seen)
    assert counts(office.scope) == before
    # The key of the refused attempt is free: what is seen now is settled, and once.
    now = trial(office, person, stay()).seen
    reply = settle(office, person, stay(), key="k2", number="F2", seen=now)
    again = settle(office, person, stay(), key="k2", number="F2", seen=now)
    assert again.body == reply.body
    assert counts(office.scope)["Settlement"] == 2
