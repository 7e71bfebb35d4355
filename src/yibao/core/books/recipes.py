"""Every business event that moves money, and the one entry it makes.

Cash basis after the social insurance fund accounting rules (财会〔2017〕28号, part 1): an entry is
made when money moves. What is owed stands in sub-ledgers of its own, so a settlement makes no
entry; paying the institution does. Amounts are whole fen and above zero; a zero line is left out.
`docs/algorithms/books.md` works each recipe through with numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from yibao.core.books.chart import Chart
from yibao.core.books.entry import Entry, Leg, credit, debit
from yibao.core.money import Fen
from yibao.core.refusal import Refusal

Place = Literal["cash", "income", "expenditure", "fiscal", "treasury"]
"""Where a fund's money lies: in the till, the three special bank accounts, or the treasury."""

PREMIUM_INCOME = "premium_income"
FISCAL_SUBSIDY_INCOME = "fiscal_subsidy_income"
INTEREST_INCOME = "interest_income"
BENEFIT_EXPENSE = "benefit_expense"
TEMPORARY_RECEIPTS = "temporary_receipts"

PLACES_ZH: dict[Place, str] = {
    "cash": "库存现金",
    "income": "收入户",
    "expenditure": "支出户",
    "fiscal": "财政专户",
    "treasury": "国库",
}

# Two lines, income and expenditure apart: what comes in reaches the fiscal account, and only from
# there can it be spent. What the expenditure account earns goes back the same way.
PATHS: frozenset[tuple[Place, Place]] = frozenset(
    {
        ("cash", "income"),
        ("income", "fiscal"),
        ("treasury", "fiscal"),
        ("fiscal", "expenditure"),
        ("expenditure", "fiscal"),
    }
)


class MoneyPathForbidden(Refusal):
    """Raised by `income_moved` for a way that the two-lines rule does not have."""

    code = "E167"
    message = "资金不能从{source_zh}划到{into_zh}"
    remedy = "收入先进财政专户，再由财政专户拨到支出户"
    message_en = 'Money cannot be moved from "{source}" to "{into}"'
    remedy_en = "Income goes to the fiscal account, and from there to the expenditure account"


class DepositAboveBenefit(Refusal):
    """Raised where more is held back or kept than there is."""

    code = "E168"
    message = "扣留 {deposit} 元，多于应付 {benefit} 元"
    remedy = "请核对质量保证金的计算"
    message_en = "{deposit} is held back of only {benefit}"
    remedy_en = "Check how the deposit was worked out"


@dataclass(frozen=True, slots=True)
class MoneyAccounts:
    """The account codes of the five places, as this book has them (sub-accounts are possible)."""

    cash: str
    income: str
    expenditure: str
    fiscal: str
    treasury: str

    @classmethod
    def of(cls, chart: Chart) -> MoneyAccounts:
        """Return the chart's own five. Raises RoleUnfilled."""
        return cls(**{place: chart.role(place).code for place in PLACES_ZH})

    def at(self, place: Place) -> str:
        """Return the code of the account for this place."""
        return {
            "cash": self.cash,
            "income": self.income,
            "expenditure": self.expenditure,
            "fiscal": self.fiscal,
            "treasury": self.treasury,
        }[place]


@dataclass(frozen=True, slots=True)
class Book:
    """What a recipe needs to know of the book it writes for."""

    chart: Chart
    money: MoneyAccounts

    @classmethod
    def of(cls, chart: Chart) -> Book:
        """Return the book whose five places are the chart's own."""
        return cls(chart, MoneyAccounts.of(chart))

    def role(self, role: str) -> str:
        """Return the code of the account that plays this role. Raises RoleUnfilled."""
        return self.chart.role(role).code

    def place(self, place: Place) -> str:
        """Return the code of the account for this place. Raises AccountUnknown."""
        return self.chart.account(self.money.at(place)).code


def premium_received(
    book: Book, *, on: date, amount_fen: Fen, into: Place, memo_zh: str = "", about: str = ""
) -> Entry:
    """Residents' own contributions came in and are matched to people."""
    return _two_legs(
        "premium_received",
        on,
        memo_zh or f"收到居民个人缴费（{PLACES_ZH[into]}）",
        amount_fen,
        dr=book.place(into),
        cr=book.role(PREMIUM_INCOME),
        about=about,
    )


def unmatched_receipt(
    book: Book, *, on: date, amount_fen: Fen, into: Place, memo_zh: str = "", about: str = ""
) -> Entry:
    """Money came in and nobody knows yet for whom: a temporary receipt, no income."""
    return _two_legs(
        "unmatched_receipt",
        on,
        memo_zh or f"收到待查款项（{PLACES_ZH[into]}）",
        amount_fen,
        dr=book.place(into),
        cr=book.role(TEMPORARY_RECEIPTS),
        about=about,
    )


def unmatched_claimed(
    book: Book, *, on: date, amount_fen: Fen, memo_zh: str = "", about: str = ""
) -> Entry:
    """A temporary receipt was traced to people: it becomes premium income."""
    return _two_legs(
        "unmatched_claimed",
        on,
        memo_zh or "待查款项查明，转个人缴费收入",
        amount_fen,
        dr=book.role(TEMPORARY_RECEIPTS),
        cr=book.role(PREMIUM_INCOME),
        about=about,
    )


