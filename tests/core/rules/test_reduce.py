"""The small graph says the same as the scalar reader: on every row, or by the flag “unanswered”."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest

from yibao.core.refusal import Refusal
from yibao.core.rules import dates
from yibao.core.rules.constants import applied
from yibao.core.rules.edition import Edition
from yibao.core.rules.encoding import columns_of, none_of, number_of
from yibao.core.rules.facts import Facts
from yibao.core.rules.graph import Node
from yibao.core.rules.reduce import Reduced, reduce_edition
from yibao.core.rules.scalar import evaluate
from yibao.rulebook.loader import calendar, rulebook

RULES = [
    ("xingan", "eligibility", 2010),
    ("xingan", "contribution", 2010),
    ("xingan", "contribution", 2008),
    ("xingan", "coverage", 2008),
    ("xingan", "coverage", 2010),
    ("xingan", "benefit", 2010),
    ("hengshan", "eligibility", 2021),
    ("hengshan", "contribution", 2021),
    ("hengshan", "subsidy", 2021),
    ("hengshan", "coverage", 2021),
]


class Eager:
    """Reads the small graph for one row, every branch of it."""

    def __init__(
        self, reduced: Reduced, row: dict[str, Any], lost: set[str], state: dict[str, int]
    ) -> None:
        self.reduced, self.row, self.lost, self.state = reduced, row, lost, state
        self.memo: dict[Node, Any] = {}
        self.bound: dict[str, int] = {}

    def of(self, node: Node) -> Any:
        if self.bound:
            return self.read(node)
        if node not in self.memo:
            self.memo[node] = self.read(node)
        return self.memo[node]

    def read(self, node: Node) -> Any:
        op = node.op
        if op == "const":
            return node.value
        if op == "fact":
            return self.row[str(node.value)]
        if op == "missing":
            return str(node.value) in self.lost
        if op == "state":
            return self.state[str(node.value)]
        if op == "variable":
            return self.bound[str(node.value)]
        if op == "silent":
            return None
        if op in ("and", "or"):
            return (all if op == "and" else any)([self.of(arg) for arg in node.args])
        if op == "pick":
            return next(
                (at for at, guard in enumerate(node.args) if self.of(guard)), len(node.args) - 1
            )
        if op == "cases":
            return self.of(node.args[1 + self.of(node.args[0])])
        if op == "within":
            amount = self.of(node.args[0])
            for at in range(1, len(node.args), 3):
                counts, limit, used = (self.of(arg) for arg in node.args[at : at + 3])
                if amount and amount > 0 and counts and limit is not None:
                    amount = min(amount, max(limit - used, 0))
            return amount
        if op == "each":
            start, stop = self.of(node.args[0]), self.of(node.args[1])
            if start is None or stop is None or stop - start > 12:
                return None
            total = 0
            for k in range(start, stop):
                self.bound[str(node.value)] = k
                total += self.of(node.args[2]) or 0
                del self.bound[str(node.value)]
            return total
        args = [self.of(arg) for arg in node.args]
        if op == "shift" and None not in args and not hasattr(args[1], "unit"):
            return calendar().add_working_days(args[0], node.value * args[1])
        return applied(node, args)


def random_facts(edition: Edition, draw: random.Random, *, lose: float) -> Facts:
    """Values at and around what the rule may turn on, some facts not given."""
    found: dict[str, object] = {}
    year = edition.year
    turns = [
        dates.number(year + by, month, day)
        for by in (-1, 0, 1)
        for month, day in ((1, 1), (4, 30), (5, 1), (11, 30), (12, 31))
    ]
    for name, fact in edition.facts.items():
        kind = fact.type.kind
        if draw.random() < lose or kind == "text" or name == "year":
            continue
        if fact.none is not None and draw.random() < 0.4:
            found[name] = None
        elif kind == "flag":
            found[name] = draw.random() < 0.3
        elif kind == "code":
            found[name] = draw.choice(tuple(edition.codes[fact.type.of]))
        elif kind == "codes":
            found[name] = frozenset(c for c in edition.codes[fact.type.of] if draw.random() < 0.15)
        elif kind == "date":
            day = (
                draw.choice(turns) + draw.randint(-2, 2)
                if draw.random() < 0.6
                else dates.to_number(date(year, 1, 1)) + draw.randint(-800, 800)
            )
            if name == "born" and draw.random() < 0.8:
                day -= 365 * draw.randint(0, 90)
            found[name] = day
        elif kind == "date-time":
            found[name] = (
                dates.number(year, 1, 1) + draw.randint(-400, 400)
            ) * dates.DAY_SECONDS + 3600
        else:
            found[name] = draw.randint(
                fact.low, min(fact.high, fact.low + draw.choice((4, 10_000_00, 60_000_00)))
            )
    if "admitted_on" in found and "discharged_on" in found and draw.random() < 0.8:
        stay = draw.choice((0, 3, 10, 200, 500))
        found["discharged_on"] = dates.number(year, 6, 1) + draw.randint(-150, 200)
        found["admitted_on"] = found["discharged_on"] - stay
    return Facts(found)


def random_state(edition: Edition, draw: random.Random) -> tuple[int, ...]:
    fold = edition.fold
    return tuple(
        draw.randint(variable.low, min(variable.high, 6))
        if variable.high
        else draw.randint(0, 45_000_00)
        for variable in (fold.state if fold else ())
    )


@pytest.mark.parametrize("nones_proved", [False, True])
@pytest.mark.parametrize(("region", "rule", "year"), RULES)
def test_a_row_is_answered_as_the_scalar_reader_answers_it(
    region: str, rule: str, year: int, nones_proved: bool
) -> None:
    edition = rulebook(region).bind(rule, year=year)
    draw = random.Random(7)
    answered = 0
    for at in range(1500):
        facts = random_facts(edition, draw, lose=0.3 if at % 3 == 0 else 0.02)
        state = random_state(edition, draw)
        every = reduce_edition(edition, missing=frozenset(edition.facts), nones_proved=nones_proved)
        columns = columns_of(edition.facts, edition.codes, [facts], every.facts)
        lost = set(columns.missing)
        reduced = reduce_edition(edition, missing=frozenset(lost), nones_proved=nones_proved)
        row = {}
        for name, column in columns.values.items():
            number = column[0].item()
            none = none_of(column.dtype) if edition.facts[name].none is not None else None
            row[name] = (
                None if number == none and edition.facts[name].type.kind != "flag" else number
            )
        names = [variable.name for variable in edition.fold.state] if edition.fold else []
        eager = Eager(reduced, row, lost, dict(zip(names, state)))
        flagged = eager.of(reduced.unanswered)
        try:
            decision, after = evaluate(edition, (facts,), state)
            for variable, value in zip(edition.fold.state if edition.fold else (), after):
                if variable.high and not variable.low <= value <= variable.high:
                    raise Refusal
        except Refusal as refusal:
            assert flagged or (
                nones_proved and type(refusal).__name__ in ("NoneRead", "EnsuresBroken")
            ), (facts, refusal)
            continue
        assert not flagged, facts
        answered += 1
        for name, node in reduced.result:
            got = eager.of(node)
            assert got == number_of(decision.result[name], edition.types[name], edition.codes), (
                name,
                facts,
            )
        clauses = {step.name: step for step in decision.steps}
        for name, node in reduced.picks:
            chosen = dict(decision.clauses).get(name)
            if chosen is not None:
                infos = next(info for info in edition.steps.values() if info.decision == name)
                assert infos.clauses[eager.of(node)].name == chosen, (name, facts)
        assert clauses
        if edition.fold:
            assert tuple(eager.of(node) for node in reduced.fold.next) == after
    if (region, rule, year) not in {("xingan", "contribution", 2008)}:
        assert answered > 50
