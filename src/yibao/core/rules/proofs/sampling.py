"""Looks for a person where reasoning leaves a finding open: many are drawn, all atoms worked out.

The seed is fixed, so that a rulebook is found the same each time.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import numpy as np

from yibao.core.rules.encoding import Array
from yibao.core.rules.graph import Node
from yibao.core.rules.plan import Plan
from yibao.core.rules.proofs.atoms import is_bit, reads
from yibao.core.rules.proofs.diagrams import matching
from yibao.core.rules.proofs.patterns import NONE
from yibao.core.rules.proofs.question import Person, Question

_WAYS = 16
_PEOPLE = 32
_SEED = 20240101


def sampled(question: Question, condition: int) -> Person | None:
    """A person drawn of whom a condition holds; None where none was drawn."""
    chance = random.Random(_SEED)  # noqa: S311 - a search, no secret
    wanted = question.diagrams.both(question.allowed, condition)
    people: list[dict[Node, int]] = []
    for _ in range(_WAYS):
        truths = question.diagrams.example(wanted, chance)
        if truths is None:
            return None
        rows = [list(matching(part.atoms, part.truths, truths)) for part in question.parts]
        people += [_drawn(question, rows, chance) for _ in range(_PEOPLE)]
    sources = list(dict.fromkeys(source for person in people for source in person))
    columns = {s: np.array([person[s] for person in people], np.int64) for s in sources}
    held = question.diagrams.held(wanted, _truths(question, columns, len(people)))
    found = np.flatnonzero(held)
    return people[int(found[0])] if found.size else None


def _drawn(
    question: Question, rows: Sequence[Sequence[int]], chance: random.Random
) -> dict[Node, int]:
    """Values that keep the truths which can be reasoned about, and any for the rest."""
    person: dict[Node, int] = {}
    for part, fitting in zip(question.parts, rows):
        row = chance.choice(fitting)
        person.update({source: int(values[row]) for source, values in part.examples.items()})
    for atom in question.free:
        for source in reads(atom):
            if source not in person or chance.randint(0, 1):
                person[source] = _any_value(question, source, chance)
    return person


def _any_value(question: Question, source: Node, chance: random.Random) -> int:
    range_ = question.world.ranges.of(source)
    if range_.none and chance.randint(0, 3) == 0:
        return NONE
    span = range_.high - range_.low
    return range_.low + chance.randint(0, span >> chance.randint(0, span.bit_length()))


def _truths(question: Question, columns: Mapping[Node, Array], rows: int) -> Array:
    """The truth of every atom on every row. A row that asks what the text does not say stops."""
    atoms = question.diagrams.atoms
    plan = Plan(atoms, question.world.ranges, question.world.calendar)
    inputs = {}
    for node in plan.inputs:
        values = columns.get(node)
        if values is None:
            values = _mask(node, columns, rows)
        if question.world.ranges.of(node).none:
            values = np.where(values == NONE, plan.none_of(node), values)
        inputs[node] = values
    found = plan.run(inputs, rows)
    return np.stack([np.broadcast_to(value, rows) for value in found], axis=1)


def _mask(node: Node, columns: Mapping[Node, Array], rows: int) -> Array:
    """A set, from the flags of its codes."""
    found = np.zeros(rows, np.int64)
    for source, values in columns.items():
        if is_bit(source) and source.args[1] is node:
            found |= values << int(str(source.args[0].value))
    return found
