"""Entries that balance or cannot exist.

There is no way to hold an `Entry` whose debits and credits differ, so whatever posts one need not
ask again. Nothing is edited: a correction is a reversal and a new entry.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from yibao.core.money import Fen
from yibao.core.refusal import Refusal

REVERSAL = "reversal"


class LegNotOneSided(Refusal):
    """Raised by `Leg` unless exactly one side is above zero and the other is zero."""

    code = "E162"
    message = "科目 {account} 的分录借方 {debit} 元、贷方 {credit} 元，只能有一方大于零"
    remedy = "请把金额只填在借方或贷方，冲销用反方向分录，不用负数"
    message_en = "The line on {account} has debit {debit} and credit {credit}, not one only"
    remedy_en = "Put the amount on one side only; reverse with the other side, not with a minus"


class EntryTooShort(Refusal):
    """Raised by `Entry` with fewer than two legs."""

    code = "E163"
    message = "记账凭证“{memo_zh}”只有 {count} 条分录"
    remedy = "请补齐借方和贷方，至少两条"
    message_en = 'The entry "{memo_zh}" has {count} line(s) only'
    remedy_en = "Add the other side: an entry has two lines at least"


class EntryUnbalanced(Refusal):
    """Raised by `Entry` whose debits and credits differ."""

    code = "E164"
    message = "记账凭证“{memo_zh}”借方合计 {debit} 元、贷方合计 {credit} 元，不相等"
    remedy = "请核对各条分录的金额，借贷相等后再记账"
    message_en = 'The entry "{memo_zh}" has debits of {debit} and credits of {credit}'
    remedy_en = "Check the amounts: both sides must be equal"


class ReversalUnexplained(Refusal):
    """Raised by `reversal` without a reason."""

    code = "E165"
    message = "冲销“{memo_zh}”没有写明原因"
    remedy = "请填写冲销原因"
    message_en = 'The reversal of "{memo_zh}" gives no reason'
    remedy_en = "Enter the reason"


class ReversalTooEarly(Refusal):
    """Raised by `reversal` dated before the entry that it reverses."""

    code = "E166"
    message = "冲销日期 {on} 早于原凭证日期 {entry_on}"
    remedy = "请填写原凭证当日或以后的日期"
    message_en = "The reversal on {on} is earlier than the entry of {entry_on}"
    remedy_en = "Give the day of the entry or a later one"


@dataclass(frozen=True, slots=True)
class Leg:
    """One line of an entry: an account code and an amount of fen on one side.

    `about` names whom or what the line concerns, such as an institution's code. Raises
    LegNotOneSided.
    """

    account: str
    debit_fen: Fen = field(default=Fen(0))
    credit_fen: Fen = field(default=Fen(0))
    about: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "debit_fen", Fen(self.debit_fen))
        object.__setattr__(self, "credit_fen", Fen(self.credit_fen))
        if min(self.debit_fen, self.credit_fen) != 0 or self.debit_fen == self.credit_fen:
            raise LegNotOneSided(
                account=self.account,
                debit=self.debit_fen.shown(),
                credit=self.credit_fen.shown(),
            )

    def mirrored(self) -> Leg:
        """Return the line with its sides exchanged."""
        return Leg(self.account, self.credit_fen, self.debit_fen, self.about)


def debit(account: str, amount_fen: Fen, about: str = "") -> Leg:
    """Return the line that debits the account."""
    return Leg(account, debit_fen=amount_fen, about=about)


def credit(account: str, amount_fen: Fen, about: str = "") -> Leg:
    """Return the line that credits the account."""
    return Leg(account, credit_fen=amount_fen, about=about)


@dataclass(frozen=True, slots=True)
class Entry:
    """One event in the book: what kind, on which day, in words, and lines that balance.

    Raises EntryTooShort or EntryUnbalanced.
    """

    kind: str
    on: date
    memo_zh: str
    legs: tuple[Leg, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "legs", tuple(self.legs))
        if len(self.legs) <= 1:
            raise EntryTooShort(memo_zh=self.memo_zh, count=len(self.legs))
        debits = Fen.total(leg.debit_fen for leg in self.legs)
        credits_ = Fen.total(leg.credit_fen for leg in self.legs)
        if debits != credits_:
            raise EntryUnbalanced(
                memo_zh=self.memo_zh, debit=debits.shown(), credit=credits_.shown()
            )

    @property
    def total_fen(self) -> Fen:
        """What stands on each side."""
        return Fen.total(leg.debit_fen for leg in self.legs)


def reversal(entry: Entry, *, on: date, reason: str) -> Entry:
    """Return the entry that undoes another: every line with its sides exchanged.

    Raises ReversalUnexplained or ReversalTooEarly.
    """
    if not reason.strip():
        raise ReversalUnexplained(memo_zh=entry.memo_zh)
    if on < entry.on:
        raise ReversalTooEarly(on=on, entry_on=entry.on)
    memo_zh = f"冲销 {entry.on}“{entry.memo_zh}”：{reason.strip()}"
    return Entry(REVERSAL, on, memo_zh, tuple(leg.mirrored() for leg in entry.legs))
