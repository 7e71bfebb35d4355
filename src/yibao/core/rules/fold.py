"""The fold: visits in their order, a state between them, ceilings that no one passes; replay.

The counter runs one `step` from a stored state; a batch runs all. A late visit or a reversal
replays the person's year and hands back the differences; nothing is edited.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from yibao.core.refusal import Refusal
from yibao.core.rules.edition import Edition
from yibao.core.rules.facts import FactFaults, Facts
from yibao.core.rules.rules import Fold
from yibao.core.rules.scalar import Decision, evaluate
from yibao.core.rules.steps import USED

FIRST = -(2**62)  # the place in an order of a date that is none: before every day


class StateOutOfRange(Refusal):
    """A visit would carry a state beyond the range that its fold declares."""

    code: ClassVar[str] = "R12"
    message = "状态“{name}”将变为 {value},超出 {low} 至 {high}"
    remedy = "请核对就诊记录是否重复"
    message_en = "State “{name}” would become {value}, outside {low} to {high}"
    remedy_en = "Check the visits for doubles"


@dataclass(frozen=True, slots=True)
class State:
    """Whole numbers between visits, in declared order, then what each ceiling has used (fen)."""

    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a replay found: the visit's place in the list, an outcome, stored and new fen."""

    visit: int
    outcome: str
    stored: int
    new: int

    @property
    def difference(self) -> int:
        return self.new - self.stored


def first_state(edition: Edition) -> State:
    """The state before the first visit of a key."""
    return State(tuple(variable.starts for variable in _fold(edition).state))


def step(edition: Edition, person: Facts, visit: Facts, state: State) -> tuple[Decision, State]:
    """Decide one visit from the state before it; the decision and the state after it.

    Raises as `scalar.decide`, and StateOutOfRange.
    """
    decision, after = evaluate(edition, (person, visit), state.values)
    for variable, value in zip(_fold(edition).state, after):
        bounded = not variable.name.startswith(USED)
        if bounded and not variable.low <= value <= variable.high:
            raise StateOutOfRange(
                name=variable.name, value=value, low=variable.low, high=variable.high
            )
    return decision, State(after)


def run(edition: Edition, person: Facts, visits: Sequence[Facts]) -> list[Decision]:
    """Decide all visits of one key, given in order.

    Raises FactFaults where a visit comes before its forerunner, and as `step`.
    """
    _check_order(edition, visits)
    return _run(edition, person, visits)


def order_key(edition: Edition, visit: Facts) -> tuple[int | str, ...]:
    """What visits are sorted by; equal keys keep their place in the list."""
    program = edition.program
    found: list[int | str] = []
    for node, read in zip(_fold(edition).order, program.order):
        if node.type.kind == "text":
            found.append(str(visit.values.get(str(node.value)) or ""))
        else:
            value = read(program.memory((visit,), ()))
            found.append(FIRST if value is None else value)
    return tuple(found)


def replay(
    edition: Edition,
    person: Facts,
    visits: Sequence[Facts],
    stored: Sequence[Mapping[str, int]],
) -> list[Difference]:
    """Decide all visits again, in order, and compare the money with what was stored for each.

    `visits` may stand in any order. Only stored outcomes are compared; a visit that was never
    stored has an empty mapping, and all its money is new.
    """
    order = sorted(range(len(visits)), key=lambda at: order_key(edition, visits[at]))
    decisions = _run(edition, person, [visits[at] for at in order])
    found = []
    for at, decision in sorted(zip(order, decisions), key=lambda pair: pair[0]):
        for name, new in _money(edition, decision):
            old = stored[at].get(name, 0)
            if old != new and (name in stored[at] or not stored[at]):
                found.append(Difference(at, name, old, new))
    return found


def _run(edition: Edition, person: Facts, visits: Sequence[Facts]) -> list[Decision]:
    state, decisions = first_state(edition), []
    for visit in visits:
        decision, state = step(edition, person, visit, state)
        decisions.append(decision)
    return decisions


def _money(edition: Edition, decision: Decision) -> Iterable[tuple[str, int]]:
    for name, value in decision.result.items():
        if edition.types[name].kind == "money" and isinstance(value, int):
            yield name, value


def _check_order(edition: Edition, visits: Sequence[Facts]) -> None:
    keys = [order_key(edition, visit) for visit in visits]
    lines = [
        f"第 {at + 1} 次就诊排在第 {at} 次之前,须按先后顺序提交"
        for at in range(1, len(keys))
        if keys[at] < keys[at - 1]
    ]
    if lines:
        raise FactFaults(tuple(lines))


def _fold(edition: Edition) -> Fold:
    assert edition.fold is not None, f"“{edition.rule}” is no fold: use scalar.decide"
    return edition.fold
