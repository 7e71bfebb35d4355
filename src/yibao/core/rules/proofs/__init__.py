"""Proofs over a whole rulebook: no gap, no dead clause, no crossing without a cited precedence, no
reading of a none, what is ensured kept, 64 bits enough. Each failure shows a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from yibao.core.rules import dates
from yibao.core.rules.book import Rulebook
from yibao.core.rules.faults import Fault
from yibao.core.rules.graph import in_order
from yibao.core.rules.parameters import FOREVER
from yibao.core.rules.proofs.findings import Prover
from yibao.core.rules.rules import Rule


@dataclass(frozen=True, slots=True)
class Proof:
    """What a rulebook breaks, sorted by place; and what could only be sampled."""

    faults: tuple[Fault, ...]
    notes: tuple[str, ...]


def prove(book: Rulebook) -> Proof:
    """Prove every rule, for each year in which one of its parameters changes."""
    prover = Prover()
    for name, rule in book.rules.items():
        for year in years_of(book, rule):
            prover.prove(book.bind(name, year=year))
    return Proof(prover.faults(), tuple(sorted(prover.notes)))


def years_of(book: Rulebook, rule: Rule) -> Iterator[int]:
    """The years from which the rule reads other values; the last one stands for all that follow."""
    fold = rule.fold
    roots = [node for _, node in rule.result]
    roots += [condition.when for condition in (*rule.requires, *rule.ensures)]
    roots += [*fold.next, *fold.limits] if fold else []
    names = {str(n.value) for n in in_order(roots) if n.op in ("param", "table")}
    values = [value for name in names for value in book.parameters[name].values]
    turns = {day for value in values for day in (value.since, value.until + 1)}
    years = sorted({dates.year_of(day) for day in turns if day < FOREVER})
    found = False
    for year in years:
        start = dates.year_start(year)
        if any(value.covers(start) for value in values):
            found = True
            yield year
    if not found:
        yield max(years, default=_ANY_YEAR)


_ANY_YEAR = 2020
