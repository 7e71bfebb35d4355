"""Our readers in the processes of `yibao bench rules`: the baseline's rule book, and Hinggan's.

Columns are laid out before the clock starts, as every implementation's data are; the loops write
into outcomes that were allocated beforehand.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench import rules_hinggan
from bench.rules_data import PAYERS, YEAR, Arrays
from yibao.core.rules import columns, compiled
from yibao.core.rules.book import LayerText, Rulebook, read_rulebook
from yibao.core.rules.edition import Edition
from yibao.core.rules.encoding import Columns, dtype_of, none_of

if TYPE_CHECKING:
    from bench.rules_worker import Job

_BOOK = Path(__file__).with_name("rules_baseline.yaml")
_BASELINE_YEAR = 2024
READERS = {"compiled": compiled, "columns": columns}


def baseline_book() -> Rulebook:
    """The baseline's rules in our language."""
    return read_rulebook([LayerText(_BOOK.name, _BOOK.read_text(encoding="utf-8"), "baseline")])


def laid_out(edition: Edition, data: Arrays, names: list[str]) -> Columns:
    """Arrays as the columns of an edition: each in its width, a none by the none of the width."""
    values = {}
    for name in names:
        fact, given = edition.facts[name], data[name]
        dtype = dtype_of(fact, edition.codes)
        values[name] = given.astype(dtype, copy=False)
        if given.dtype != dtype and fact.none is not None and given.dtype.kind == "i":
            values[name][given == np.iinfo(given.dtype).min] = none_of(dtype)
    return Columns(len(given), values)


def job(name: str, data: Arrays) -> Job:
    """The job of a name that begins with “ours: ” or “hinggan: ”."""
    of, _, how = name.partition(": ")
    return _baseline(READERS[how], data) if of == "ours" else _hinggan(how, data)


def _job(parts: dict[str, Callable[[], Any]], collect: Any, runs: int = 5) -> Job:
    from bench.rules_worker import Job

    return Job(parts, collect, runs)


def _baseline(reader: Any, data: Arrays) -> Job:
    book, data = baseline_book(), {**data, "years_old": data["age"]}
    contribution = book.bind("contribution", year=_BASELINE_YEAR)
    benefit = book.bind("benefit", year=_BASELINE_YEAR)
    flags = ["student", "minimum_living", "severe", "low_income"]
    rows = laid_out(contribution, data, ["years_old", *flags])
    persons = laid_out(benefit, data, ["years_old", "student", "blood", "years"])
    visits = laid_out(benefit, data, ["level", "cost"])
    decided = reader.decide(contribution, rows, nones_proved=True)
    into = {"out": decided} if reader is compiled else {}

    def collect(found: dict[str, Any]) -> Arrays:
        a, b = found["contribution"], found["benefit"]
        assert not a.unanswered.any() and not b.unanswered.any()
        parts = {payer: a.values[payer] for payer in PAYERS}
        return {"class": a.values["class"], **parts, **b.values}

    return _job(
        {
            "contribution": lambda: reader.decide(contribution, rows, nones_proved=True, **into),
            "benefit": _fold(reader, benefit, persons, visits, data["person"]),
        },
        collect,
    )


def _fold(
    reader: Any,
    edition: Edition,
    persons: Columns,
    visits: Columns,
    person_of: Any,
    *,
    witness: bool = False,
) -> Callable[[], Any]:
    """A run of all visits; compiled, in memory that is there before the clock starts."""
    how = {"nones_proved": True, "witness": witness}
    if reader is columns:
        return lambda: columns.fold_columns(edition, persons, visits, person_of, **how)
    folding = compiled.Folding(edition, persons, **how)
    out = folding.run(visits, person_of)

    def run() -> Any:
        folding.restart()
        return folding.run(visits, person_of, out)

    return run


def hinggan_editions() -> tuple[Edition, Edition]:
    """Contribution and benefit of Hinggan as they stand in its rulebook."""
    from yibao.rulebook.loader import rulebook

    book = rulebook("xingan")
    return book.bind("contribution", year=YEAR), book.bind("benefit", year=YEAR)


