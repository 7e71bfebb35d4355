"""The writer of the hot operations: one transaction, one pipeline, a fixed number of round trips.

Settling, reversing, collecting and posting are done thousands of times a minute. Their reads and
writes are sent as prepared statements in one pipeline over Django's own connection, and waited
for only where an answer is needed. Model fields stay the one source of column names.

    with writing(scope.area_from, scope.area_until) as w:
        row = w.run(LOCK_AND_READ, [person_id]).fetchone()        # first round trip
        decision = settle(facts_of(row), rules)                   # pure
        w.add(Visit, id=row.visit_id, person=person_id, …)
        w.add_many(FeeLine, visit=[…], no=[…], cost_fen=[…])
                                            # second when the block ends, the commit with it

An error of the server surfaces where the next answer is read, or at the block's end, as
psycopg's class: see `yibao.database.errors`. Nothing of the block is then left behind.
"""

import contextlib
import functools
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
from django.db import connections, models, transaction
from django.db.models import JSONField, Model
from psycopg.types.json import Jsonb

from yibao.database.scope import SET_SCOPE


@functools.cache
def insert_sql(
    model: type[Model], names: tuple[str, ...], many: bool, using: str = "default"
) -> str:
    """Return the INSERT of these fields: one row of values, or many rows from one list a column."""
    fields = [_field(model, name) for name in names]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    into = f'insert into "{model._meta.db_table}" ({columns})'
    if not many:
        return f"{into} values ({', '.join(['%s'] * len(fields))})"
    lists = ", ".join(f"%s::{_type(field, using)}[]" for field in fields)
    return f"{into} select * from unnest({lists})"  # noqa: S608 - names of our own models


class Reply:
    """A statement's answer, read when it is needed; the first reading waits for the server."""

    def __init__(self, cursor: "psycopg.Cursor[Any]", writer: "Writer") -> None:
        self._cursor = cursor
        self._writer = writer

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the next row, or None."""
        self._writer.wait()
        return self._cursor.fetchone()

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return the rows that are left."""
        self._writer.wait()
        return self._cursor.fetchall()

    @property
    def rowcount(self) -> int:
        """How many rows the statement returned or changed."""
        self._writer.wait()
        if self._cursor.pgresult is None:
            self._writer.flush()
        return self._cursor.rowcount


class Writer:
    """Sends statements in a pipeline and counts them, so that a test can hold the exact budget.

    `statements` counts what was sent between begin and commit; `round_trips` how often this side
    waited for an answer.
    """

    def __init__(self, connection: "psycopg.Connection[Any]", using: str) -> None:
        self._connection = connection
        self._using = using
        self._queued: list[tuple[psycopg.Cursor[Any], str, Sequence[Any]]] = []
        self._unheard = False
        self._pipeline: psycopg.Pipeline | None = None
        self.statements = 0
        self.round_trips = 0

    def run(self, sql: str, params: Sequence[Any] = ()) -> Reply:
        """Take a statement and go on: it is sent with those after it, when an answer is read or
        the block ends. Sent one by one, each would wake the server. JSON columns come as text.
        """
        self.statements += 1
        return Reply(self._queue(sql, params), self)

    def add(self, model: type[Model], **columns: Any) -> None:
        """Insert one row; every column that has no default in the database must be named.

        Neither `save` nor a field's Python default takes part.
        """
        names = tuple(columns)
        values = [_ready(model, name, value) for name, value in columns.items()]
        self.run(insert_sql(model, names, False, self._using), values)

    def add_many(self, model: type[Model], **columns: Sequence[Any]) -> None:
        """Insert many rows in one statement, given one list of equal length for each column."""
        lengths = {len(values) for values in columns.values()}
        assert len(lengths) == 1, f"the columns of {model.__name__} have lengths {sorted(lengths)}"
        if lengths == {0}:
            return
        lists = [
            [_ready(model, name, value) for value in values] for name, values in columns.items()
        ]
        self.run(insert_sql(model, tuple(columns), True, self._using), lists)

    def commit(self) -> None:
        """Send the commit behind the writes, so that nobody waits for it apart.

        A refused statement before it keeps it from being done; Django, which commits when the
        block has ended, finds nothing left to commit.
        """
        self._queue("commit", ())

    def _queue(self, sql: str, params: Sequence[Any]) -> "psycopg.Cursor[Any]":
        cursor = psycopg.Cursor(self._connection)
        self._queued.append((cursor, sql, params))
        return cursor

    def _send(self) -> None:
        queued, self._queued = self._queued, []
        for cursor, sql, params in queued:
            cursor.execute(sql, params, prepare=True)
        self._unheard = self._unheard or bool(queued)

    def wait(self) -> None:
        """Send what is queued, and count the waiting for it."""
        self._send()
        if self._unheard:
            self._unheard = False
            self.round_trips += 1

    def flush(self) -> None:
        """Send what is waiting and hear all answers. Raises what the server refused."""
        if self._pipeline is not None:
            self._pipeline.sync()

    @contextlib.contextmanager
    def pipeline(self) -> Iterator[None]:
        """Keep the pipeline open for the block."""
        with self._connection.pipeline() as pipeline:
            self._pipeline = pipeline
            yield
            self.wait()
            self._pipeline = None


@contextlib.contextmanager
def writing(area_from: int, area_until: int, *, using: str = "default") -> Iterator[Writer]:
    """Open a writer in a transaction of its own that works in [area_from, area_until).

    Nested in another transaction, the outer scope is back when the block ends.
    """
    assert area_from < area_until, f"an area ends after it begins: {area_from}, {area_until}"
    connection = connections[using]
    nested = connection.in_atomic_block
    with transaction.atomic(using=using):
        connection.ensure_connection()
        writer = Writer(connection.connection, using)
        with writer.pipeline():
            before = writer.run(SET_SCOPE, [str(area_from), str(area_until)])
            yield writer
            if not nested:
                writer.commit()
            elif row := before.fetchone():
                writer.run(SET_SCOPE, [row[0] or "", row[1] or ""])


def required_columns(model: type[Model]) -> set[str]:
    """Return the names of fields that an insert must name: not null, no default in the database.

    A test compares them with what an operation writes, since the writer bypasses Python defaults.
    """
    return {
        field.name
        for field in model._meta.concrete_fields
        if not field.null and not field.has_db_default() and not field.generated and not _own(field)
    }


def _own(field: models.Field) -> bool:
    return isinstance(field, models.AutoField | models.BigAutoField)


def _field(model: type[Model], name: str) -> models.Field:
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field), f"{model.__name__}.{name} is no column"
    return field


def _type(field: models.Field, using: str) -> str:
    kind = field.db_type(connections[using])
    assert kind and not kind.endswith("]"), f"{field} cannot be sent as a list"
    return kind.partition("(")[0]


@functools.cache
def _is_json(model: type[Model], name: str) -> bool:
    return isinstance(_field(model, name), JSONField)


def _ready(model: type[Model], name: str, value: Any) -> Any:
    return Jsonb(value) if value is not None and _is_json(model, name) else value
