"""The rule engine beside hand-written code: one million persons, two million visits.

Every implementation runs in a process of its own; they take turns, five rounds, and each is
compared with a plain Decimal loop on every row. Rates are rows a processor second (the machine is
shared), the median with the least and the most; `share_of_bound` is the rate's part of what the
machine's memory could move, measured in the same run. OpenFisca takes part where it is installed,
or where YIBAO_BENCH_OPENFISCA_PYTHON names an interpreter that has it.

YIBAO_BENCH_PERSONS and YIBAO_BENCH_VISITS set other sizes, YIBAO_BENCH_LONG=0 leaves the twenty
million visits out.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from bench import rules_data
from bench.rules_turns import Took, bandwidth, compare, in_turns, workers

Results = list[dict[str, Any]]
REFERENCE = "Decimal loop"
BASELINE = (
    REFERENCE,
    "NumPy by hand",
    "Polars",
    "DuckDB",
    "OpenFisca",
    "numba loop by hand",
    "ours: compiled",
    "ours: columns",
)
HINGGAN = tuple(
    f"hinggan: {how}" for how in (REFERENCE, "numba loop by hand", "compiled", "columns")
)
# Bytes that a row moves at the least: what is read of it, and what is written.
CONTRIBUTION_BYTES = 5 + 1 + 5 * 2
BENEFIT_BYTES = 4 + 1 + 8 + 4 + 8 + 2 * 8
HINGGAN_BYTES = 4 + 30 + 23 + 2 * 32
# (what is measured, ours, the other side, the least ratio that the issue asks for)
CONTRIBUTION = (
    ("ours: compiled", "NumPy by hand", 10.0),
    ("ours: compiled", "OpenFisca", 20.0),
    ("ours: columns", "NumPy by hand", 0.9),
)
BENEFIT = (
    ("ours: compiled", "NumPy by hand", 3.0),
    ("ours: compiled", "OpenFisca", 8.0),
    ("ours: compiled", "DuckDB", 5.0),
    ("ours: compiled", "Polars", 5.0),
    ("ours: columns", "NumPy by hand", 0.6),
)


def run() -> Results:
    """Measure everything. Raises AssertionError where implementations disagree."""
    persons = int(os.environ.get("YIBAO_BENCH_PERSONS", "1000000"))
    visits = int(os.environ.get("YIBAO_BENCH_VISITS", "2000000"))
    moved = bandwidth()
    results = _baseline(persons, visits, moved)
    results += _hinggan(persons, visits, moved)
    results += _small(persons)
    if os.environ.get("YIBAO_BENCH_LONG", "1") != "0":
        from bench.rules_long import measured

        results += measured(moved)
    bound = {"name": "memory bandwidth, one thread", "rate": moved / 1e9, "unit": "GB/s"}
    return [*results, {**bound, "other": None, "ratio": None}]


def _baseline(persons: int, visits: int, moved: float) -> Results:
    took = _measured(BASELINE, rules_data.baseline(persons, visits))
    results: Results = []
    for part, asked, rows, size in (
        ("contribution", CONTRIBUTION, persons, CONTRIBUTION_BYTES),
        ("benefit", BENEFIT, visits, BENEFIT_BYTES),
    ):
        for ours, other, least in asked:
            if (other, part) in took:
                name = f"{part}, {ours.removeprefix('ours: ')} beside {other}"
                pair = took[ours, part], took[other, part]
                results.append(_row(name, rows, pair, moved / size, least))
    return results


def _hinggan(persons: int, visits: int, moved: float) -> Results:
    from bench.rules_ours import hinggan_editions

    codes = hinggan_editions()[1].codes
    people = rules_data.hinggan_persons(persons, codes)
    ledger = rules_data.hinggan_visits(people["born"], visits, codes)
    took = _measured(HINGGAN, {**people, **ledger})
    by_hand = took["hinggan: numba loop by hand", "benefit"]
    bound = moved / HINGGAN_BYTES
    return [
        _row(
            f"Hinggan benefit, {name} beside numba by hand", visits, (found, by_hand), bound, least
        )
        for name, found, least in (
            ("compiled", took["hinggan: compiled", "benefit"], 0.7),
            ("compiled with clauses", took["hinggan: compiled", "with clauses"], None),
            ("columns", took["hinggan: columns", "benefit"], None),
        )
    ]


def _measured(names: tuple[str, ...], data: rules_data.Arrays) -> dict[tuple[str, str], Took]:
    """Let everybody take turns on the same data, and agree with the Decimal loop on every row."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name, values in data.items():
            np.save(folder / f"{name}.npy", values)
        with workers(names, folder) as at_work:
            took = in_turns(at_work, 5)
            differ = compare(at_work, folder, names[0])
    assert not any(differ.values()), f"rows that differ from the Decimal loop: {differ}"
    return took


def _row(
    name: str, rows: int, pair: tuple[Took, Took], bound: float, least: float | None
) -> dict[str, Any]:
    low, rate, high = pair[0].rates(rows)
    other_low, other, other_high = pair[1].rates(rows)
    found = {
        "name": name,
        "rate": rate,
        "unit": "rows a cpu second",
        "other": other,
        "ratio": rate / other,
        "share_of_bound": rate / bound,
        "min": low,
        "max": high,
        "other_min": other_low,
        "other_max": other_high,
        "wall": rows / min(pair[0].wall),
    }
    return found if least is None else {**found, "at_least": least}


def _small(persons: int) -> Results:
    """What is measured one at a time: a decision explained, a what-if on cells."""
    from bench.rules_ours import explained, what_if

    cells, whole, many = what_if(persons)
    found = [
        _limited(f"one {what} explained, all steps and articles", took, 0.05)
        for what, took in explained().items()
    ]
    name = f"contribution what-if on {many:,} cells, beside person by person compiled"
    return [*found, {**_limited(name, cells, 1.0), "other": whole, "ratio": cells / whole}]


def _limited(name: str, took: float, limit: float) -> dict[str, Any]:
    return {
        "name": name,
        "rate": took,
        "unit": "ms cpu",
        "other": limit,
        "ratio": took / limit,
        "at_most": limit,
    }
