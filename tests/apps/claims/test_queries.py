"""A settlement explained: the lines add up, each with its article, and a replay agrees."""

from datetime import date

import pytest

from tests.apps.access.offices import by_a_person
from tests.apps.claims.insured import AT, insure, open_office, stay
from yibao.apps.access.scope import NotThere, scoped
from yibao.apps.claims import operations, queries
from yibao.apps.claims.models import PersonYear, Settlement

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return open_office()


def settle(office, person, facts, *, level=3, number="F1"):
    return operations.settle(
        scope=office.scope,
        client="H",
        key=f"k-{person}-{number}",
        person_id=person,
        institution_id=office.hospitals[level],
        number=number,
        facts=facts,
        at=AT,
    )


def page_of(office, reply):
    return queries.settlement_page(scope=office.scope, settlement_id=reply.settlement_id)


def lines(explanation):
    return {line.part: line.amount_fen for line in explanation.lines}


def test_the_lines_lead_from_the_bill_to_the_funds_part_each_with_its_article(office):
    # Fourth year in a row, second stay at level 3: (15000 − 300) × 60 % = 8820
    person = insure(office.scope, years=4)
    settle(office, person, stay("1000.00", since="2009-02-01", until="2009-02-10"), number="F0")
    page = page_of(office, settle(office, person, stay("15000.00", "18642.50")))
    told = page.explanation
    assert lines(told) == {
        "total": 1864250,
        "outside": 364250,
        "eligible": 1500000,
        "deductible": 30000,
        "base": 1470000,
        "own": 588000,
        "ceiling": 0,
        "fund": 882000,
    }
    places = {line.part: line.cite.place for line in told.lines if line.cite}
    assert places["outside"] == "待遇 9"
    assert places["deductible"] == "待遇 3"
    assert places["own"] == "待遇 4(1)"
    assert (told.rate_shown, told.own_rate_shown) == ("60%", "40%")
    assert told.own_fen == 982250 == sum(told.own_parts_fen)
    assert told.adds_up
    assert {law.cite.place: law.lines for law in told.laws}["待遇 3"] == (3,)
    assert all(law.cite.summary_zh and law.cite.summary_en for law in told.laws)
    # 35000 for the loyal; (1000 − 400) × 60 % = 360 used before.
    assert (told.ceiling.limit_fen, told.ceiling.used_before_fen) == (3500000, 36000)
    assert told.ceiling.room_after_fen == 3500000 - 36000 - 882000
    assert page.replay == ()
    assert (page.year.fund_paid_fen, page.year.visits) == (918000, 2)
    assert page.clauses["rate_paid"] == "loyal_stay"
    assert page.can_be_reversed
    levels = {3: "55%", 2: "60%", 1: "65%"}
    for level, rate in levels.items():
        one = settle(office, insure(office.scope, no=10 + level), stay(), level=level)
        assert page_of(office, one).explanation.rate_shown == rate


@pytest.mark.requirement("HX-05-04-2")
def test_special_outpatient_care_is_paid_at_60_without_a_deductible(office):
    facts = stay("1000.00", since="2009-03-01", until="2009-03-01", special_disease="dialysis")
    facts["kind"] = "special_outpatient"
    reply = settle(office, insure(office.scope, years=5), facts)
    told = page_of(office, reply).explanation
    assert (lines(told)["deductible"], told.rate_shown, lines(told)["fund"]) == (0, "60%", 60000)


@pytest.mark.requirement("HX-05-10")
def test_an_excluded_cause_is_explained_by_its_own_article(office):
    for n, cause in enumerate(
        ("fight", "crime", "alcohol", "self_harm", "suicide", "traffic", "malpractice")
    ):
        reply = settle(office, insure(office.scope, no=n + 1), stay(accident=cause))
        told = page_of(office, reply).explanation
        assert told.reason_zh == "属于不予支付的致伤原因"
        assert {line.part: line.cite.place for line in told.lines if line.cite}["refused"] == (
            "待遇 10"
        )
        assert lines(told)["fund"] == 0
        assert told.adds_up


def test_a_long_stay_counts_for_each_six_months_in_the_year_of_discharge(office):
    person = insure(office.scope)
    # 20 June 2008 to 10 January 2009: more than six months, two stays: 400 + 300.
    reply = settle(office, person, stay(since="2008-06-20", until="2009-01-10"))
    page = page_of(office, reply)
    assert page.explanation.amounts.deductible_fen == 70000
    assert page.explanation.step("periods").value == 2
    assert page.year.year == 2009
    after = settle(office, person, stay(), number="F2")
    assert page_of(office, after).explanation.amounts.deductible_fen == 20000


