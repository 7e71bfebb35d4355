"""New keys for what lies sealed: every row under the newest key, while the offices go on working.

Rows are taken in chunks, each its own transaction, by the number of the key that the value itself
names: a run that was killed is taken up by calling it again. Works as the owner of the tables, to
whom every row is visible. ADR 0011 says why and what it takes.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connections, transaction
from psycopg import sql

from yibao.core.refusal import Refusal
from yibao.database import sealing
from yibao.database.sealing import IndexField, SealedField, seal, unseal
from yibao.database.sealing_keys import DATA, INDEX, REREAD, Key, KeyFiles, new_key

CHUNK = 2_000
_OWNER, _APP = "owner", "default"
# How long a closed connection may take to be gone, and how often it is looked for.
_GONE_SECONDS, _LOOK_SECONDS = 5, 0.05
OnChunk = Callable[["Step"], None]


class KeyInUse(Refusal):
    """Raised for a key that is the newest, or under which rows still lie."""

    code = "KEY4"
    message = "密钥第 {number} 号仍在使用（{rows} 行），不能停用"
    remedy = "请先运行 yibao keys rotate，待全部重新加密后再停用"
    message_en = "The key number {number} is in use by {rows} rows and cannot be retired"
    remedy_en = "Run yibao keys rotate first, and retire it when every row is under the new key"


class KeysElsewhere(Refusal):
    """Raised where the keys stand in YIBAO_KEYS and a new one has to be put there by hand."""

    code = "KEY5"
    message = "密钥由环境变量 YIBAO_KEYS 提供，本命令不能增减"
    remedy = "请在每台机器的 YIBAO_KEYS 中加入新密钥（yibao keys new 可生成）并重启，再运行本命令"
    message_en = "The keys stand in YIBAO_KEYS, which this command cannot change"
    remedy_en = (
        "Add a key (yibao keys new) to YIBAO_KEYS on every machine, restart, and run it again"
    )


class OwnerNeeded(Refusal):
    """Raised where only the application role is known: row security hides rows from it."""

    code = "KEY6"
    message = "重新加密需要以数据表所有者身份连接"
    remedy = "请设置 DATABASE_OWNER_URL 后再运行"
    message_en = "Only the owner of the tables sees every row"
    remedy_en = "Set DATABASE_OWNER_URL and run it again"


class StillServing(Refusal):
    """Raised for a change of the index key while programs that hold the old one are connected."""

    code = "KEY7"
    message = "还有 {count} 个程序连接着数据库，不能更换检索密钥"
    remedy = "请在下班后停止服务（yibao serve），再运行 yibao keys rotate --index"
    message_en = "{count} programs are connected to the database; the index key cannot change now"
    remedy_en = "Stop serving, after hours, and run yibao keys rotate --index again"


@dataclass(frozen=True, slots=True)
class Step:
    """How far a run is: the table, and rows done of all."""

    table: str
    done: int
    of: int


@dataclass(frozen=True, slots=True)
class Sealed:
    """A table with sealed columns."""

    table: str
    key: str  # the column of its primary key
    columns: tuple[SealedField, ...]
    indexes: tuple[IndexField, ...]

    def names(self) -> list[sql.Identifier]:
        """The sealed columns, quoted."""
        return [sql.Identifier(str(one.column)) for one in self.columns]


def tables() -> list[Sealed]:
    """Return every table with sealed columns, as the models declare them."""
    found = []
    for model in apps.get_models():
        fields = model._meta.local_fields
        columns = tuple(one for one in fields if isinstance(one, SealedField))
        indexes = tuple(one for one in fields if isinstance(one, IndexField) and one.source)
        if columns:
            key = str(model._meta.pk.column)
            found.append(Sealed(model._meta.db_table, key, columns, indexes))
    return sorted(found, key=lambda one: one.table)


def rows_by_key() -> dict[str, dict[int, int]]:
    """Return how many values of each sealed column lie under each data key."""
    found: dict[str, dict[int, int]] = {}
    with _owner().cursor() as cursor:
        for one in tables():
            for name, column in zip(one.names(), one.columns):
                cursor.execute(
                    sql.SQL(
                        "select get_byte({0}, 1) * 256 + get_byte({0}, 2), count(*) from {1}"
                        " where octet_length({0}) > 2 group by 1 order by 1"
                    ).format(name, sql.Identifier(one.table))
                )
                found[column.of] = dict(cursor.fetchall())
    return found


def rotate(*, on_chunk: OnChunk | None = None, settle: float = REREAD + 0.5) -> Key:
    """Make a new data key and seal every row under it; or finish a rotation that was killed.

    Offices go on working: `settle` is waited, in seconds, until every process seals under the new
    key. Returns the key. Raises OwnerNeeded, KeysElsewhere, or what is wrong with a value.
    """
    ring = sealing.keys().reread()
    counts = rows_by_key()
    if not _older(counts, ring.newest.number):
        source = sealing.keys().source
        if not isinstance(source, KeyFiles):
            raise KeysElsewhere()
        source.keep(new_key(DATA, ring.newest.number + 1, source.cipher))
        ring = sealing.keys().reread()
        time.sleep(settle)
    total = _older(counts, ring.newest.number)
    done = 0
    while True:
        before = done
        for one in tables():
            for count in _reseal(one, ring.newest.number):
                done += count
                if on_chunk is not None:
                    on_chunk(Step(one.table, done, max(total, done)))
        # A transaction that began before the new key may still have written under the old one.
        if done == before:
            return ring.newest


def retire(number: int) -> None:
    """Put an old data key aside for good. Raises KeyInUse, KeysElsewhere, OwnerNeeded."""
    source = sealing.keys().source
    if not isinstance(source, KeyFiles):
        raise KeysElsewhere()
    ring = sealing.keys().reread()
    used = sum(one.get(number, 0) for one in rows_by_key().values())
    if used or number == ring.newest.number or number not in ring.data:
        raise KeyInUse(number=number, rows=used)
    source.retire(ring.data[number])
    sealing.keys().reread()


def rotate_index(*, on_chunk: OnChunk | None = None) -> Key:
    """Make a new index key and write every keyed index anew, in one transaction.

    The tables are locked meanwhile, and nobody may be connected who holds the old key. A killed
    run leaves the old indexes. Raises StillServing, OwnerNeeded, KeysElsewhere.
    """
    source = sealing.keys().source
    if not isinstance(source, KeyFiles):
        raise KeysElsewhere()
    owner = _owner()
    _refuse_other_programs(owner)
    ring = sealing.keys().reread()
    old = ring.finder
    with transaction.atomic(using=_OWNER), owner.cursor() as cursor:
        wanted = [one for one in tables() if one.indexes]
        names = sql.SQL(", ").join(sql.Identifier(one.table) for one in wanted)
        cursor.execute(sql.SQL("lock table {} in access exclusive mode").format(names))
        if not _stale_indexes(cursor, wanted, old.number):
            # Before the commit: a process that starts then finds the rows and the key together.
            source.keep(new_key(INDEX, old.number + 1, source.cipher))
            ring = sealing.keys().reread()
        done = 0
        for one in wanted:
            for count in _reindex(cursor, one):
                done += count
                if on_chunk is not None:
                    on_chunk(Step(one.table, done, done))
    for number, key in ring.index.items():
        if number != ring.finder.number:
            source.retire(key)
    sealing.keys().reread()
    return ring.finder


def faults(*, sample: int | None = None) -> Iterator[str]:
    """Yield a sentence for every value that does not open or whose index is not its own.

    `sample` looks at so many rows of each table only, the newest.
    """
    with _owner().cursor() as cursor:
        for one in tables():
            columns = [*one.names(), *(sql.Identifier(str(each.column)) for each in one.indexes)]
            cursor.execute(
                sql.SQL("select {0}, {1} from {2} order by 1 desc limit {3}").format(
                    sql.Identifier(one.key),
                    sql.SQL(", ").join(columns),
                    sql.Identifier(one.table),
                    sql.Literal(sample),
                )
            )
            while rows := cursor.fetchmany(CHUNK):
                for pk, *values in rows:
                    yield from _faults_of(one, pk, values)


def _faults_of(one: Sealed, pk: object, values: Sequence[Any]) -> Iterator[str]:
    texts = {}
    try:
        for column, blob in zip(one.columns, values):
            texts[column.name] = unseal(blob or b"", of=column.of)
    except Refusal as refusal:
        yield f"{one.table} {pk}: {refusal.sentence('en')}"
        return
    for index, kept in zip(one.indexes, values[len(one.columns) :]):
        if index.index_for(texts[index.source]) != bytes(kept or b""):
            yield f"{one.table} {pk}: the index {index.column} is not that of its value"


def _owner() -> Any:
    owner, app = connections[_OWNER], connections[_APP]
    if owner.settings_dict["USER"] == app.settings_dict["USER"]:
        raise OwnerNeeded()
    return owner


def _older(counts: dict[str, dict[int, int]], newest: int) -> int:
    return sum(n for one in counts.values() for number, n in one.items() if number != newest)


def _reseal(one: Sealed, newest: int) -> Iterator[int]:
    """Seal the rows of a table that lie under another key; yield how many, chunk by chunk."""
    owner = connections[_OWNER]
    table, key = sql.Identifier(one.table), sql.Identifier(one.key)
    names = one.names()
    under = sql.SQL("({})").format(
        sql.SQL(" or ").join(
            sql.SQL(
                "octet_length({0}) > 2 and get_byte({0}, 1) * 256 + get_byte({0}, 2) <> {1}"
            ).format(name, sql.Literal(newest))
            for name in names
        )
    )
    take = sql.SQL(
        "select {0}, {1} from {2} where {3} and {0} > coalesce(%s, {0} - 1)"
        " order by {0} limit %s for no key update skip locked"
    ).format(key, sql.SQL(", ").join(names), table, under)
    last = None
    while True:
        with transaction.atomic(using=_OWNER), owner.cursor() as cursor:
            cursor.execute(take, [last, CHUNK])
            rows = cursor.fetchall()
            if rows:
                values = [
                    [_anew(column, blob) for column, blob in zip(one.columns, row[1:])]
                    for row in rows
                ]
                _write(cursor, one, names, [row[0] for row in rows], values)
        if not rows:
            return
        last = rows[-1][0]
        yield len(rows)


def _anew(column: SealedField, blob: bytes | None) -> bytes | None:
    return seal(unseal(blob, of=column.of), of=column.of) if blob else blob


def _reindex(cursor: Any, one: Sealed) -> Iterator[int]:
    """Write the indexes of a table anew under the newest index key; yield how many rows."""
    names = [sql.Identifier(str(each.column)) for each in one.indexes]
    sources = {column.name: column for column in one.columns}
    read = [sources[each.source] for each in one.indexes]
    take = sql.SQL("select {0}, {1} from {2} order by {0}").format(
        sql.Identifier(one.key),
        sql.SQL(", ").join(sql.Identifier(str(each.column)) for each in read),
        sql.Identifier(one.table),
    )
    with connections[_OWNER].chunked_cursor() as walking:
        walking.execute(take)
        while rows := walking.fetchmany(CHUNK):
            values = [
                [
                    each.index_for(unseal(blob or b"", of=column.of))
                    for each, column, blob in zip(one.indexes, read, row[1:])
                ]
                for row in rows
            ]
            _write(cursor, one, names, [row[0] for row in rows], values)
            yield len(rows)


def _write(
    cursor: Any,
    one: Sealed,
    names: Sequence[sql.Identifier],
    ids: Sequence[Any],
    values: Sequence[Sequence[Any]],
) -> None:
    _pass_triggers(cursor, one.table)
    cursor.execute(
        sql.SQL(
            "update {0} t set {1} from unnest(%s, {2}) as k (id, {3}) where t.{4} = k.id"
        ).format(
            sql.Identifier(one.table),
            sql.SQL(", ").join(sql.SQL("{0} = k.{0}").format(name) for name in names),
            sql.SQL(", ").join([sql.SQL("%s::bytea[]")] * len(names)),
            sql.SQL(", ").join(names),
            sql.Identifier(one.key),
        ),
        [list(ids), *map(list, zip(*values))],
    )


def _pass_triggers(cursor: Any, table: str) -> None:
    """Let this transaction pass the triggers that keep rows as they are: what they say stays."""
    cursor.execute("select set_config('yibao.sealing', 'anew', true)")
    cursor.execute(
        "select set_config('pgtrigger.ignore', coalesce(array_agg(tgname)::text, '{}'), true)"
        "  from pg_trigger where tgrelid = %s::regclass and tgname like 'pgtrigger_%%'",
        [table],
    )


def _stale_indexes(cursor: Any, wanted: Sequence[Sealed], number: int) -> bool:
    """Tell whether an index lies under another key than the newest: an earlier run was killed."""
    for one in wanted:
        for each in one.indexes:
            cursor.execute(
                sql.SQL(
                    "select exists (select from {0} where octet_length({1}) > 0"
                    " and get_byte({1}, 0) <> %s)"
                ).format(sql.Identifier(one.table), sql.Identifier(str(each.column))),
                [number % 256],
            )
            if cursor.fetchone()[0]:
                return True
    return False


def _refuse_other_programs(owner: Any) -> None:
    connections[_APP].close()
    connections[_APP].close_pool()  # type: ignore[attr-defined]
    # The server takes a moment to see that this program's own connections are gone.
    until = time.monotonic() + _GONE_SECONDS
    while (count := _other_programs(owner)) and time.monotonic() < until:
        time.sleep(_LOOK_SECONDS)
    if count:
        raise StillServing(count=count)


def _other_programs(owner: Any) -> int:
    with owner.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_stat_activity where datname = current_database()"
            " and usename = %s and pid <> pg_backend_pid()",
            [connections[_APP].settings_dict["USER"]],
        )
        return int(cursor.fetchone()[0])
