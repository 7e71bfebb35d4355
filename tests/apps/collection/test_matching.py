"""Payments find their dues: whole or not at all, once, in whatever order files come."""

import itertools

import pytest

from tests.apps.books import moment
from tests.apps.collection.town import AT, FULL, YEAR, Line, dues, payments, settle_in, take
from tests.apps.registry.people import CHAQUAN, number
from yibao.apps.access.scope import NotThere, scoped
from yibao.apps.collection import matching, operations, queries
from yibao.apps.collection.models import PaymentMatch, UnmatchedPayment
from yibao.apps.collection.operations.matching import (
    AmountNotOwed,
    CoverRefused,
    PaymentNotOpen,
    PlaceNotOurs,
    ReasonMissing,
)
from yibao.apps.enrolment import operations as enrolment
from yibao.apps.enrolment.models import Coverage
from yibao.apps.fund import queries as books


@pytest.fixture
def owing(county, three):
    """Three people who owe 280.00 each."""
    operations.raise_dues(scope=county, year=YEAR, at=AT)
    return three


def match(county):
    return operations.match_payments(scope=county, year=YEAR, at=AT)


def waiting(county):
    with scoped(county):
        found = UnmatchedPayment.objects.filter(closed_at=None).order_by("id")
        return [one.reason for one in found]


def account(county, kind, role_code):
    from datetime import date

    book = books.book(county.region, kind)
    rows = books.trial_balance(
        scope=county, book_id=book.id, from_=date(2020, 1, 1), until=date(2022, 1, 1)
    )
    return {row.account: row.closing_debit_fen - row.closing_credit_fen for row in rows}.get(
        role_code, 0
    )


@pytest.mark.requirement("HS-43-1")
@pytest.mark.parametrize("channel", ["手机APP", "微信小程序", "POS机", "银行柜台"])
def test_a_renewing_person_pays_by_any_channel_and_is_insured(county, owing, channel):
    take(county, Line(n=1, channel=channel))
    result = match(county)
    assert (result.matched, result.amount_fen, result.unmatched) == (1, FULL, {})
    due = dues(county)[0]
    assert (due.paid_fen, due.settled_at) == (FULL, moment("2020-11-05 10:30"))
    with scoped(county):
        cover = Coverage.objects.get()
        assert (cover.person_id, cover.reason) == (owing[0], "in_window")


def test_matched_money_is_income_and_unmatched_money_a_temporary_receipt(county, owing):
    take(county, Line(n=1), Line(n=2), Line(number=number(77)))
    match(county)
    from yibao.apps.fund.charts import chart_of

    chart = chart_of("main")
    assert account(county, "main", chart.role("premium_income").code) == -2 * FULL
    assert account(county, "main", chart.role("temporary_receipts").code) == -FULL
    assert account(county, "dues", "D103") == 2 * FULL


REASONS = [
    (Line(n=1, place="耒阳"), "wrong_place"),
    (Line(number=number(77)), "unknown_number"),
    (Line(n=1, name="王建花"), "name_differs"),
    (Line(n=1, amount="560"), "amount_differs"),
    (Line(n=1, amount="140"), "amount_differs"),
    (Line(n=1, paid_at="2021-02-01 09:00:00"), "not_covered:too_late"),
    (Line(n=1, paid_at="2020-09-19 09:00:00"), "not_covered:too_early"),
]


@pytest.mark.parametrize(("line", "reason"), REASONS, ids=[case[1] for case in REASONS])
def test_money_that_pays_no_due_waits_under_its_reason(county, owing, line, reason):
    take(county, line)
    assert match(county).matched == 0
    assert waiting(county) == [reason]
    assert matching.label(reason, county.region) and matching.remedy(reason)
    assert dues(county)[0].paid_fen == 0


@pytest.mark.requirement("HS-02-1")
def test_only_the_share_or_what_support_leaves_of_it_is_accepted(county, owing):
    relief = operations.NewRelief(owing[1], CHAQUAN, "marginal", 140_00, 1)
    operations.set_reliefs(scope=county, year=YEAR, reliefs=[relief], source_kind="support", at=AT)
    take(
        county,
        Line(n=1, amount="279.99"),
        Line(n=2, amount="280", voucher="A"),
        Line(n=2, amount="140", voucher="B"),
        Line(n=3, amount="280"),
    )
    result = match(county)
    assert (result.matched, result.amount_fen) == (2, 140_00 + FULL)
    assert sorted(waiting(county)) == ["amount_differs", "amount_differs"]


@pytest.mark.requirement("HS-02-2")
@pytest.mark.parametrize(
    ("paid_at", "taken"),
    [
        ("2020-09-19 23:59:59", False),
        ("2020-09-20 00:00:00", True),
        ("2020-12-31 23:59:59", True),
        ("2021-01-01 00:00:00", False),
    ],
)
def test_payment_is_possible_in_the_window_only(county, owing, paid_at, taken):
    take(county, Line(n=1, paid_at=paid_at))
    assert match(county).matched == int(taken)


def test_who_is_in_the_employee_scheme_is_not_enrolled_again(county, owing):
    enrolment.record_other_cover(
        scope=county,
        year=YEAR,
        cover=enrolment.NewOtherCover(owing[0], "employee", "衡阳市", "HY-1"),
        at=AT,
    )
    take(county, Line(n=1))
    match(county)
    assert waiting(county) == ["employee_insured"]


def test_a_second_payment_for_the_same_due_waits(county, owing):
    take(county, Line(n=1, voucher="A"), Line(n=1, voucher="B"))
    assert match(county).matched == 1
    assert waiting(county) == ["already_paid"]