def test_what_is_cut_by_a_ceiling_stands_in_a_line_of_its_own(office):
    reply = settle(office, insure(office.scope), stay("90000.00"))
    told = page_of(office, reply).explanation
    # (90000 − 400) × 55 % = 49280; 30000 are paid
    assert lines(told)["ceiling"] == 1928000
    assert told.adds_up
    assert told.ceiling.room_after_fen == 0
    next_one = settle(office, insure(office.scope, no=2), stay("200.00"))
    told = page_of(office, next_one).explanation
    assert (lines(told)["deductible"], lines(told)["base"]) == (20000, 0)
    assert told.adds_up


def test_corrections_and_reversals_name_each_other(office):
    person = insure(office.scope)
    march = settle(office, person, stay(since="2009-03-01", until="2009-03-05"))
    settle(office, person, stay(since="2009-02-01", until="2009-02-05"), number="F2")
    page = page_of(office, march)
    (adjusted,) = page.corrections
    assert (adjusted.kind, adjusted.fund_pay_fen) == ("adjusted", 5500)
    assert page.net_fund_pay_fen == page.row.fund_pay_fen + 5500
    shown = queries.settlement_page(scope=office.scope, settlement_id=adjusted.settlement_id)
    assert shown.original_id == march.settlement_id
    assert shown.explanation.amounts.deductible_fen == 30000
    assert shown.explanation.adds_up
    back = operations.reverse(
        scope=by_a_person(office.scope, at=AT),
        client="H",
        key="r",
        settlement_id=march.settlement_id,
        because="重复",
        at=AT,
    )
    reversal = page_of(office, back)
    assert (reversal.explanation, reversal.because) == (None, "重复")
    assert page_of(office, march).row.is_reversed
    assert not page_of(office, march).can_be_reversed


def test_a_replay_that_differs_is_told(office):
    person = insure(office.scope)
    reply = settle(office, person, stay())
    with scoped(office.scope):
        row = Settlement.objects.values().get(id=reply.settlement_id)
        row |= {"id": None, "kind": "adjusted", "corrects_id": reply.settlement_id}
        row |= {"settlement_no": "S-x", "fund_pay_fen": 7, "self_pay_fen": -7, "total_fen": 0}
        row |= {"eligible_fen": 0, "deductible_fen": 0, "result": {"ceilings": [0, 0, 7]}}
        Settlement.objects.create(**row)
    (found,) = queries.replay_check(scope=office.scope, person_id=person, year=2009)
    assert found.fund_pay_fen == -7
    assert queries.replay_check(scope=office.scope, person_id=person, year=2008) == []


def test_lists_are_by_year_kind_institution_number_and_name(office):
    people = [insure(office.scope, no=n) for n in (1, 2)]
    first = settle(office, people[0], stay("90000.00"))
    settle(office, people[1], stay(), level=2)

    def found(**asked):
        rows = queries.settlements(scope=office.scope, **{"year": 2009, **asked})
        count, fen = queries.count_settlements(scope=office.scope, **{"year": 2009, **asked})
        assert (count, fen) == (len(rows), sum(row.fund_pay_fen for row in rows))
        return [row.person_id for row in rows]

    assert found() == [people[1], people[0]]
    assert found(institution_id=office.hospitals[2]) == [people[1]]
    assert found(text=first.settlement_no) == found(text="乌力吉1") == [people[0]]
    assert found(kind="reversed") == found(year=2008) == []
    one = queries.settlements(scope=office.scope, year=2009, offset=1, limit=1)
    assert [row.person_id for row in one] == [people[0]]
    mine = queries.settlements_of(scope=office.scope, person_id=people[0], year=2009)
    assert [row.settlement_no for row in mine] == [first.settlement_no]
    assert queries.settlements_of(scope=office.scope, person_id=people[0], year=2008) == []


def test_a_list_takes_as_many_statements_for_one_row_as_for_many(
    office, django_assert_max_num_queries
):
    for n in range(1, 8):
        settle(office, insure(office.scope, no=n), stay())
    with django_assert_max_num_queries(6):
        assert len(queries.settlements(scope=office.scope, year=2009)) == 7


def test_a_person_without_settlements_has_an_empty_year(office):
    person = insure(office.scope)
    assert queries.year_of(scope=office.scope, person_id=person, year=2009).visits == 0
    with scoped(office.scope):
        assert not PersonYear.objects.exists()


def test_a_settlement_outside_the_scope_is_not_there(office):
    reply = settle(office, insure(office.scope), stay())
    with pytest.raises(NotThere):
        queries.settlement_page(
            scope=office.scope.narrowed(152223000000, 152224000000),
            settlement_id=reply.settlement_id,
        )


def test_a_trial_is_explained_like_a_settlement(office):
    outcome = operations.trial(
        scope=office.scope,
        person_id=insure(office.scope),
        institution_id=office.hospitals[3],
        facts=stay("15000.00", "16000.00"),
        at=AT,
    )
    told = queries.explain_trial(scope=office.scope, outcome=outcome, on=date(2009, 12, 20))
    assert lines(told)["fund"] == outcome.paid.fund_pay_fen == 803000
    assert told.adds_up
    assert "blood_disease" in told.presumed
