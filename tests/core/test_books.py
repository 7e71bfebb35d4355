"""The chart, entries that balance or cannot exist, and what each event books."""

from datetime import date

import pytest

from yibao.core.books import recipes
from yibao.core.books.chart import Account, AccountUnknown, Chart, RoleUnfilled
from yibao.core.books.entry import (
    Entry,
    EntryTooShort,
    EntryUnbalanced,
    Leg,
    LegNotOneSided,
    ReversalTooEarly,
    ReversalUnexplained,
    credit,
    debit,
    reversal,
)
from yibao.core.books.recipes import Book, DepositAboveBenefit, MoneyAccounts, MoneyPathForbidden
from yibao.core.money import Fen

DAY = date(2021, 3, 5)
CHART = Chart(
    [
        Account("4001", "缴费收入", "Premium income", "income", "credit", "premium_income"),
        Account("1001", "库存现金", "Cash", "asset", "debit", "cash"),
        Account("1002", "收入户", "Income account", "asset", "debit", "income"),
        Account("1003", "财政专户", "Fiscal account", "asset", "debit", "fiscal"),
        Account("1004", "支出户", "Expenditure account", "asset", "debit", "expenditure"),
        Account("1005", "国库", "Treasury", "asset", "debit", "treasury"),
        Account(
            "2001", "暂收款", "Temporary receipts", "liability", "credit", "temporary_receipts"
        ),
        Account("4101", "财政补贴", "Subsidy", "income", "credit", "fiscal_subsidy_income"),
        Account("4201", "利息", "Interest", "income", "credit", "interest_income"),
        Account("5001", "待遇支出", "Benefit", "expense", "debit", "benefit_expense"),
        Account("9001", "备查", "Memo", "net", "credit"),
    ]
)
BOOK = Book.of(CHART)


def lines(entry: Entry) -> list[tuple[str, int, int]]:
    return [(leg.account, leg.debit_fen, leg.credit_fen) for leg in entry.legs]


def test_accounts_are_found_by_code_and_by_role_and_listed_by_code():
    assert CHART.account("5001").zh == "待遇支出"
    assert CHART.role("treasury").code == "1005"
    assert [account.code for account in CHART][:2] == ["1001", "1002"]
    assert len(CHART) == 11


def test_an_account_or_role_that_the_chart_lacks_is_refused():
    with pytest.raises(AccountUnknown, match="7777"):
        CHART.account("7777")
    with pytest.raises(RoleUnfilled, match="risk_reserve"):
        CHART.role("risk_reserve")


def test_a_code_or_a_role_stands_once():
    one = Account("1", "甲", "A", "asset", "debit", "cash")
    with pytest.raises(AssertionError):
        Chart([one, Account("1", "乙", "B", "asset", "debit")])
    with pytest.raises(AssertionError):
        Chart([one, Account("2", "乙", "B", "asset", "debit", "cash")])


@pytest.mark.parametrize(("left", "right"), [(0, 0), (5, 5), (5, 3), (-5, 0), (0, -5)])
def test_a_leg_has_one_side_above_zero(left, right):
    with pytest.raises(LegNotOneSided, match="1002"):
        Leg("1002", Fen(left), Fen(right))


def test_a_leg_takes_whole_fen_only():
    with pytest.raises(TypeError):
        Leg("1002", 1.5)


def test_an_entry_that_does_not_balance_cannot_exist():
    with pytest.raises(EntryUnbalanced) as caught:
        Entry("manual", DAY, "补记", (debit("1002", Fen(100)), credit("4001", Fen(99))))
    assert "1.00" in str(caught.value) and "0.99" in str(caught.value)


@pytest.mark.parametrize("legs", [(), (debit("1002", Fen(1)),)])
def test_an_entry_has_two_legs_at_least(legs):
    with pytest.raises(EntryTooShort):
        Entry("manual", DAY, "补记", legs)


PREMIUM = recipes.premium_received(BOOK, on=DAY, amount_fen=Fen(28_000), into="treasury")


def test_a_reversal_exchanges_the_sides_and_says_why():
    undone = reversal(PREMIUM, on=DAY, reason="错记 ")
    assert lines(undone) == [("1005", 0, 28_000), ("4001", 28_000, 0)]
    assert undone.kind == "reversal" and undone.memo_zh.endswith("：错记")
    assert "2021-03-05" in undone.memo_zh
    assert lines(reversal(undone, on=DAY, reason="误冲")) == lines(PREMIUM)


def test_a_reversal_needs_a_reason_and_a_day_not_before():
    with pytest.raises(ReversalUnexplained):
        reversal(PREMIUM, on=DAY, reason=" ")
    with pytest.raises(ReversalTooEarly, match="2021-03-04"):
        reversal(PREMIUM, on=date(2021, 3, 4), reason="错记")


