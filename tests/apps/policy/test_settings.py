"""An open setting: entered by one, confirmed by another, and then part of the office's book."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.apps.policy.bureau import AT, BANNER, PAPER, REGION
from yibao.apps.access import rulebooks
from yibao.apps.access.roles import SecondPersonNeeded
from yibao.apps.access.scope import NotAllowed, scoped
from yibao.apps.policy import operations, queries
from yibao.apps.policy.models import Proposal
from yibao.apps.policy.overlays import Paper
from yibao.apps.policy.refusals import (
    DocumentMissing,
    DocumentNotYet,
    SettingNotOpen,
    SettingUnreadable,
    SettingWaits,
)
from yibao.core.rules.scalar import Silent
from yibao.core.rules.types import Period
from yibao.database.errors import constraint_of

ON = date(2009, 6, 1)


def value(name="newborn_time", on=ON):
    return rulebooks.book_of(REGION).value_of(name, on=on)


def row(bureau, name="newborn_time"):
    return queries.setting_row(scope=bureau.officer, name=name)


def test_what_the_text_leaves_open_is_listed_with_the_reason_and_what_waits_for_it(bureau):
    found = row(bureau)
    assert found.is_open and found.waits is None
    assert "4月30日" in found.reason
    assert {one.rule for one in found.blocked} >= {"coverage"}
    rescue = row(bureau, "late_rescue_paid")
    assert [one.rule for one in rescue.blocked] == ["benefit"]
    assert "fund_pay" in rescue.blocked[0].outcomes
    names = {one.name for one in queries.open_settings(scope=bureau.officer)}
    assert names >= {one.name for one in rulebooks.book_of(REGION).open_settings()}


def test_a_value_decides_only_when_a_second_person_has_confirmed_it(bureau):
    entered = bureau.enter()
    with pytest.raises(Silent):
        value()
    assert row(bureau).waits == entered
    bureau.activate(entered)
    assert value() == Period(90, "days")
    closed = row(bureau)
    assert not closed.is_open and closed.waits is None
    assert (closed.decided[0].value, closed.decided[0].number) == (
        Period(90, "days"),
        PAPER.number,
    )
    assert closed.decided[0].laid == rulebooks.RulebookLayer.objects.get()
    assert closed.name not in {one.name for one in rulebooks.book_of(REGION).open_settings()}


def test_a_table_is_entered_row_by_row_and_only_for_its_years(bureau):
    year = row(bureau, "split")
    assert (year.open_from, year.open_until) == (date(2008, 1, 1), date(2008, 12, 31))
    rows = {kind: dict.fromkeys(year.axes[1].keys, "10.50") for kind in year.axes[0].keys}
    bureau.activate(bureau.enter("split", rows, since="2008", until="2008"))
    found = value("split", date(2008, 7, 1))
    assert set(found.values()) == {1050}
    assert value("split", ON)["adult", "personal"] == 13000


def test_the_database_lets_one_value_of_a_setting_wait_at_a_time(bureau):
    first = bureau.enter()
    with pytest.raises(SettingWaits) as refused:
        bureau.enter(value="60 days")
    assert refused.value.facts["number"] == first.number
    with scoped(bureau.officer), pytest.raises(IntegrityError) as error, transaction.atomic():
        Proposal.objects.create(
            region=REGION,
            area_no=first.area_no,
            number=99,
            kind="setting",
            title="x",
            parameter="newborn_time",
            state="submitted",
            proposed_by=1,
            proposed_at=AT,
        )
    assert constraint_of(error.value)[1] == "one_value_of_a_setting_waits_at_a_time"


def test_the_first_person_does_not_confirm_and_a_reviewer_enters_nothing(bureau):
    entered = bureau.enter()
    both = type(bureau.officer)(
        **{
            **{name: getattr(bureau.officer, name) for name in bureau.officer.__dataclass_fields__},
            "actions": bureau.reviewer.actions,
        }
    )
    with pytest.raises(SecondPersonNeeded) as refused:
        bureau.activate(entered, by=both)
    assert "填报待定参数" in str(refused.value)
    with pytest.raises(NotAllowed):
        operations.enter_setting(
            scope=bureau.reviewer,
            parameter="newborn_time",
            value="90 days",
            since="2009",
            until="",
            known=None,
            paper=PAPER,
            article="",
            at=AT,
        )


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"value": "ninety"}, SettingUnreadable),
        ({"value": "90 weeks"}, SettingUnreadable),
        ({"value": ""}, SettingUnreadable),
        ({"since": "sometime"}, SettingUnreadable),
        ({"since": ""}, SettingUnreadable),
        ({"since": "2010", "until": "2009"}, SettingUnreadable),
        ({"parameter": "adult_age", "value": "18"}, SettingNotOpen),
        ({"parameter": "nothing"}, SettingNotOpen),
        ({"paper": Paper("x", "", date(2009, 12, 1))}, DocumentMissing),
        ({"paper": Paper("x", "1", None)}, DocumentMissing),
        ({"paper": Paper("x", "1", AT.date() + timedelta(days=1))}, DocumentNotYet),
        ({"value": "90 days}, x: {is: 1"}, SettingUnreadable),
        (
            {"since": "2009, cite: 参保 1}\n  late_rescue_paid: {is: true, from: 2009"},
            SettingUnreadable,
        ),
    ],
)
def test_what_cannot_be_a_value_is_refused_and_nothing_is_kept(bureau, given, refusal):
    with pytest.raises(refusal):
        bureau.enter(**given)
    with scoped(bureau.officer):
        assert not Proposal.objects.exists()


def test_a_table_without_every_row_is_refused(bureau):
    with pytest.raises(SettingUnreadable) as refused:
        bureau.enter("split", {"adult": {"personal": "1"}}, since="2008", until="2008")
    assert "no row" in str(refused.value)


def test_a_day_of_making_known_of_its_own_holds_until_then(bureau):
    bureau.activate(bureau.enter(known=date(2009, 12, 15)))
    book = rulebooks.book_of(REGION)
    with pytest.raises(Silent):
        book.value_of("newborn_time", on=ON, known=date(2009, 12, 12))
    assert book.value_of("newborn_time", on=ON, known=date(2009, 12, 15)) == Period(90, "days")


def test_a_later_decision_stands_above_an_earlier_one(bureau):
    bureau.activate(bureau.enter())
    bureau.activate(bureau.enter(value="60 days", article="二"))
    assert value() == Period(60, "days")
    assert len(row(bureau).decided) == 2


def test_a_rejected_value_leaves_the_setting_open_for_another(bureau):
    entered = bureau.enter()
    operations.reject(scope=bureau.reviewer, proposal_id=entered.id, because="无依据", at=AT)
    assert row(bureau).waits is None
    assert bureau.enter(value="60 days").state == "submitted"
    with scoped(bureau.reviewer):
        assert queries.waiting_for_second(bureau.reviewer, 2009) == 1
        assert queries.waiting_for_second(bureau.officer, 2009) == 0


def test_a_banner_reads_the_leagues_settings_and_sees_no_value_that_waits(bureau):
    from tests.apps.access.offices import hire

    bureau.enter()
    banner = hire(role="county_clerk", division=BANNER, name="斯琴", at=AT).scope
    assert queries.setting_row(scope=banner, name="newborn_time").waits is None
