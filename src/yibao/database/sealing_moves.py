"""Moving the values of many rows from plain to sealed and back, for migrations: chunk by chunk.

In the migration's own transaction, so that a table is sealed whole or not at all.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db.migrations import RunPython
from psycopg import sql

from yibao.database.sealing import PHONE_TAIL, index_of, phone_tail, seal, unseal

CHUNK = 5_000
Row = tuple[Any, ...]


def seal_column(
    table: str, *, plain: str, sealed: str, of: str, indexes: dict[str, str]
) -> RunPython:
    """Return the operation that fills `sealed` and the index columns from `plain`, and back.

    `indexes` names each index column with what it is of.
    """

    def forward(apps: Any, schema_editor: Any) -> None:
        def moved(row: Row) -> Row:
            text = row[0]
            keyed = [
                index_of(phone_tail(text) if kind == PHONE_TAIL else text, of=kind)
                for kind in indexes.values()
            ]
            return seal(text, of=of), *keyed

        types = dict.fromkeys([sealed, *indexes], "bytea")
        rewrite(schema_editor.connection, table, [plain], types, moved)

    def backward(apps: Any, schema_editor: Any) -> None:
        rewrite(
            schema_editor.connection,
            table,
            [sealed],
            {plain: "text"},
            lambda row: (unseal(row[0], of=of),),
        )

    return RunPython(forward, backward)


def rewrite(
    connection: Any,
    table: str,
    read: Sequence[str],
    write: dict[str, str],
    moved: Callable[[Row], Row],
    where: str = "true",
) -> int:
    """Write columns of every row anew from what is read of it; return how many rows.

    `write` maps columns to their types; `moved` gives their values in that order.
    """
    names = [sql.Identifier(name) for name in write]
    update = sql.SQL(
        "update {table} t set {sets} from unnest({arrays}) as k (id, {names}) where t.id = k.id"
    ).format(
        table=sql.Identifier(table),
        sets=sql.SQL(", ").join(sql.SQL("{0} = k.{0}").format(name) for name in names),
        arrays=sql.SQL(", ").join(
            sql.SQL("%s::{}[]").format(sql.SQL(kind)) for kind in ["bigint", *write.values()]
        ),
        names=sql.SQL(", ").join(names),
    )
    total = 0
    with connection.cursor() as cursor:
        for rows in _chunks(cursor, table, read, where):
            values = [(row[0], *moved(row[1:])) for row in rows]
            cursor.execute(update, [list(column) for column in zip(*values)])
            total += len(rows)
    return total


def _chunks(cursor: Any, table: str, read: Sequence[str], where: str) -> Iterator[list[Row]]:
    select = sql.SQL("select id, {} from {} where id > %s and {} order by id limit %s").format(
        sql.SQL(", ").join(map(sql.Identifier, read)), sql.Identifier(table), sql.SQL(where)
    )
    last = 0
    while True:
        cursor.execute(select, [last, CHUNK])
        rows = cursor.fetchall()
        if not rows:
            return
        last = rows[-1][0]
        yield rows