def unmatched_returned(
    book: Book, *, on: date, amount_fen: Fen, out_of: Place, memo_zh: str = "", about: str = ""
) -> Entry:
    """A temporary receipt was no contribution and went back to whoever paid it."""
    return _two_legs(
        "unmatched_returned",
        on,
        memo_zh or f"退回待查款项（{PLACES_ZH[out_of]}）",
        amount_fen,
        dr=book.role(TEMPORARY_RECEIPTS),
        cr=book.place(out_of),
        about=about,
    )


def subsidised_premium_received(
    book: Book, *, on: date, amount_fen: Fen, into: Place, payer_level: str, payer_zh: str
) -> Entry:
    """A department paid the individual share of those it supports: premium income like theirs."""
    return _two_legs(
        "subsidised_premium_received",
        on,
        f"收到{payer_zh}资助参保个人缴费",
        amount_fen,
        dr=book.place(into),
        cr=book.role(PREMIUM_INCOME),
        about=payer_level,
    )


def fiscal_subsidy_received(
    book: Book, *, on: date, amount_fen: Fen, into: Place, payer_level: str, payer_zh: str
) -> Entry:
    """A level of finance paid its share for the insured: fiscal subsidy income."""
    return _two_legs(
        "fiscal_subsidy_received",
        on,
        f"收到{payer_zh}财政补助",
        amount_fen,
        dr=book.place(into),
        cr=book.role(FISCAL_SUBSIDY_INCOME),
        about=payer_level,
    )


def interest_received(book: Book, *, on: date, amount_fen: Fen, into: Place) -> Entry:
    """The bank credited interest to one of the fund's accounts."""
    return _two_legs(
        "interest_received",
        on,
        f"收到{PLACES_ZH[into]}利息",
        amount_fen,
        dr=book.place(into),
        cr=book.role(INTEREST_INCOME),
    )


def income_moved(book: Book, *, on: date, amount_fen: Fen, source: Place, into: Place) -> Entry:
    """Money moved between the fund's own accounts. Raises MoneyPathForbidden."""
    if (source, into) not in PATHS:
        raise MoneyPathForbidden(
            source=source, into=into, source_zh=PLACES_ZH[source], into_zh=PLACES_ZH[into]
        )
    return _two_legs(
        "income_moved",
        on,
        f"{PLACES_ZH[source]}划转{PLACES_ZH[into]}",
        amount_fen,
        dr=book.place(into),
        cr=book.place(source),
    )


def institution_paid(
    book: Book, *, on: date, benefit_fen: Fen, deposit_fen: Fen, institution: str, memo_zh: str = ""
) -> Entry:
    """An institution was paid what it advanced, less the deposit that is held back.

    The benefit is an expense in full; the deposit stays in the fund as a temporary receipt.
    Raises DepositAboveBenefit.
    """
    if not 0 <= deposit_fen <= benefit_fen:
        raise DepositAboveBenefit(deposit=deposit_fen.shown(), benefit=benefit_fen.shown())
    legs = (
        debit(book.role(BENEFIT_EXPENSE), benefit_fen, institution),
        *_credit(book.place("expenditure"), benefit_fen - deposit_fen, institution),
        *_credit(book.role(TEMPORARY_RECEIPTS), deposit_fen, institution),
    )
    return Entry("institution_paid", on, memo_zh or "拨付定点医疗机构结算款", legs)


def deposit_released(
    book: Book, *, on: date, deposit_fen: Fen, kept_fen: Fen, institution: str
) -> Entry:
    """The year's assessment released a deposit; what the fund keeps makes its expense smaller.

    Raises DepositAboveBenefit.
    """
    if not 0 <= kept_fen <= deposit_fen:
        raise DepositAboveBenefit(deposit=kept_fen.shown(), benefit=deposit_fen.shown())
    legs = (
        debit(book.role(TEMPORARY_RECEIPTS), deposit_fen, institution),
        *_credit(book.place("expenditure"), deposit_fen - kept_fen, institution),
        *_credit(book.role(BENEFIT_EXPENSE), kept_fen, institution),
    )
    return Entry("deposit_released", on, "质量保证金考核兑付", legs)


def person_paid(
    book: Book, *, on: date, amount_fen: Fen, memo_zh: str = "", about: str = ""
) -> Entry:
    """A person who had paid the whole bill was reimbursed."""
    return _two_legs(
        "person_paid",
        on,
        memo_zh or "支付手工报销待遇",
        amount_fen,
        dr=book.role(BENEFIT_EXPENSE),
        cr=book.place("expenditure"),
        about=about,
    )


def _two_legs(
    kind: str, on: date, memo_zh: str, amount_fen: Fen, *, dr: str, cr: str, about: str = ""
) -> Entry:
    return Entry(kind, on, memo_zh, (debit(dr, amount_fen, about), credit(cr, amount_fen, about)))


def _credit(account: str, amount_fen: Fen, about: str) -> tuple[Leg, ...]:
    return (credit(account, amount_fen, about),) if amount_fen else ()
