"""Each event's whole entry: its kind, day, words and lines, and whom the lines are about."""

from datetime import date

import pytest

from yibao.core.books import recipes, subledgers
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
from yibao.core.books.recipes import Book, DepositAboveBenefit, MoneyPathForbidden
from yibao.core.money import Fen
from yibao.rulebook.national import chart
from yibao.rulebook.subledgers import subledger_chart

DAY = date(2021, 3, 5)
CHART = chart()
BOOK = Book.of(CHART)
OF = {"on": DAY, "amount_fen": Fen(123_450)}
COUNTY = {"payer_level": "county", "payer_zh": "县"}
CLINIC = {"on": DAY, "institution": "H1"}


@pytest.mark.parametrize(
    ("recipe", "more", "memo_zh", "dr", "cr"),
    [
        (
            recipes.premium_received,
            {"into": "income"},
            "收到居民个人缴费（收入户）",
            "income",
            "premium_income",
        ),
        (
            recipes.unmatched_receipt,
            {"into": "cash"},
            "收到待查款项（库存现金）",
            "cash",
            "temporary_receipts",
        ),
        (
            recipes.unmatched_claimed,
            {},
            "待查款项查明，转个人缴费收入",
            "temporary_receipts",
            "premium_income",
        ),
        (
            recipes.unmatched_returned,
            {"out_of": "expenditure"},
            "退回待查款项（支出户）",
            "temporary_receipts",
            "expenditure",
        ),
        (
            recipes.subsidised_premium_received,
            {"into": "fiscal", **COUNTY},
            "收到县资助参保个人缴费",
            "fiscal",
            "premium_income",
        ),
        (
            recipes.fiscal_subsidy_received,
            {"into": "fiscal", **COUNTY},
            "收到县财政补助",
            "fiscal",
            "fiscal_subsidy_income",
        ),
        (
            recipes.interest_received,
            {"into": "treasury"},
            "收到国库利息",
            "treasury",
            "interest_income",
        ),
        (
            recipes.income_moved,
            {"source": "cash", "into": "income"},
            "库存现金划转收入户",
            "income",
            "cash",
        ),
        (
            recipes.income_moved,
            {"source": "expenditure", "into": "fiscal"},
            "支出户划转财政专户",
            "fiscal",
            "expenditure",
        ),
        (recipes.person_paid, {}, "支付手工报销待遇", "benefit_expense", "expenditure"),
    ],
)
def test_an_event_is_booked_with_its_kind_day_words_and_two_lines(recipe, more, memo_zh, dr, cr):
    entry = recipe(BOOK, **OF, **more)
    legs = (
        Leg(CHART.role(dr).code, Fen(123_450), Fen(0), more.get("payer_level", "")),
        Leg(CHART.role(cr).code, Fen(0), Fen(123_450), more.get("payer_level", "")),
    )
    assert entry == Entry(recipe.__name__, DAY, memo_zh, legs)
    assert entry.total_fen == Fen(123_450)


@pytest.mark.parametrize(
    ("recipe", "more"),
    [
        (recipes.premium_received, {"into": "cash"}),
        (recipes.unmatched_receipt, {"into": "cash"}),
        (recipes.unmatched_claimed, {}),
        (recipes.unmatched_returned, {"out_of": "cash"}),
        (recipes.person_paid, {}),
    ],
)
def test_whoever_books_may_say_it_in_their_own_words_and_whom_it_is_about(recipe, more):
    usual = recipe(BOOK, **OF, **more)
    told = recipe(BOOK, **OF, **more, memo_zh="新桥村汇缴", about="105")
    assert (told.memo_zh, {leg.about for leg in told.legs}) == ("新桥村汇缴", {"105"})
    assert (told.kind, told.on) == (usual.kind, usual.on)
    assert {leg.about for leg in usual.legs} == {""}


def test_paying_an_institution_is_booked_in_three_lines_about_it():
    entry = recipes.institution_paid(BOOK, benefit_fen=Fen(1000), deposit_fen=Fen(100), **CLINIC)
    legs = (
        Leg(CHART.role("benefit_expense").code, Fen(1000), Fen(0), "H1"),
        Leg(CHART.role("expenditure").code, Fen(0), Fen(900), "H1"),
        Leg(CHART.role("temporary_receipts").code, Fen(0), Fen(100), "H1"),
    )
    assert entry == Entry("institution_paid", DAY, "拨付定点医疗机构结算款", legs)
    told = recipes.institution_paid(
        BOOK, benefit_fen=Fen(1000), deposit_fen=Fen(100), memo_zh="三月结算", **CLINIC
    )
    assert told == Entry("institution_paid", DAY, "三月结算", legs)


