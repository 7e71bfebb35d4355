"""Rules as SQL: DuckDB and PostgreSQL answer as the scalar reader does, row by row, by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import duckdb
import numpy as np
import pytest
from django.db import connections

from tests.core.rules.language import every_operator
from tests.core.rules.random_columns import facts_read, random_columns
from tests.core.rules.sql_rows import answers_of, differences, table_columns, table_rows
from yibao.core.calendar import WorkingCalendar
from yibao.core.rules import sql
from yibao.core.rules.edition import Edition
from yibao.core.rules.encoding import Columns
from yibao.rulebook.loader import REGIONS, calendar, rulebook

Answers = Mapping[int, Mapping[str, object]]
YEARS = (2010, 2021)
RULES = [
    pytest.param(region, rule, id=f"{region}-{rule}")
    for region in REGIONS
    for rule, read in rulebook(region).rules.items()
    if not read.fold
]


@pytest.fixture(scope="module")
def duck():
    """A DuckDB in memory, with the working days."""
    connection = duckdb.connect()
    connection.execute("create table working_day (day date, number bigint, works boolean)")
    rows = list(sql.working_days(calendar()))
    connection.executemany("insert into working_day values (?, ?, ?)", rows)
    return connection


@pytest.mark.parametrize(("region", "rule"), RULES)
def test_duckdb_answers_as_the_scalar_reader(duck, region: str, rule: str) -> None:
    for year in YEARS:
        edition = rulebook(region).bind(rule, year=year)
        columns = random_columns(edition, 250, missing=True, seed=year)
        assert differences(edition, columns, answers_of(duck, edition, columns)) == []


@pytest.mark.parametrize(("region", "rule"), [("xingan", "contribution"), ("hengshan", "coverage")])
def test_codes_may_stand_as_their_numbers(duck, region: str, rule: str) -> None:
    edition = rulebook(region).bind(rule, year=2021)
    columns = random_columns(edition, 500)
    answers = answers_of(duck, edition, columns, numbered=True)
    assert differences(edition, columns, answers, numbered=True) == []


@pytest.mark.parametrize("numbered", [False, True])
def test_every_operator_is_the_scalar_readers(numbered: bool) -> None:
    days = WorkingCalendar(
        holidays=[date(2009, 1, 1)], workdays=[], first=date(2008, 7, 1), last=date(2010, 3, 31)
    ).ordinals
    edition = every_operator(days)
    connection = duckdb.connect()
    connection.execute("create table working_day (day date, number bigint, works boolean)")
    rows = list(sql.working_days(days))
    connection.executemany("insert into working_day values (?, ?, ?)", rows)
    columns = random_columns(edition, 1_000)
    answers = answers_of(connection, edition, columns, numbered=numbered)
    assert differences(edition, columns, answers, numbered=numbered) == []
    assert sum(not answer["unanswered"] for answer in answers.values()) > 100


def visits_with_states(rows: int) -> tuple[Edition, Columns, list[list[int]]]:
    """Visits of Hinggan in the insured year, each with a stored state before it."""
    edition = rulebook("xingan").bind("benefit", year=2010)
    columns = random_columns(edition, rows, facts_read(edition))
    chance = np.random.default_rng(5)
    first, last = 14610, 14974  # the days of 2010
    out = chance.integers(first, last + 1, rows).astype(np.int32)
    into = (out - chance.integers(0, 400, rows)).astype(np.int32)
    columns.values["discharged_on"][:] = out
    columns.values["admitted_on"][:] = into
    columns.values["born"][:] = np.minimum(columns.values["born"], into)
    stays, known = chance.integers(0, 6, rows), chance.integers(0, 2, rows)
    used = chance.integers(0, (200_001, 2_000_001, 3_000_001), (rows, 3))
    return edition, columns, np.column_stack((stays, known, used)).tolist()


def test_one_step_of_a_fold_from_a_stored_state_is_the_counter(duck) -> None:
    edition, columns, states = visits_with_states(2_000)
    answers = answers_of(duck, edition, columns, states)
    assert differences(edition, columns, answers, states=states) == []
    assert sum(not answer["unanswered"] for answer in answers.values()) > 300


def in_postgresql(
    edition: Edition, columns: Columns, states: Sequence[Sequence[int]] = ()
) -> Answers:
    names = table_columns(edition)
    declared = ", ".join(f'"{name}" {kind}' for name, kind in names.items())
    where = sql.Table("pg_temp.facts", missing=frozenset(columns.missing), calendar="pg_temp.days")
    with connections["owner"].cursor() as cursor:
        cursor.execute("drop table if exists pg_temp.facts, pg_temp.days")
        cursor.execute(f"create temporary table facts ({declared})")
        cursor.execute("create temporary table days (day date, number bigint, works boolean)")
        with cursor.copy("copy pg_temp.days from stdin") as copy:
            for day in sql.working_days(calendar()):
                copy.write_row(day)
        with cursor.copy("copy pg_temp.facts from stdin") as copy:
            for row in table_rows(edition, columns, list(names), states):
                copy.write_row(row)
        cursor.execute("create index on pg_temp.days (number); create index on pg_temp.days (day)")
        cursor.execute("analyze pg_temp.days")
        cursor.execute(sql.select(edition, where, "postgresql"))
        heads = [column.name for column in cursor.description]
        return {row[0]: dict(zip(heads, row)) for row in cursor.fetchall()}


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize("region", REGIONS)
def test_postgresql_answers_as_the_scalar_reader(region: str) -> None:
    for rule, read in rulebook(region).rules.items():
        if read.fold:
            continue
        edition = rulebook(region).bind(rule, year=2021)
        columns = random_columns(edition, 400, missing=True)
        assert differences(edition, columns, in_postgresql(edition, columns)) == [], rule


@pytest.mark.django_db(databases=["default", "owner"])
def test_postgresql_takes_one_step_of_a_fold_as_the_counter() -> None:
    edition, columns, states = visits_with_states(1_000)
    answers = in_postgresql(edition, columns, states)
    assert differences(edition, columns, answers, states=states) == []
