"""Cash is an exception: for a reason, by one person, paid in at once, and it insures only then."""

from dataclasses import replace
from datetime import date

import pytest

from tests.apps.books import moment
from tests.apps.collection.town import (
    AT,
    FULL,
    YEAR,
    Line,
    agent,
    collect,
    dues,
    payments,
    take,
)
from tests.apps.registry.people import CHAQUAN
from yibao.apps.access.scope import NotThere, scoped
from yibao.apps.collection import operations, queries
from yibao.apps.collection.models import CashCollection, Receipt, UnmatchedPayment
from yibao.apps.collection.operations.cash import (
    CashAfterFinalDay,
    CashAlreadyHeld,
    CashOnlyByException,
    DueSettled,
    NotConfirmed,
    RecordSaysOtherwise,
)
from yibao.apps.collection.operations.deposits import (
    DepositedBefore,
    DepositLate,
    DepositNotYours,
    DepositVoucherUsed,
)
from yibao.apps.collection.operations.matching import AmountNotOwed
from yibao.apps.collection.operations.receipts import NoReceiptsLeft, RangeUnusable
from yibao.apps.enrolment import operations as enrolment
from yibao.apps.enrolment.models import Coverage, OtherCover
from yibao.apps.fund.models import Leg


@pytest.fixture
def owing(county, three):
    operations.raise_dues(scope=county, year=YEAR, at=AT)
    return dues(county)


@pytest.fixture
def zeng(county):
    return agent(county)


def deposit(agent, *cash, at=AT, **changes):
    given = {
        "collection_ids": [one.id for one in cash],
        "channel": "pos",
        "voucher_no": "POS-1",
        "late_reason": "",
    }
    return operations.deposit_cash(scope=agent.scope, at=at, **(given | changes))


def held_fen(county):
    with scoped(county):
        legs = Leg.objects.filter(account="C101")
        return sum(one.debit_fen - one.credit_fen for one in legs)


@pytest.mark.requirement("HS-42-2")
def test_cash_needs_a_recorded_reason_and_goes_in_by_an_online_channel(county, owing, zeng):
    with pytest.raises(CashOnlyByException):
        collect(zeng, owing[0], special_reason=" ")
    cash = collect(zeng, owing[0])
    assert cash.special_reason == "老人无手机，子女不在家"
    with pytest.raises(Exception, match="现金"):
        deposit(zeng, cash, channel="现金")
    assert deposit(zeng, cash, channel="pos").channel == "pos"


def test_taking_cash_insures_nobody_paying_it_in_does(county, owing, zeng):
    cash = collect(zeng, owing[0])
    assert dues(county)[0].settled_at is None
    assert held_fen(county) == FULL
    deposit(zeng, cash)
    assert dues(county)[0].settled_at == AT
    assert held_fen(county) == 0
    with scoped(county):
        assert Coverage.objects.get().person_id == owing[0].person_id


@pytest.mark.requirement("HS-42-3")
def test_cash_goes_in_the_same_day_three_days_at_most_and_all_by_the_end_of_the_year(
    county, owing, zeng
):
    cash = collect(zeng, owing[0], at=moment("2020-12-10 10:00"))
    assert cash.deposit_by == date(2020, 12, 13)
    with pytest.raises(DepositLate):
        deposit(zeng, cash, at=moment("2020-12-11 09:00"))
    late = deposit(zeng, cash, at=moment("2020-12-11 09:00"), late_reason="网络故障")
    assert late.late_reason == "网络故障"
    last = collect(zeng, owing[1], at=moment("2020-12-30 10:00"))
    assert last.deposit_by == date(2020, 12, 31)
    with pytest.raises(CashAfterFinalDay):
        collect(zeng, owing[2], at=moment("2021-01-01 10:00"))
    on_the_last_day = queries.overdue_cash(scope=county, on=date(2020, 12, 31))
    after = queries.overdue_cash(scope=county, on=date(2021, 1, 1))
    assert on_the_last_day == []
    assert [(one.collector, one.overdue, one.overdue_fen) for one in after] == [("曾建华", 1, FULL)]


@pytest.mark.requirement("HS-42-4")
def test_who_collects_keys_in_and_is_kept_as_responsible(county, owing, zeng):
    from django.db import IntegrityError, transaction

    cash = collect(zeng, owing[0])
    assert cash.collector_id == cash.keyed_by_id == zeng.operator_id
    other = agent(county, first=100, last=120, name="李梅")
    with pytest.raises(DepositNotYours, match="曾建华"):
        deposit(other, cash)
    with scoped(county), pytest.raises(IntegrityError, match="who_collects_keys_in"):
        with transaction.atomic():
            CashCollection.objects.create(
                region="hengshan",
                area_no=CHAQUAN,
                due=owing[1],
                collector_id=zeng.operator_id,
                keyed_by_id=other.operator_id,
                amount_fen=FULL,
                collected_at=AT,
                deposit_by=date(2020, 12, 21),
                receipt_no="X1",
            )


