"""Rows of a list, whatever the list: a page by keyset, a count up to a limit, sums, all in a walk.

A table is one statement that names its columns, `id` among them. A page goes on after a row, not
after a number of rows, so that the millionth costs what the first does; the address names that row
by its id. A column that is ordered by is never null. What is looked up for a row (a number, a
name of another table) stands in the select list as a subquery: counting then skips it.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

from django.db import connection

from yibao.apps.access.scope import Scope, scoped
from yibao.database.scope import merging
from yibao.database.sealing import unseal

_AT_ONCE = 2000
LED = 30_000  # up to so many rows are looked up one by one where an index leads to them
Row = SimpleNamespace


@dataclass(frozen=True)
class Table:
    """A statement without an order; `seals` names the field of each column that lies sealed.

    `along` names the columns of an index along which rows are best counted up to a limit: in the
    order in which they lie.
    """

    sql: str
    seals: Mapping[str, str] = field(default_factory=dict)
    lead: str = ""  # what stands before "select": with …
    along: Sequence[str] = ()


class Led(str):
    """A condition with an index that leads to what it leaves.

    `lead` selects the values of `column` that it leaves; without `is_exact` some more, so that the
    condition itself is asked too. One that `looks_at_all` leads only where no other does. Who reads
    everything uses the plain words; a walk in which most rows fit uses `walked`, where given: words
    that no index serves. One that `merges` lays two long tables beside each other.
    """

    lead: str
    column: str
    is_exact: bool
    looks_at_all: bool
    walked: str
    merges: bool

    def __new__(
        cls,
        words: str,
        *,
        lead: str,
        column: str = "t.person_id",
        is_exact: bool = True,
        looks_at_all: bool = False,
        walked: str = "",
        merges: bool = False,
    ) -> "Led":
        """Return the condition's words with the way to its rows."""
        made = super().__new__(cls, words)
        made.lead, made.column, made.is_exact = lead, column, is_exact
        made.looks_at_all, made.walked = looks_at_all, walked or words
        made.merges = merges
        return made


@dataclass(frozen=True)
class Ask:
    """What is asked of a table: parameters, conditions on `t`, an order that `id` completes."""

    values: Mapping[str, Any] = field(default_factory=dict)
    where: Sequence[str] = ()
    order: Sequence[str] = ()
    descending: bool = False

    @property
    def keys(self) -> list[str]:
        """The columns of the order, the id last."""
        return list(dict.fromkeys([*self.order, "id"]))

    def of(self, ids: Sequence[int], *, column: str = "t.id", where: Sequence[str] = ()) -> "Ask":
        """Return the same of these values of a column only, and what else is asked of them."""
        name = column.replace(".", "_")
        # A select of its own: the planner then takes them for few, and looks each up.
        chosen = f"{column} = any((select %({name})s::bigint[])::bigint[])"
        return replace(self, values={**self.values, name: list(ids)}, where=[*where, chosen])


@dataclass(frozen=True)
class Slice:
    """Rows of one page, and whether there are some before and after."""

    rows: list[Row]
    has_before: bool
    has_after: bool


@contextlib.contextmanager
def reading(scope: Scope, *, whole: bool = False) -> Iterator[Any]:
    """Give a cursor under the scope, for several questions of one page; `whole`: of all rows."""
    with scoped(scope, walks=not whole), connection.cursor() as cursor:
        yield cursor


