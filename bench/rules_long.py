"""Twenty million visits by the compiled fold: memory beside the input, and time in proportion.

The ledger comes in portions, as buckets of a snapshot do: the records of the persons stay, each
portion's answers take the place of the last one's.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from bench import rules_data, rules_hinggan
from bench.rules_ours import hinggan_editions, laid_out
from yibao.core.rules import compiled
from yibao.core.rules.columns import Decided
from yibao.core.rules.encoding import Columns

SIZES = (1_000_000, 5_000_000, 20_000_000)
PORTION = 1_000_000
LIMIT_MB = 500.0


def measured(moved: float) -> list[dict[str, Any]]:
    """One row a size, and one of the memory. A quarter of a person a visit."""
    from bench.rules import HINGGAN_BYTES

    _, edition = hinggan_editions()
    rates: list[float] = []
    results: list[dict[str, Any]] = []
    for visits in SIZES:
        persons, ledger, person_of = _ledger(edition, visits)
        took, beside = _run(edition, persons, ledger, person_of)
        rates.append(visits / took)
        results.append(
            {
                "name": f"Hinggan benefit, {visits // 1_000_000} million visits, beside 1 million",
                "rate": rates[-1],
                "unit": "rows a cpu second",
                "other": rates[0],
                "ratio": rates[-1] / rates[0],
                "share_of_bound": rates[-1] / (moved / HINGGAN_BYTES),
            }
        )
    memory = {"name": "memory beside the input, 20 million visits", "rate": beside, "unit": "MB"}
    limit = {"other": LIMIT_MB, "ratio": beside / LIMIT_MB, "at_most": LIMIT_MB}
    return [*results, {**memory, **limit}]


def _ledger(edition: Any, visits: int) -> tuple[Columns, list[Columns], list[np.ndarray]]:
    people = rules_data.hinggan_persons(visits // 4, edition.codes)
    persons = laid_out(edition, people, list(rules_hinggan.PERSON))
    portions, whose = [], []
    last = None
    for at in range(visits // PORTION):
        drawn = rules_data.hinggan_visits(people["born"], PORTION, edition.codes, seed=at)
        if last is None:
            last = np.linspace(0, 1, visits // PORTION + 1)
        _within_the_year(drawn, last[at], last[at + 1])
        portions.append(laid_out(edition, drawn, list(rules_hinggan.VISIT)))
        whose.append(drawn["person"])
    return persons, portions, whose


def _within_the_year(drawn: dict[str, np.ndarray], first: float, last: float) -> None:
    """Move a portion's discharges into its own part of the year, so that portions follow."""
    start, end = rules_hinggan.YEAR_START, rules_hinggan.YEAR_END
    out = start + (end - start) * (
        first + (last - first) * (drawn["discharged_on"] - start) / (end - start)
    )
    out = np.maximum(out.astype(np.int32), drawn["discharged_on"].min())
    stay = drawn["discharged_on"] - drawn["admitted_on"]
    filed = drawn["reported_on"] - drawn["admitted_on"]
    known = drawn["reported_on"] != rules_data.NO_DATE
    drawn["discharged_on"] = np.sort(out)
    drawn["admitted_on"] = (drawn["discharged_on"] - stay).astype(np.int32)
    drawn["reported_on"] = np.where(known, drawn["admitted_on"] + filed, rules_data.NO_DATE).astype(
        np.int32
    )


def _run(
    edition: Any, persons: Columns, ledger: list[Columns], whose: list[np.ndarray]
) -> tuple[float, float]:
    """Processor seconds of the whole ledger, and megabytes beside it."""
    compiled.fold_columns(edition, persons, ledger[0], whose[0], nones_proved=True, witness=False)
    before = _held()
    start = time.process_time()
    folding = compiled.Folding(edition, persons, nones_proved=True, witness=False)
    out: Decided | None = None
    paid, most = 0, 0.0
    for portion, person_of in zip(ledger, whose):
        out = folding.run(portion, person_of, out)
        paid += int(out.values["fund_pay"].sum())
        most = max(most, _held())
    took = time.process_time() - start
    assert paid > 0
    return took, most - before


def _held() -> float:
    """Megabytes that this process holds now."""
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123
        line = next(line for line in status if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