AMOUNT = {"on": DAY, "amount_fen": Fen(28_000)}
BY_COUNTY = {"payer_level": "county", "payer_zh": "衡山县财政"}


@pytest.mark.parametrize(
    ("entry", "booked"),
    [
        (PREMIUM, ("1005", "4001")),
        (recipes.unmatched_receipt(BOOK, **AMOUNT, into="income"), ("1002", "2001")),
        (recipes.unmatched_claimed(BOOK, **AMOUNT), ("2001", "4001")),
        (recipes.unmatched_returned(BOOK, **AMOUNT, out_of="income"), ("2001", "1002")),
        (
            recipes.subsidised_premium_received(BOOK, **AMOUNT, into="fiscal", **BY_COUNTY),
            ("1003", "4001"),
        ),
        (
            recipes.fiscal_subsidy_received(BOOK, **AMOUNT, into="fiscal", **BY_COUNTY),
            ("1003", "4101"),
        ),
        (recipes.interest_received(BOOK, **AMOUNT, into="expenditure"), ("1004", "4201")),
        (recipes.income_moved(BOOK, **AMOUNT, source="treasury", into="fiscal"), ("1003", "1005")),
        (recipes.income_moved(BOOK, **AMOUNT, source="income", into="fiscal"), ("1003", "1002")),
        (
            recipes.income_moved(BOOK, **AMOUNT, source="fiscal", into="expenditure"),
            ("1004", "1003"),
        ),
        (recipes.person_paid(BOOK, **AMOUNT), ("5001", "1004")),
    ],
)
def test_each_event_debits_and_credits_its_two_accounts(entry, booked):
    debited, credited = booked
    assert lines(entry) == [(debited, 28_000, 0), (credited, 0, 28_000)]
    assert entry.total_fen == 28_000 and entry.memo_zh


def test_a_memo_may_be_given():
    entry = recipes.premium_received(BOOK, **AMOUNT, into="cash", memo_zh="新桥村汇缴", about="105")
    assert entry.memo_zh == "新桥村汇缴" and {leg.about for leg in entry.legs} == {"105"}


@pytest.mark.parametrize(
    ("source", "into"), [("income", "expenditure"), ("fiscal", "income"), ("fiscal", "fiscal")]
)
def test_income_is_never_spent_past_the_fiscal_account(source, into):
    with pytest.raises(MoneyPathForbidden):
        recipes.income_moved(BOOK, **AMOUNT, source=source, into=into)


def paid(benefit: int, deposit: int) -> Entry:
    return recipes.institution_paid(
        BOOK, on=DAY, benefit_fen=Fen(benefit), deposit_fen=Fen(deposit), institution="H1"
    )


def test_an_institution_is_paid_less_the_deposit_and_the_expense_is_whole():
    assert lines(paid(1_000_000, 100_000)) == [
        ("5001", 1_000_000, 0),
        ("1004", 0, 900_000),
        ("2001", 0, 100_000),
    ]
    assert {leg.about for leg in paid(10, 1).legs} == {"H1"}


def test_no_line_is_written_for_nothing():
    assert lines(paid(500, 0)) == [("5001", 500, 0), ("1004", 0, 500)]
    assert lines(paid(500, 500)) == [("5001", 500, 0), ("2001", 0, 500)]


@pytest.mark.parametrize(("benefit", "deposit"), [(100, 101), (100, -1)])
def test_no_more_is_held_back_than_is_due(benefit, deposit):
    with pytest.raises(DepositAboveBenefit):
        paid(benefit, deposit)


def released(deposit: int, kept: int) -> Entry:
    return recipes.deposit_released(
        BOOK, on=DAY, deposit_fen=Fen(deposit), kept_fen=Fen(kept), institution="H1"
    )


def test_a_released_deposit_is_paid_and_what_is_kept_makes_the_expense_smaller():
    assert lines(released(100_000, 20_000)) == [
        ("2001", 100_000, 0),
        ("1004", 0, 80_000),
        ("5001", 0, 20_000),
    ]
    with pytest.raises(DepositAboveBenefit):
        released(100, 101)


def test_a_book_may_keep_its_money_in_sub_accounts_that_its_chart_has():
    chart = Chart([*CHART, Account("100201", "工行收入户", "ICBC", "asset", "debit")])
    money = MoneyAccounts("1001", "100201", "1004", "1003", "1005")
    entry = recipes.premium_received(Book(chart, money), **AMOUNT, into="income")
    assert lines(entry)[0] == ("100201", 28_000, 0)
    with pytest.raises(AccountUnknown, match="100201"):
        recipes.premium_received(Book(CHART, money), **AMOUNT, into="income")


def test_a_chart_without_a_place_for_money_makes_no_book():
    with pytest.raises(RoleUnfilled, match="cash"):
        Book.of(Chart([]))