def page_of(
    cursor: Any,
    *,
    table: Table,
    ask: Ask,
    columns: Sequence[str],
    limit: int,
    after: int | None = None,
    before: int | None = None,
) -> Slice:
    """Return the rows after or before a row, or the first. One statement, two with such a row."""
    anchor = after if after is not None else before
    values, where = dict(ask.values), list(ask.where)
    is_back = after is None and before is not None
    start = _anchor(cursor, table, ask, anchor) if anchor is not None else None
    if start is not None:
        values |= {f"key_{n}": value for n, value in enumerate(start)}
        keys = ", ".join(f"t.{key}" for key in ask.keys)
        marks = ", ".join(f"%(key_{n})s" for n in range(len(start)))
        sign = "<" if ask.descending != is_back else ">"
        where.append(f"({keys}) {sign} ({marks})")
    else:
        is_back = False
    turned = ask.descending != is_back
    cursor.execute(
        f"{table.lead} select {_names(columns)} from ({table.sql}) t{_where(where)}"  # noqa: S608 - a declared table
        f" order by {_order(ask.keys, turned)} limit %(limit)s",
        values | {"limit": limit + 1},
    )
    found = _rows(cursor, table, cursor.fetchall())
    more, rows = len(found) > limit, found[:limit]
    if is_back:
        return Slice(rows[::-1], has_before=more, has_after=True)
    return Slice(rows, has_before=start is not None, has_after=more)


@dataclass(frozen=True)
class Found:
    """How many rows there are, counted up to one more than a limit, and how to read them."""

    counted: int
    ask: Ask


def found_of(cursor: Any, *, table: Table, ask: Ask, up_to: int) -> Found:
    """Count rows up to one more than a limit. One statement, two where a condition is `Led`.

    Where all are counted, they are read by their ids: what is hard to find is looked for once.
    """
    led = _led(cursor, ask)
    walked = replace(ask, where=[one.walked if isinstance(one, Led) else one for one in ask.where])
    inner = led or walked
    along = "" if led or not table.along else f" order by {_order(table.along, False)}"
    cursor.execute(
        f"{table.lead} select count(*), array_agg(s.id)"  # noqa: S608 - a declared table
        f" from (select t.id from ({table.sql}) t{_where(inner.where)}{along}"
        " limit %(most)s) s",
        {**inner.values, "most": up_to + 1},
    )
    counted, ids = cursor.fetchone()
    if counted <= up_to:
        return Found(counted, ask.of(ids or []))
    # Of more than are counted, a page's first lie near where a table is walked by an index.
    is_walked = led is None or (table.along and _has_walked_words(ask))
    return Found(counted, walked if is_walked else inner)


def _has_walked_words(ask: Ask) -> bool:
    leads = [one for one in ask.where if isinstance(one, Led) and not one.looks_at_all]
    return all(one.walked != one for one in leads)


def _led(cursor: Any, ask: Ask) -> Ask | None:
    """Return the same asked of the rows that indexes lead to; None where these are too many."""
    leads = [one for one in ask.where if isinstance(one, Led)]
    leads = [one for one in leads if not one.looks_at_all] or leads
    # One column only: what two of them leave together is worked out here.
    leads = [one for one in leads if one.column == leads[0].column]
    if not leads:
        return None
    arrays = ", ".join(f"array({one.lead} limit {LED + 1})" for one in leads)
    with merging(cursor) if all(one.merges for one in leads) else contextlib.nullcontext():
        cursor.execute(f"select {arrays}", dict(ask.values))
        led = cursor.fetchone()
    found = [(one, set(ids)) for one, ids in zip(leads, led) if len(ids) <= LED]
    if not found:
        return None
    done = [one for one, _ids in found if one.is_exact]
    rest = [one for one in ask.where if not any(one is other for other in done)]
    ids = set.intersection(*(ids for _one, ids in found))
    return ask.of(sorted(ids), column=found[0][0].column, where=rest)


def count_of(cursor: Any, *, table: Table, ask: Ask, up_to: int | None = None) -> int:
    """Return how many rows there are, counted up to one more than a limit. One statement."""
    bound = ""
    if up_to is not None:
        walked = f" order by {_order(table.along, False)}" if table.along else ""
        bound = f"{walked} limit %(up_to)s"
    cursor.execute(
        f"{table.lead} select count(*) from (select 1 from ({table.sql}) t"  # noqa: S608 - a declared table
        f"{_where(ask.where)}{bound}) s",
        {**ask.values, "up_to": (up_to or 0) + 1},
    )
    return int(cursor.fetchone()[0])