def test_matching_again_changes_nothing(county, owing):
    take(county, Line(n=1), Line(number=number(77)))
    match(county)
    again = match(county)
    assert (again.matched, again.unmatched) == (0, {"unknown_number": 1})
    with scoped(county):
        assert PaymentMatch.objects.count() == 1


def test_the_answer_does_not_depend_on_the_order_of_files(county, owing):
    lines = [
        Line(n=1, voucher="A", paid_at="2020-11-05 10:00:00"),
        Line(n=1, voucher="B", paid_at="2020-11-04 10:00:00"),
        Line(n=1, voucher="C", paid_at="2020-11-04 10:00:00"),
    ]
    winners = set()
    for order in itertools.permutations(lines):
        found = [_candidate(at, line) for at, line in enumerate(order)]
        [pair] = matching.decide(found).pairs
        winners.add(order[pair.payment_id].voucher)
    assert winners == {"B"}


def _candidate(at, line):
    return matching.Candidate(
        payment_id=at,
        file_id=at,
        area_no=CHAQUAN,
        name="王建华",
        amount_fen=FULL,
        paid_at=moment(line.paid_at),
        voucher=("mini_program", line.voucher),
        place_is_ours=True,
        was_unmatched=False,
        person_id=1,
        person_name="王建华",
        person_area_no=CHAQUAN,
        due_id=1,
        open_fen=FULL,
    )


def test_money_of_a_person_registered_later_is_matched_then(county):
    take(county, Line(n=1))
    match(county)
    assert waiting(county) == ["unknown_number"]
    settle_in(county, 1)
    operations.raise_dues(scope=county, year=YEAR, at=AT)
    assert match(county).matched == 1
    assert waiting(county) == []
    from yibao.apps.fund.charts import chart_of

    assert account(county, "main", chart_of("main").role("temporary_receipts").code) == 0
    assert account(county, "main", chart_of("main").role("premium_income").code) == -FULL


def test_the_number_of_statements_does_not_grow_with_the_payments(
    county, owing, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    settle_in(county, 30, first=10)
    operations.raise_dues(scope=county, year=YEAR, at=AT)
    take(county, Line(n=1), Line(number=number(77)))
    with CaptureQueriesContext(connection) as one:
        match(county)
    with CaptureQueriesContext(connection) as file_of_two:
        take(county, Line(n=2), Line(number=number(78)))
    match(county)
    strangers = [Line(number=number(100 + n), voucher=f"S{n}") for n in range(9)]
    with django_assert_max_num_queries(len(file_of_two)):
        take(county, *(Line(n=n) for n in range(10, 40)), *strangers)
    with django_assert_max_num_queries(len(one)):
        match(county)


def claim(county, **changes):
    given = {
        "payment_id": payments(county)[-1].id,
        "due_id": dues(county)[0].id,
        "reason": "与缴费人核对，号码错一位",
    }
    operations.claim_unmatched(scope=county, at=AT, **(given | changes))


def test_a_clerk_claims_a_payment_with_a_wrong_number_for_its_due(county, owing):
    take(county, Line(number=number(77)))
    match(county)
    claim(county)
    assert dues(county)[0].paid_fen == FULL
    assert waiting(county) == []
    with scoped(county):
        assert PaymentMatch.objects.get().reason == "与缴费人核对，号码错一位"
        assert Coverage.objects.count() == 1
    from yibao.apps.fund.charts import chart_of

    assert account(county, "main", chart_of("main").role("premium_income").code) == -FULL


@pytest.mark.parametrize(
    ("line", "changes", "refusal"),
    [
        (Line(number=number(77)), {"reason": " "}, ReasonMissing),
        (Line(number=number(77), amount="140"), {}, AmountNotOwed),
        (Line(n=1, place="耒阳"), {}, PlaceNotOurs),
        (Line(n=1, paid_at="2021-02-01 09:00:00"), {}, CoverRefused),
        (Line(number=number(77)), {"due_id": 999_999}, NotThere),
        (Line(number=number(77)), {"payment_id": 999_999}, NotThere),
    ],
)
def test_a_claim_that_cannot_be_is_refused_and_books_nothing(county, owing, line, changes, refusal):
    take(county, line)
    match(county)
    with pytest.raises(refusal):
        claim(county, **changes)
    assert dues(county)[0].paid_fen == 0


def test_a_payment_is_claimed_once(county, owing):
    take(county, Line(number=number(77)))
    match(county)
    claim(county)
    with pytest.raises(PaymentNotOpen):
        claim(county, due_id=dues(county)[1].id)


def test_reasons_are_counted_with_their_money(county, owing):
    take(
        county, Line(number=number(77)), Line(number=number(78), voucher="B"), Line(n=1, place="x")
    )
    match(county)
    counted = queries.unmatched_reasons(scope=county, year=YEAR)
    assert [(one.reason, one.count, one.amount_fen) for one in counted] == [
        ("unknown_number", 2, 2 * FULL),
        ("wrong_place", 1, FULL),
    ]
    assert queries.unmatched_count(county, YEAR) == 3


def test_payments_that_nobody_looked_at_are_counted_as_they_are_listed(county, three):
    def listed():
        found = queries.payments(
            scope=county,
            year=YEAR,
            narrowed=queries.PaymentFilter(state="new"),
            offset=0,
            limit=0,
        )
        return found.total, found.amount_fen

    operations.raise_dues(scope=county, year=YEAR, at=AT)
    take(county, Line(1), Line(9, amount="120.00"))
    assert queries.new_payments(scope=county, year=YEAR) == listed() == (2, FULL + 120_00)
    operations.match_payments(scope=county, year=YEAR, at=AT)
    take(county, Line(2))
    assert queries.new_payments(scope=county, year=YEAR) == listed() == (1, FULL)
    assert queries.new_payments(scope=county, year=YEAR - 1) == (0, 0)
