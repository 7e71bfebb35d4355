"""What the global search finds besides people: a kind of code is one function here.

FINDERS lists the kinds. A function takes the scope, the text as typed and the keyset, and returns
hits; it is asked only where the post has the right, and where `fits` says that the text can be
such a code at all. The word that pages print before a code ("批次 12") chooses the kind.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from yibao.apps.claims.codes import settlements_by_number
from yibao.apps.collection.policy import channel_label
from yibao.apps.collection.queries.codes import (
    dues_by_number,
    payments_by_number,
    receipts_by_number,
)
from yibao.apps.enrolment.ledgers import forms as ledger_forms
from yibao.apps.enrolment.queries.codes import imports_by_number
from yibao.apps.registry.finding import FoundCode, as_id
from yibao.apps.registry.numbers import HOUSEHOLD, is_number_of_ours
from yibao.apps.registry.queries.codes import households_by_number
from yibao.apps.registry.queries.search import as_typed
from yibao.console.page import ConsoleRequest, address
from yibao.console.registry.telling_money import receipt_words
from yibao.core.identity import mask_within
from yibao.web.figures import yuan

LONGEST = 60


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing found: its code, whose it is, what it is, and the page that shows it."""

    id: int
    code: str
    who: str
    about: str
    area_no: int
    address: str


@dataclass(frozen=True)
class Asked:
    """What is asked of a finder: who asks, the text, and where the page goes on."""

    request: ConsoleRequest
    text: str
    after_id: int
    limit: int

    @property
    def page(self) -> dict[str, Any]:
        """The keyset, as every query takes it."""
        return {"scope": self.request.scope, "after_id": self.after_id, "limit": self.limit}


@dataclass(frozen=True)
class Finder:
    """A kind of code: its words, the right to know of it, which texts fit, and how it is found."""

    kind: str
    words: Any
    right: str
    prefixes: Sequence[str]
    fits: Callable[[str], bool]
    find: Callable[[Asked], list[Hit]]


def _has_digit(text: str) -> bool:
    return any(one.isdigit() for one in text) and len(text) <= LONGEST


def _is_household(text: str) -> bool:
    return text.startswith(HOUSEHOLD) and is_number_of_ours(text)


def _is_id(text: str) -> bool:
    return as_id(text) is not None


def _households(asked: Asked) -> list[Hit]:
    def hit(one: FoundCode) -> Hit:
        about = _("%(n)s 人") % {"n": one.facts["members"]}
        to = address(asked.request, "registry:household", one.id)
        return Hit(one.id, one.number, one.name_masked, about, one.area_no, to)

    return [hit(one) for one in households_by_number(number=asked.text, **asked.page)]


def _imports(asked: Asked) -> list[Hit]:
    def hit(one: FoundCode) -> Hit:
        words = _("%(year)s 年度 %(form)s，%(rows)s 行")
        form = ledger_forms()[one.facts["kind"]].name
        about = words % {**one.facts, "form": form}
        to = address(asked.request, "enrolment:import", one.id)
        return Hit(one.id, one.number, "", about, one.area_no, to)

    number = as_id(asked.text) or 0
    return [hit(one) for one in imports_by_number(number=number, **asked.page)]


def _dues(asked: Asked) -> list[Hit]:
    def hit(one: FoundCode) -> Hit:
        about = _("%(year)s 年度应缴 %(sum)s 元")
        about %= {"year": one.facts["year"], "sum": yuan(one.facts["owed"])}
        query = {"year": one.facts["year"], "who": one.facts["person_no"]}
        to = address(asked.request, "collection:dues", **query)
        return Hit(one.id, one.number, one.name_masked, about, one.area_no, to)

    number = as_id(asked.text) or 0
    return [hit(one) for one in dues_by_number(number=number, **asked.page)]


def _payments(asked: Asked) -> list[Hit]:
    def hit(one: FoundCode) -> Hit:
        region = asked.request.scope.region
        about = _("%(year)s 年度 %(channel)s %(sum)s 元") % {
            "year": one.facts["year"],
            "channel": channel_label(region, one.facts["channel"]),
            "sum": yuan(one.facts["amount"]),
        }
        to = address(asked.request, "collection:payment", one.id)
        return Hit(one.id, one.number, one.name_masked, about, one.area_no, to)

    return [hit(one) for one in payments_by_number(text=asked.text, **asked.page)]


def _receipts(asked: Asked) -> list[Hit]:
    def hit(one: FoundCode) -> Hit:
        facts = one.facts
        about = _("%(kind)s %(sum)s 元")
        about %= {"kind": receipt_words(facts["kind"]), "sum": yuan(facts["amount"])}
        to = ""
        if facts["is_cash"]:
            to = address(asked.request, "collection:receipt", one.number)
        elif facts["payment"]:
            to = address(asked.request, "collection:payment", facts["payment"])
        elif facts["spoilt"]:
            about = _("作废：%(why)s") % {"why": mask_within(facts["spoilt"])}
        return Hit(one.id, one.number, one.name_masked, about, one.area_no, to)

    return [hit(one) for one in receipts_by_number(text=asked.text, **asked.page)]


def _settlements(asked: Asked) -> list[Hit]:
    def hit(one: FoundCode) -> Hit:
        about = _("%(institution)s，统筹支付 %(sum)s 元")
        about %= {"institution": one.facts["institution"], "sum": yuan(one.facts["fund"])}
        to = address(asked.request, "claims:settlement", one.id)
        return Hit(one.id, one.number, one.name_masked, about, one.area_no, to)

    return [hit(one) for one in settlements_by_number(number=asked.text, **asked.page)]


_COLLECTION = "collection.read"
FINDERS: tuple[Finder, ...] = (
    Finder("household", _l("家庭"), "registry.read", ("户编号",), _is_household, _households),
    Finder("settlement", _l("结算"), "claims.read", ("结算",), _has_digit, _settlements),
    Finder("receipt", _l("票据"), _COLLECTION, ("收据", "票据"), _has_digit, _receipts),
    Finder("payment", _l("缴费"), _COLLECTION, ("缴费", "凭证"), _has_digit, _payments),
    Finder("due", _l("应缴"), _COLLECTION, ("应缴",), _is_id, _dues),
    Finder("import", _l("台账批次"), "enrolment.read", ("台账批次", "批次"), _is_id, _imports),
)


def finders_for(request: ConsoleRequest, text: str) -> list[tuple[Finder, str]]:
    """Return the finders that the text may be a code of, each with the code as typed."""
    open_to = [one for one in FINDERS if request.scope.allows(one.right)]
    typed = as_typed(text)
    for one in open_to:
        word = next((word for word in one.prefixes if typed.startswith(word)), "")
        rest = typed.removeprefix(word)
        if word and one.fits(rest):
            return [(one, rest)]
    return [(one, typed) for one in open_to if one.fits(typed)]


def is_prefixed(text: str) -> bool:
    """Tell whether the text names the kind of its code, so that it is nobody's name or number."""
    typed = as_typed(text)
    words = ((one, word) for one in FINDERS for word in one.prefixes)
    return any(typed.startswith(word) and one.fits(typed[len(word) :]) for one, word in words)
