"""The scalar reader: decides one case, lazily, each step once, with clause, article and witness."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from yibao.core.refusal import Refusal
from yibao.core.rules.facts import FactFaults, Facts, to_json
from yibao.core.rules.types import Type

if TYPE_CHECKING:
    from yibao.core.rules.edition import Edition
    from yibao.core.rules.runtime import Memo


class MissingFact(FactFaults):
    """A fact that this decision needs was not given. `fact` and `step` name it and who asks."""

    code = "R03"
    fact: str
    step: str

    def __init__(self, fact: str, step: str, **_: object) -> None:
        line = f"fact “{fact}” is missing: step “{step}” asks for it"
        super().__init__((line,), fact=fact, step=step)


class Silent(Refusal):
    """The text does not say what this decision needs. `name` is the parameter, `reason` why."""

    code: ClassVar[str] = "R04"
    message = "文件未规定“{name}”:{reason}"
    remedy = "请由主管部门以设置文件补充该参数"
    message_en = "The text is silent on “{name}”: {reason}"
    remedy_en = "Lay a settings file with an authority over the rulebook"
    name: str
    reason: str


class NoClauseHolds(Refusal):
    """A list of clauses has a gap for these facts."""

    code: ClassVar[str] = "R05"
    message = "步骤“{step}”没有适用的条款:{given}"
    remedy = "请核对事实,或在规则中补充条款"
    message_en = "No clause of step “{step}” holds for {given}"
    remedy_en = "Check the facts, or add a clause or otherwise"
    step: str


class NoneRead(Refusal):
    """A step compared or counted with a fact that says “there is none”."""

    code: ClassVar[str] = "R06"
    message = "步骤“{step}”用到了填为“无”的事实"
    remedy = "请核对事实,或在规则中先判断是否为无"
    message_en = "Step “{step}” reads a value that is none"
    remedy_en = "Check the facts, or ask is not None first"
    step: str


class EnsuresBroken(Refusal):
    """A result contradicts what its rule ensures: the rule, or a fact, is wrong."""

    code: ClassVar[str] = "R07"
    message = "规则“{rule}”的结果不符合“{condition}”"
    remedy = "请停止使用该结果并报告规则库维护人员"
    message_en = "The result of rule “{rule}” breaks “{condition}”"
    remedy_en = "Do not use it; report it to whoever keeps the rulebook"
    rule: str


class StepTaken(NamedTuple):
    """One step of an explanation: its value, and the clause and article that it rests on."""

    name: str
    label_zh: str
    label_en: str
    value: object
    type: Type
    clause: str | None
    source: str
    article: str
    ours: bool

    def as_json(self, language: str = "zh") -> dict[str, object]:
        """The step as every `explain` answer shows it."""
        return {
            "name": self.name,
            "label": self.label_en if language == "en" else self.label_zh,
            "value": to_json(self.value, self.type),
            "clause": self.clause,
            "cite": {"source": self.source, "article": self.article},
        }


class Ceiling(NamedTuple):
    """A ceiling at one visit: its limit (None where it does not count the visit), what was used
    before, and what the visit adds; all in fen."""

    name: str
    limit_fen: int | None
    used_fen: int
    added_fen: int


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision: outcomes by their outgoing names (fen, days, codes), and why."""

    result: Mapping[str, object]
    steps: tuple[StepTaken, ...]
    presumed: tuple[str, ...]
    clauses: tuple[tuple[str, str], ...]
    edition: Edition
    ceilings: tuple[Ceiling, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The outcomes as JSON carries them."""
        types = self.edition.types
        return {name: to_json(value, types[name]) for name, value in self.result.items()}

    def witness(self) -> dict[str, object]:
        """What a stored decision keeps, so that a replay can be held against it."""
        edition = self.edition
        return {
            "text": edition.text_hash,
            "sense": edition.sense_hash,
            "year": edition.year,
            "known": edition.known.isoformat() if edition.known else None,
            "clauses": dict(self.clauses),
        }


def decide(edition: Edition, facts: Facts) -> Decision:
    """Decide one case by a rule that is no fold.

    Raises FactFaults where the facts break a requirement, MissingFact, Silent, NoClauseHolds,
    NoneRead, and EnsuresBroken.
    """
    assert edition.fold is None, f"“{edition.rule}” is a fold: use fold.step or fold.run"
    decision, _ = evaluate(edition, (facts,), ())
    return decision


def evaluate(
    edition: Edition, given: Iterable[Facts], state: tuple[int, ...]
) -> tuple[Decision, tuple[int, ...]]:
    """Decide from facts and a state; the state after it. Raises as `decide`."""
    program = edition.program
    memo = program.memory(given, state)
    scratch = memo.copy()
    scratch[0], scratch[1] = [], []
    broken = [
        requirement.label.zh for requirement, holds in program.requires if violated(holds, scratch)
    ]
    if broken:
        raise FactFaults(tuple(broken))
    taken: list[int] = memo[0]
    try:
        values = program.result(memo)
        after = program.next(memo)
        limits = program.limits(memo)
    except (TypeError, KeyError, AttributeError) as wrong:
        raise NoneRead(step=program.step_of(wrong)) from wrong
    steps = tuple([program.explain[slot](memo) for slot in taken])
    presumed = tuple(dict.fromkeys(memo[1]))
    chosen = {program.decisions[slot]: step.clause for slot, step in zip(taken, steps)}
    clauses = tuple([(name, clause) for name, clause in chosen.items() if clause])
    for requirement, holds in program.ensures:
        if violated(holds, memo):
            raise EnsuresBroken(rule=edition.rule, condition=requirement.label.zh)
    result = dict(zip(program.outcomes, values))
    first = len(state) - len(limits)
    ceilings = tuple(
        [
            Ceiling(name, limit, before, used - before)
            for name, limit, before, used in zip(
                program.ceilings, limits, state[first:], after[first:]
            )
        ]
    )
    return Decision(result, steps, presumed, clauses, edition, ceilings), after


def violated(holds: Callable[[Memo], object], memo: Memo) -> bool:
    """Whether a condition fails. One over a fact not given, or none, says nothing."""
    try:
        return not holds(memo)
    except (MissingFact, Silent, TypeError, KeyError, AttributeError):
        return False