def _hinggan(how: str, data: Arrays) -> Job:
    _, benefit = hinggan_editions()
    numbers = rules_hinggan.numbers(benefit.codes)
    if how == "numba loop by hand":
        by_hand = rules_hinggan.ByHand(numbers)
        out = by_hand.outcomes(len(data["person"]))
        by_hand.run(data, data, out)
        return _job({"benefit": lambda: by_hand.run(data, data, out)}, lambda got: got["benefit"])
    if how == "Decimal loop":
        work = {"benefit": lambda: rules_hinggan.decimal_benefit(data, data, numbers)}
        return _job(work, lambda got: got["benefit"], runs=1)
    reader = READERS[how]
    persons = laid_out(benefit, data, list(rules_hinggan.PERSON))
    visits = laid_out(benefit, data, list(rules_hinggan.VISIT))
    run = _fold(reader, benefit, persons, visits, data["person"])
    with_clauses = _fold(reader, benefit, persons, visits, data["person"], witness=True)

    def collect(got: dict[str, Any]) -> Arrays:
        assert not got["benefit"].unanswered.any()
        return dict(got["benefit"].values)

    return _job({"benefit": run, "with clauses": with_clauses}, collect)


def explained() -> dict[str, float]:
    """Processor milliseconds of one decision with all steps and articles: median of many."""
    from yibao.core.rules import fold, scalar
    from yibao.core.rules.facts import read_facts

    contribution, benefit = hinggan_editions()
    person = {
        "born": "1950-05-01",
        "low_income_family": True,
        "consecutive_years": 4,
        "paid_on": "2009-11-20",
    }
    visit = {
        "kind": "inpatient",
        "hospital_level": 2,
        "admitted_on": "2010-03-01",
        "discharged_on": "2010-03-09",
        "eligible_cost": "12345.67",
        "number": "1",
    }
    known = {name: value for name, value in person.items() if name in contribution.facts}
    one, own = read_facts(contribution, known), read_facts(benefit, known)
    bill, state = read_facts(benefit, visit), fold.first_state(benefit)
    return {
        "contribution": _median(
            lambda: [step.as_json() for step in scalar.decide(contribution, one).steps]
        ),
        "benefit": _median(
            lambda: [step.as_json() for step in fold.step(benefit, own, bill, state)[0].steps]
        ),
    }


def _median(act: Callable[[], Any], many: int = 2_000) -> float:
    for _ in range(100):
        act()
    took = []
    for _ in range(many // 50):
        start = time.process_time_ns()
        for _ in range(50):
            act()
        took.append((time.process_time_ns() - start) / 50)
    return float(np.median(took)) / 1e6


def what_if(persons: int) -> tuple[float, float, int]:
    """Processor milliseconds of a raised share over a whole city on cells, beside the same answer
    person by person; and how many cells there are. The totals of both are the same."""
    from bench.rules_data import hinggan_contribution, hinggan_persons
    from yibao.core.rules.cells import cells
    from yibao.rulebook.loader import layers

    contribution, _ = hinggan_editions()
    raised = LayerText("raised.yaml", _RAISED, "proposal")
    proposal = read_rulebook([*layers("xingan"), raised]).bind("contribution", year=YEAR)
    data = hinggan_persons(persons, contribution.codes)
    data |= hinggan_contribution(persons, contribution.codes)
    names = ["born", "student", "identities", "disability_level", "low_income_family"]
    city = laid_out(contribution, data, names)
    table = cells(contribution, proposal)
    many = table.counts(table.number(city))
    payers = [name for name in contribution.types if contribution.types[name].kind == "money"]

    def on_cells() -> list[int]:
        decided = table.evaluate(proposal)
        return [int((decided.values[name] * many).sum()) for name in payers]

    out = compiled.decide(proposal, city, nones_proved=True)

    def one_by_one() -> list[int]:
        decided = compiled.decide(proposal, city, nones_proved=True, out=out)
        return [int(decided.values[name].sum(dtype=np.int64)) for name in payers]

    assert on_cells() == one_by_one()
    return _median(on_cells, 500), _median(one_by_one, 100), table.size


_RAISED = """
sources: {p: {title: 提高个人缴费的建议, published: 2009-06-01}}
parameters:
  split:
    values:
    - from: 2010
      cite: p 1
      is:
        adult: {personal: 150, central: 40, region: 25, league: 15, county: 15}
        adult_aided: {personal: 80, central: 70, region: 40, league: 25, county: 20}
        child: {personal: 50, central: 40, region: 25, league: 15, county: 15}
        child_aided: {personal: 40, central: 45, region: 28, league: 16, county: 16}
"""
