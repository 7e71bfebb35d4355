"""Fields for a value of a rulebook: as its type is written, a table row by row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yibao.apps.policy.overlays import Value
from yibao.console.forms import DayField
from yibao.console.policy.words import language, row_words
from yibao.core.rules.book import Rulebook
from yibao.core.rules.facts import to_json
from yibao.core.rules.parameters import Axis, Dated
from yibao.core.rules.prose import Speaker
from yibao.core.rules.types import COINS, ROUNDING_MODES, Period, Rounding, Type

UNITS = {
    "days": _("天"),
    "months": _("个月"),
    "years": _("年"),
    "working_days": _("个工作日"),
}
_MODES = {
    "half_up": _("四舍五入"),
    "half_even": _("四舍六入五成双"),
    "up": _("进位"),
    "down": _("舍去"),
}
_COINS = {"fen": _("到分"), "jiao": _("到角"), "yuan": _("到元")}
HINTS = {
    "money": _("单位：元，如 280.00"),
    "rate": _("百分数，如 55 或 12.5"),
    "years": _("整数，单位：年"),
    "months": _("整数，单位：月"),
    "days": _("整数，单位：天"),
    "working_days": _("整数，单位：工作日"),
    "times": _("整数"),
    "level": _("整数，如 1、2、3"),
    "year": _("四位年份"),
    "date": _("如 2020-12-18"),
    "date-time": _("如 2020-12-18T16:30"),
}
_FLAGS = [("true", _("是")), ("false", _("否"))]


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a value: its name in the form, the row's key, and the row in words."""

    name: str
    key: tuple[str, ...]
    row: str


class ValueFields:
    """The fields of one value of a type; of a table, one a row."""

    def __init__(
        self, book: Rulebook, type_: Type, axes: Sequence[Axis], before: Dated | None = None
    ) -> None:
        self.book, self.type, self.axes, self.before = book, type_, axes, before

    def cells(self) -> list[Cell]:
        """Return the cells in the order of the table; a plain value has one without a key."""
        found = []
        for number, key in enumerate(product(*(axis.keys for axis in self.axes))):
            words = row_words(self.book, zip(key, (axis.type for axis in self.axes)))
            found.append(Cell(f"value_{number}", tuple(map(str, key)), words))
        return found

    def add_to(self, form: forms.Form) -> None:
        """Give a form these fields."""
        keys = list(product(*(axis.keys for axis in self.axes)))
        for cell, key in zip(self.cells(), keys):
            old = None
            if self.before is not None and not self.before.open:
                old = self.before.rows.get(key) if self.axes else self.before.value
            for name, field in self._fields(cell, old):
                form.fields[name] = field

    def value(self, cleaned: dict[str, Any]) -> Value:
        """Return what was filled in as the rulebook writes it."""
        if not self.axes:
            return self._value("value_0", cleaned)
        rows: dict[str, Any] = {}
        for cell in self.cells():
            at = rows
            for part in cell.key[:-1]:
                at = at.setdefault(part, {})
            at[cell.key[-1]] = self._value(cell.name, cleaned)
        return rows

    def _fields(self, cell: Cell, old: object) -> Iterator[tuple[str, forms.Field]]:
        label = cell.row or _("数值")
        kind = self.type.kind
        if kind == "period":
            length, unit = (old.length, old.unit) if isinstance(old, Period) else (None, "days")
            yield cell.name, forms.IntegerField(label=label, initial=length, min_value=0)
            units = forms.ChoiceField(label=_("单位"), choices=list(UNITS.items()), initial=unit)
            yield f"{cell.name}_unit", units
        elif kind == "rounding":
            mode, coin = _rounding(old)
            modes = [(one, _MODES[one]) for one in ROUNDING_MODES]
            yield cell.name, forms.ChoiceField(label=label, choices=modes, initial=mode)
            coins = [(one, _COINS[one]) for one in COINS]
            field = forms.ChoiceField(label=_("单位"), choices=coins, initial=coin)
            yield f"{cell.name}_unit", field
        else:
            yield cell.name, self._field(label, old)

    def _field(self, label: Any, old: object) -> forms.Field:
        kind, shown = self.type.kind, None if old is None else to_json(old, self.type)
        if kind == "flag":
            given = None if old is None else str(bool(old)).lower()
            choices = [("", _("请选择")), *_FLAGS]
            return forms.ChoiceField(label=label, choices=choices, initial=given)
        if kind == "code":
            choices = [("", _("请选择")), *_codes(self.book, self.type)]
            return forms.ChoiceField(label=label, choices=choices, initial=shown)
        if kind == "codes":
            return _several(label, _codes(self.book, self.type), shown)
        if kind == "levels":
            speaker = Speaker(self.book.enumerations, language())
            levels = [(str(n), speaker.value(n, Type("level"))) for n in range(1, 5)]
            return _several(label, levels, shown)
        if kind == "date":
            return DayField(label=label, initial=shown)
        return forms.CharField(label=label, initial=shown, max_length=60)

    def _value(self, name: str, cleaned: dict[str, Any]) -> Value:
        found = cleaned[name]
        kind = self.type.kind
        if kind == "period":
            return f"{found} {cleaned[f'{name}_unit']}"
        if kind == "rounding":
            return f"{found} to {cleaned[f'{name}_unit']}"
        if isinstance(found, list):
            return found
        if kind == "date":
            return str(found.isoformat())
        text = str(found).strip().replace(",", "").replace("，", "")
        return f"{text.removesuffix('%')}%" if kind == "rate" else text


def _rounding(old: object) -> tuple[str, str]:
    if not isinstance(old, Rounding):
        return "half_up", "fen"
    return old.mode, next(name for name, fen in COINS.items() if fen == old.fen)


def _codes(book: Rulebook, type_: Type) -> list[tuple[str, str]]:
    speaker = Speaker(book.enumerations, language())
    return [(code, speaker.code(code, type_)) for code in book.enumerations[type_.of].codes]


def _several(label: Any, choices: list[tuple[str, str]], shown: object) -> forms.Field:
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        initial=shown,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
