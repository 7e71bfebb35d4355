"""Hand-worked cases: read from a folder or from the `cases:` of a layer, asked, and compared.

A case gives a rule facts and says what must come back, with the article that it was worked from:

    cases:
    - name: an adult pays 130
      rule: contribution
      given: {year: 2009, born: 1945-01-01}
      expect: {class: adult, personal: "130.00"}     # any part of the result
      clauses: {price_class: otherwise}              # optional: which clause decided
      absent: [subsidy]                              # optional: what the result must not hold
      cite: 参保 5(1)

In the place of `expect` stands `silent: NAME` (an open setting), `missing: NAME` (a fact that is
asked for), or `refused: WORDS` (part of the English sentence). `known: DATE` asks by what was
published then; `settings: {NAME: VALUE}` or `settings_file: NAME` closes open settings first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from yibao.core.refusal import Refusal
from yibao.core.rules.book import LayerText, Rulebook, read_rulebook
from yibao.core.rules.facts import FactFaults
from yibao.core.rules.graph import in_order
from yibao.core.rules.rules import Rule
from yibao.core.rules.scalar import Silent
from yibao.rulebook.explain import Question, explain
from yibao.rulebook.loader import calendar, layers, rulebook

OUTCOMES = ("expect", "silent", "missing", "refused")
_SAYS = ("name", "rule", "given", "cite")
_SETTINGS = ("settings", "settings_file")


class CasesUnreadable(Refusal):
    """Raised where a file of cases is no YAML, or a case lacks what every case has."""

    code = "E195"
    message = "{where}：算例无法读取：{why}"
    remedy = "每个算例须有 name、rule、given、cite，以及 expect、silent、missing、refused 之一"
    message_en = "{where}: the cases cannot be read: {why}"
    remedy_en = "A case has name, rule, given, cite, and one of expect, silent, missing, refused"


class SettingsOfCase(Refusal):
    """Raised where a case closes open settings and nobody gave the layers to lay them over."""

    code = "E196"
    message = "算例“{case}”先设置了开放项，但没有给出规则库的各层文本"
    remedy = "请连同各层文本一起运行算例"
    message_en = "The case “{case}” closes open settings, but the layers below were not given"
    remedy_en = "Run the cases together with the layers"


class _Plain(yaml.SafeLoader):
    """Dates stay the text that JSON carries."""


_Plain.yaml_implicit_resolvers = {
    letter: [(tag, found) for tag, found in resolvers if not tag.endswith(":timestamp")]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, slots=True)
class Case:
    """One case: facts for a rule of a region, and all that its file says of it."""

    region: str
    rule: str
    name: str
    given: Mapping[str, Any]
    says: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.region} {self.rule}: {self.name}"

    @property
    def has_settings(self) -> bool:
        return any(key in self.says for key in _SETTINGS)


BookFor = Callable[[Case], Rulebook]


def read_plain(text: str, where: str) -> Any:
    """YAML whose dates stay texts. Raises CasesUnreadable."""
    try:
        return yaml.load(text, _Plain)  # noqa: S506 - a safe loader without dates
    except yaml.YAMLError as wrong:
        raise CasesUnreadable(where=where, why=str(wrong).replace("\n", " ")) from wrong


def cases_of(text: str, region: str, where: str) -> tuple[Case, ...]:
    """The cases of a file or layer, in its order. Raises CasesUnreadable."""
    tree = read_plain(text, where)
    rows = tree.get("cases") if isinstance(tree, dict) else None
    if rows is None:
        return ()
    if not isinstance(rows, list):
        raise CasesUnreadable(where=where, why="cases: is no list")
    return tuple(_case(row, region, f"{where}, case {at}") for at, row in enumerate(rows, 1))


def cases_in(folder: Path, region: str) -> tuple[Case, ...]:
    """The cases of every YAML file of a folder, by the names of the files."""
    return tuple(
        case
        for path in sorted(folder.glob("*.yaml"))
        for case in cases_of(path.read_text(encoding="utf-8"), region, path.name)
    )


def _case(row: object, region: str, where: str) -> Case:
    if not isinstance(row, dict):
        raise CasesUnreadable(where=where, why="it is no mapping")
    lacks = [key for key in _SAYS if not row.get(key) and key != "given"]
    if not isinstance(row.get("given"), dict):
        lacks.append("given")
    if not any(key in row for key in OUTCOMES):
        lacks.append(" | ".join(OUTCOMES))
    if lacks:
        raise CasesUnreadable(where=where, why=f"it lacks {', '.join(lacks)}")
    return Case(region, str(row["rule"]), str(row["name"]), row["given"], row)


def books_over(texts: Sequence[LayerText], settings: Path | None = None) -> BookFor:
    """Which rulebook a case is asked of: these layers, with the case's settings laid over them.

    `settings` is the folder of the files that `settings_file` names. Books are read once.
    """
    read: dict[str, Rulebook] = {}

    def book_for(case: Case) -> Rulebook:
        extra = _settings_layer(case, settings)
        if extra not in read:
            more = [LayerText("settings.yaml", extra, "settings")] if extra else []
            read[extra] = read_rulebook((*texts, *more), calendar=calendar())
        return read[extra]

    return book_for


def books_of(book: Rulebook, region: str) -> BookFor:
    """The same for a rulebook that stands read: settings only over a region's own layers."""
    plain = rulebook(region).text_hash == book.text_hash
    laid = books_over(layers(region)) if plain else _no_settings
    return lambda case: laid(case) if case.has_settings else book


