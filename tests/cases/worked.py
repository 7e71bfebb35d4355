"""The hand-worked cases of tests/cases/<region>/*.yaml, read and asked as `yibao explain` asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from yibao.core.rules.book import LayerText, Rulebook, read_rulebook
from yibao.core.rules.facts import FactFaults
from yibao.core.rules.scalar import Silent
from yibao.rulebook.explain import Question, explain
from yibao.rulebook.loader import calendar, layers, rulebook

HERE = Path(__file__).parent
REGIONS = ("hengshan", "xingan")


class _Plain(yaml.SafeLoader):
    """Dates stay the text that JSON carries."""


_Plain.yaml_implicit_resolvers = {
    letter: [(tag, found) for tag, found in resolvers if not tag.endswith(":timestamp")]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class Case:
    region: str
    rule: str
    name: str
    given: Mapping[str, Any]
    says: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.region} {self.rule}: {self.name}"


def read_yaml(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), _Plain)


def all_cases() -> list[Case]:
    """Every case of every region, in the order of the files."""
    return [
        Case(region, row["rule"], row["name"], row["given"], row)
        for region in REGIONS
        for path in sorted((HERE / region).glob("*.yaml"))
        for row in read_yaml(path).get("cases", ())
    ]


def with_settings(region: str, settings: Mapping[str, str]) -> Rulebook:
    """The region's rulebook with open settings closed as a case says."""
    lines = [
        "overlay: of_this_case",
        f"over: {region}",
        "authority: tests",
        "sources: {example: {title: 示例, published: 2000-01-01}}",
        "settings:",
        *(
            f"  {name}: {{is: '{is_}', from: 2000, cite: example 1}}"
            for name, is_ in settings.items()
        ),
    ]
    layer = LayerText("settings.yaml", "\n".join(lines), "settings")
    return read_rulebook((*layers(region), layer), calendar=calendar())


def ask(case: Case, book: Rulebook | None = None) -> dict[str, Any]:
    """The answer of `yibao explain` for a case."""
    settings = case.says.get("settings")
    if book is None:
        book = with_settings(case.region, settings) if settings else rulebook(case.region)
    known = case.says.get("known")
    question = Question(book, case.region, case.rule, date.fromisoformat(known) if known else None)
    return explain(question, case.given)


def differs(case: Case, book: Rulebook | None = None) -> str:
    """What a rulebook answers otherwise than the case says; nothing where they agree."""
    try:
        answer = ask(case, book)
    except Silent as silent:
        return _unlike(silent.name, case.says.get("silent"), "silent on")
    except FactFaults as faults:
        asked = f"fact “{case.says.get('missing')}” is missing"
        return "" if asked in str(faults) else str(faults)
    if "expect" not in case.says:
        return f"answered {answer['result']}"
    result = answer["result"]
    wrong = [
        f"{where}: {got!r}, not {want!r}"
        for where, got, want in _compare(result, case.says["expect"])
    ]
    wrong += [f"{key} is there" for key in case.says.get("absent", ()) if key in result]
    clauses = {step["name"]: step["clause"] for step in answer["steps"] if step["clause"]}
    wrong += [
        f"{step} by {clauses.get(step)}, not {clause}"
        for step, clause in case.says.get("clauses", {}).items()
        if clauses.get(step) != clause
    ]
    return "; ".join(wrong)


def _unlike(got: str, want: object, what: str) -> str:
    return "" if got == want else f"{what} “{got}”, expected {want!r}"


def _compare(got: Any, want: Any, where: str = "") -> list[tuple[str, Any, Any]]:
    """Where a result differs from the part that is expected."""
    if isinstance(want, dict) and isinstance(got, dict):
        found = []
        for key, part in want.items():
            found += _compare(got.get(key, "nothing"), part, f"{where}.{key}".lstrip("."))
        return found
    if isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        found = []
        for at, part in enumerate(want):
            found += _compare(got[at], part, f"{where}[{at}]")
        return found
    return [] if got == want and type(got) is type(want) else [(where, got, want)]
