"""Compiled loops and SQL answer as columns and the scalar reader do, on rulebooks nobody wrote."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.core.rules.random_columns import random_columns
from tests.core.rules.sql_rows import answers_of, differences
from tests.core.rules.test_compiled import assert_same_clauses
from tests.laws.random_books import YEAR, fold_books, row_books
from tests.laws.test_readers_agree import CALENDAR, all_facts, history
from yibao.core.rules import columns, compiled, sql
from yibao.core.rules.book import Rulebook
from yibao.core.rules.columns import Decided
from yibao.core.rules.encoding import Columns

SEEDS = st.integers(0, 2**20)
# Each example compiles, or fills a database: what fails is told as it is, without shrinking.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
few = settings(
    max_examples=8, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck)
)
some = settings(
    max_examples=30, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck)
)


def same(expected: Decided, found: Decided) -> None:
    """Bit for bit on every row that is answered, and the same rows are."""
    assert np.array_equal(expected.unanswered, found.unanswered)
    kept = ~expected.unanswered
    for name, values in expected.values.items():
        assert values.dtype == found.values[name].dtype, name
        assert np.array_equal(values[kept], found.values[name][kept]), name


@few
@given(book=row_books(CALENDAR), seed=SEEDS, missing=st.booleans())
def test_compiled_rows_are_the_columns(book: Rulebook, seed: int, missing: bool) -> None:
    edition = book.bind("row", year=YEAR)
    rows = random_columns(edition, 200, all_facts(edition), seed=seed, missing=missing)
    expected, found = columns.decide(edition, rows), compiled.decide(edition, rows)
    same(expected, found)
    assert_same_clauses(edition, rows, expected, found)


@few
@given(book=fold_books(), seed=SEEDS)
def test_a_compiled_fold_is_the_columns(book: Rulebook, seed: int) -> None:
    edition = book.bind("fold", year=YEAR)
    persons, visits, whose = history(edition, seed, 40, 700)
    expected = columns.fold_columns(edition, persons, visits, whose)
    found = compiled.fold_columns(edition, persons, visits, whose)
    same(expected, found)
    for name, values in expected.state.items():
        assert np.array_equal(values, found.state[name]), name


@some
@given(book=row_books(CALENDAR), seed=SEEDS)
def test_duckdb_is_the_scalar_reader(book: Rulebook, seed: int) -> None:
    edition = book.bind("row", year=YEAR)
    drawn = random_columns(edition, 60, all_facts(edition), seed=seed, missing=True)
    told = {name: lost for name, lost in drawn.missing.items() if edition.facts[name].none is None}
    rows = Columns(drawn.size, drawn.values, told)  # of a fact that may be none, NULL is the none
    connection: Any = duckdb.connect()
    connection.execute("create table working_day (day date, number bigint, works boolean)")
    connection.executemany(
        "insert into working_day values (?, ?, ?)", list(sql.working_days(CALENDAR))
    )
    assert differences(edition, rows, answers_of(connection, edition, rows)) == []
