"""Random facts of many rows, as columns, for rules of any rulebook: each value of a code, dates
around the year and at the ends of months, and nones and missing facts where there may be some."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from yibao.core.rules import dates
from yibao.core.rules.declarations import Fact
from yibao.core.rules.edition import Edition
from yibao.core.rules.encoding import Array, Columns, dtype_of, none_of, value_of
from yibao.core.rules.facts import Facts
from yibao.core.rules.reduce import reduce_edition


def facts_read(edition: Edition) -> list[str]:
    """The facts that the rule reads and that have a column."""
    wanted = reduce_edition(edition).facts
    return [name for name, fact in wanted.items() if fact.type.kind != "text"]


def random_columns(
    edition: Edition,
    rows: int,
    names: Iterable[str] | None = None,
    *,
    seed: int = 1,
    missing: bool = False,
) -> Columns:
    """So many rows of the named facts; where `missing`, a tenth of each was not given."""
    chance = np.random.default_rng(seed)
    values, lost = {}, {}
    for name in facts_read(edition) if names is None else names:
        fact = edition.facts[name]
        dtype = dtype_of(fact, edition.codes)
        drawn = _drawn(chance, fact, edition, rows).astype(dtype)
        if fact.none is not None:
            drawn[chance.random(rows) < 0.25] = none_of(dtype)
        values[name] = drawn
        if missing and fact.absent is None:
            lost[name] = chance.random(rows) < 0.1
    return Columns(rows, values, lost)


def _drawn(chance: np.random.Generator, fact: Fact, edition: Edition, rows: int) -> Array:
    kind = fact.type.kind
    if kind == "flag":
        return chance.random(rows) < 0.4
    if kind == "code":
        return chance.integers(0, len(edition.codes[fact.type.of]), rows)
    if kind == "codes":
        bits = chance.random((rows, len(edition.codes[fact.type.of]))) < 0.15
        return bits @ (1 << np.arange(bits.shape[1], dtype=np.int64))
    if kind == "levels":
        return chance.integers(0, 16, rows)
    if kind in ("date", "date-time"):
        return _days(chance, fact, edition.year, rows)
    if kind == "money":
        return np.clip((10 ** chance.uniform(0, 8, rows)).astype(np.int64), fact.low, fact.high)
    return chance.integers(fact.low, min(fact.high, fact.low + 12) + 1, rows)


def _days(chance: np.random.Generator, fact: Fact, year: int, rows: int) -> Array:
    first, last = dates.number(year - 2, 1, 1), dates.number(year + 1, 6, 30)
    scale = dates.DAY_SECONDS if fact.type.kind == "date-time" else 1
    near = chance.integers(first, last, rows)
    far = chance.integers(first - 90 * 365, first, rows)
    edges = np.array([dates.number(year, month, 1) - at for month in range(1, 13) for at in (0, 1)])
    found = np.where(chance.random(rows) < 0.2, far, near)
    found = np.where(chance.random(rows) < 0.2, chance.choice(edges, rows), found)
    found = found * scale + (chance.integers(0, scale, rows) if scale > 1 else 0)
    return np.clip(found, fact.low, fact.high)


def facts_of_row(edition: Edition, columns: Columns, row: int) -> Facts:
    """One row as the scalar reader takes it."""
    found = {}
    for name, column in columns.values.items():
        fact = edition.facts[name]
        if name in columns.missing and columns.missing[name][row]:
            continue
        none = none_of(column.dtype) if fact.none is not None else None
        found[name] = value_of(int(column[row]), fact.type, edition.codes, none)
    return Facts(found)
