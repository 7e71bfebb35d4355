"""Versions of the office's rulebook, the dated values of its parameters, and what differs."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from yibao.apps.policy import queries
from yibao.apps.policy.drafts import Change as ValueChange
from yibao.apps.policy.drafts import changes
from yibao.apps.policy.queries.history import version_of
from yibao.console.page import ConsoleRequest, console_page, page
from yibao.console.policy import words
from yibao.console.policy.telling import law_of
from yibao.core.rules import difference as differing
from yibao.core.rules.book import Rulebook
from yibao.core.rules.dates import to_date
from yibao.core.rules.difference import Change
from yibao.core.rules.parameters import FOREVER, Dated, Parameter

_KINDS = {
    "source": _("文件"),
    "enumeration": _("代码"),
    "fact": _("事实"),
    "parameter": _("参数"),
    "rule": _("规则"),
    "step": _("步骤"),
    "clause": _("条款"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A dated value: from when until when, since when it is known, by which article."""

    label: str
    row: str
    value: str
    since: date
    until: date | None
    known: date
    cite: str
    layer: str
    is_open: bool


@console_page()
def history(request: ConsoleRequest) -> HttpResponse:
    """Show the versions, and every value that changed or was decided, with its dates."""
    book = words.own_book(request)
    versions = queries.versions(scope=request.scope)
    chosen = request.GET.get("parameter", "")
    lines = _lines(book, chosen)
    context = {
        "versions": versions,
        "lines": lines,
        "chosen": chosen,
        "parameters": _choices(book),
    }
    return page(request, "console/policy/history.html", context)


@console_page()
def difference(request: ConsoleRequest, before: int, after: int) -> HttpResponse:
    """Show what two versions say differently."""
    left = version_of(request.scope.region, before)
    right = version_of(request.scope.region, after)
    found = differing.of_books(left, right)
    context = {
        "before": before,
        "after": after,
        "values": words.shown_changes(right, _values(left, right)),
        "changes": [
            (one, _kind(one), _name(left, right, one)) for one in found if one.kind != "parameter"
        ],
        "sentences": _sentences(left, right, request.year),
        "left_hash": left.text_hash,
        "right_hash": right.text_hash,
    }
    return page(request, "console/policy/difference.html", context)


def _values(left: Rulebook, right: Rulebook) -> list[ValueChange]:
    """The values that layers of the right version give and the left one has not."""
    layers = {value.place.layer for one in right.parameters.values() for value in one.values} - {
        value.place.layer for one in left.parameters.values() for value in one.values
    }
    return [one for layer in sorted(layers) for one in changes(left, right, layer=layer)]


def _sentences(left: Rulebook, right: Rulebook, year: int) -> list[tuple[str, object]]:
    """The sentences of each rule that the two versions tell differently in this year."""
    found: list[tuple[str, object]] = []
    for name in right.rules:
        if name in left.rules:
            sides = (book.bind(name, year=year) for book in (left, right))
            label = words.rule_words(right, name)
            found += [(label, one) for one in differing.of_words(*sides, words.language())]
    return found


def _kind(change: Change) -> str:
    return str(_KINDS.get(change.kind, change.kind))


def _name(left: Rulebook, right: Rulebook, change: Change) -> str:
    if change.kind == "parameter":
        parameter = right.parameters.get(change.name) or left.parameters.get(change.name)
        return words.labelled(parameter.label, change.name) if parameter else change.name
    return words.rule_words(right, change.name)


def _choices(book: Rulebook) -> list[tuple[str, str]]:
    found = [(one.name, words.labelled(one.label, one.name)) for one in book.parameters.values()]
    return sorted(found, key=lambda pair: pair[1])


def _lines(book: Rulebook, chosen: str) -> list[Line]:
    """The values of one parameter; without one, of those that have several or were decided here."""
    parameters = [
        one
        for one in book.parameters.values()
        if one.name == chosen or (not chosen and len(one.values) > 1)
    ]
    return [line for one in parameters for value in one.values for line in _of(book, one, value)]


def _of(book: Rulebook, parameter: Parameter, value: Dated) -> list[Line]:
    axes = [axis.type for axis in parameter.by]
    rows = list(value.rows.items()) if value.rows else [((), value.value)]
    return [
        Line(
            label=words.labelled(parameter.label, parameter.name),
            row=words.row_words(book, zip(key, axes)),
            value=value.open or words.value_words(book, one, parameter.type),
            since=to_date(value.since),
            until=None if value.until >= FOREVER else to_date(value.until),
            known=to_date(value.known),
            cite=law_of(book, value.row_cites.get(key, value.cite)).place,
            layer=value.place.layer,
            is_open=bool(value.open),
        )
        for key, one in rows
    ]
