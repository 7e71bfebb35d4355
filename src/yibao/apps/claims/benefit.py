"""The region's benefit rule, one visit at a time: from facts and a state to amounts and reasons.

Pure but for the rulebook's own cache. The rule counts in whole fen; its outcomes are renamed here
once into the words of the settlement table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from yibao.apps.access.rulebooks import book_of, book_that_decided
from yibao.core.refusal import Refusal
from yibao.core.rules import fold
from yibao.core.rules.edition import Edition
from yibao.core.rules.facts import Facts, read_facts
from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.scalar import Decision
from yibao.core.rules.steps import USED

RULE = "benefit"
# Behind a `within` stand the amount, then counts, limit, used of each ceiling.
_AHEAD = 2
_EACH = 3


class NoBenefitRule(Refusal):
    """Raised where nobody has published what a region pays for a stay in hospital."""

    code = "E647"
    message = "本统筹区没有在 {day} 生效的住院待遇规则，{year} 年度的就诊不能试算或结算"
    remedy = (
        "住院待遇由本统筹区医保主管部门公布；"
        "公布后由政策研究岗录入规则库，经另一人复核启用，即可办理"
    )
    message_en = (
        "This region has no rules for inpatient benefits in force on {day}:"
        " a visit of {year} can be neither tried nor settled"
    )
    remedy_en = (
        "The region's insurance authority publishes them; the policy officer then enters them into"
        " the rulebook, a second person activates them, and visits can be settled"
    )


@dataclass(frozen=True, slots=True)
class Paid:
    """What a visit is paid, why, and the person's year after it. Amounts in fen."""

    deductible_fen: int
    rate: int
    fund_pay_fen: int
    self_pay_fen: int
    reason: str
    result: dict[str, Any]
    steps: list[dict[str, Any]]
    witness: dict[str, Any]
    presumed: tuple[str, ...]
    added_fen: tuple[int, ...]
    limit_fen: tuple[int, ...]
    used_before_fen: tuple[int, ...]
    state: tuple[int, ...]
    order: tuple[int | str, ...]

    @property
    def text_hash(self) -> str:
        """The hash of the rulebook that decided."""
        return str(self.witness["text"])

    def stored_result(self) -> dict[str, Any]:
        """What the settlement keeps of the outcome beside its columns."""
        return {
            **self.result,
            "ceilings": list(self.added_fen),
            "limits": list(self.limit_fen),
            "used_before": list(self.used_before_fen),
            "presumed": list(self.presumed),
        }


