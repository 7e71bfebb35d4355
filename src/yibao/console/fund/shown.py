"""How entries and balances stand in a table of the books."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from yibao.apps.access.scope import Scope
from yibao.apps.desk.tables import Row
from yibao.apps.fund.journals import DayBookRow, both_sides
from yibao.apps.fund.queries import BalanceRow, EntryRow, LegRow
from yibao.console.fund import words
from yibao.core.books.chart import Account
from yibao.core.identity import mask_within

SIDES = (
    "opening_debit_fen",
    "opening_credit_fen",
    "debit_fen",
    "credit_fen",
    "closing_debit_fen",
    "closing_credit_fen",
)


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry as a line of the day book."""

    entry: EntryRow
    voucher: str
    kind: str
    debited: str
    credited: str
    running_fen: int


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """An account with its six amounts; None where nothing is."""

    account: str
    name: str
    amounts: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class BalanceGroup:
    """The accounts of one kind."""

    label: Any
    lines: tuple[BalanceLine, ...]


def memo(row: Row, scope: Scope) -> str:
    """Return an entry's memo, which may repeat the reason that somebody typed."""
    return mask_within(row.memo)


def entry_line(row: DayBookRow) -> EntryLine:
    """Return a line of the day book."""
    debited, credited = both_sides(row.entry.legs)
    return EntryLine(
        row.entry,
        voucher(row.entry.voucher_no, row.entry.entry_id),
        words.entry_kind(row.entry.kind),
        _accounts(debited),
        _accounts(credited),
        row.running_fen,
    )


def voucher(number: int | None, entry_id: int) -> str:
    """Return 记 0241; an entry of a sub-ledger, which has no number of the month, by its own."""
    if number is None:
        return _("明细 %(number)s") % {"number": entry_id}
    return _("记 %(number)s") % {"number": f"{number:04d}"}


def groups_of(rows: Sequence[BalanceRow], *, only_moved: bool) -> list[BalanceGroup]:
    """Return the accounts by kind, in the order of the chart."""
    kept = [row for row in rows if not only_moved or row.debit_fen or row.credit_fen]
    found = []
    for kind, accounts in groupby(kept, key=lambda row: row.kind):
        lines = tuple(
            BalanceLine(row.account, row.name, tuple(getattr(row, side) or None for side in SIDES))
            for row in accounts
        )
        found.append(BalanceGroup(words.ACCOUNT_KINDS.get(kind, kind), lines))
    return found


def totals_of(rows: Iterable[BalanceRow]) -> list[int]:
    """Return the sums of the six columns, of all accounts whether shown or not."""
    listed = list(rows)
    return [sum(getattr(row, side) for row in listed) for side in SIDES]


def on_its_side(account: Account, balance_fen: int) -> int:
    """Return a balance (debit minus credit) as its account stands: a liability's credit is plus."""
    return balance_fen if account.normal == "debit" else -balance_fen


def several(accounts: Iterable[str]) -> str:
    """Return one account's name, or that of the first of several with their number."""
    names = list(dict.fromkeys(accounts))
    if len(names) > 1:
        return _("%(name)s 等 %(count)s 个科目") % {"name": names[0], "count": len(names)}
    return names[0] if names else ""


def _accounts(legs: Sequence[LegRow]) -> str:
    return several(leg.name for leg in legs)
