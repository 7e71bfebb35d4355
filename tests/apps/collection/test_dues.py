"""Dues are raised from the rulebook, once a person, and what is borne by others comes off."""

from datetime import date

import pytest

from tests.apps.books import moment
from tests.apps.collection.town import AT, FULL, YEAR, dues, settle_in
from tests.apps.registry.people import CHAQUAN, SHICANG
from yibao.apps.access.scope import scoped
from yibao.apps.collection import operations, pricing, queries
from yibao.apps.enrolment import operations as enrolment
from yibao.apps.enrolment.models import Coverage
from yibao.apps.fund.models import Leg
from yibao.core.rules import scalar


def test_everybody_on_the_list_owes_the_individual_share(county, three):
    assert operations.raise_dues(scope=county, year=YEAR, at=AT) == 3
    raised = dues(county)
    assert [(one.person_id, one.owed_fen, one.price_class) for one in raised] == [
        (person, FULL, "resident") for person in three
    ]
    assert raised[0].witness["rule"] == "contribution"
    assert raised[0].witness["clauses"]["price"] == "otherwise"


def test_raising_again_raises_nothing(county, three):
    operations.raise_dues(scope=county, year=YEAR, at=AT)
    assert operations.raise_dues(scope=county, year=YEAR, at=AT) == 0
    assert len(dues(county)) == 3


def test_raised_dues_stand_in_the_sub_ledger(county, three):
    operations.raise_dues(scope=county, year=YEAR, at=AT)
    with scoped(county):
        legs = Leg.objects.filter(book__kind="dues", debit_fen__gt=0)
        assert [(one.party_kind, one.debit_fen) for one in legs] == [("person", FULL)] * 3
        assert sorted(one.party_id for one in legs) == sorted(three)


def test_persons_alike_are_decided_once(county, monkeypatch):
    settle_in(county, 40)
    asked = []
    real = scalar.decide
    monkeypatch.setattr(pricing, "decide", lambda *given: asked.append(1) or real(*given))
    assert operations.raise_dues(scope=county, year=YEAR, at=AT) == 40
    assert len(asked) == 1


def test_the_number_of_statements_does_not_grow_with_the_persons(
    county, django_assert_max_num_queries
):
    settle_in(county, 2)
    operations.raise_dues(scope=county, year=YEAR, at=AT)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    settle_in(county, 1, first=10)
    with CaptureQueriesContext(connection) as one:
        operations.raise_dues(scope=county, year=YEAR, at=AT)
    settle_in(county, 30, first=20)
    with django_assert_max_num_queries(len(one)):
        operations.raise_dues(scope=county, year=YEAR, at=AT)


def test_a_mid_year_entrant_waits_for_the_setting_and_the_others_are_raised(county, three):
    after = moment("2021-03-02 09:00")
    late = settle_in(county, 1, first=9)[0]
    with scoped(county):
        from yibao.apps.enrolment.models import Enrolment

        Enrolment.objects.filter(person_id=late).update(event="veteran", event_on=date(2021, 3, 1))
    with pytest.raises(operations.PriceLeftOpen) as refusal:
        operations.raise_dues(scope=county, year=YEAR, at=after)
    assert refusal.value.setting == "fiscal_share"
    assert refusal.value.person_ids == (late,)
    assert [one.person_id for one in dues(county)] == three


def test_who_proved_other_cover_is_asked_for_nothing(county, three):
    enrolment.record_other_cover(
        scope=county,
        year=YEAR,
        cover=enrolment.NewOtherCover(
            person_id=three[0], kind="employee", place="衡阳市", voucher_no="HY-1"
        ),
        at=AT,
    )
    assert operations.raise_dues(scope=county, year=YEAR, at=AT) == 2
    assert three[0] not in {one.person_id for one in dues(county)}


def relief(person_id, fen, category="marginal"):
    return operations.NewRelief(
        person_id=person_id, area_no=CHAQUAN, category=category, subsidised_fen=fen, source_id=1
    )


def bear(county, *reliefs):
    return operations.set_reliefs(
        scope=county, year=YEAR, reliefs=list(reliefs), source_kind="support", at=AT
    )


def test_a_full_relief_settles_the_due_and_covers(county, three):
    operations.raise_dues(scope=county, year=YEAR, at=AT)
    assert bear(county, relief(three[0], FULL, "minimum_living")) == {three[0]: FULL}
    due = dues(county)[0]
    assert (due.subsidised_fen, due.settled_at) == (FULL, AT)
    with scoped(county):
        assert Coverage.objects.get().person_id == three[0]


def test_a_relief_known_before_the_due_comes_off_when_it_is_raised(county, three):
    assert bear(county, relief(three[0], 140_00)) == {}
    operations.raise_dues(scope=county, year=YEAR, at=AT)
    assert [one.subsidised_fen for one in dues(county)] == [140_00, 0, 0]


def test_the_same_relief_again_moves_nothing(county, three):
    operations.raise_dues(scope=county, year=YEAR, at=AT)
    bear(county, relief(three[0], 140_00))
    with scoped(county):
        before = Leg.objects.count()
    bear(county, relief(three[0], 140_00))
    with scoped(county):
        assert Leg.objects.count() == before


def test_a_relief_taken_back_opens_the_due_and_ends_the_cover(county, three):
    operations.raise_dues(scope=county, year=YEAR, at=AT)
    bear(county, relief(three[0], FULL, "minimum_living"))
    operations.remove_reliefs(scope=county, year=YEAR, person_ids=[three[0]], reason="退回", at=AT)
    due = dues(county)[0]
    assert (due.subsidised_fen, due.settled_at) == (0, None)
    with scoped(county):
        assert Coverage.objects.get().cancelled_because == "退回"


def test_a_cancelled_due_leaves_the_sub_ledger_at_zero(county, three):
    operations.raise_dues(scope=county, year=YEAR, at=AT)
    assert (
        operations.cancel_dues(
            scope=county, year=YEAR, person_ids=[three[0]], reason="已死亡", at=AT
        )
        == 1
    )
    with scoped(county):
        legs = Leg.objects.filter(party_id=three[0], account="D101")
        assert sum(one.debit_fen - one.credit_fen for one in legs) == 0


def test_support_that_shrinks_opens_the_due_again_and_ends_the_cover(county, three):
    operations.raise_dues(scope=county, year=YEAR, at=AT)
    bear(county, relief(three[0], FULL, "minimum_living"))
    bear(county, relief(three[0], 140_00))
    due = dues(county)[0]
    assert (due.subsidised_fen, due.settled_at) == (140_00, None)
    with scoped(county):
        assert Coverage.objects.get().cancelled_at == AT


@pytest.mark.parametrize("few", [30_000, 1])
def test_who_waits_for_a_due_is_counted_as_they_are_raised(county, three, monkeypatch, few):
    monkeypatch.setattr("yibao.apps.collection.queries.dues._FEW", few)
    assert queries.count_without_due(scope=county, year=YEAR) == 3
    operations.raise_dues(scope=county, year=YEAR, person_ids=three[:1], at=AT)
    waiting = queries.persons_without_due(scope=county, year=YEAR)
    assert queries.count_without_due(scope=county, year=YEAR) == len(waiting) == 2
    elsewhere = county.narrowed(SHICANG, SHICANG + 1)
    assert queries.count_without_due(scope=elsewhere, year=YEAR) == 0
    assert queries.count_without_due(scope=county, year=YEAR - 1) == 0
    operations.raise_dues(scope=county, year=YEAR, at=AT)
    assert queries.count_without_due(scope=county, year=YEAR) == 0
