"""Columns of random facts as the rows of a table, and the rows of an answer as the engine has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.core.rules.random_columns import facts_of_row
from yibao.core.refusal import Refusal
from yibao.core.rules import dates, scalar, sql
from yibao.core.rules.edition import Edition
from yibao.core.rules.encoding import Columns, number_of
from yibao.core.rules.types import Type

SQL_TYPES = {"flag": "boolean", "date": "date", "date-time": "timestamp", "code": "varchar"}


def table_columns(edition: Edition, *, numbered: bool = False) -> dict[str, str]:
    """The columns that the query reads, with their types, after the key."""
    found = {"id": "bigint"}
    for name, fact in sql.columns_read(edition).items():
        kind = SQL_TYPES.get(fact.type.kind, "bigint")
        found[name] = "bigint" if numbered and kind == "varchar" else kind
    for variable in edition.fold.state if edition.fold else ():
        found[sql.state_column(variable.name)] = "bigint"
    return found


def table_rows(
    edition: Edition,
    columns: Columns,
    names: Sequence[str],
    states: Sequence[Sequence[int]] = (),
    *,
    numbered: bool = False,
) -> Iterator[tuple[object, ...]]:
    """The rows as a driver takes them; a fact that was not given is NULL."""
    for row in range(columns.size):
        known = facts_of_row(edition, columns, row).values
        after = [*states[row]] if states else []
        facts = names[1 : len(names) - len(after)]
        yield (row, *(_native(edition, name, known.get(name), numbered) for name in facts), *after)


def _native(edition: Edition, name: str, value: object, numbered: bool) -> object:
    type_ = edition.facts[name].type
    if value is None or type_.kind == "flag":
        return value
    if type_.kind == "date":
        assert isinstance(value, int)
        return dates.to_date(value)
    if type_.kind == "date-time":
        assert isinstance(value, int)
        return datetime.fromtimestamp(value, UTC).replace(tzinfo=None)
    if isinstance(value, frozenset) or numbered:
        return number_of(value, type_, edition.codes)
    return value


def as_engine(value: object, type_: Type, edition: Edition, *, numbered: bool = False) -> object:
    """A value of the answer as the scalar reader gives it."""
    if isinstance(value, datetime):
        return (value - datetime(1970, 1, 1)) // timedelta(seconds=1)
    if isinstance(value, date):
        return dates.to_number(value)
    if type_.kind == "code" and numbered and isinstance(value, int):
        return tuple(edition.codes[type_.of])[value]
    if type_.kind == "codes" and isinstance(value, int):
        return frozenset(c for at, c in enumerate(edition.codes[type_.of]) if value >> at & 1)
    return value


def differences(
    edition: Edition,
    columns: Columns,
    answers: Mapping[int, Mapping[str, object]],
    *,
    states: Sequence[Sequence[int]] = (),
    numbered: bool = False,
) -> list[str]:
    """Where a query and the scalar reader part, row by row, by key; outcomes, clauses, refusals."""
    found: list[str] = []
    assert answers.keys() == set(range(columns.size))
    for row in range(columns.size):
        answer, state = answers[row], tuple(states[row]) if states else ()
        try:
            decision, after = scalar.evaluate(
                edition, (facts_of_row(edition, columns, row),), state
            )
        except Refusal as refused:
            if not answer["unanswered"]:
                found.append(f"row {row}: answered, but {refused.code}")
            continue
        if answer["unanswered"]:
            found.append(f"row {row}: not answered")
            continue
        for name, value in decision.result.items():
            got = as_engine(answer[name], edition.types[name], edition, numbered=numbered)
            if got != value:
                found.append(f"row {row}: {name} is {got!r}, not {value!r}")
        for name, clause in decision.clauses:
            if answer[f"clause_{name}"] != _number_of_clause(edition, name, clause):
                found.append(f"row {row}: clause of {name} is not {clause}")
        for variable, value in zip(edition.fold.state if edition.fold else (), after):
            if answer[sql.state_column(variable.name)] != value:
                found.append(f"row {row}: state {variable.name}")
    return found


def _number_of_clause(edition: Edition, decision: str, clause: str) -> int:
    steps = (step for step in edition.steps.values() if step.decision == decision)
    return [c.name for c in next(steps).clauses].index(clause)


def answers_of(
    connection: Any,
    edition: Edition,
    columns: Columns,
    states: Sequence[Sequence[int]] = (),
    *,
    numbered: bool = False,
) -> dict[int, dict[str, object]]:
    """What a DuckDB answers, by key."""
    names = table_columns(edition, numbered=numbered)
    declared = ", ".join(f'"{name}" {kind}' for name, kind in names.items())
    connection.execute(f"create or replace table facts ({declared})")
    marks = ", ".join("?" for _ in names)
    rows = table_rows(edition, columns, list(names), states, numbered=numbered)
    connection.executemany(f"insert into facts values ({marks})", [list(row) for row in rows])
    where = sql.Table("facts", missing=frozenset(columns.missing), numbered=numbered)
    found = connection.execute(sql.select(edition, where, "duckdb"))
    heads = [column[0] for column in found.description]
    return {row[0]: dict(zip(heads, row)) for row in found.fetchall()}