@pytest.mark.requirement("HS-42-5")
def test_before_keying_the_collector_confirms_four_things_against_the_records(county, owing, zeng):
    for missing in ("identity", "place"):
        with pytest.raises(NotConfirmed):
            collect(zeng, owing[0], confirmed=replace(zeng.confirmed, **{missing: False}))
    for wrong in ("special_payer", "employee"):
        with pytest.raises(RecordSaysOtherwise):
            collect(zeng, owing[0], confirmed=replace(zeng.confirmed, **{wrong: True}))
    relief = operations.NewRelief(owing[1].person_id, CHAQUAN, "marginal", 140_00, 1)
    operations.set_reliefs(scope=county, year=YEAR, reliefs=[relief], source_kind="support", at=AT)
    with pytest.raises(RecordSaysOtherwise, match="特殊缴费人员"):
        collect(zeng, owing[1], amount_fen=140_00)
    special = replace(zeng.confirmed, special_payer=True)
    cash = collect(zeng, owing[1], amount_fen=140_00, confirmed=special)
    assert cash.confirmed == {
        "identity": True,
        "special_payer": True,
        "employee": False,
        "place": True,
    }
    enrolment.record_other_cover(
        scope=county,
        year=YEAR,
        cover=enrolment.NewOtherCover(owing[2].person_id, "employee", "衡阳市", "HY-1"),
        at=AT,
    )
    with scoped(county):
        assert OtherCover.objects.count() == 1
    with pytest.raises(RecordSaysOtherwise, match="职工医保"):
        collect(zeng, owing[2])


def test_the_amount_must_be_what_is_owed(county, owing, zeng):
    with pytest.raises(AmountNotOwed):
        collect(zeng, owing[0], amount_fen=FULL - 1)


def test_cash_is_not_taken_twice_for_a_due(county, owing, zeng):
    collect(zeng, owing[0])
    with pytest.raises(CashAlreadyHeld, match="HS01"):
        collect(zeng, owing[0])


def test_cash_is_not_taken_for_a_paid_due(county, owing, zeng):
    take(county, Line(n=1))
    operations.match_payments(scope=county, year=YEAR, at=AT)
    with pytest.raises(DueSettled):
        collect(zeng, owing[0])


def test_an_agent_of_a_village_sees_no_due_of_another(county, owing):
    elsewhere = agent(county, first=200, last=210, name="周平")
    other = replace(
        elsewhere, scope=replace(elsewhere.scope, area_from=CHAQUAN + 1, area_until=CHAQUAN + 2)
    )
    with pytest.raises(NotThere):
        collect(other, owing[0])


def test_cash_is_paid_in_once(county, owing, zeng):
    cash = collect(zeng, owing[0])
    deposit(zeng, cash)
    with pytest.raises(DepositedBefore):
        deposit(zeng, cash, voucher_no="POS-2")


def test_a_deposit_voucher_is_used_once(county, owing, zeng):
    first, second = collect(zeng, owing[0]), collect(zeng, owing[1])
    deposit(zeng, first)
    with pytest.raises(DepositVoucherUsed):
        deposit(zeng, second)


def test_one_deposit_pays_in_many(county, owing, zeng):
    made = deposit(zeng, *(collect(zeng, due) for due in owing))
    assert made.amount_fen == 3 * FULL
    assert [one.paid_fen for one in dues(county)] == [FULL] * 3


def test_a_payment_file_that_reports_the_deposit_again_adds_no_money(county, owing, zeng):
    deposit(zeng, collect(zeng, owing[0]))
    took = take(county, Line(n=1, channel="POS机", voucher="POS-1"))
    assert (took.rows_taken, took.rows_known, took.faults) == (0, 1, [])


def test_an_online_payment_for_a_due_whose_cash_is_held_waits(county, owing, zeng):
    collect(zeng, owing[0])
    take(county, Line(n=1))
    result = operations.match_payments(scope=county, year=YEAR, at=AT)
    assert result.unmatched == {"cash_held": 1}


def test_cash_paid_in_after_the_window_stays_a_temporary_receipt(county, owing, zeng):
    cash = collect(zeng, owing[0], at=moment("2020-12-31 17:00"))
    deposit(zeng, cash, at=moment("2021-01-02 09:00"), late_reason="元旦银行休息")
    assert dues(county)[0].paid_fen == 0
    with scoped(county):
        assert UnmatchedPayment.objects.get().reason == "not_covered:too_late"
    assert held_fen(county) == 0


def test_receipts_follow_each_other_without_a_gap_and_spoilt_ones_are_kept(county, owing, zeng):
    collect(zeng, owing[0])
    with pytest.raises(AmountNotOwed):
        collect(zeng, owing[1], amount_fen=1)
    operations.spoil_receipt(scope=zeng.scope, because="写错", at=AT)
    collect(zeng, owing[1])
    with scoped(county):
        numbers = list(Receipt.objects.order_by("id").values_list("number", "spoilt_because"))
    assert numbers == [("HS01", ""), ("HS02", "写错"), ("HS03", "")]


def test_a_range_ends(county, owing):
    short = agent(county, first=7, last=7)
    collect(short, owing[0])
    with pytest.raises(NoReceiptsLeft):
        collect(short, owing[1])


@pytest.mark.parametrize(("first", "last"), [(5, 4), (0, 5), (50, 60), (40, 41), (1, 99)])
def test_ranges_neither_run_backwards_nor_cross(county, zeng, first, last):
    with pytest.raises(RangeUnusable):
        operations.give_receipt_range(
            scope=county,
            holder_id=zeng.operator_id,
            prefix="HS",
            first=first,
            last=last,
            at=AT,
        )


def test_a_deposit_is_a_payment_with_its_voucher(county, owing, zeng):
    deposit(zeng, collect(zeng, owing[0]))
    [payment] = payments(county)
    assert (payment.voucher_kind, payment.voucher_no) == ("pos_slip", "POS-1#HS01")
    assert payment.insured_place == "衡山"
