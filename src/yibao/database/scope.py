"""The one way to say which area a transaction works in.

Row security compares each row's `area_no` with the transaction's range; without one nothing is
seen and nothing can be written. Areas are official division codes as numbers, a subtree a half-open
range: county 360102 is [360102000000, 360103000000).

The planner takes every such range for one two-hundredth of a table, a village's as a county's. Who
wants the first rows of many says `walks`: joins then go row by row, and stop with the last row
wanted, instead of first reading all of a county into a hash table.
"""

import contextlib
from collections.abc import Iterator

from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

SET_SCOPE = (
    "select current_setting('yibao.from', true), current_setting('yibao.until', true),"
    " set_config('yibao.from', %s, true), set_config('yibao.until', %s, true)"
)
_RANGE = 2  # values of a range
# How a walk is planned: what has to read everything before it gives its first row is avoided.
_WALKING = {
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_bitmapscan": "off",
    # Nor is a whole table kept aside and looked through for every row.
    "enable_material": "off",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
}
_SET_SCOPE_AND_WALK = (
    SET_SCOPE
    + "".join(f", current_setting('{name}')" for name in _WALKING)
    + "".join(f", set_config('{name}', %s, true)" for name in _WALKING)
)

# How two long tables are laid beside each other: each read in the order of an index, row by row
# beside the other. One lookup a row, or all of a table in a hash, takes several times as long.
_MERGING = {
    "enable_nestloop": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "on",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_sort": "off",
    # An index that is read from its beginning to its end is read in order.
    "random_page_cost": "1",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
}
_AS_IT_IS = "select " + ", ".join(f"current_setting('{name}')" for name in _MERGING)
_PLAN = "select " + ", ".join(f"set_config('{name}', %s, true)" for name in _MERGING)


@contextlib.contextmanager
def merging(cursor: CursorWrapper) -> Iterator[None]:
    """Lay long tables beside each other by their indexes in the block; three statements more.

    One table alone is walked by the index that gives the order asked for. Within a transaction.
    What else is asked in the block would be planned badly.
    """
    cursor.execute(_AS_IT_IS)
    before = cursor.fetchone()
    cursor.execute(_PLAN, list(_MERGING.values()))
    yield
    # Not in `finally`, as below.
    cursor.execute(_PLAN, before)


@contextlib.contextmanager
def scoped(
    area_from: int, area_until: int, *, walks: bool = False, using: str = "default"
) -> Iterator[None]:
    """Run the block in one transaction that sees and writes [area_from, area_until) only.

    Nested, the outer scope is back when the block ends; after the outermost there is none. With
    `walks`, the block asks for the first rows of many (no further statement).
    """
    assert area_from < area_until, f"an area ends after it begins: {area_from}, {area_until}"
    nested = connections[using].in_atomic_block
    with transaction.atomic(using=using):
        plan = list(_WALKING.values()) if walks else []
        before = _set(using, [str(area_from), str(area_until), *plan])
        yield
        # Not in `finally`: a failed block is rolled back to before the scope was set, and in a
        # failed transaction a statement here would hide the error that failed it.
        if nested:
            _set(using, before)


def scope_of(using: str = "default") -> tuple[int, int] | None:
    """Return the transaction's range, or None where none is set."""
    words = "select current_setting('yibao.from', true), current_setting('yibao.until', true)"
    with connections[using].cursor() as cursor:
        cursor.execute(words)
        area_from, area_until = cursor.fetchone()
    return (int(area_from), int(area_until)) if area_from and area_until else None


def _set(using: str, values: list[str]) -> list[str]:
    """Set the range, and how to plan where that is given too; return what was before."""
    words = SET_SCOPE if len(values) == _RANGE else _SET_SCOPE_AND_WALK
    with connections[using].cursor() as cursor:
        cursor.execute(words, values)
        found = cursor.fetchone()
    before = [*found[:_RANGE], *found[2 * _RANGE :][: len(values) - _RANGE]]
    return [one or "" for one in before]
