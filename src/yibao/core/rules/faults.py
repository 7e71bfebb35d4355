"""Faults of a rulebook: where, what, which article, and how to mend it; all of a load at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from yibao.core.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece of text stands: file, line and column from 1, and the layer of its file."""

    file: str
    line: int
    column: int
    layer: str = ""

    def right(self, characters: int) -> Place:
        return Place(self.file, self.line, self.column + characters, self.layer)


NO_PLACE = Place("", 0, 0)


@dataclass(frozen=True, order=True, slots=True)
class Fault:
    """One thing wrong in a rulebook. `str()` is its line: place, what, [article], cure."""

    file: str
    line: int
    column: int
    what: str
    cure: str = ""
    article: str = ""

    def __str__(self) -> str:
        article = f" [{self.article}]" if self.article else ""
        stop = " " if self.what.endswith("?") else ". "
        cure = f"{stop}{self.cure}" if self.cure else ""
        return f"{self.file}:{self.line}:{self.column}: {self.what}{article}{cure}"


class RulebookFaults(Refusal):
    """The rulebook cannot be read. `faults` holds every fault, sorted by place, each once."""

    code: ClassVar[str] = "R01"
    message = "规则库有 {count} 处错误:\n{lines}"
    remedy = "请逐条改正后重新载入"
    message_en = "The rulebook has {count} faults:\n{lines}"
    remedy_en = "Mend each and load again"
    faults: tuple[Fault, ...]

    def __init__(self, faults: Iterable[Fault], **_: object) -> None:
        listed = tuple(faults)
        super().__init__(faults=listed, count=len(listed), lines="\n".join(map(str, listed)))

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


class FaultLog:
    """Collects the faults of one load; a fault found twice is kept once."""

    def __init__(self) -> None:
        self._found: set[Fault] = set()

    def add(self, place: Place, what: str, cure: str = "", article: str = "") -> None:
        self._found.add(Fault(place.file, place.line, place.column, what, cure, article))

    def raise_if_any(self) -> None:
        """Raise RulebookFaults if anything was found."""
        if self._found:
            raise RulebookFaults(sorted(self._found))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return “; did you mean …?” for the nearest known name, or nothing."""
    near = difflib.get_close_matches(name, sorted(set(known)), n=1, cutoff=0.7)
    return f"; did you mean “{near[0]}”?" if near else ""
