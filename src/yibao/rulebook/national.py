"""What is the same in every region: accounts, holidays, divisions, surnames, code lists.

Each reader returns one value, built once from the data beside this module and safe to share.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from yibao.core.books.chart import NORMAL_SIDE, Account, Chart
from yibao.core.calendar import WorkingCalendar
from yibao.core.refusal import Refusal

_VILLAGE_DIGITS = 12
_DATA = files("yibao.rulebook").joinpath("national")


class DivisionUnknown(Refusal):
    """Raised by `Divisions` for a code that is not in the table."""

    code = "E170"
    message = "没有区划代码“{division}”"
    remedy = "请从区划表中选择；新设或更名的区划请先维护区划表"
    message_en = 'There is no division "{division}"'
    remedy_en = "Choose one from the table of divisions, or add the new one there first"


class CodeUnknown(Refusal):
    """Raised by `code_label` for a code that its list does not have."""

    code = "E171"
    message = "代码表“{listed}”里没有“{value}”"
    remedy = "请从代码表中选择"
    message_en = 'The list "{listed}" has no code "{value}"'
    remedy_en = "Choose one from the list"


@dataclass(frozen=True, slots=True)
class Division:
    """A province, city, county, township or village; no date means always."""

    code: str
    name: str
    level: str
    parent: str
    valid_from: date | None
    valid_until: date | None


class Divisions:
    """The divisions of the regions, by code: downward, upward, and as ranges of 12 digits."""

    def __init__(self, divisions: list[Division]) -> None:
        self._by_code = {division.code: division for division in divisions}
        self._children: dict[str, list[Division]] = {}
        for division in divisions:
            self._children.setdefault(division.parent, []).append(division)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __iter__(self) -> Iterator[Division]:
        return iter(self._by_code.values())

    def __len__(self) -> int:
        return len(self._by_code)

    def get(self, code: str) -> Division:
        """Return the division of this code. Raises DivisionUnknown."""
        if code not in self._by_code:
            raise DivisionUnknown(division=code)
        return self._by_code[code]

    def children(self, code: str) -> tuple[Division, ...]:
        """Return what lies directly below, in the order of the codes; "" gives the provinces."""
        if code:
            self.get(code)
        return tuple(self._children.get(code, ()))

    def path(self, code: str) -> tuple[Division, ...]:
        """Return the way from the province down to the division itself."""
        upward = [self.get(code)]
        while upward[-1].parent:
            upward.append(self.get(upward[-1].parent))
        return tuple(reversed(upward))

    def full_name(self, code: str) -> str:
        """Return the names from the province down, joined: 湖南省衡阳市衡山县新桥镇."""
        return "".join(division.name for division in self.path(code))

    def area_range(self, code: str) -> tuple[int, int]:
        """Return the half-open range of 12-digit codes at and below the division."""
        self.get(code)
        width = 10 ** (_VILLAGE_DIGITS - len(code))
        return int(code) * width, (int(code) + 1) * width


@dataclass(frozen=True, slots=True)
class Surnames:
    """How often (parts of 10,000, rough), which are compound, and how they are read."""

    weights: Mapping[str, int]
    compound: frozenset[str]
    readings: Mapping[str, str]


@cache
def chart() -> Chart:
    """Return the chart of accounts of a fund's book (财会〔2017〕28号)."""
    return Chart(
        Account(
            code=row["code"],
            zh=row["zh"],
            en=row["en"],
            kind=row["kind"],
            normal=NORMAL_SIDE[row["kind"]],
            role=row["role"],
        )
        for row in _yaml("chart.yaml")["accounts"]
    )


@cache
def working_calendar() -> WorkingCalendar:
    """Return the working days as the State Council's office announced them, 2004 to 2026."""
    table = _yaml("holidays.yaml")
    notices = table["notices"].values()
    return WorkingCalendar(
        holidays=[
            day for notice in notices for days in notice["holidays"].values() for day in days
        ],
        workdays=[day for notice in notices for day in notice["workdays"]],
        first=table["first"],
        last=table["last"],
    )


@cache
def divisions() -> Divisions:
    """Return the divisions of the five regions, from province to village."""
    packed = _DATA.joinpath("divisions.csv.gz").read_bytes()
    rows = csv.DictReader(io.StringIO(gzip.decompress(packed).decode()))
    return Divisions([_division(row) for row in rows])


@cache
def surnames() -> Surnames:
    """Return the surnames: weights, compound ones, readings for pinyin."""
    table = _yaml("surnames.yaml")
    return Surnames(
        weights=table["weights"],
        compound=frozenset(table["compound"]),
        readings=table["readings"],
    )


@cache
def codes(listed: str) -> Mapping[str, Mapping[str, Any]]:
    """Return a code list in its order: code → zh, en, also. Raises CodeUnknown."""
    lists = _yaml("codes.yaml")
    if listed not in lists:
        raise CodeUnknown(listed="codes.yaml", value=listed)
    found: Mapping[str, Mapping[str, Any]] = lists[listed]["codes"]
    return found


def code_label(listed: str, code: str, language: str = "zh") -> str:
    """Return what people read for a code, in Chinese or, for "en", English. Raises CodeUnknown."""
    entries = codes(listed)
    if code not in entries:
        raise CodeUnknown(listed=listed, value=code)
    label: str = entries[code]["en" if language.startswith("en") else "zh"]
    return label


def code_of(listed: str, label: str) -> str | None:
    """Return the code for a word that a ledger uses (户主, 本人), None where no code has it."""
    return _codes_by_word(listed).get(label.strip())


@cache
def _codes_by_word(listed: str) -> Mapping[str, str]:
    return {
        word: code
        for code, entry in codes(listed).items()
        for word in (entry["zh"], *entry.get("also", ()))
    }


def _division(row: Mapping[str, str]) -> Division:
    return Division(
        code=row["code"],
        name=row["name"],
        level=row["level"],
        parent=row["parent"],
        valid_from=_day(row["valid_from"]),
        valid_until=_day(row["valid_until"]),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def declaration(name: str) -> Any:
    """Return a file of national data as it is written, for a reader of its own."""
    return _yaml(name)


@cache
def _yaml(name: str) -> Any:
    with _DATA.joinpath(name).open(encoding="utf-8") as file:
        return yaml.load(file, yaml.CSafeLoader)
