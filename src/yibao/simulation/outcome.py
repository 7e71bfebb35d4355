"""The result of a simulation, as values; `to_json` is the shape that docs/algorithms/simulation.md
describes, and what a run keeps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

SHAPE = 1
_NOT_FIGURES = ("run", "versions", "figures_hash")


@dataclass(frozen=True, slots=True)
class Section:
    """What one rule comes to under both rulebooks. Money in fen; `own` names what people bear."""

    rule: str
    zh: str
    en: str
    own: str
    counted: Mapping[str, int]
    amounts: tuple[Mapping[str, Any], ...]
    moves: Mapping[str, int]
    pairs: Mapping[str, Any] | None
    groups: tuple[Mapping[str, Any], ...]
    histogram: tuple[Mapping[str, Any], ...]
    affected: tuple[Mapping[str, Any], ...]
    unanswered: Mapping[str, Any]

    def amount(self, name: str) -> Mapping[str, Any]:
        """An amount by its name: before_fen, after_fen, change_fen."""
        return next(amount for amount in self.amounts if amount["name"] == name)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Section:
        listed = ("amounts", "groups", "histogram", "affected")
        return cls(**{**data, **{name: tuple(data[name]) for name in listed}})


@dataclass(frozen=True, slots=True)
class Outcome:
    """A simulation's result. Everything but `run` and `versions` is the same wherever it ran, and
    is what `figures_hash` is of."""

    region: str
    year: int
    known: str | None
    proposal: Mapping[str, str]
    rulebooks: Mapping[str, Any]
    snapshot: Mapping[str, Any]
    contribution: Section | None
    benefit: Section | None
    versions: Mapping[str, str | None]
    run: Mapping[str, Any]
    figures_hash: str = ""
    shape: int = SHAPE

    def hashed(self) -> Outcome:
        """The same with its hash of figures."""
        told = {name: part for name, part in asdict(self).items() if name not in _NOT_FIGURES}
        text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return replace(self, figures_hash=hashlib.sha256(text.encode()).hexdigest())

    def sections(self) -> tuple[Section, ...]:
        """The sections that there are."""
        return tuple(part for part in (self.contribution, self.benefit) if part is not None)

    def to_json(self) -> dict[str, Any]:
        """The outcome as JSON carries it."""
        found: dict[str, Any] = json.loads(json.dumps(asdict(self), ensure_ascii=False))
        return found

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Outcome:
        """The outcome from what `to_json` gave."""
        parts = {
            name: Section.from_json(data[name]) if data[name] is not None else None
            for name in ("contribution", "benefit")
        }
        return cls(**{**data, **parts})
