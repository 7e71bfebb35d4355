"""What clerks call the kinds of the books, and where a source is shown."""

from typing import Any

from django.urls import NoReverseMatch
from django.utils.translation import gettext_lazy as _

from yibao.console.page import ConsoleRequest, address

ACCOUNT_KINDS: dict[str, Any] = {
    "asset": _("资产"),
    "liability": _("负债"),
    "net": _("净资产"),
    "income": _("收入"),
    "expense": _("支出"),
}

# The kinds of entries that each kind of book has.
KINDS_OF_BOOK: dict[str, dict[str, Any]] = {
    "main": {
        "premium_received": _("收到个人缴费"),
        "unmatched_receipt": _("收到待查款项"),
        "unmatched_claimed": _("待查款项转收入"),
        "unmatched_returned": _("退回待查款项"),
        "subsidised_premium_received": _("收到资助参保缴费"),
        "fiscal_subsidy_received": _("收到财政补助"),
        "interest_received": _("收到利息"),
        "income_moved": _("账户间划转"),
        "institution_paid": _("拨付定点机构"),
        "deposit_released": _("退还质量保证金"),
        "person_paid": _("支付个人待遇"),
    },
    "dues": {
        "due_raised": _("应缴"),
        "due_cancelled": _("撤销应缴"),
        "due_subsidised": _("资助参保"),
        "subsidy_withdrawn": _("取消资助"),
        "due_paid": _("缴费"),
        "payment_unmatched": _("撤销缴费匹配"),
    },
    "custody": {
        "cash_taken": _("代收现金"),
        "cash_deposited": _("代收现金缴存"),
    },
    "institutions": {
        "benefit_owed": _("垫付待遇"),
        "benefit_reversed": _("冲正垫付待遇"),
    },
}
ENTRY_KINDS = {kind: zh for kinds in KINDS_OF_BOOK.values() for kind, zh in kinds.items()}

SOURCES: dict[str, Any] = {
    "payment": _("缴费记录"),
    "payment_file": _("缴费文件"),
    "cash_collection": _("代收现金"),
    "cash_deposit": _("现金缴存单"),
    "grant_receipt": _("资助到账"),
    "due": _("应缴"),
    "support": _("资助"),
    "settlement": _("结算单"),
}

# The page of a source, where its part has one, and the right to see it.
_PAGES: dict[str, tuple[str, str]] = {
    "payment": ("collection:payment", "collection.read"),
    "payment_file": ("collection:file", "collection.read"),
    "settlement": ("claims:settlement", "claims.read"),
}

PARTY_KINDS: dict[str, Any] = {
    "person": _("参保人"),
    "institution": _("定点机构"),
    "operator": _("代收人"),
}


def entry_kind(kind: str) -> str:
    """Return what a kind of entry is called; an unknown one by its own name."""
    return str(ENTRY_KINDS.get(kind, kind))


def source(kind: str) -> str:
    """Return what a kind of source is called."""
    return str(SOURCES.get(kind, kind))


def source_address(request: ConsoleRequest, kind: str, source_id: int) -> str:
    """Return the page of a source; nothing where there is none, or the post may not see it."""
    name, right = _PAGES.get(kind, ("", ""))
    if not name or not request.scope.allows(right):
        return ""
    try:
        return address(request, name, source_id)
    except NoReverseMatch:
        return ""
