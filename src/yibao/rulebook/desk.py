"""What exports, lists and jobs ask of everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a list may be taken for; `whole` are the kinds of value that may leave unmasked."""

    code: str
    zh: str
    en: str
    whole: frozenset[str]

    def label(self, language: str) -> str:
        """Return the purpose in words of the language ("zh…" or "en")."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Exports:
    """The limits of exports."""

    rows_without_approval: int
    counted_together: timedelta
    kept_for: timedelta
    again_for: timedelta
    least_words: int
    rows_of_a_sheet: int
    purposes: Mapping[str, Purpose]


@dataclass(frozen=True, slots=True)
class Lists:
    """Sizes of lists: of a page, of a print, and up to how many rows are counted, and summed."""

    page_sizes: tuple[int, ...]
    page_size: int
    counted_up_to: int
    summed_up_to: int
    rows_of_a_print: int


@dataclass(frozen=True, slots=True)
class Tallies:
    """How often residents are counted for keeping, how long counts stay, who needs none."""

    every: timedelta
    past_every: timedelta
    may_be_late: timedelta
    kept_for: timedelta
    counted_live_up_to: int

    def every_of(self, *, year: int, on: date) -> timedelta:
        """Return how often a year is counted: one that is over, more rarely."""
        return self.past_every if year < on.year else self.every

    def good_for(self, *, year: int, on: date) -> timedelta:
        """Return how old a year's counts may be before the counting stands still."""
        return self.every_of(year=year, on=on) + self.may_be_late


@dataclass(frozen=True, slots=True)
class Jobs:
    """After how long without a sign of life a job is given to another worker, and how often."""

    lost_after: timedelta
    attempts: int


@cache
def exports() -> Exports:
    """Return the limits of exports."""
    row = _table()["exports"]
    return Exports(
        rows_without_approval=row["rows_without_approval"],
        counted_together=timedelta(hours=row["counted_together_hours"]),
        kept_for=timedelta(hours=row["kept_hours"]),
        again_for=timedelta(minutes=row["again_minutes"]),
        least_words=row["least_words"],
        rows_of_a_sheet=row["rows_of_a_sheet"],
        purposes={
            code: Purpose(code, one["zh"], one["en"], frozenset(one["whole"]))
            for code, one in row["purposes"].items()
        },
    )


@cache
def lists() -> Lists:
    """Return the sizes of lists."""
    row = _table()["lists"]
    return Lists(
        page_sizes=tuple(row["page_sizes"]),
        page_size=row["page_size"],
        counted_up_to=row["counted_up_to"],
        summed_up_to=row["summed_up_to"],
        rows_of_a_print=row["rows_of_a_print"],
    )


@cache
def tallies() -> Tallies:
    """Return how kept counts are used."""
    row = _table()["tallies"]
    return Tallies(
        every=timedelta(minutes=row["every_minutes"]),
        past_every=timedelta(minutes=row["past_every_minutes"]),
        may_be_late=timedelta(minutes=row["late_minutes"]),
        kept_for=timedelta(minutes=row["kept_minutes"]),
        counted_live_up_to=row["counted_live_up_to"],
    )


@cache
def jobs() -> Jobs:
    """Return the limits of jobs."""
    row = _table()["jobs"]
    return Jobs(lost_after=timedelta(seconds=row["lost_after_seconds"]), attempts=row["attempts"])


@cache
def _table() -> Any:
    place = files("yibao.rulebook").joinpath("national", "desk.yaml")
    with place.open(encoding="utf-8") as file:
        return yaml.load(file, yaml.CSafeLoader)
