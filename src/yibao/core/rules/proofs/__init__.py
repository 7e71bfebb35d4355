"""Proofs over a whole rulebook: no gap, no dead clause, no crossing without a cited precedence, no
reading of a none, what is ensured kept, 64 bits enough. Each failure shows a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from yibao.core.rules import dates
from yibao.core.rules.book import Rulebook
from yibao.core.rules.faults import Fault
from yibao.core.rules.graph import in_order
from yibao.core.rules.parameters import FOREVER, Parameter
from yibao.core.rules.proofs.findings import Prover
from yibao.core.rules.rules import Rule


@dataclass(frozen=True, slots=True)
class Proof:
    """What a rulebook breaks, sorted by place; and what could only be sampled."""

    faults: tuple[Fault, ...]
    notes: tuple[str, ...]


def prove(book: Rulebook) -> Proof:
    """Prove every rule, for each year in which one of its parameters changes.

    A clause that only a closed setting decides away is not dead: the text has it, and another
    office closes the setting otherwise. So a rule that reads closed settings is proved with them
    open as well.
    """
    prover = Prover()
    closed = {name for name, one in book.parameters.items() if _opened(one) is not one}
    opened = book.changed(tuple(_opened(book.parameters[name]) for name in sorted(closed)))
    for name, rule in book.rules.items():
        for year in years_of(book, rule):
            prover.prove(book.bind(name, year=year))
            if closed & names_of(rule):
                prover.prove(opened.bind(name, year=year))
    return Proof(prover.faults(), tuple(sorted(prover.notes)))


def _opened(parameter: Parameter) -> Parameter:
    """A parameter without what settings closed; the same object where nothing was open."""
    if parameter.open and parameter.values:
        return replace(parameter, values=())
    ranks = [value.rank for value in parameter.values if value.open]
    kept = tuple(v for v in parameter.values if not ranks or v.rank <= max(ranks))
    return parameter if kept == parameter.values else replace(parameter, values=kept)


def names_of(rule: Rule) -> frozenset[str]:
    """The parameters that a rule reads."""
    fold = rule.fold
    roots = [node for _, node in rule.result]
    roots += [condition.when for condition in (*rule.requires, *rule.ensures)]
    roots += [*fold.next, *fold.limits] if fold else []
    return frozenset(str(n.value) for n in in_order(roots) if n.op in ("param", "table"))


def years_of(book: Rulebook, rule: Rule) -> Iterator[int]:
    """The years from which the rule reads other values; the last one stands for all that follow."""
    values = [value for name in names_of(rule) for value in book.parameters[name].values]
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
