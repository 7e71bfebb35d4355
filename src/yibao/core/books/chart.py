"""The chart of accounts: which accounts a fund's book has, and which role each one plays.

Codes are data (`rulebook/national/chart.yaml`, or an office's own chart). Code that posts asks
for a role, such as `premium_income`, and never names a code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from yibao.core.refusal import Refusal

Kind = Literal["asset", "liability", "net", "income", "expense"]
Side = Literal["debit", "credit"]

NORMAL_SIDE: dict[Kind, Side] = {
    "asset": "debit",
    "liability": "credit",
    "net": "credit",
    "income": "credit",
    "expense": "debit",
}


class AccountUnknown(Refusal):
    """Raised by `Chart.account` for a code that the chart does not have."""

    code = "E160"
    message = "会计科目表里没有科目“{account}”"
    remedy = "请从科目表中选择，或先由财务人员增设科目"
    message_en = 'The chart has no account "{account}"'
    remedy_en = "Choose one from the chart, or have the account opened first"


class RoleUnfilled(Refusal):
    """Raised by `Chart.role` for a role that no account of this chart plays."""

    code = "E161"
    message = "会计科目表里没有科目承担“{role}”"
    remedy = "请在科目表中指定一个科目承担它后再记账"
    message_en = 'No account of the chart plays the role "{role}"'
    remedy_en = "Give the role to an account in the chart, then post again"


@dataclass(frozen=True, slots=True)
class Account:
    """One account: `role` is the part it plays in the recipes, empty if none posts to it."""

    code: str
    zh: str
    en: str
    kind: Kind
    normal: Side
    role: str = ""


class Chart:
    """All accounts of a book, in the order of their codes. A code or a role stands once."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        listed = sorted(accounts, key=lambda account: account.code)
        self._by_code = {account.code: account for account in listed}
        self._by_role = {account.role: account for account in listed if account.role}
        assert len(self._by_code) == len(listed), "an account code stands twice"
        named = sum(1 for account in listed if account.role)
        assert len(self._by_role) == named, "a role is played by two accounts"

    def __iter__(self) -> Iterator[Account]:
        return iter(self._by_code.values())

    def __len__(self) -> int:
        return len(self._by_code)

    def account(self, code: str) -> Account:
        """Return the account of this code. Raises AccountUnknown."""
        if code not in self._by_code:
            raise AccountUnknown(account=code)
        return self._by_code[code]

    def role(self, role: str) -> Account:
        """Return the account that plays this role. Raises RoleUnfilled."""
        if role not in self._by_role:
            raise RoleUnfilled(role=role)
        return self._by_role[role]
