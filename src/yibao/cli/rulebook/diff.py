"""`yibao rulebook diff`: what a proposal, a later day or another year says differently."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from yibao.cli.explain import read_day, read_facts_text
from yibao.cli.rulebook.asked import book_of, plain_book_of, year_of
from yibao.core.refusal import Refusal
from yibao.core.rules import difference, prose
from yibao.core.rules.book import Rulebook
from yibao.core.rules.edition import Edition
from yibao.core.rules.facts import FactFaults, Facts, read_facts, to_json
from yibao.core.rules.scalar import Decision, StepTaken


class NothingToCompare(Refusal):
    """`diff` names neither a proposal, nor two days, nor two years."""

    code: ClassVar[str] = "E198"
    message = "没有指定与什么比较"
    remedy = "请写 --proposal 文件，或 --from 日期 --to 日期，或 --years 年份 年份"
    message_en = "Nothing says what to compare with"
    remedy_en = "Write --proposal FILE, or --from DATE --to DATE, or --years YEAR YEAR"


class PersonWithoutRule(Refusal):
    """`diff --person` names no rule to decide the person by."""

    code: ClassVar[str] = "E199"
    message = "--person 需要指明规则"
    remedy = "请在 diff 之后写规则名称"
    message_en = "--person needs a rule to decide by"
    remedy_en = "Name the rule after diff"


class Sides:
    """Two rulebooks, or one at two years or two known days; editions of both by rule."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        changed = arguments.proposal is not None or bool(arguments.overlay)
        days = arguments.since is not None or arguments.until is not None
        if not changed and not days and arguments.years is None:
            raise NothingToCompare
        self.left = plain_book_of(arguments)
        self.right = book_of(arguments) if changed else self.left
        year = year_of(arguments, self.right)
        self.years = arguments.years or (year, year)
        self.known = read_day(arguments.since), read_day(arguments.until)

    def editions(self, rule: str) -> tuple[Edition | None, Edition | None]:
        """Return the rule on both sides; None where a side does not have it."""
        books: Sequence[Rulebook] = (self.left, self.right)
        found = [
            book.bind(rule, year=year, known=known) if rule in book.rules else None
            for book, year, known in zip(books, self.years, self.known)
        ]
        return found[0], found[1]


def compared(arguments: argparse.Namespace) -> Iterator[str]:
    """Yield what differs: parts of the text, then sentences of the rules, then for a person."""
    sides = Sides(arguments)
    for change in difference.of_books(sides.left, sides.right):
        yield _changed(change)
    rules = [arguments.rule] if arguments.rule else [*sides.left.rules]
    if not arguments.rule:
        rules += [rule for rule in sides.right.rules if rule not in sides.left.rules]
    else:
        sides.right.bind(arguments.rule, year=sides.years[1])  # refuses what is not there
    for rule in rules:
        left, right = sides.editions(rule)
        if left is not None and right is not None:
            yield from _reworded(left, right, arguments.language)
    if arguments.person is not None:
        yield from _person(arguments, sides)


def _changed(change: difference.Change) -> str:
    name = f"{change.name} {change.part}".strip()
    values = " → ".join(text for text in (change.left, change.right) if text is not None)
    return f"{change.what} {change.kind} {name}: {values}"


def _reworded(left: Edition, right: Edition, language: str) -> Iterator[str]:
    for said in difference.of_words(left, right, language):
        yield f"{left.rule} {said.step}: {said.label}"
        if said.left is not None:
            yield f"  - {said.left}"
        if said.right is not None:
            yield f"  + {said.right}"


def _person(arguments: argparse.Namespace, sides: Sides) -> Iterator[str]:
    if not arguments.rule:
        raise PersonWithoutRule
    left, right = sides.editions(arguments.rule)
    if left is None or right is None:
        sides.left.bind(arguments.rule, year=sides.years[0])
        return
    data = read_facts_text(arguments.person.read_bytes())
    person, visits = _facts(left, data)
    differences = difference.of_person(left, right, person, visits)
    for found in differences:
        if found.same:
            continue
        if visits:
            yield f"visit {found.visit + 1}"
        yield from _parted(found, arguments.language, left)
    if all(found.same for found in differences):
        yield "this person: the same answer on both sides"


def _facts(edition: Edition, data: Mapping[str, object]) -> tuple[Facts, list[Facts]]:
    """The person's facts, and for a fold the visits, as `yibao explain` takes them."""
    if edition.fold is None:
        return _read(edition, data), []
    person, visits = data.get("person"), data.get("visits")
    if not isinstance(person, dict) or not isinstance(visits, list):
        raise FactFaults(("the facts of a rule over visits are {person: …, visits: […]}",))
    return _read(edition, person), [_read(edition, visit) for visit in visits]


def _read(edition: Edition, data: Mapping[str, object]) -> Facts:
    return read_facts(edition, {name: value for name, value in data.items() if name != "year"})


def _parted(found: difference.Difference, language: str, edition: Edition) -> Iterator[str]:
    speaker = prose.Speaker(edition.book.enumerations, language)
    for side, name in ((found.left, "left"), (found.right, "right")):
        if isinstance(side, Refusal):
            yield f"  {name}: {side.sentence(language)}"
    if found.parting is not None:
        yield f"  parts at {found.parting.step}"
        yield f"    - {_step(found.parting.left, speaker)}"
        yield f"    + {_step(found.parting.right, speaker)}"
    for outcome in found.outcomes:
        old, new = (to_json(v, outcome.type) for v in (outcome.left, outcome.right))
        yield f"  {outcome.name}: {old} → {new}"
    for side, name in ((found.left, "left"), (found.right, "right")):
        if isinstance(side, Decision) and side.presumed and name == "left":
            yield f"  presumed: {', '.join(side.presumed)}"


def _step(step: StepTaken | None, speaker: prose.Speaker) -> str:
    if step is None:
        return "not taken"
    clause = f" by {step.clause}" if step.clause else ""
    return f"{speaker.value(step.value, step.type)}{clause}  〔{step.source} {step.article}〕"