def _no_settings(case: Case) -> Rulebook:
    raise SettingsOfCase(case=str(case))


def _settings_layer(case: Case, folder: Path | None) -> str:
    """The settings of a case as the text of a layer; empty where it has none."""
    named = case.says.get("settings_file")
    if named is not None:
        if folder is None:
            raise SettingsOfCase(case=str(case))
        return (folder / f"{named}.yaml").read_text(encoding="utf-8")
    settings = case.says.get("settings")
    if not settings:
        return ""
    lines = [
        "overlay: of_this_case",
        f"over: {case.region}",
        "authority: a worked case",
        "sources: {example: {title: 示例, published: 2000-01-01}}",
        "settings:",
        *(
            f"  {name}: {{is: '{value}', from: 2000, cite: example 1}}"
            for name, value in settings.items()
        ),
    ]
    return "\n".join(lines)


def ask(case: Case, book: Rulebook) -> dict[str, Any]:
    """The answer of `yibao explain` for a case. Raises as `explain`."""
    known = case.says.get("known")
    day = date.fromisoformat(known) if known else None
    return explain(Question(book, case.region, case.rule, day), case.given)


def differs(case: Case, book: Rulebook) -> str:
    """What a rulebook answers otherwise than the case says; nothing where they agree."""
    try:
        answer = ask(case, book)
    except Refusal as refusal:
        return _refused(case, refusal)
    if "expect" not in case.says:
        return f"answered {answer['result']}"
    return "; ".join(_unlike(answer, case.says))


def _refused(case: Case, refusal: Refusal) -> str:
    said = case.says
    if isinstance(refusal, Silent):
        want = said.get("silent")
        return "" if refusal.name == want else f"silent on “{refusal.name}”, expected {want!r}"
    told = str(refusal) if isinstance(refusal, FactFaults) else refusal.sentence("en")
    if "missing" in said:
        return "" if f"fact “{said['missing']}” is missing" in told else told
    return "" if "refused" in said and str(said["refused"]) in told else told


def _unlike(answer: Mapping[str, Any], says: Mapping[str, Any]) -> Iterator[str]:
    result = answer["result"]
    for where, got, want in _compare(result, says["expect"]):
        yield f"{where}: {got!r}, not {want!r}"
    yield from (f"{key} is there" for key in says.get("absent", ()) if key in result)
    taken = {step["name"]: step["clause"] for step in answer["steps"] if step["clause"]}
    for step, clause in says.get("clauses", {}).items():
        if taken.get(step) != clause:
            yield f"{step} by {taken.get(step)}, not {clause}"


def _compare(got: Any, want: Any, where: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where a result differs from the part that is expected."""
    if isinstance(want, dict) and isinstance(got, dict):
        for key, part in want.items():
            yield from _compare(got.get(key, "nothing"), part, f"{where}.{key}".lstrip("."))
    elif isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        for at, part in enumerate(want):
            yield from _compare(got[at], part, f"{where}[{at}]")
    elif got != want or type(got) is not type(want):
        yield where, got, want


def run_cases(
    book: Rulebook, region: str, cases: Iterable[Case], *, book_for: BookFor | None = None
) -> list[str]:
    """A line for each case that a rulebook answers otherwise than the case says."""
    choose = book_for or books_of(book, region)
    return [line for case in cases if (line := _line(case, choose))]


def _line(case: Case, choose: BookFor) -> str:
    try:
        wrong = differs(case, choose(case))
    except Refusal as refusal:
        wrong = refusal.sentence("en")
    return f"{case}: {wrong}" if wrong else ""


def unreached_clauses(
    book: Rulebook, cases: Iterable[Case], *, book_for: BookFor | None = None
) -> list[str]:
    """`rule decision: clause` of each clause by which no case was decided.

    A step that several rules share is one list of clauses: a case of any of them reaches it.
    """
    step_of = {
        (rule.name, step.name): step for rule in book.rules.values() for step in rule.steps.values()
    }
    choose = book_for
    taken = set()
    for case in cases:
        choose = choose or books_of(book, case.region)
        for name, clause in _clauses_taken(case, choose):
            step = step_of.get((case.rule, name))
            taken.add((step.decision, step.clauses, clause) if step else None)
    reading = {rule.name: _steps_read(rule) for rule in book.rules.values()}
    owner: dict[object, str] = {}
    for readers_first in (True, False):
        for (rule, name), step in step_of.items():
            if (name in reading[rule]) is readers_first:
                owner.setdefault((step.decision, step.clauses), rule)
    lines = {
        (*whose, clause.name): f"{owner[whose]} {step.decision}: {clause.name}"
        for step in step_of.values()
        for whose in [(step.decision, step.clauses)]
        for clause in step.clauses
    }
    return [line for key, line in lines.items() if key not in taken]


def _steps_read(rule: Rule) -> frozenset[str]:
    """The steps that a rule's results and state rest on."""
    nodes = [node for _, node in rule.result]
    nodes += rule.fold.next if rule.fold else ()
    return frozenset(str(node.value) for node in in_order(nodes) if node.op == "step")


def _clauses_taken(case: Case, choose: BookFor) -> Iterator[tuple[str, str]]:
    try:
        answer = ask(case, choose(case))
    except Refusal:
        return
    visits = answer["result"].get("visits", ())
    for step in (*answer["steps"], *(step for visit in visits for step in visit["steps"])):
        if step["clause"]:
            yield step["name"], step["clause"]
