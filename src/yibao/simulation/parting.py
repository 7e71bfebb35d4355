"""Where two rulebooks part for one person: the first step that differs, and what each rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from yibao.core.rules import dates, difference
from yibao.core.rules.book import Rulebook
from yibao.core.rules.edition import Edition
from yibao.core.rules.facts import to_json
from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.parameters import FOREVER, Dated, Parameter
from yibao.core.rules.rules import Rule
from yibao.core.rules.scalar import Decision, StepTaken


@dataclass(frozen=True, slots=True)
class Side:
    """One rulebook, and the edition that decided by it."""

    book: Rulebook
    edition: Edition


@dataclass(frozen=True)
class Partings:
    """Tells where the decisions of two rulebooks part."""

    before: Side
    after: Side
    valued: dict[str, list[dict[str, object]]] = field(default_factory=dict)

    def of(self, decisions: Iterable[tuple[Decision, Decision]]) -> dict[str, Any] | None:
        """The first visit and step at which they part, with both articles; None if nowhere.

        A step parts where its value or its clause differs. `parameters` are those that the step
        itself reads and that the two rulebooks value differently.
        """
        for at, (one, other) in enumerate(decisions):
            found = difference.of_decisions(one, other, at).parting
            if found is None:
                continue
            told = found.right or found.left
            assert told is not None, "a step parts on one side at least"
            return {
                "visit": None if self.before.edition.fold is None else at + 1,
                "step": found.step,
                "zh": told.label_zh,
                "en": told.label_en,
                "before": _told(found.left),
                "after": _told(found.right),
                "parameters": self._valued_otherwise(found.step),
            }
        return None

    def _valued_otherwise(self, step: str) -> list[dict[str, object]]:
        """The parameters that a step reads, not by another step, and that have two values."""
        if step not in self.valued:
            after = self.after
            names = _read_by(after.book.rules[after.edition.rule], step)
            found = [self._two_values(name) for name in names]
            self.valued[step] = [each for each in found if each is not None]
        return self.valued[step]

    def _two_values(self, name: str) -> dict[str, object] | None:
        old, new = (side.book.parameters.get(name) for side in (self.before, self.after))
        one, other = self._dated(self.before, old), self._dated(self.after, new)
        if new is None or _value_of(one) == _value_of(other):
            return None
        keys = _changed(one, other)
        return {
            "name": name,
            "zh": new.label.zh,
            "en": new.label.in_language("en"),
            "before": _cited(old, one, keys),
            "after": _cited(new, other, keys),
        }

    @staticmethod
    def _dated(side: Side, parameter: Parameter | None) -> Dated | None:
        known = side.edition.known
        day = FOREVER if known is None else dates.to_number(known)
        return parameter.at(dates.year_start(side.edition.year), day) if parameter else None


def _told(step: StepTaken | None) -> dict[str, object] | None:
    if step is None:
        return None
    return {
        "value": to_json(step.value, step.type),
        "clause": step.clause,
        "cite": {"source": step.source, "article": step.article},
    }


def _read_by(rule: Rule, step: str) -> list[str]:
    """The parameters that a step reads itself, not by way of another step."""
    roots = [node for _, node in rule.result]
    if rule.fold is not None:
        roots += [*rule.fold.next, *rule.fold.limits]
    found: set[str] = set()
    for node in in_order(roots):
        if node.op == "step" and node.value == step:
            found |= _own_parameters(node)
    return sorted(found)


def _own_parameters(step: Node) -> set[str]:
    found: set[str] = set()
    seen: set[Node] = set()
    waiting = list(step.args)
    while waiting:
        node = waiting.pop()
        if node in seen or node.op == "step":
            continue
        seen.add(node)
        waiting += node.args
        if node.op in ("param", "table"):
            found.add(str(node.value))
    return found


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
    """A value, or of a table the rows that differ, with its article."""
    if parameter is None or dated is None:
        return None
    rows = {key: dated.rows[key] for key in keys if key in dated.rows}
    told: object = {
        " ".join(map(str, key)): to_json(value, parameter.type) for key, value in rows.items()
    }
    if not rows:
        told = to_json(None if dated.open else dated.value, parameter.type)
    cite = next((dated.row_cites[key] for key in rows if key in dated.row_cites), dated.cite)
    return {"value": told, "cite": {"source": cite.source, "article": cite.article}}
