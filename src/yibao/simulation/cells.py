"""A proposal answered on the cells of a census: as quick for a league as for a village."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from yibao.core.refusal import Refusal
from yibao.core.rules import scalar
from yibao.core.rules.cells import NoCells
from yibao.core.rules.edition import Edition
from yibao.simulation.assembly import section
from yibao.simulation.census import Census
from yibao.simulation.deciding import Batch
from yibao.simulation.job import SIDES, Job
from yibao.simulation.outcome import Section
from yibao.simulation.reasons import reason_of
from yibao.simulation.tally import (
    AFTER,
    BEFORE,
    Amounts,
    Sums,
    amounts_of,
    bins,
    code_outcome,
    moves,
)

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Answered:
    """What a census came to: sums, each cell's amounts, and the cells that stay unanswered."""

    sums: Sums
    amounts: Amounts
    lost: Array


def answer(job: Job, rule: str, census: Census) -> Section | None:
    """What a proposal comes to over a counted population, without the most affected.

    None where the proposal turns where the census does not: count again.
    """
    try:
        return section(job, rule, answered(job, rule, census).sums, ())
    except NoCells:
        return None


def totals(job: Job, rule: str, census: Census) -> Sums:
    """The amounts of both rulebooks, and who gains and loses, without groups: while one types.

    Raises NoCells where the proposal turns where the census does not.
    """
    _, _, amounts, lost = _decided(job, rule, census)
    sums = Sums()
    _add_people(sums, rule, amounts, census, ~lost)
    return sums


def answered(job: Job, rule: str, census: Census) -> Answered:
    """Decide one person of each cell under both rulebooks, and weigh the answers.

    Raises NoCells.
    """
    editions, batches, amounts, lost = _decided(job, rule, census)
    sums = Sums()
    _add_people(sums, rule, amounts, census, ~lost)
    _add_groups(sums, rule, amounts, census, ~lost)
    _add_pairs(sums, rule, amounts, editions, batches, np.where(lost, 0, census.persons))
    _add_unanswered(sums, rule, editions, batches, census)
    return Answered(sums, amounts, lost)


def _decided(
    job: Job, rule: str, census: Census
) -> tuple[list[Edition], list[Batch], Amounts, Array]:
    editions = [job.edition(side, rule) for side in SIDES]
    batches = [_batch(census, edition) for edition in editions]
    amounts = amounts_of(editions, [batch.values for batch in batches])
    lost = batches[0].unanswered | batches[1].unanswered
    return editions, batches, amounts, lost


def _batch(census: Census, edition: Edition) -> Batch:
    """An edition's answers for the cells that have anybody. Raises NoCells."""
    table = census.cells
    known = (edition.text_hash, edition.year, edition.known)
    first = (table.edition.text_hash, table.edition.year, table.edition.known)
    decided = table.decided if known == first else table.evaluate(edition)
    values = {name: column[census.numbers] for name, column in decided.values.items()}
    return Batch(values, decided.unanswered[census.numbers])


def _add_people(sums: Sums, rule: str, amounts: Amounts, census: Census, kept: Array) -> None:
    persons = np.where(kept, census.persons, 0)
    change = amounts.change()
    for name, column in (
        ("persons", census.persons),
        ("visits", census.visits),
        ("with_visits", census.with_visits),
    ):
        sums.add(rule, "total", name, number=int(column[kept].sum()))
    for side, columns in ((BEFORE, amounts.before), (AFTER, amounts.after)):
        for name, column in columns.items():
            sums.add(rule, "amount", f"{name}.{side}", number=int(persons @ column))
    for name, which in moves(change):
        sums.add(rule, "moves", name, number=int(persons[which].sum()))
        sums.add(rule, "moved_fen", name, number=int(persons[which] @ change[which]))
    places = bins(change)
    for place in np.unique(places):
        sums.add(rule, "bin", str(place), number=int(persons[places == place].sum()))


def _add_groups(sums: Sums, rule: str, amounts: Amounts, census: Census, kept: Array) -> None:
    moved = [(name, which & kept) for name, which in moves(amounts.change())]
    for by, (keys, persons, visits) in census.groups.items():
        found = {"persons": persons[kept].sum(axis=0), "visits": visits[kept].sum(axis=0)}
        found |= {name: persons[which].sum(axis=0) for name, which in moved}
        for side, columns in ((BEFORE, amounts.before), (AFTER, amounts.after)):
            for name, column in columns.items():
                found[f"{name}.{side}"] = column[kept] @ persons[kept]
        for name, numbers in found.items():
            for key, number in zip(keys, numbers.tolist()):
                sums.add(rule, "group", by, key, name, number=number)


def _add_pairs(
    sums: Sums,
    rule: str,
    amounts: Amounts,
    editions: list[Edition],
    batches: list[Batch],
    persons: Array,
) -> None:
    found = code_outcome(editions)
    if found is None:
        return
    name, codes = found
    most = len(codes) - 1
    before, after = (np.minimum(batch.values[name].astype(np.int64), most) for batch in batches)
    for pair in np.unique(before * len(codes) + after):
        old, new = divmod(int(pair), len(codes))
        weights = np.where((before == old) & (after == new), persons, 0)
        head = (rule, "pair", codes[old], codes[new])
        sums.add(*head, "rows", number=int(weights.sum()))
        if not weights.any():
            continue
        for side, columns in ((BEFORE, amounts.before), (AFTER, amounts.after)):
            for amount, column in columns.items():
                sums.add(*head, f"{amount}.{side}", number=int(weights @ column))


def _add_unanswered(
    sums: Sums, rule: str, editions: list[Edition], batches: list[Batch], census: Census
) -> None:
    """The cells left out, each once, by the reason of the side that is asked first."""
    for cell in np.flatnonzero(batches[0].unanswered | batches[1].unanswered).tolist():
        side = 0 if batches[0].unanswered[cell] else 1
        why = reason_of(_refusal(editions[side], census, cell))
        for what, column in (("persons", census.persons), ("visits", census.visits)):
            sums.add(rule, "unanswered", SIDES[side], *why, what, number=int(column[cell]))


def _refusal(edition: Edition, census: Census, cell: int) -> Refusal | None:
    """Why somebody of a cell cannot be answered."""
    try:
        scalar.decide(edition, census.people.row(cell))
    except Refusal as refusal:
        return refusal
    return None
