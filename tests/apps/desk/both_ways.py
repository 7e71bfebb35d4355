"""A list asked both ways: as its pages ask it, and by the plain words of its conditions."""

from dataclasses import replace

from django.http import QueryDict

from yibao.apps.desk import tables
from yibao.apps.desk.tables import found_of, page_of, reading

ALL = 5000  # more rows than any test has
WAYS = (30_000, 2)  # led, walked


def agree(monkeypatch, asked, query, *, scope, year, at) -> list[int]:
    """Check that both find the same rows in the same order, page by page; return their ids."""
    state = QueryDict(query)
    ask, form = asked.asked(state, scope=scope, year=year, at=at)
    assert form.is_valid(), form.errors
    assert ask.where or not query, f"{query} asks nothing"
    plain = replace(ask, where=[str(one) for one in ask.where])
    with reading(scope, whole=True) as cursor:
        rows = page_of(cursor, table=asked.table, ask=plain, columns=["id"], limit=ALL).rows
    meant = [row.id for row in rows]
    for led in WAYS:
        monkeypatch.setattr(tables, "LED", led)
        for up_to in (3, ALL):
            assert _paged(asked, ask, scope, up_to) == (min(len(meant), up_to + 1), meant), query
    return meant


def _paged(asked, ask, scope, up_to) -> tuple[int, list[int]]:
    """Return the count and all ids, read a few pages at a time."""
    ids, after = [], None
    while True:
        with reading(scope) as cursor:
            found = found_of(cursor, table=asked.table, ask=ask, up_to=up_to)
            page = page_of(
                cursor, table=asked.table, ask=found.ask, columns=["id"], limit=200, after=after
            )
        ids += [row.id for row in page.rows]
        if not page.has_after:
            return found.counted, ids
        after = ids[-1]
