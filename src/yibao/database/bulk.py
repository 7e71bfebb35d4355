"""Many rows at once: COPY into a temporary table, from which set-wise statements then work.

COPY into a table with row security is refused, and a query a row is what makes imports slow. So
rows travel into a table of the transaction's own, and one `insert … select` a target table moves
them on, under the same policies as every other insert.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def load(
    cursor: Any,
    table: str,
    columns: Mapping[str, str],
    rows: Iterable[Sequence[Any]],
    *,
    joined: bool = True,
) -> None:
    """Make the temporary table `table` anew and fill it.

    A table that is to be joined is counted for the planner: one of unknown size may be walked once
    for each row of another. One that is only moved on needs no counting. `columns` maps names to
    PostgreSQL types. The table is gone when the transaction ends; inside a longer one (a test, a
    nested operation) the next load of the same name replaces it.
    """
    shape = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    cursor.execute(f"drop table if exists pg_temp.{table}")
    cursor.execute(f"create temporary table {table} ({shape}) on commit drop")
    with cursor.copy(f"copy {table} ({', '.join(columns)}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)
    if joined:
        cursor.execute(f"analyze {table}")


def take_ids(cursor: Any, table: str, count: int) -> list[int]:
    """Return `count` fresh ids of the table's own sequence, so that rows can point at each other.

    Ids that a transaction took and gave up are not handed out again.
    """
    if not count:
        return []
    cursor.execute(
        "select nextval(pg_get_serial_sequence(%s, 'id')::regclass) from generate_series(1, %s)",
        [table, count],
    )
    return [number for (number,) in cursor.fetchall()]
