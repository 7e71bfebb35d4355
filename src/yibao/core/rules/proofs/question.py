"""A question over all persons at once: conditions, evaluated on every pattern of their atoms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from yibao.core.rules.edition import Edition
from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.proofs.atoms import reads
from yibao.core.rules.proofs.diagrams import NEVER, Diagrams, matching
from yibao.core.rules.proofs.endless import endless
from yibao.core.rules.proofs.least import Least
from yibao.core.rules.proofs.logic import Logic, atoms_of
from yibao.core.rules.proofs.patterns import Patterns
from yibao.core.rules.ranges import Ranges
from yibao.core.rules.reduce import Reducer

Person = Mapping[Node, int]


class World:
    """An edition as a proof sees it: small nodes, formulas, ranges, patterns found so far."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.reducer = Reducer(edition, frozenset(), False)
        self.make, self.small, self.flags = (
            self.reducer.make,
            self.reducer.small,
            self.reducer.flags,
        )
        fold = edition.fold
        roots = [node for _, node in edition.result]
        roots += [*fold.next, *fold.limits] if fold else []
        self.roots = roots
        state = fold.state if fold else ()
        small = [self.small(root) for root in roots]
        self.ranges = Ranges(edition.facts, edition.codes, state, small)
        self.logic = Logic(self.make, edition.codes)
        self.calendar = endless(edition.book.calendar)
        self.least = Least(self.ranges, self.calendar)
        self.patterns = Patterns(self.make, self.ranges, self.least)
        self.required = [
            self.logic.negated(self.logic.of(self.reducer.broken(requirement.when)))
            for requirement in edition.requires
        ]


class Question:
    """Conditions by name, over every pattern that the requirements allow.

    A condition is a number of `diagrams`. Raises TooManyPatterns.
    """

    def __init__(self, world: World, asked: Mapping[str, Node]) -> None:
        self.world = world
        formulas = {name: world.logic.of(node) for name, node in asked.items()}
        required = self._concerned(formulas)
        atoms = atoms_of([*formulas.values(), *required], world.logic.atoms)
        self.free = [atom for atom in atoms if world.patterns.free(atom)]
        self.parts = world.patterns.parts(atoms)
        self.diagrams = Diagrams([atom for part in self.parts for atom in part.atoms])
        allowed = [self.diagrams.of(formula) for formula in required]
        self.required = self.diagrams.both(*allowed)
        for part in reversed(self.parts):
            allowed.append(self.diagrams.of_rows(part.truths, self.diagrams.place[part.atoms[0]]))
        self.allowed = self.diagrams.both(*reversed(allowed))
        self._asked = {name: self.diagrams.of(formula) for name, formula in formulas.items()}

    def __getitem__(self, name: str) -> int:
        return self._asked[name]

    def can(self, condition: int) -> bool:
        """Whether a condition can hold at all."""
        return self.diagrams.both(self.allowed, condition) != NEVER

    def silent(self, atom: Node) -> bool:
        """Whether an atom asks what the text does not say."""
        return any(node.op == "silent" for node in in_order([atom]))

    def person(self, condition: int) -> Person | None:
        """The facts of someone of whom the condition holds; None where no one is found.

        What cannot be reasoned about must not matter: the condition holds either way.
        """
        for atom in self.free:
            condition = self.diagrams.either_way(condition, atom)
        truths = self.diagrams.example(self.diagrams.both(self.allowed, condition))
        if truths is None:
            return None
        found: dict[Node, int] = {}
        for part in self.parts:
            row = next(iter(matching(part.atoms, part.truths, truths)))
            found.update({source: int(values[row]) for source, values in part.examples.items()})
        return found

    def _concerned(self, formulas: Mapping[str, Node]) -> list[Node]:
        """The requirements that share a fact with the conditions, or with one that does."""
        world = self.world
        read = self._sources(formulas.values())
        left = [(formula, self._sources([formula])) for formula in world.required]
        found: list[Node] = []
        while True:
            near = [pair for pair in left if not pair[1].isdisjoint(read)]
            if not near:
                return found
            for pair in near:
                left.remove(pair)
                found.append(pair[0])
                read |= pair[1]

    def _sources(self, formulas: Iterable[Node]) -> set[Node]:
        atoms = atoms_of(formulas, self.world.logic.atoms)
        return {source for atom in atoms for source in reads(atom)}