@dataclass(frozen=True, slots=True)
class Rule:
    """The benefit rule of a region and an insured year, as known on a day."""

    edition: Edition
    ceilings: tuple[str, ...]
    limits: tuple[Node, ...]

    def step_of(self, outcome: str) -> str:
        """The name of the step that gives an outcome."""
        return str(dict(self.edition.result)[outcome].value)

    def claim_step(self) -> str:
        """The name of the step whose amount the ceilings cut."""
        node = _within(self.edition)
        return str(node.args[0].value) if node else self.step_of("fund_pay")

    def limit_steps(self) -> dict[str, list[str]]:
        """The steps that each ceiling's limit is made of, its own last."""
        return {
            name: [str(part.value) for part in in_order([node]) if part.op == "step"]
            for name, node in zip(self.ceilings, self.limits)
        }

    @property
    def sense_hash(self) -> str:
        """The hash of what the rule does, labels and articles apart."""
        return self.edition.sense_hash

    def witness(self) -> dict[str, Any]:
        """What a row that decides nothing keeps of the rules in force when it was written."""
        edition = self.edition
        known = edition.known.isoformat() if edition.known else None
        return {
            "text": edition.text_hash,
            "sense": edition.sense_hash,
            "year": edition.year,
            "known": known,
            "clauses": {},
        }

    def first_state(self) -> tuple[int, ...]:
        """The state before the first visit of a year, ceilings last."""
        return fold.first_state(self.edition).values

    def used_fen(self, state: Sequence[int]) -> tuple[int, ...]:
        """What each ceiling has used, out of a state."""
        return tuple(state[len(state) - len(self.ceilings) :])

    def read(self, given: Mapping[str, Any]) -> Facts:
        """Read facts in JSON form. Raises FactFaults with a line for each fault."""
        return read_facts(self.edition, given)

    def known_facts(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return those of the given facts that this rulebook has a word for."""
        return {name: value for name, value in given.items() if name in self.edition.facts}

    def order_of(self, visit: Facts) -> tuple[int | str, ...]:
        """What visits are sorted by."""
        return fold.order_key(self.edition, visit)

    def step(
        self,
        person: Facts,
        visit: Facts,
        state: Sequence[int],
        order: tuple[int | str, ...],
    ) -> Paid:
        """Decide one visit from the state before it. Raises as `fold.step`."""
        decision, after = fold.step(self.edition, person, visit, fold.State(tuple(state)))
        used, now = self.used_fen(state), self.used_fen(after.values)
        added = tuple(late - early for early, late in zip(used, now))
        values = decision.result
        return Paid(
            deductible_fen=int(str(values["deductible"])),
            rate=int(str(values["rate"])),
            fund_pay_fen=int(str(values["fund_pay"])),
            self_pay_fen=int(str(values["self_pay"])),
            reason=str(values["reason"]),
            result=decision.as_json(),
            steps=[taken.as_json() for taken in decision.steps],
            witness=decision.witness(),
            presumed=decision.presumed,
            added_fen=added,
            limit_fen=self._limits(decision, added),
            used_before_fen=used,
            state=after.values,
            order=order,
        )

    def _limits(self, decision: Decision, added: Sequence[int]) -> tuple[int, ...]:
        """The limit of each ceiling that this visit counted in; 0 for the others."""
        values = {taken.name: taken.value for taken in decision.steps}
        found = []
        for limit, fen in zip(self.limits, added):
            if limit.op == "step":
                value = values.get(str(limit.value), 0)
            else:
                value = limit.value if fen else 0
            found.append(int(str(value)))
        return tuple(found)


def benefit_rule(region: str, year: int, known: date, text_hash: str = "") -> Rule:
    """Return the region's benefit rule for an insured year, by what was published on a day.

    The office's settings are laid over the region's rulebook; changed ones are another rule.
    `text_hash` asks for the rulebook that decided, though something was activated since.
    Raises NoBenefitRule.
    """
    book = book_that_decided(region, text_hash=text_hash) if text_hash else book_of(region)
    if RULE not in book.rules:
        raise NoBenefitRule(day=known.isoformat(), year=year)
    key = (book.text_hash, year, known)
    if key not in _RULES:
        _RULES[key] = _rule(book.bind(RULE, year=year, known=known))
    return _RULES[key]


_RULES: dict[tuple[str, int, date], Rule] = {}


def _rule(edition: Edition) -> Rule:
    assert edition.fold is not None, f"{RULE} is no fold"
    names = tuple(
        variable.name.removeprefix(USED)
        for variable in edition.fold.state
        if variable.name.startswith(USED)
    )
    found = _limit_nodes(edition)
    limits = tuple(found[name] for name in names)
    odd = [name for name, node in zip(names, limits) if node.op not in ("const", "step")]
    assert not odd, f"the limit of {odd} is to be the name of a parameter or a step"
    return Rule(edition, names, limits)


def _within(edition: Edition) -> Node | None:
    """The node that cuts an amount by ceilings."""
    nodes = in_order([node for _, node in edition.result])
    return next((node for node in nodes if node.op == "within"), None)


def _limit_nodes(edition: Edition) -> dict[str, Node]:
    """The limit of each ceiling: behind `within` stand counts, limit, used of one after another."""
    found: dict[str, Node] = {}
    for node in in_order([node for _, node in edition.result]):
        if node.op == "within":
            assert isinstance(node.value, tuple)
            for place, name in enumerate(node.value):
                found.setdefault(str(name), node.args[_AHEAD + _EACH * place])
    return found
