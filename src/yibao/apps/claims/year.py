"""A person's insured year: decide a new visit, or decide the whole year again. Pure.

A visit that comes after the last one is one step from the stored state. Any other (a late visit, a
reversal, rules that changed their sense) replays the year from its start; what comes out otherwise
than it was settled is handed back as differences, since nothing is edited.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yibao.apps.claims.benefit import Paid, Rule
from yibao.core.rules.facts import Facts

PERSON, VISIT = "person", "visit"


@dataclass(frozen=True, slots=True)
class Year:
    """The stored row of a person and insured year. Amounts in fen."""

    row_id: int
    state: tuple[int, ...]
    used_fen: tuple[int, ...]
    limit_fen: tuple[int, ...]
    last_order: tuple[int | str, ...]
    sense_hash: str
    fund_paid_fen: int
    settlements: int

    @classmethod
    def of(cls, row: Sequence[Any]) -> "Year":
        """Return the year of a row of READ_YEAR."""
        row_id, state, used, limit, last_order, sense_hash, paid, count = row
        order = tuple(json.loads(last_order))
        return cls(row_id, tuple(state), tuple(used), tuple(limit), order, sense_hash, paid, count)


@dataclass(frozen=True, slots=True)
class Standing:
    """A visit that stands: its facts as they were decided, and what has been settled in all."""

    visit_id: int
    institution_id: int
    number: str
    facts: Mapping[str, Mapping[str, Any]]
    settled_id: int
    total_fen: int
    eligible_fen: int
    deductible_fen: int
    fund_pay_fen: int
    self_pay_fen: int
    added_fen: tuple[int, ...]

    @classmethod
    def of(cls, row: Sequence[Any]) -> "Standing":
        """Return the visit of a row of STANDING."""
        visit_id, institution_id, number, facts, *sums, results = row
        each = [json.loads(result)["ceilings"] for result in results]
        added = tuple(map(sum, zip(*each)))
        return cls(visit_id, institution_id, number, json.loads(facts), *sums, added)


@dataclass(frozen=True, slots=True)
class Difference:
    """A visit that a replay decides otherwise: what to add to what was settled, in fen."""

    visit: Standing
    paid: Paid

    @property
    def deductible_fen(self) -> int:
        """New minus settled."""
        return self.paid.deductible_fen - self.visit.deductible_fen

    @property
    def fund_pay_fen(self) -> int:
        """New minus settled."""
        return self.paid.fund_pay_fen - self.visit.fund_pay_fen

    @property
    def added_fen(self) -> tuple[int, ...]:
        """New minus settled, for each ceiling."""
        return tuple(new - old for new, old in zip(self.paid.added_fen, self.visit.added_fen))


@dataclass(frozen=True, slots=True)
class Decided:
    """The outcome for the year: the new visit, corrections of others, and the row to store."""

    paid: Paid | None
    differences: tuple[Difference, ...]
    year: Year


@dataclass(frozen=True, slots=True)
class NewVisit:
    """A visit to be decided: facts of the person and of the visit in JSON form."""

    person: Mapping[str, Any]
    visit: Mapping[str, Any]

    def stored(self) -> dict[str, Any]:
        """Return the facts as the visit keeps them, to be decided by again."""
        return {PERSON: dict(self.person), VISIT: dict(self.visit)}


@dataclass(frozen=True, slots=True)
class Read:
    """A visit as the rule reads it, with its place in the order."""

    person: Facts
    visit: Facts
    order: tuple[int | str, ...]

    @classmethod
    def of(cls, rule: Rule, new: NewVisit) -> "Read":
        """Read the facts. Raises FactFaults with a line for each fault."""
        visit = rule.read(new.visit)
        return cls(rule.read(new.person), visit, rule.order_of(visit))


def seen_of(year: Year, paid: Paid) -> str:
    """Return a mark of what a trial shows: how the year stands, and what the fund would pay."""
    return f"{year.settlements}.{year.fund_paid_fen}.{paid.fund_pay_fen}"


def comes_after(year: Year, rule: Rule, read: Read) -> bool:
    """Tell whether one step from the stored state decides the visit.

    Not so for a visit that comes before one already settled, nor after the rules' sense changed.
    """
    if not year.settlements and not year.state:
        return True
    return year.sense_hash == rule.sense_hash and read.order >= year.last_order


def decide_next(year: Year, rule: Rule, read: Read) -> Decided:
    """Decide the visit by one step from the stored state."""
    state = year.state or rule.first_state()
    paid = rule.step(read.person, read.visit, state, read.order)
    most = year.limit_fen or tuple(0 for _ in rule.ceilings)
    after = Year(
        row_id=year.row_id,
        state=paid.state,
        used_fen=rule.used_fen(paid.state),
        limit_fen=tuple(map(max, most, paid.limit_fen)),
        last_order=paid.order,
        sense_hash=rule.sense_hash,
        fund_paid_fen=year.fund_paid_fen + paid.fund_pay_fen,
        settlements=year.settlements + 1,
    )
    return Decided(paid, (), after)


def decide_again(
    year: Year, rule: Rule, standing: Sequence[Standing], new: Read | None = None
) -> Decided:
    """Decide the year from its start: the visits that stand and, if there is one, a new one.

    Equal places in the order keep the order in which they were settled, a new one last.
    """
    rows: list[tuple[Standing | None, Read]] = [
        (visit, Read.of(rule, NewVisit(visit.facts[PERSON], visit.facts[VISIT])))
        for visit in standing
    ]
    if new is not None:
        rows.append((None, new))
    state, most = rule.first_state(), tuple(0 for _ in rule.ceilings)
    fresh, last, paid_fen = None, (), 0
    differences = []
    for visit, read in sorted(rows, key=lambda row: row[1].order):
        paid = rule.step(read.person, read.visit, state, read.order)
        state, last = paid.state, paid.order
        most = tuple(map(max, most, paid.limit_fen))
        paid_fen += paid.fund_pay_fen
        if visit is None:
            fresh = paid
        elif _differs(visit, paid):
            differences.append(Difference(visit, paid))
    after = Year(
        row_id=year.row_id,
        state=state,
        used_fen=rule.used_fen(state),
        limit_fen=most,
        last_order=last,
        sense_hash=rule.sense_hash,
        fund_paid_fen=paid_fen,
        settlements=len(rows),
    )
    return Decided(fresh, tuple(differences), after)


def decide(
    year: Year, rule: Rule, new: NewVisit, standing: Callable[[], Sequence[Standing]]
) -> Decided:
    """Decide a new visit by one step where that is enough, else with the year's other visits."""
    read = Read.of(rule, new)
    if comes_after(year, rule, read):
        return decide_next(year, rule, read)
    return decide_again(year, rule, standing(), read)


def _differs(visit: Standing, paid: Paid) -> bool:
    settled = (visit.deductible_fen, visit.fund_pay_fen, visit.added_fen)
    return settled != (paid.deductible_fen, paid.fund_pay_fen, paid.added_fen)
