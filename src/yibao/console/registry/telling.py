"""How an event of a person is told: words, an amount, and the documents that it rests on.

A document that the post may not open is words without an address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from yibao.apps.access.spoken import region_words
from yibao.apps.registry.timeline import Happened
from yibao.console.page import ConsoleRequest, address
from yibao.console.routes import route_of
from yibao.core.identity import mask_within
from yibao.web.figures import yuan

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Document:
    """What an event rests on: its words, and its address where the post may open it."""

    words: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """An event in words. `fen` under `label` stands at the right."""

    title: str
    about: str = ""
    label: str = ""
    fen: int | None = None
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True)
class Teller:
    """Says events in words for a post. `numbers` are the people's own numbers by their ids."""

    request: ConsoleRequest
    numbers: Mapping[int, str]

    def document(self, words: str, to: str, *arguments: Any, **query: Any) -> Document:
        """Return a document; without an address where it has no number or the right lacks."""
        route = route_of(to)
        is_open = route is not None and self.request.scope.allows(route.right)
        if not is_open or None in arguments:
            return Document(words)
        return Document(words, address(self.request, to, *arguments, **query))

    def changes(self, person_id: int) -> tuple[Document, ...]:
        """Return the audit log of the person, for who may read it."""
        if not self.request.scope.allows("audit.read"):
            return ()
        query = {"kind": "person", "number": person_id}
        return (self.document(_("操作日志"), "access:audit", **query),)

    def ledger(self, facts: Facts) -> tuple[Document, ...]:
        """Return the ledger's line that it came from, for who may know of ledgers."""
        if facts.get("import") is None or not self.request.scope.allows("enrolment.read"):
            return ()
        words = _("台账批次 %(ledger)s 第 %(row)s 行")
        words %= {"ledger": facts["import"], "row": facts["row"]}
        return (self.document(words, "enrolment:import", facts["import"]),)

    def roster(self, facts: Facts) -> tuple[Document, ...]:
        """Return the roster's line: the line itself for who answers for it, else its roster."""
        if facts.get("roster") is None or not self.request.scope.allows("subsidy.read"):
            return ()
        words = _("名单 %(roster)s 第 %(row)s 行")
        words %= {"roster": facts["roster"], "row": facts["row_no"]}
        line = self.document(words, "subsidy:row", facts["row"])
        return (line if line.address else self.document(words, "subsidy:roster", facts["roster"]),)

    def listed(self, to: str, words: str, one: Happened) -> Document:
        """Return a list of the year, narrowed to the person by the person's own number."""
        who = self.numbers.get(one.person_id, "")
        return self.document(words, to, year=one.facts["year"], who=who)

    def label(self, listed: str, code: str) -> str:
        """Return the region's words for a code; the code itself where no rulebook has words."""
        return region_words(self.request.scope.region, listed, code)


def typed(words: str | None) -> str:
    """Return what somebody typed as a reason; a number in it is masked, however old the row is."""
    return mask_within(words or "")


def paid_words(subsidised_fen: int, paid_fen: int) -> str:
    """What was paid and borne of a year's due; "" for nothing."""
    if subsidised_fen and paid_fen:
        words = _("资助 %(aid)s，缴费 %(paid)s")
        return words % {"aid": yuan(subsidised_fen), "paid": yuan(paid_fen)}
    if subsidised_fen:
        return _("全额资助 %(aid)s") % {"aid": yuan(subsidised_fen)}
    return _("缴费 %(paid)s") % {"paid": yuan(paid_fen)} if paid_fen else ""
