"""What would change a decision: the nearest values of single facts with another answer.

Nothing is guessed: each candidate is decided by the scalar reader. Of a fact with few values (a
flag, a code, a level, one more or one less identity) all are tried; of a date, an amount or a
count, on either side the nearest value at which a comparison of the rule turns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from yibao.core.refusal import Refusal
from yibao.core.rules import dependence
from yibao.core.rules.declarations import Fact, Label
from yibao.core.rules.edition import Edition
from yibao.core.rules.facts import Facts
from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.program import Program
from yibao.core.rules.prose import Speaker, outcome_label
from yibao.core.rules.rules import Requirement
from yibao.core.rules.scalar import Decision, evaluate
from yibao.core.rules.types import NUMERIC_FACTS

_COMPARING = frozenset({"lt", "le", "eq", "ne"})
_FEW = 12  # a range with no more values than this is tried whole


@dataclass(frozen=True, slots=True)
class Flip:
    """Values of one fact, each of which gives this other answer; `now` is its value in the case.

    `changed` has the outcomes that differ, by outgoing name: (as decided, with the change).
    """

    fact: str
    now: object
    values: tuple[object, ...]
    changed: Mapping[str, tuple[object, object]]
    decision: Decision


def what_would_change(
    edition: Edition,
    given: Sequence[Facts],
    state: tuple[int, ...] = (),
    *,
    outcomes: Sequence[str] = (),
    most: int = 12,
) -> tuple[Flip, ...]:
    """The changes of single facts that change a decision, at most `most`, by fact in order read.

    `given` are the person's facts, for a fold then the visit's, with the `state` before it. With
    `outcomes` only changes of those count. Raises as `scalar.decide` where the case itself is
    refused.
    """
    decision, _ = evaluate(edition, given, state)
    trial = _Trial(edition, given, state, decision, outcomes or list(decision.result))
    found: list[Flip] = []
    for name in dependence.of_decision(decision, given).facts:
        found += trial.flips(edition.facts[name])
    return tuple(found[:most])


def sentence(flip: Flip, edition: Edition, language: str = "zh") -> str:
    """A change in words: 如果缴费日期为2009年4月30日，则……。"""
    speaker = Speaker(edition.book.enumerations, language)
    fact = edition.facts[flip.fact]
    labels, types = outcome_labels(edition), edition.types
    thens = [
        speaker.told(labels[name], new, types[name]) for name, (_, new) in flip.changed.items()
    ]
    when = speaker.say("or").join(_supposed(flip, fact, speaker))
    return speaker.say("what if", when=when, then=speaker.say("semicolon").join(thens))


def _supposed(flip: Flip, fact: Fact, speaker: Speaker) -> Iterator[str]:
    """The values of a change as conditions; plain values in one, sets by what they gain or lose."""
    subject = speaker.label(fact.label, fact.name)
    plain: list[str] = []
    for value in flip.values:
        if isinstance(value, frozenset) and isinstance(flip.now, frozenset):
            (code,) = value ^ flip.now
            key = "belongs" if code in value else "belongs not"
            yield speaker.say(key, a=speaker.code(str(code), fact.type), b=subject)
        elif value is None or isinstance(value, bool):
            yield speaker.supposed(fact, value)
        else:
            plain.append(speaker.value(value, fact.type))
    if plain:
        yield speaker.say("eq", a=subject, b=speaker.alternatives(plain))


def outcome_labels(edition: Edition) -> dict[str, Label]:
    """The label of each outcome by its outgoing name."""
    return {name: outcome_label(edition, name, node) for name, node in edition.origin.result}


class _Trial:
    """One case, decided again with one fact changed."""

    def __init__(
        self,
        edition: Edition,
        given: Sequence[Facts],
        state: tuple[int, ...],
        decision: Decision,
        outcomes: Sequence[str],
    ) -> None:
        self.edition, self.given, self.state = edition, given, state
        self.decision, self.outcomes = decision, outcomes
        self.facts = {name: value for part in given for name, value in part.values.items()}

    def flips(self, fact: Fact) -> list[Flip]:
        """Of all candidates, those with another answer; values with the same answer together."""
        by_answer: dict[tuple[object, ...], Flip] = {}
        now = self._now(fact)
        for value in self._candidates(fact, now):
            found = self._with(fact, value)
            if found is None:
                continue
            changed = {
                name: (self.decision.result[name], found.result[name])
                for name in self.outcomes
                if found.result[name] != self.decision.result[name]
            }
            if changed:
                key = tuple(found.result[name] for name in self.outcomes)
                first = by_answer.get(key)
                values = (*first.values, value) if first else (value,)
                by_answer[key] = Flip(fact.name, now, values, changed, found)
        if fact.high - fact.low <= _FEW:
            return list(by_answer.values())
        return [self._shortest(flip) for flip in by_answer.values()]

    @staticmethod
    def _shortest(flip: Flip) -> Flip:
        """Of dates and amounts with one answer, the nearest on either side; of none, the last."""
        numbers = [value for value in flip.values if isinstance(value, int)]
        now = flip.now
        if isinstance(now, int):
            below, above = [v for v in numbers if v < now], [v for v in numbers if v > now]
            kept: tuple[object, ...] = (*below[-1:], *above[:1])
        else:
            kept = tuple(numbers[-1:])
        return replace(flip, values=(*(v for v in flip.values if v is None), *kept))

    def _with(self, fact: Fact, value: object) -> Decision | None:
        try:
            changed = Facts({fact.name: value})
            return evaluate(self.edition, (*self.given, changed), self.state)[0]
        except Refusal:
            return None

    def _now(self, fact: Fact) -> object:
        """The value of a fact in this case, presumed where it was not given."""
        seen = fact
        while seen.name not in self.facts and seen.absent is not None and seen.absent.fact:
            seen = self.edition.facts[seen.absent.fact]
        if seen.name in self.facts:
            return self.facts[seen.name]
        return seen.absent.value if seen.absent else None

    def _candidates(self, fact: Fact, now: object) -> Iterator[object]:
        if fact.none is not None and now is not None:
            yield None
        kind = fact.type.kind
        if kind == "flag":
            yield not now
        elif kind == "code":
            yield from (code for code in self.edition.codes[fact.type.of] if code != now)
        elif kind == "codes" and isinstance(now, frozenset):
            yield from (now ^ {code} for code in self.edition.codes[fact.type.of])
        elif kind in NUMERIC_FACTS and fact.name != "year":
            if fact.high - fact.low <= _FEW:
                yield from (n for n in range(fact.low, fact.high + 1) if n != now)
            else:
                yield from sorted(self._turns(fact, now))

    def _turns(self, fact: Fact, now: object) -> set[int]:
        """The nearest values, below and above, at which a comparison of the rule turns."""
        found: set[int] = set()
        for holds in self._comparisons(fact):
            if isinstance(now, int):
                found |= {*_nearest(holds, now, fact.low), *_nearest(holds, now, fact.high)}
            else:
                turn = _nearest(holds, fact.low, fact.high)
                found |= {near for at in turn for near in (at - 1, at)}
        return found

    def _comparisons(self, fact: Fact) -> Iterator[Callable[[int], object]]:
        """Each comparison that reads a fact, as a function of that fact alone."""
        nodes = _comparing(self.edition, fact.name)
        program = Program(
            title="comparisons",
            result=[],
            requires=[Requirement(node, Label("")) for node in nodes],
            ensures=[],
            fold=self.edition.fold,
            steps=self.edition.steps,
            facts=self.edition.facts,
            calendar=self.edition.book.calendar,
        )
        for _, test in program.requires:
            yield partial(self._holds, program, test, fact)

    def _holds(
        self, program: Program, test: Callable[[list[object]], object], fact: Fact, value: int
    ) -> object:
        """Whether a comparison holds with one value; None where it cannot be asked."""
        memo = program.memory((*self.given, Facts({fact.name: value})), self.state)
        try:
            return test(memo)
        except (Refusal, TypeError, KeyError, AttributeError):
            return None


def _comparing(edition: Edition, fact: str) -> list[Node]:
    """The comparisons of an edition below which a fact is read."""
    roots = [node for _, node in edition.result]
    reads: set[Node] = set()
    found = []
    for node in in_order(roots):
        if (node.op == "fact" and node.value == fact) or any(arg in reads for arg in node.args):
            reads.add(node)
            if node.op in _COMPARING:
                found.append(node)
    return found


def _nearest(holds: Callable[[int], object], now: int, end: int) -> list[int]:
    """The value nearest to `now`, towards an end of the range, at which a comparison turns.

    Between two values of different truth a comparison is taken to turn once, as every rising
    function does; where it turns more often, the value found is one of its turns.
    """
    truth, other = holds(now), holds(end)
    if truth == other or truth is None or other is None:
        return []
    near, far = now, end
    while abs(far - near) > 1:
        middle = (near + far) // 2
        if holds(middle) == truth:
            near = middle
        else:
            far = middle
    return [far]
