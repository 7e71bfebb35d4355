"""The one way to say which area a transaction works in.

Row security compares each row's `area_no` with the transaction's range; without one nothing is
seen and nothing can be written. Areas are official division codes as numbers, a subtree a half-open
range: county 360102 is [360102000000, 360103000000).
"""

import contextlib
from collections.abc import Iterator

from django.db import connections, transaction

SET_SCOPE = (
    "select current_setting('yibao.from', true), current_setting('yibao.until', true),"
    " set_config('yibao.from', %s, true), set_config('yibao.until', %s, true)"
)


@contextlib.contextmanager
def scoped(area_from: int, area_until: int, *, using: str = "default") -> Iterator[None]:
    """Run the block in one transaction that sees and writes [area_from, area_until) only.

    Nested, the outer scope is back when the block ends; after the outermost there is none.
    """
    assert area_from < area_until, f"an area ends after it begins: {area_from}, {area_until}"
    nested = connections[using].in_atomic_block
    with transaction.atomic(using=using):
        old_from, old_until = _set(using, str(area_from), str(area_until))
        yield
        # Not in `finally`: a failed block is rolled back to before the scope was set, and in a
        # failed transaction a statement here would hide the error that failed it.
        if nested:
            _set(using, old_from, old_until)


def scope_of(using: str = "default") -> tuple[int, int] | None:
    """Return the transaction's range, or None where none is set."""
    words = "select current_setting('yibao.from', true), current_setting('yibao.until', true)"
    with connections[using].cursor() as cursor:
        cursor.execute(words)
        area_from, area_until = cursor.fetchone()
    return (int(area_from), int(area_until)) if area_from and area_until else None


def _set(using: str, area_from: str, area_until: str) -> tuple[str, str]:
    """Set the range and return the one before; empty words stand for none."""
    with connections[using].cursor() as cursor:
        cursor.execute(SET_SCOPE, [area_from, area_until])
        old_from, old_until, *_ = cursor.fetchone()
    return old_from or "", old_until or ""
