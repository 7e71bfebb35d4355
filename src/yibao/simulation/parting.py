"""Where two rulebooks part for one person: the first step that differs, and what each rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from yibao.core.rules import dates
from yibao.core.rules.book import Rulebook
from yibao.core.rules.edition import Edition
from yibao.core.rules.facts import to_json
from yibao.core.rules.graph import Cite, Node, in_order
from yibao.core.rules.parameters import FOREVER, Dated, Parameter
from yibao.core.rules.rules import Rule
from yibao.core.rules.scalar import Decision, StepTaken


@dataclass(frozen=True, slots=True)
class Side:
    """One rulebook, and the edition that decided by it."""

    book: Rulebook
    edition: Edition


def parting(before: Side, after: Side, decisions: Iterable[tuple[Decision, Decision]]) -> Any:
    """The first visit and step at which the decisions part, with both articles; None if nowhere.

    A step parts where its value or its clause differs, or only one side took it. `parameters` are
    those that the step itself reads and that the two rulebooks value differently.
    """
    for at, (one, other) in enumerate(decisions):
        step = _first_parting(one, other)
        if step is not None:
            return {
                "visit": None if before.edition.fold is None else at + 1,
                "step": step[0],
                "zh": step[1].label_zh,
                "en": step[1].label_en,
                "before": _told(step[2]),
                "after": _told(step[3]),
                "parameters": list(_valued_otherwise(before, after, step[0])),
            }
    return None


def _first_parting(
    one: Decision, other: Decision
) -> tuple[str, StepTaken, StepTaken | None, StepTaken | None] | None:
    olds = {step.name: step for step in one.steps}
    news = {step.name: step for step in other.steps}
    for step in chain(other.steps, one.steps):
        old, new = olds.get(step.name), news.get(step.name)
        if old is None or new is None or (old.value, old.clause) != (new.value, new.clause):
            return step.name, step, old, new
    return None


def _told(step: StepTaken | None) -> dict[str, object] | None:
    if step is None:
        return None
    return {
        "value": to_json(step.value, step.type),
        "clause": step.clause,
        "cite": {"source": step.source, "article": step.article},
    }


def _valued_otherwise(before: Side, after: Side, step: str) -> Iterator[dict[str, object]]:
    """The parameters that a step reads, not by another step, and that have two values."""
    day = dates.year_start(after.edition.year)
    for name in _read_by(after.book.rules[after.edition.rule], step):
        found = [side.book.parameters.get(name) for side in (before, after)]
        dated = [
            parameter.at(day, _known(side)) if parameter else None
            for parameter, side in zip(found, (before, after))
        ]
        told = [_value_of(each) for each in dated]
        if told[0] != told[1] and found[1] is not None:
            keys = _changed(*dated)
            yield {
                "name": name,
                "zh": found[1].label.zh,
                "en": found[1].label.in_language("en"),
                "before": _cited(found[0], dated[0], keys),
                "after": _cited(found[1], dated[1], keys),
            }


def _known(side: Side) -> int:
    return FOREVER if side.edition.known is None else dates.to_number(side.edition.known)


def _read_by(rule: Rule, step: str) -> list[str]:
    """The parameters that a step reads itself, not by way of another step."""
    roots = [node for _, node in rule.result]
    if rule.fold is not None:
        roots += [*rule.fold.next, *rule.fold.limits]
    found: dict[str, None] = {}
    for node in in_order(roots):
        if node.op == "step" and node.value == step:
            waiting = list(node.args)
            seen: set[Node] = set()
            while waiting:
                below = waiting.pop()
                if below in seen or below.op == "step":
                    continue
                seen.add(below)
                waiting += below.args
                if below.op in ("param", "table") and isinstance(below.value, str):
                    found[below.value] = None
    return sorted(found)


def _value_of(dated: Dated | None) -> object:
    if dated is None or dated.open:
        return None
    return dict(dated.rows) if dated.rows else dated.value


def _changed(one: Dated | None, other: Dated | None) -> list[tuple[object, ...]]:
    """The rows of a table that differ, in the order of the later one."""
    old, new = (dict(each.rows) if each else {} for each in (one, other))
    return [key for key in {**new, **old} if old.get(key) != new.get(key)]


def _cited(
    parameter: Parameter | None, dated: Dated | None, keys: list[tuple[object, ...]]
) -> dict[str, object] | None:
    if parameter is None or dated is None:
        return None
    cite: Cite = dated.cite
    value: object = None if dated.open else dated.value
    rows = {}
    if keys and dated.rows:
        rows = {
            " ".join(map(str, key)): to_json(dated.rows[key], parameter.type)
            for key in keys
            if key in dated.rows
        }
        cite = next((dated.row_cites[key] for key in keys if key in dated.row_cites), cite)
    told = rows or to_json(value, parameter.type)
    return {"value": told, "cite": {"source": cite.source, "article": cite.article}}
