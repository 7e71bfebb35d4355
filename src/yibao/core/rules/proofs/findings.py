"""What a proof finds in one edition: gaps, crossings, broken promises, readings of a none.

Each finding shows a person. A clause that never comes first is dead only if it is so in every
edition of every rule that reads it: `Prover.lives` remembers which did.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from yibao.core.refusal import Refusal
from yibao.core.rules import scalar
from yibao.core.rules.edition import Edition
from yibao.core.rules.faults import Fault, Place
from yibao.core.rules.graph import Clause, Node, StepInfo, in_order
from yibao.core.rules.proofs.least import TooManyPatterns
from yibao.core.rules.proofs.nones import NoneReads, body_of
from yibao.core.rules.proofs.people import example_of, whole_person
from yibao.core.rules.proofs.question import Person, Question, World
from yibao.core.rules.proofs.sampling import sampled
from yibao.core.rules.ranges import ranges_of, wide_nodes
from yibao.core.rules.reduce import reduce_edition
from yibao.core.rules.runtime import LONGEST_SUM


@dataclass(frozen=True)
class Decision:
    """A list of clauses as an edition has it: its guards, and its outcomes by clause."""

    info: StepInfo
    pick: Node
    outcomes: tuple[tuple[Node, ...], ...]


@dataclass
class Alive:
    """What is known of a clause over all editions."""

    decision: str
    clause: Clause
    lives: bool = False
    behind: dict[str, None] = field(default_factory=dict)


class Prover:
    """Collects the findings of many editions; each is kept once, with the first example."""

    def __init__(self) -> None:
        self._faults: dict[tuple[object, ...], Fault] = {}
        self.notes: dict[str, None] = {}
        self.lives: dict[Place, Alive] = {}

    def faults(self) -> tuple[Fault, ...]:
        """All faults so far, with the clauses that live nowhere, in order of place."""
        for place, known in self.lives.items():
            if not known.lives:
                first = " and ".join(f"“{name}”" for name in known.behind)
                why = f": {first} come first" if first else ""
                what = f"clause “{known.clause.name}” of “{known.decision}” can never hold{why}"
                self._add("dead", place, what, "drop it or move it up", str(known.clause.cite))
        return tuple(sorted(self._faults.values()))

    def _add(self, kind: str, place: Place, what: str, cure: str, article: str, *key: str) -> None:
        fault = Fault(place.file, place.line, place.column, what, cure, article)
        self._faults.setdefault((kind, place, *(key or (what,))), fault)

    def note(self, place: Place, what: str) -> None:
        self.notes.setdefault(f"{place.file}:{place.line}:{place.column}: {what}")

    def prove(self, edition: Edition) -> None:
        """Look through one edition."""
        world = World(edition)
        self._ranges(edition)
        for decision in decisions_of(world):
            try:
                self._clauses(world, decision)
            except TooManyPatterns:
                self._too_many(decision.info)
        for at in range(len(edition.ensures)):
            self._ensured(world, at)
        self._nones(world)

    def _too_many(self, info: StepInfo) -> None:
        self.note(
            info.place,
            f"“{info.decision or info.name}” has too many cases to be proved. split the step",
        )

    def _clauses(self, world: World, decision: Decision) -> None:
        info, guards = decision.info, decision.pick.args
        asked = {f"holds {at}": world.small(guard) for at, guard in enumerate(guards)}
        asked |= {f"stops {at}": world.flags.of(guard) for at, guard in enumerate(guards)}
        question = Question(world, asked)
        if any(not question.silent(atom) for atom in question.free):
            self.note(
                info.place,
                f"“{info.decision}” compares several numbers at once: each truth of the "
                "comparison was proved, and sampled where it mattered",
            )
        rows = _Rows(question, len(guards))
        self._living(decision, rows)
        gap = question.person(rows.gap) or sampled(question, rows.gap)
        if gap is not None:
            told = example_of(world, gap)
            self._add(
                "gap",
                info.place,
                f"“{info.decision}” has a gap: nothing holds for {told}",
                "add a clause or otherwise",
                str(info.cite) if info.cite.source else "",
                "",
            )
        for first, second in rows.pairs():
            self._crossing(world, decision, rows, first, second)

    def _living(self, decision: Decision, rows: _Rows) -> None:
        for at, clause in enumerate(decision.info.clauses):
            known = self.lives.setdefault(clause.place, Alive(decision.info.decision, clause))
            if known.lives or rows.lives(at):
                known.lives = True
                continue
            names = [decision.info.clauses[other].name for other in rows.before(at)]
            known.behind.update(dict.fromkeys(names))

    def _crossing(
        self, world: World, decision: Decision, rows: _Rows, first: int, second: int
    ) -> None:
        info = decision.info
        one, two = info.clauses[first], info.clauses[second]
        same = all(row[first] is row[second] for row in decision.outcomes)
        cited = info.order is not None or two.name in [name for name, _ in one.over]
        if same or cited or not rows.cross(first, second):
            return
        both = rows.both(first, second)
        person = rows.question.person(both) or sampled(rows.question, both)
        if person is None:
            self.note(one.place, f"“{one.name}” and “{two.name}” may cross: sampled, not proved")
            return
        self._add(
            "cross",
            one.place,
            f"“{one.name}” and “{two.name}” cross, and no article says which comes first: "
            f"{example_of(world, person)}",
            "add over: …, or order:",
            str(one.cite),
            one.name,
            two.name,
        )

    def _ensured(self, world: World, at: int) -> None:
        ensured = world.edition.ensures[at]
        try:
            question = Question(
                world,
                {"holds": world.small(ensured.when), "stops": world.flags.of(ensured.when)},
            )
            see = question.diagrams
            broken = see.both(see.without(question["stops"]), see.without(question["holds"]))
            person = question.person(broken) or sampled(question, broken)
        except TooManyPatterns:
            self.note(ensured.place, f"“{ensured.label.en}” has too many cases to be proved")
            return
        if person is None:
            if question.can(broken):
                self.note(ensured.place, f"“{ensured.label.en}” was sampled, not proved")
            return
        if not _refuses(world, person, scalar.EnsuresBroken):
            self.note(ensured.place, f"“{ensured.label.en}” was sampled, not proved")
            return
        self._add(
            "ensures",
            ensured.place,
            f"“{world.edition.rule}” does not keep “{ensured.label.en}”: "
            f"{example_of(world, person)}",
            "add a clause that refuses it",
            "",
            "",
        )

    def _nones(self, world: World) -> None:
        """Step by step; a step that needs what was asked before it, down from the results."""
        for step in in_order(world.roots):
            if step.op != "step":
                continue
            inside = body_of(step)
            try:
                alone = NoneReads(world, inside, through=False).of(step.args[0])
                if alone is world.make.false:
                    continue
                question = Question(world, {"reads": alone})
                if not question.can(question["reads"]):
                    continue
                reached = NoneReads(world, inside, through=True).any(world.roots)
                question = Question(world, {"reads": reached})
                reads = question["reads"]
                person = question.person(reads) or sampled(question, reads)
            except TooManyPatterns:
                self._too_many(world.edition.steps[str(step.value)])
                continue
            if question.can(question["reads"]):
                self._none_read(world, step, person)

    def _none_read(self, world: World, step: Node, person: Person | None) -> None:
        info = world.edition.steps[str(step.value)]
        name = info.decision or info.name
        if person is None or not _refuses(world, person, scalar.NoneRead):
            self.note(info.place, f"“{name}” may read a none: sampled, not proved")
            return
        self._add(
            "none",
            info.place,
            f"“{name}” reads a value that is none: {example_of(world, person)}",
            "ask is not None first",
            str(info.cite) if info.cite.source else "",
            "",
        )

    def _ranges(self, edition: Edition) -> None:
        """64 bits, and the terms of sums."""
        reduced = reduce_edition(edition)
        place = edition.origin.place
        if wide_nodes(reduced):
            self._add(
                "wide",
                place,
                f"a value of “{edition.rule}” could leave 64 bits",
                "narrow the ranges of its facts",
                "",
            )
        ranges = ranges_of(reduced)
        for node in in_order(node for _, node in reduced.result):
            if node.op == "each":
                ranges.of(node)
                if ranges.terms(node) > LONGEST_SUM:
                    self._add(
                        "sum",
                        place,
                        f"a sum of “{edition.rule}” could have {ranges.terms(node)} terms, "
                        f"more than {LONGEST_SUM}",
                        "bound it with min",
                        "",
                    )


class _Rows:
    """The conditions of a list of clauses: which fires, which holds, which stops the decision."""

    def __init__(self, question: Question, clauses: int) -> None:
        self.question, see = question, question.diagrams
        self.see = see
        self.open: list[int] = []  # nothing fired before this clause, and nothing stopped it
        self.first: list[int] = []  # whatever a silent value says
        none_yet, free_yet = 1, 1
        for at in range(clauses):
            holds, stops = question[f"holds {at}"], question[f"stops {at}"]
            self.open.append(see.both(none_yet, see.without(stops)))
            self.first.append(see.both(free_yet, holds))
            none_yet = see.both(none_yet, see.without(stops), see.without(holds))
            free_yet = see.both(free_yet, see.without(holds))
        self.gap = none_yet

    def lives(self, at: int) -> bool:
        return self.question.can(self.first[at])

    def before(self, at: int) -> Iterator[int]:
        """The clauses that fire where a dead one holds."""
        holds = self.question[f"holds {at}"]
        firsts = ((other, self.see.both(self.first[other], holds)) for other in range(at))
        yield from (other for other, first in firsts if self.question.can(first))

    def pairs(self) -> Iterator[tuple[int, int]]:
        for first in range(len(self.open)):
            for second in range(first + 1, len(self.open)):
                yield first, second

    def _holds(self, at: int) -> int:
        see = self.see
        return see.both(self.question[f"holds {at}"], see.without(self.question[f"stops {at}"]))

    def both(self, first: int, second: int) -> int:
        """The first fires, and the second holds as well."""
        see = self.see
        return see.both(self.open[first], self.question[f"holds {first}"], self._holds(second))

    def cross(self, first: int, second: int) -> bool:
        """Both can be so, and the first is no special case of the second."""
        if not self.question.can(self.both(first, second)):
            return False
        return self.question.can(
            self.see.both(self._holds(first), self.see.without(self.question[f"holds {second}"]))
        )


def decisions_of(world: World) -> list[Decision]:
    """The lists of clauses that an edition's results read, each once."""
    steps = world.edition.steps
    found: dict[Node, tuple[StepInfo, list[tuple[Node, ...]]]] = {}
    for node in in_order(world.roots):
        if node.op == "step" and steps[str(node.value)].decision:
            inner = node.args[0]
            cases = inner.args[0] if inner.op == "within" else inner
            outcomes = tuple(world.small(outcome) for outcome in cases.args[1:])
            found.setdefault(cases.args[0], (steps[str(node.value)], []))[1].append(outcomes)
    return [Decision(info, pick, tuple(rows)) for pick, (info, rows) in found.items()]


def _refuses(world: World, person: Person, kind: type[Refusal]) -> bool:
    """Whether the scalar reader refuses a person for the reason that a proof says."""
    facts, state = whole_person(world, person)
    refused: Refusal | None = None
    try:
        scalar.evaluate(world.edition, (facts,), state)
    except Refusal as found:
        refused = found
    return isinstance(refused, kind)
