"""Facts as JSON carries them, read into whole numbers and codes; and values given back.

Money is a text of yuan with two decimals ("130.00"), a date ISO, a whole number an integer, a flag
true or false, a code its word, a set a list of words. null is an answer only where the fact
declares a word for “none”; an absent key is not an answer, and is asked for when it is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from yibao.core.refusal import Refusal
from yibao.core.rules import dates
from yibao.core.rules.declarations import Fact
from yibao.core.rules.faults import did_you_mean
from yibao.core.rules.types import NUMERIC_FACTS, SETS, Type, item_of
from yibao.core.rules.values import (
    Codes,
    Misread,
    read_value,
    show_moment,
    show_money,
    show_rate,
)

if TYPE_CHECKING:
    from yibao.core.rules.edition import Edition

_WRITTEN = frozenset({"money", "rate", "date", "date-time", "code", "text", "period", "rounding"})


class FactFaults(Refusal):
    """Facts that cannot be read, or that break a requirement of the rule. `lines` has each."""

    code: ClassVar[str] = "R02"
    message = "{text}"
    remedy = "请改正后重试"
    message_en = "{text}"
    remedy_en = "Correct the facts and try again"
    lines: tuple[str, ...]

    def __init__(self, lines: tuple[str, ...], **facts: object) -> None:
        facts = {**facts, "lines": lines, "text": "\n".join(lines)}
        super().__init__(**facts)

    def __str__(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts by name, as the engine counts them: fen, days, codes."""

    values: Mapping[str, object]


def read_facts(edition: Edition, data: Mapping[str, object]) -> Facts:
    """Read JSON-ready facts for a rule of one edition. Raises FactFaults with a line for each."""
    lines: list[str] = []
    found: dict[str, object] = {}
    for name, value in data.items():
        fact = edition.facts.get(name)
        if fact is None:
            lines.append(f"no fact “{name}”{did_you_mean(name, edition.facts)}")
            continue
        try:
            found[name] = read_fact(fact, value, edition.codes)
        except Misread as wrong:
            lines.append(f"fact “{name}”: {wrong}")
    if found.get("year", edition.year) != edition.year:
        lines.append(f"fact “year”: {found['year']} is not the edition's year {edition.year}")
    if lines:
        raise FactFaults(tuple(lines))
    return Facts(found)


def read_fact(fact: Fact, value: object, codes: Codes) -> object:
    """One fact from JSON. Raises Misread."""
    if value is None:
        if fact.none is None:
            raise Misread("null is no answer: leave the fact out, or give its value")
        return None
    found = _read(fact.type, value, codes)
    if fact.type.kind in NUMERIC_FACTS:
        assert isinstance(found, int)
        if not fact.low <= found <= fact.high:
            low, high = to_json(fact.low, fact.type), to_json(fact.high, fact.type)
            raise Misread(f"{to_json(found, fact.type)} is out of range {low}..{high}")
    return found


def _read(type_: Type, value: object, codes: Codes) -> object:
    kind = type_.kind
    if kind == "flag":
        if not isinstance(value, bool):
            raise Misread(f"{value!r} is not a flag: write true or false")
        return value
    if kind in SETS:
        if not isinstance(value, list | tuple):
            raise Misread(f"{value!r} is not a list")
        return frozenset(_read(item_of(type_), item, codes) for item in value)
    if kind in _WRITTEN:
        if kind == "rate" and isinstance(value, int | str) and not isinstance(value, bool):
            value = f"{str(value).removesuffix('%')}%"  # 55, "12.5" and "12.5%" are percent
        if not isinstance(value, str):
            raise Misread(f"{value!r} is not {type_}: write it as a text")
        return read_value(value, type_, codes)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Misread(f"{value!r} is not a whole number")
    return value


def to_json(value: object, type_: Type) -> object:
    """An internal value as JSON carries it."""
    if value is None:
        return None
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return value if isinstance(value, bool | str) else str(value)
    if type_.kind == "money":
        return show_money(value)
    if type_.kind == "rate":
        return show_rate(value)
    if type_.kind == "date":
        return dates.to_date(value).isoformat()
    if type_.kind == "date-time":
        return show_moment(value)
    return value


def to_plain(value: object, type_: Type) -> object:
    """An internal value for the apps: dates as `date`, money whole fen, codes their words."""
    if type_.kind == "date" and isinstance(value, int):
        return dates.to_date(value)
    return value