def test_releasing_a_deposit_is_booked_in_three_lines_about_the_institution():
    entry = recipes.deposit_released(BOOK, deposit_fen=Fen(100), kept_fen=Fen(30), **CLINIC)
    legs = (
        Leg(CHART.role("temporary_receipts").code, Fen(100), Fen(0), "H1"),
        Leg(CHART.role("expenditure").code, Fen(0), Fen(70), "H1"),
        Leg(CHART.role("benefit_expense").code, Fen(0), Fen(30), "H1"),
    )
    assert entry == Entry("deposit_released", DAY, "质量保证金考核兑付", legs)


@pytest.mark.parametrize(("kept", "credited"), [(0, ["expenditure"]), (100, ["benefit_expense"])])
def test_a_deposit_may_be_paid_whole_or_kept_whole(kept, credited):
    entry = recipes.deposit_released(BOOK, deposit_fen=Fen(100), kept_fen=Fen(kept), **CLINIC)
    assert [leg.account for leg in entry.legs[1:]] == [CHART.role(role).code for role in credited]


DUES, CUSTODY, INSTITUTIONS = map(subledger_chart, ("dues", "custody", "institutions"))


@pytest.mark.parametrize(
    ("recipe", "ledger", "party", "memo_zh", "dr", "cr"),
    [
        (subledgers.due_raised, DUES, "person", "应缴", "open_dues", "dues_raised"),
        (subledgers.due_cancelled, DUES, "person", "撤销应缴", "dues_raised", "open_dues"),
        (subledgers.due_subsidised, DUES, "person", "资助参保", "subsidised_dues", "open_dues"),
        (subledgers.subsidy_withdrawn, DUES, "person", "取消资助", "open_dues", "subsidised_dues"),
        (subledgers.due_paid, DUES, "person", "缴费", "paid_dues", "open_dues"),
        (subledgers.payment_unmatched, DUES, "person", "撤销缴费匹配", "open_dues", "paid_dues"),
        (subledgers.cash_taken, CUSTODY, "operator", "代收现金", "cash_held", "cash_awaited"),
        (
            subledgers.benefit_owed,
            INSTITUTIONS,
            "institution",
            "垫付待遇",
            "benefit_uncleared",
            "owed_to_institution",
        ),
    ],
)
def test_what_is_owed_and_held_moves_between_two_accounts_about_one_party(
    recipe, ledger, party, memo_zh, dr, cr
):
    who = f"{party}:17"
    legs = (debit(ledger.role(dr).code, Fen(5), who), credit(ledger.role(cr).code, Fen(5), who))
    entry = recipe(ledger, on=DAY, amount_fen=Fen(5), **{f"{party}_id": 17})
    assert entry == Entry(recipe.__name__, DAY, memo_zh, legs)


def test_what_is_paid_in_and_what_is_reversed_stand_on_the_other_sides():
    paid_in = subledgers.cash_deposited(CUSTODY, on=DAY, amount_fen=Fen(5), operator_id=3)
    assert paid_in == Entry(
        "cash_deposited",
        DAY,
        "代收现金缴存",
        (
            credit(CUSTODY.role("cash_held").code, Fen(5), "operator:3"),
            debit(CUSTODY.role("cash_awaited").code, Fen(5), "operator:3"),
        ),
    )
    undone = subledgers.benefit_reversed(INSTITUTIONS, on=DAY, amount_fen=Fen(5), institution_id=4)
    assert undone == Entry(
        "benefit_reversed",
        DAY,
        "冲正垫付待遇",
        (
            credit(INSTITUTIONS.role("benefit_uncleared").code, Fen(5), "institution:4"),
            debit(INSTITUTIONS.role("owed_to_institution").code, Fen(5), "institution:4"),
        ),
    )


def test_a_line_that_names_more_than_one_number_names_no_party():
    assert subledgers.party_of("person:17") == ("person", 17)
    assert subledgers.party_of("person:17:18") is None


TWO = (debit("1", Fen(150_000)), credit("2", Fen(150_000)))
SHORT = Entry("manual", DAY, "补记", TWO)


def test_a_line_about_nobody_says_nothing_of_anybody():
    assert list(TWO) == [Leg("1", Fen(150_000), Fen(0), ""), Leg("2", Fen(0), Fen(150_000), "")]


