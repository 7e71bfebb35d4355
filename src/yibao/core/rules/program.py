"""An edition's graph as Python functions: generated once when it is bound, then only called.

Every named step, pick and fact has a slot in a list, filled when it is first read, so that nothing
is worked out twice, and nothing that is not needed. Slot 0 lists the steps taken, slot 1 the facts
presumed. The text is written from operators and slots alone, never from words of a rulebook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from yibao.core.rules.declarations import Fact
from yibao.core.rules.facts import Facts
from yibao.core.rules.graph import Node, StepInfo, in_order
from yibao.core.rules.rules import Fold, Requirement
from yibao.core.rules.runtime import UNSET, Calendar, Memo, Presumptions, environment
from yibao.core.rules.scalar import StepTaken
from yibao.core.rules.types import (
    MONEY_RATE,
    RATE_PARTS,
    WORKING_DAYS,
    Period,
    Rounding,
)

_PLAIN = {
    "lt": "({} < {})",
    "le": "({} <= {})",
    "eq": "({} == {})",
    "ne": "({} != {})",
    "isnone": "({} is None)",
    "not": "(not {})",
    "in": "({} in {})",
    "any_in": "(not {}.isdisjoint({}))",
    "add": "({} + {})",
    "sub": "({} - {})",
    "mul": "({} * {})",
    "floordiv": "({} // {})",
}
_JOINED = {"and": " and ", "or": " or "}
_CALLED = frozenset(
    [
        "min",
        "max",
        "age",
        "months_between",
        "next_month",
        "month_end",
        "year_start",
        "year_end",
        "year_of",
        "date_of",
    ]
)
_FIRST_SLOT = 2
_MONTHS = {"months": 1, "years": 12}
_ROUNDED = {"half_up": "((2 * {0} + {1}) // {2})", "up": "(-(-{0} // {1}))", "down": "({0} // {1})"}


class Program:
    """The functions of one edition. A memo is what `memory` returns."""

    def __init__(
        self,
        *,
        title: str,
        result: Sequence[tuple[str, Node]],
        requires: Sequence[Requirement],
        ensures: Sequence[Requirement],
        fold: Fold | None,
        steps: Mapping[str, StepInfo],
        facts: Mapping[str, Fact],
        calendar: Calendar | None,
    ) -> None:
        folded = fold or Fold((), (), (), (), (), ())
        groups: dict[str, list[Node]] = {
            "result": [node for _, node in result],
            "after": list(folded.next),
            "limits": list(folded.limits),
        }
        conditions = [condition.when for condition in (*requires, *ensures)]
        self._title = f"<{title}>"
        self.outcomes = tuple(name for name, _ in result)
        writer = _Writer(steps, facts, [state.name for state in folded.state])
        for name, nodes in groups.items():
            writer.function(name, nodes)
        for name, listed in (("order", folded.order), ("condition", conditions)):
            for at, node in enumerate(listed):
                writer.function(f"{name}{at}", [node])
        presumptions = Presumptions(facts, writer.facts)
        env = environment(presumptions, calendar) | writer.constants
        exec(compile(writer.source(), self._title, "exec"), env)  # noqa: S102 - our own text
        self._template: Memo = [UNSET] * writer.size
        self._facts, self._state = writer.facts, writer.state
        self._askers = writer.askers
        self.result: Callable[[Memo], tuple[object, ...]] = env["result"]
        self.next: Callable[[Memo], tuple[int, ...]] = env["after"]
        self.limits: Callable[[Memo], tuple[int | None, ...]] = env["limits"]
        self.ceilings = folded.ceilings
        self.order: list[Callable[[Memo], Any]] = [
            _first(env[f"order{at}"]) for at in range(len(folded.order))
        ]
        holds = [_first(env[f"condition{at}"]) for at in range(len(conditions))]
        self.requires = list(zip(requires, holds))
        self.ensures = list(zip(ensures, holds[len(requires) :]))
        self.explain = {slot: _explainer(*told) for slot, told in writer.told.items()}
        self.decisions = {slot: told[1].decision for slot, told in writer.told.items()}

    def memory(self, given: Iterable[Facts], state: Sequence[int]) -> Memo:
        """A fresh memo with the facts (later ones win) and the state before this row."""
        memo = self._template.copy()
        memo[0], memo[1] = [], []
        slots = self._facts
        for facts in given:
            for name, value in facts.values.items():
                slot = slots.get(name)
                if slot is not None:
                    memo[slot] = value
        for slot, value in zip(self._state.values(), state):
            memo[slot] = value
        return memo

    def step_of(self, error: BaseException) -> str:
        """The step in whose function an error arose."""
        found, trace = "", error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            if code.co_filename == self._title:
                found = self._askers.get(code.co_name, found)
            trace = trace.tb_next
        return found


def _first(function: Callable[[Memo], tuple[object, ...]]) -> Callable[[Memo], object]:
    return lambda memo: function(memo)[0]


def _explainer(slot: int, info: StepInfo, pick: int) -> Callable[[Memo], StepTaken]:
    """A function that tells a step from a memo, its fixed parts made once."""
    name, zh, en, type_ = info.name, info.label_zh, info.label_en, info.type
    cites = [(clause.name, clause.cite) for clause in info.clauses]
    tails = [(clause, cite.source, cite.article, cite.ours) for clause, cite in cites]
    if not info.decision:
        source, article, ours = info.cite.source, info.cite.article, info.cite.ours
        return lambda m: StepTaken(name, zh, en, m[slot], type_, None, source, article, ours)
    return lambda m: StepTaken(name, zh, en, m[slot], type_, *tails[m[pick]])


class _Writer:
    """Writes the functions; `told` keeps (slot, step, slot of its pick) for explanations."""

    def __init__(
        self, steps: Mapping[str, StepInfo], facts: Mapping[str, Fact], state: Sequence[str]
    ) -> None:
        self._infos, self._declared = steps, facts
        self._lines: list[str] = []
        self._slots: dict[Node, int] = {}
        self.size = _FIRST_SLOT
        self.facts: dict[str, int] = {}
        self.state = {name: self._new() for name in state}
        self.constants: dict[str, Any] = {}
        self.askers: dict[str, str] = {}
        self.told: dict[int, tuple[int, StepInfo, int]] = {}
        self._owners: dict[Node, str] = {}

    def source(self) -> str:
        return "\n".join(self._lines)

    def function(self, name: str, nodes: Sequence[Node]) -> None:
        """A function of the memo that returns the values of some nodes as a tuple."""
        asker = self.askers[name] = name.rstrip("0123456789")
        ordered = list(in_order(nodes))
        for node in ordered:
            if node.op == "step":
                info = self._infos[str(node.value)]
                self._own(node, info.decision or info.name)
        for node in ordered:
            if node.op in ("step", "pick", "within") and node not in self._slots:
                self._slots[node] = self._new()
                getattr(self, f"_write_{node.op}")(node, self._slots[node])
        values = "".join(f"{self._text(node, asker)}, " for node in nodes)
        self._lines.append(f"def {name}(m): return ({values})")

    def _new(self) -> int:
        self.size += 1
        return self.size - 1

    def _fact(self, name: str) -> int:
        """The slot of a fact, and of those that it is presumed from."""
        if name not in self.facts:
            self.facts[name] = self._new()
            absent = self._declared[name].absent
            if absent is not None and absent.fact:
                self._fact(absent.fact)
        return self.facts[name]

    def _constant(self, value: object) -> str:
        if value is None or isinstance(value, bool | int | str):
            return repr(value)
        name = f"C{len(self.constants)}"
        self.constants[name] = value
        return name

    def _write_step(self, node: Node, slot: int) -> None:
        name = str(node.value)
        info = self._infos[name]
        inner = node.args[0]
        cases = inner.args[0] if inner.op == "within" else inner
        pick = self._slots[cases.args[0]] if info.decision else 0
        self.told[slot] = (slot, info, pick)
        self.askers[f"s{slot}"] = name
        self._lines += [
            f"def s{slot}(m):",
            f"    v = m[{slot}] = {self._text(inner, name)}",
            f"    m[0].append({slot})",
            "    return v",
        ]

    def _write_pick(self, node: Node, slot: int) -> None:
        name = self._owners.get(node, "")
        self.askers[f"p{slot}"] = name
        self._lines.append(f"def p{slot}(m):")
        for at, guard in enumerate(node.args):
            test = self._text(guard, name)
            self._lines += [f"    if {test}:", f"        m[{slot}] = {at}", f"        return {at}"]
        self._lines.append(f"    raise gap(m, {name!r})")

    def _write_within(self, node: Node, slot: int) -> None:
        name = self._owners.get(node, "")
        self.askers[f"w{slot}"] = name
        amount = self._text(node.args[0], name)
        self._lines += [f"def w{slot}(m):", f"    v = {amount}", "    if v > 0:"]
        for at in range(1, len(node.args), 3):
            counts, limit, used = (self._text(arg, name) for arg in node.args[at : at + 3])
            self._lines += [
                f"        if {counts}:",
                f"            v = min(v, max({limit} - {used}, 0))",
            ]
        self._lines.append("    return v")

    def _own(self, node: Node, name: str) -> None:
        """Remember whose step the parts of a step are, up to the steps that it reads."""
        for arg in node.args:
            if arg.op != "step" and arg not in self._owners:
                self._owners[arg] = name
                self._own(arg, name)

    def _text(self, node: Node, asker: str) -> str:
        op = node.op
        if op in _PLAIN:
            return _PLAIN[op].format(*(self._text(arg, asker) for arg in node.args))
        if op in _JOINED:
            return f"({_JOINED[op].join(self._text(arg, asker) for arg in node.args)})"
        if op in _CALLED:
            return f"{op}({', '.join(self._text(arg, asker) for arg in node.args)})"
        text: str = getattr(self, f"_text_{op}")(node, asker)
        return text

    def _text_const(self, node: Node, asker: str) -> str:
        return self._constant(node.value)

    def _text_fact(self, node: Node, asker: str) -> str:
        slot = self._fact(str(node.value))
        return f"(m[{slot}] if m[{slot}] is not U else miss(m, {str(node.value)!r}, {asker!r}))"

    def _text_state(self, node: Node, asker: str) -> str:
        return f"m[{self.state[str(node.value)]}]"

    def _text_step(self, node: Node, asker: str) -> str:
        slot = self._slots[node]
        return f"(m[{slot}] if m[{slot}] is not U else s{slot}(m))"

    def _text_pick(self, node: Node, asker: str) -> str:
        slot = self._slots[node]
        return f"(m[{slot}] if m[{slot}] is not U else p{slot}(m))"

    def _text_within(self, node: Node, asker: str) -> str:
        return f"w{self._slots[node]}(m)"

    def _text_cases(self, node: Node, asker: str) -> str:
        pick, *outcomes = node.args
        chosen = self._text(pick, asker)
        if all(outcome.op == "const" for outcome in outcomes):
            return f"{self._constant(tuple(outcome.value for outcome in outcomes))}[{chosen}]"
        slot = self._slots[pick]
        texts = [self._text(outcome, asker) for outcome in outcomes]
        chain = "".join(f"{text} if m[{slot}] == {at} else " for at, text in enumerate(texts[:-1]))
        return f"(({chosen}), {chain}{texts[-1]})[1]"

    def _text_table(self, node: Node, asker: str) -> str:
        assert isinstance(node.value, tuple)
        keys = [self._text(arg, asker) for arg in node.args]
        if len(keys) == 1:
            return f"{self._constant({key[0]: v for key, v in node.value})}[{keys[0]}]"
        return f"{self._constant(dict(node.value))}[{', '.join(keys)}]"

    def _text_silent(self, node: Node, asker: str) -> str:
        assert isinstance(node.value, tuple)
        name, reason = node.value
        return f"silent({name!r}, {reason!r})"

    def _text_each(self, node: Node, asker: str) -> str:
        start, stop, body = (self._text(arg, asker) for arg in node.args)
        return f"sum([{body} for v_{node.value} in span({start}, {stop})])"

    def _text_variable(self, node: Node, asker: str) -> str:
        return f"v_{node.value}"

    def _text_shift(self, node: Node, asker: str) -> str:
        day, length = (self._text(arg, asker) for arg in node.args)
        sign, period = node.value, node.args[1].value
        assert isinstance(sign, int)
        if node.args[1].type == WORKING_DAYS:
            return f"add_working_days({day}, {sign} * {length})"
        if not isinstance(period, Period):
            return f"shift({day}, {length}, {sign})"
        count = sign * period.length
        if period.unit == "days":
            return f"({day} + {count})"
        if period.unit == "working_days":
            return f"add_working_days({day}, {count})"
        return f"add_months({day}, {count * _MONTHS[period.unit]})"

    def _text_rounded(self, node: Node, asker: str) -> str:
        amount, how = (self._text(arg, asker) for arg in node.args)
        parts = RATE_PARTS if node.args[0].type == MONEY_RATE else 1
        rounding = node.args[1].value
        if not isinstance(rounding, Rounding) or rounding.mode not in _ROUNDED:
            return f"round_by({amount}, {how}, {parts})"
        unit = parts * rounding.fen
        return f"({_ROUNDED[rounding.mode].format(amount, unit, 2 * unit)} * {rounding.fen})"