def sums_of(
    cursor: Any,
    *,
    table: Table,
    ask: Ask,
    columns: Sequence[str],
    picked: Sequence[int] | None,
    up_to: int,
) -> tuple[int, dict[str, int]]:
    """Return count and sums of the picked rows, of all for None, up to a limit. One statement."""
    where = [*ask.where, *([] if picked is None else ["t.id = any(%(picked)s)"])]
    parts = ["count(*)", *(f"coalesce(sum({name}), 0)::bigint" for name in columns)]
    values = {**ask.values, "up_to": up_to}
    if picked is not None:
        values["picked"] = list(picked)
    cursor.execute(
        f"{table.lead} select {', '.join(parts)} from (select {_names(['id', *columns])}"  # noqa: S608 - a declared table
        f" from ({table.sql}) t{_where(where)} limit %(up_to)s) s",
        values,
    )
    count, *found = cursor.fetchone()
    return count, dict(zip(columns, found))


def groups_of(
    cursor: Any, *, table: Table, ask: Ask, by: Sequence[str], columns: Sequence[str]
) -> list[Row]:
    """Return count (`rows`) and sums of all rows by the values of `by`, the most first.

    One statement; it reads every row that the conditions leave.
    """
    sums = "".join(f", coalesce(sum({name}), 0)::bigint as {name}" for name in columns)
    keys = ", ".join(by)
    cursor.execute(
        f"{table.lead} select {keys}, count(*) as rows{sums}"  # noqa: S608 - a declared table
        f" from (select {_names([*by, *columns])} from ({table.sql}) t{_where(ask.where)}) s"
        f" group by {keys} order by count(*) desc, {keys}",
        dict(ask.values),
    )
    names = [column[0] for column in cursor.description]
    return [Row(**dict(zip(names, values))) for values in cursor.fetchall()]


def walk(*, scope: Scope, table: Table, ask: Ask, columns: Sequence[str]) -> Iterator[Row]:
    """Yield every row in order, a few thousand at a time; within a transaction of the scope."""
    with scoped(scope), connection.chunked_cursor() as cursor:
        cursor.execute(
            f"{table.lead} select {_names(columns)} from ({table.sql}) t{_where(ask.where)}"  # noqa: S608 - a declared table
            f" order by {_order(ask.keys, ask.descending)}",
            dict(ask.values),
        )
        while found := cursor.fetchmany(_AT_ONCE):
            yield from _rows(cursor, table, found)


def _anchor(cursor: Any, table: Table, ask: Ask, row_id: int) -> tuple[Any, ...] | None:
    cursor.execute(
        f"{table.lead} select {_names(ask.keys)} from ({table.sql}) t where t.id = %(anchor)s",  # noqa: S608 - a declared table
        {**ask.values, "anchor": row_id},
    )
    found: tuple[Any, ...] | None = cursor.fetchone()
    return found


def _names(columns: Sequence[str]) -> str:
    assert all(name.isidentifier() for name in columns), f"{columns} are no names of columns"
    return ", ".join(f"t.{name}" for name in dict.fromkeys(columns))


def _order(keys: Sequence[str], descending: bool) -> str:
    down = " desc" if descending else ""
    return ", ".join(f"t.{key}{down}" for key in keys)


def _where(conditions: Sequence[str]) -> str:
    return f" where {' and '.join(f'({one})' for one in conditions)}" if conditions else ""


def _rows(cursor: Any, table: Table, found: Sequence[Sequence[Any]]) -> list[Row]:
    names = [column[0] for column in cursor.description]
    sealed = [(n, table.seals[name]) for n, name in enumerate(names) if name in table.seals]
    rows = []
    for values in found:
        if sealed:
            values = list(values)
            for n, of in sealed:
                values[n] = unseal(values[n], of=of) if values[n] else ""
        rows.append(Row(**dict(zip(names, values))))
    return rows
