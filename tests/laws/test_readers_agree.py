"""Laws that hold the readers together, on rulebooks and facts that nobody wrote by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.rules.random_columns import facts_of_row, facts_read, random_columns
from tests.laws.random_books import YEAR, fold_books, row_books
from yibao.core.calendar import WorkingCalendar
from yibao.core.refusal import Refusal
from yibao.core.rules import columns as by_columns
from yibao.core.rules import fold, scalar
from yibao.core.rules.book import Rulebook
from yibao.core.rules.columns import Decided, decide, fold_columns, prepared
from yibao.core.rules.edition import Edition
from yibao.core.rules.encoding import Columns, none_of, value_of
from yibao.core.rules.facts import Facts
from yibao.core.rules.plan import Plan
from yibao.core.rules.proofs.atoms import reads
from yibao.core.rules.proofs.findings import decisions_of
from yibao.core.rules.proofs.least import TooManyPatterns
from yibao.core.rules.proofs.question import Question, World
from yibao.core.rules.ranges import ranges_of

CALENDAR = WorkingCalendar(
    holidays=[date(2009, 1, 1), date(2009, 10, 1)],
    workdays=[date(2009, 10, 10)],
    first=date(2008, 7, 1),
    last=date(2010, 3, 31),
).ordinals
ROWS = 25
some = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SEEDS = st.integers(0, 2**20)


def all_facts(edition: Edition) -> list[str]:
    """Every fact but the year, which is the edition's: also those that no outcome rests on."""
    return [name for name in edition.facts if name != "year"]


def answered(edition: Edition, decision: scalar.Decision, decided: Decided, row: int) -> None:
    """A row says what the scalar reader says: outcomes, and the clause of each decision read."""
    assert not decided.unanswered[row]
    for name, value in decision.result.items():
        column = decided.values[name]
        none = none_of(column.dtype) if column.dtype != bool else None
        assert value_of(int(column[row]), edition.types[name], edition.codes, none) == value, name
    for name, clause in decision.clauses:
        info = next(step for step in edition.steps.values() if step.decision == name)
        assert info.clauses[decided.clauses[name][row]].name == clause, name


@some
@given(book=row_books(CALENDAR), seed=SEEDS)
def test_columns_are_the_scalar_reader_row_by_row(book: Rulebook, seed: int) -> None:
    edition = book.bind("row", year=YEAR)
    columns = random_columns(edition, ROWS, all_facts(edition), seed=seed, missing=True)
    decided = decide(edition, columns)
    for row in range(ROWS):
        try:
            decision = scalar.decide(edition, facts_of_row(edition, columns, row))
        except Refusal:
            assert decided.unanswered[row]
        else:
            answered(edition, decision, decided, row)


@some
@given(book=row_books(), seed=SEEDS)
def test_the_truth_table_is_the_plan(book: Rulebook, seed: int) -> None:
    edition = book.bind("row", year=YEAR)
    columns = random_columns(edition, ROWS, seed=seed)
    plan = prepared(edition)
    if plan.table is None:
        return
    found = decide(edition, columns)
    inputs = by_columns.inputs_of(plan.roots, by_columns.completed(edition, columns))
    slow = Plan(plan.roots, plan.ranges).run(inputs, ROWS)
    told: list[Any] = [*found.values.values(), *found.clauses.values(), found.unanswered]
    for fast, value, dtype in zip(told, slow, [node.type.kind for node in plan.roots]):
        if dtype in ("flag", "code", "number"):
            assert (np.broadcast_to(value, ROWS) == fast).all()


@some
@given(book=row_books(CALENDAR), seed=SEEDS)
def test_no_value_leaves_its_range(book: Rulebook, seed: int) -> None:
    edition = book.bind("row", year=YEAR)
    columns = random_columns(edition, ROWS, seed=seed)
    plan = prepared(edition)
    ranges = ranges_of(plan.reduced)
    decided = decide(edition, columns)
    kept = ~decided.unanswered
    for name, node in plan.reduced.result:
        column = decided.values[name]
        values = (
            column[kept & (column != none_of(column.dtype))] if column.dtype != bool else column
        )
        low, high, _ = ranges.of(node)
        assert ((values >= low) & (values <= high)).all(), name


def history(edition: Edition, seed: int, persons: int, visits: int) -> tuple[Columns, Columns, Any]:
    """Persons, their visits in the order of discharge, and whose each is."""
    read = facts_read(edition)
    own = [name for name in read if not edition.facts[name].per_visit]
    told = dict.fromkeys([*(n for n in read if edition.facts[n].per_visit), "discharged_on"])
    rows = random_columns(edition, visits, told, seed=seed)
    order = np.argsort(rows.values["discharged_on"], kind="stable")
    in_order = Columns(visits, {name: value[order] for name, value in rows.values.items()})
    whose = np.random.default_rng(seed).integers(0, persons, visits)
    return random_columns(edition, persons, own, seed=seed + 1, missing=True), in_order, whose


@some
@given(book=fold_books(), seed=SEEDS)
def test_a_fold_in_batch_is_the_counter_step_by_step(book: Rulebook, seed: int) -> None:
    edition = book.bind("fold", year=YEAR)
    persons, visits, whose = history(edition, seed, 6, ROWS)
    folded = fold_columns(edition, persons, visits, whose)
    for person in range(6):
        facts = facts_of_row(edition, persons, person)
        state, halted = fold.first_state(edition), False
        stored: list[Any] = []
        told: list[Facts] = []
        for row in np.flatnonzero(whose == person).tolist():
            visit = facts_of_row(edition, visits, row)
            try:
                if not halted:
                    decision, state = fold.step(edition, facts, visit, state)
            except Refusal:
                halted = True
            if halted:
                assert folded.unanswered[row]
                continue
            answered(edition, decision, folded, row)
            stored.append(decision.result)
            told.append(visit)
        after = [int(folded.state[variable.name][person]) for variable in edition.fold.state]  # type: ignore[union-attr]
        assert tuple(after) == state.values
        assert fold.replay(edition, facts, told, stored) == []
        for variable, value in zip(edition.fold.state, after):  # type: ignore[union-attr]
            if variable.name.startswith("used:"):
                assert value >= 0


@some
@given(book=row_books(), seed=SEEDS)
def test_no_pattern_of_atoms_is_outside_the_proofs_list(book: Rulebook, seed: int) -> None:
    edition = book.bind("row", year=YEAR)
    world = World(edition)
    for decision in decisions_of(world):
        asked = {str(at): world.small(guard) for at, guard in enumerate(decision.pick.args)}
        try:
            question = Question(world, asked)
        except TooManyPatterns:
            continue
        columns = random_columns(edition, 200, edition.facts.keys() - {"year"}, seed=seed)
        plan = Plan(question.diagrams.atoms, world.ranges)
        found = plan.run({n: columns.values[str(n.value)] for n in plan.inputs}, columns.size)
        shown = [np.broadcast_to(value, columns.size) for value in found]
        truths = np.array(shown, bool).reshape(len(shown), columns.size).T
        kept = question.diagrams.held(question.required, truths)
        listed = question.diagrams.held(question.allowed, truths)
        usable = readable(question, columns)
        assert (listed | ~kept | ~usable).all()


def readable(question: Question, columns: Columns) -> Any:
    """Rows on which no comparison of the question reads a none."""
    found = np.ones(columns.size, bool)
    for atom in question.diagrams.atoms:
        if atom.op == "lt":
            for source in reads(atom):
                name = str(source.value)
                if question.world.ranges.of(source).none:
                    found &= columns.values[name] != none_of(columns.values[name].dtype)
    return found
