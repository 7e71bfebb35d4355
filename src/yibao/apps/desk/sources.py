"""The register of what may be exported: a list of persons, its columns, its count and its rows.

A part declares its own in its module `tasks`. Masks are put on here and nowhere else: a source
hands out whole values and says which kind they are.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.module_loading import autodiscover_modules
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.scope import Scope
from yibao.apps.desk import sheets
from yibao.core.identity.masks import mask_name, mask_number, mask_phone
from yibao.rulebook.national import surnames

# Kinds of value that name a person. `account` is a card's or a bank account's number.
NAME, NUMBER, PHONE, ACCOUNT = "name", "number", "phone", "account"
WHOLE = {NAME: _("姓名"), NUMBER: _("证件号码"), PHONE: _("电话"), ACCOUNT: _("账号")}
MASKED = tuple(WHOLE)
FEN, COUNT, DAY, MOMENT, TEXT = "fen", "count", "day", "moment", "text"
_FEN_OF_YUAN = 100


@dataclass(frozen=True, slots=True)
class Head:
    """A column of an export: its words and the kind of its values."""

    label: str
    kind: str = TEXT


@dataclass(frozen=True)
class Source:
    """A list that may be exported.

    `given` is what the asker saw: year, conditions, columns, as plain JSON. `rows` is walked inside
    one transaction under the scope. `conditions` says `given` in words.
    """

    code: str
    label: Any
    action: str
    heads: Callable[[Scope, Mapping[str, Any]], Sequence[Head]]
    count: Callable[[Scope, Mapping[str, Any], datetime], int]
    rows: Callable[[Scope, Mapping[str, Any], datetime], Iterator[Sequence[Any]]]
    conditions: Callable[[Scope, Mapping[str, Any]], str] = lambda scope, given: ""


_SOURCES: dict[str, Source] = {}


def register(source: Source) -> Source:
    """Add a source; the same code twice is a mistake of ours."""
    assert source.code not in _SOURCES, f"two exports are called {source.code}"
    _SOURCES[source.code] = source
    return source


def sources() -> dict[str, Source]:
    """Return every source that an installed part declares."""
    autodiscover_modules("tasks")
    return _SOURCES


def kind_of_cell(kind: str) -> str:
    """Return how a file writes a column of this kind."""
    return {FEN: sheets.MONEY, COUNT: sheets.NUMBER}.get(kind, sheets.TEXT)


def written(value: Any, kind: str, *, whole: frozenset[str] | set[str]) -> Any:
    """Return a value as a file has it: masked unless its kind is in `whole`."""
    if value is None or value == "":
        return ""
    if kind in MASKED and kind not in whole:
        return _masked(str(value), kind)
    if kind == FEN:
        sign, fen = ("-", -value) if value < 0 else ("", value)
        yuan, rest = divmod(fen, _FEN_OF_YUAN)
        return f"{sign}{yuan}.{rest:02d}"
    if kind == MOMENT and isinstance(value, datetime):
        return f"{localtime(value):%Y-%m-%d %H:%M}"
    if kind == DAY and isinstance(value, date):
        return value.isoformat()
    return value


def _masked(value: str, kind: str) -> str:
    if kind == NAME:
        return mask_name(value, surnames().compound)
    return mask_number(value) if kind == NUMBER else mask_phone(value)