@pytest.mark.parametrize(
    ("asked", "refusal", "zh", "en"),
    [
        (
            lambda: Leg("1002", Fen(-500), Fen(123_450)),
            LegNotOneSided,
            "科目 1002 的分录借方 −5.00 元、贷方 1,234.50 元，只能有一方大于零。"
            "请把金额只填在借方或贷方，冲销用反方向分录，不用负数",
            "The line on 1002 has debit −5.00 and credit 1,234.50, not one only. "
            "Put the amount on one side only; reverse with the other side, not with a minus",
        ),
        (
            lambda: Entry("manual", DAY, "补记", (debit("1", Fen(1)),)),
            EntryTooShort,
            "记账凭证“补记”只有 1 条分录。请补齐借方和贷方，至少两条",
            'The entry "补记" has 1 line(s) only. '
            "Add the other side: an entry has two lines at least",
        ),
        (
            lambda: Entry("manual", DAY, "补记", (debit("1", Fen(200)), credit("2", Fen(123_450)))),
            EntryUnbalanced,
            "记账凭证“补记”借方合计 2.00 元、贷方合计 1,234.50 元，不相等。"
            "请核对各条分录的金额，借贷相等后再记账",
            'The entry "补记" has debits of 2.00 and credits of 1,234.50. '
            "Check the amounts: both sides must be equal",
        ),
        (
            lambda: reversal(SHORT, on=DAY, reason="  "),
            ReversalUnexplained,
            "冲销“补记”没有写明原因。请填写冲销原因",
            'The reversal of "补记" gives no reason. Enter the reason',
        ),
        (
            lambda: reversal(SHORT, on=date(2021, 3, 4), reason="错记"),
            ReversalTooEarly,
            "冲销日期 2021-03-04 早于原凭证日期 2021-03-05。请填写原凭证当日或以后的日期",
            "The reversal on 2021-03-04 is earlier than the entry of 2021-03-05. "
            "Give the day of the entry or a later one",
        ),
        (
            lambda: recipes.income_moved(BOOK, **OF, source="income", into="expenditure"),
            MoneyPathForbidden,
            "资金不能从收入户划到支出户。收入先进财政专户，再由财政专户拨到支出户",
            'Money cannot be moved from "income" to "expenditure". '
            "Income goes to the fiscal account, and from there to the expenditure account",
        ),
        (
            lambda: recipes.institution_paid(
                BOOK, benefit_fen=Fen(200_000), deposit_fen=Fen(200_001), **CLINIC
            ),
            DepositAboveBenefit,
            "扣留 2,000.01 元，多于应付 2,000.00 元。请核对质量保证金的计算",
            "2,000.01 is held back of only 2,000.00. Check how the deposit was worked out",
        ),
        (
            lambda: recipes.deposit_released(
                BOOK, deposit_fen=Fen(200_000), kept_fen=Fen(-1), **CLINIC
            ),
            DepositAboveBenefit,
            "扣留 −0.01 元，多于应付 2,000.00 元。请核对质量保证金的计算",
            "−0.01 is held back of only 2,000.00. Check how the deposit was worked out",
        ),
        (
            lambda: CHART.account("7777"),
            AccountUnknown,
            "会计科目表里没有科目“7777”。请从科目表中选择，或先由财务人员增设科目",
            'The chart has no account "7777". '
            "Choose one from the chart, or have the account opened first",
        ),
        (
            lambda: CHART.role("lottery"),
            RoleUnfilled,
            "会计科目表里没有科目承担“lottery”。请在科目表中指定一个科目承担它后再记账",
            'No account of the chart plays the role "lottery". '
            "Give the role to an account in the chart, then post again",
        ),
    ],
)
def test_a_refusal_says_what_is_wrong_and_what_to_do_in_both_languages(asked, refusal, zh, en):
    with pytest.raises(refusal) as caught:
        asked()
    assert (caught.value.sentence("zh"), caught.value.sentence("en")) == (zh, en)


def test_a_reversal_names_the_day_the_words_and_the_reason_and_mirrors_each_line():
    undone = reversal(SHORT, on=date(2021, 4, 1), reason=" 错记 ")
    legs = (credit("1", Fen(150_000)), debit("2", Fen(150_000)))
    assert undone == Entry("reversal", date(2021, 4, 1), "冲销 2021-03-05“补记”：错记", legs)


def test_an_account_code_or_a_role_that_stands_twice_is_named_as_our_mistake():
    one = Account("1", "甲", "A", "asset", "debit", "cash")
    with pytest.raises(AssertionError, match=r"^an account code stands twice"):
        Chart([one, Account("1", "乙", "B", "asset", "debit")])
    with pytest.raises(AssertionError, match=r"^a role is played by two accounts"):
        Chart([one, Account("2", "乙", "B", "asset", "debit", "cash")])
