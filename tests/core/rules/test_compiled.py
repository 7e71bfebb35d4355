"""Compiled loops: the answers of columns bit for bit, in memory of the caller's, or a refusal."""

from __future__ import annotations

import importlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import numpy as np
import pytest

from tests.core.rules.language import every_operator, tiers
from tests.core.rules.random_columns import facts_of_row, facts_read, random_columns
from tests.core.rules.samples import BENEFIT, CONTRIBUTION, read
from yibao.core.calendar import WorkingCalendar
from yibao.core.refusal import Refusal
from yibao.core.rules import columns, compiled, scalar
from yibao.core.rules.columns import Decided
from yibao.core.rules.edition import Edition
from yibao.core.rules.encoding import Array, Columns
from yibao.core.rules.facts import FactFaults
from yibao.core.rules.ranges import TooWide
from yibao.rulebook.loader import REGIONS, rulebook

MAIN = ("contribution", "coverage", "eligibility", "subsidy", "review", "deadline", "deposit")
RULES = [
    pytest.param(region, rule, id=f"{region}-{rule}")
    for region in REGIONS
    for rule in MAIN
    if rule in rulebook(region).rules
]


def assert_same(expected: Decided, found: Decided) -> None:
    assert np.array_equal(expected.unanswered, found.unanswered)
    kept = ~expected.unanswered
    assert expected.values.keys() == found.values.keys()
    for name, values in expected.values.items():
        assert values.dtype == found.values[name].dtype
        assert np.array_equal(values[kept], found.values[name][kept]), name
    assert expected.clauses.keys() == found.clauses.keys()


def assert_same_clauses(edition: Edition, rows: Columns, expected: Decided, found: Decided) -> None:
    """Where the numbers of a clause part, no answer rests on it: nobody asks which it would be."""
    for name, numbers in expected.clauses.items():
        parted = np.flatnonzero((numbers != found.clauses[name]) & ~expected.unanswered)
        for row in parted[:50].tolist():
            decision = scalar.decide(edition, facts_of_row(edition, rows, row))
            assert name not in dict(decision.clauses), (row, name)


@pytest.mark.parametrize(("region", "rule"), RULES)
def test_a_regions_rule_compiled_is_the_rule_in_columns(region: str, rule: str) -> None:
    edition = rulebook(region).bind(rule, year=2021 if region != "xingan" else 2010)
    rows = random_columns(edition, 2_000, missing=True)
    expected, found = columns.decide(edition, rows), compiled.decide(edition, rows)
    assert_same(expected, found)
    assert_same_clauses(edition, rows, expected, found)


def test_every_operator_compiled_is_the_operator_in_columns() -> None:
    days = WorkingCalendar(
        holidays=[date(2009, 1, 1)], workdays=[], first=date(2008, 7, 1), last=date(2010, 3, 31)
    ).ordinals
    edition = every_operator(days)
    rows = random_columns(edition, 2_000)
    found = compiled.decide(edition, rows)
    assert_same(columns.decide(edition, rows), found)
    assert (~found.unanswered).sum() > 200


def visits_of(edition: Edition, persons: int, visits: int) -> tuple[Columns, Columns, Array]:
    """Random persons and their visits in the order of discharge."""
    names = facts_read(edition)
    own = [name for name in names if not edition.facts[name].per_visit]
    told = [name for name in names if edition.facts[name].per_visit]
    rows = random_columns(edition, visits, told, seed=2)
    year = np.random.default_rng(3).integers(-20, 380, visits) + _first_day(edition)
    out = np.sort(year).astype(np.int32)
    into = np.minimum(rows.values["admitted_on"], out) if "admitted_on" in rows.values else out
    values = {**rows.values, "discharged_on": out, "admitted_on": into.astype(np.int32)}
    whose = np.random.default_rng(4).integers(0, persons, visits)
    return random_columns(edition, persons, own), Columns(visits, values), whose


def _first_day(edition: Edition) -> int:
    return int(np.datetime64(f"{edition.year}-01-01", "D").astype(int))


@pytest.fixture(scope="module")
def benefit() -> Edition:
    return read(BENEFIT.replace("range: 0..6", "range: 0..400")).bind("benefit", year=2009)


@pytest.mark.parametrize("witness", [True, False])
def test_the_benefit_of_hinggan_compiled_is_the_fold_in_columns(witness: bool) -> None:
    edition = rulebook("xingan").bind("benefit", year=2010)
    asked = visits_of(edition, 600, 3_000)
    expected = columns.fold_columns(edition, *asked)
    found = compiled.fold_columns(edition, *asked, witness=witness)
    assert_same(expected if witness else Decided(expected.values, {}, expected.unanswered), found)
    assert bool(found.clauses) == witness
    assert found.state.keys() == expected.state.keys() and len(found.state) == len(expected.state)
    for name, numbers in found.clauses.items():
        kept = ~expected.unanswered
        assert np.array_equal(numbers[kept], expected.clauses[name][kept]), name
    for name, values in expected.state.items():
        assert np.array_equal(values, found.state[name]), name
    assert 0 < expected.unanswered.sum() < len(expected.unanswered)


def test_a_ledger_in_portions_is_the_whole_ledger(benefit: Edition) -> None:
    persons, visits, whose = visits_of(benefit, 50, 900)
    whole = compiled.fold_columns(benefit, persons, visits, whose)
    folding = compiled.Folding(benefit, persons)
    for _ in range(2):  # the second time in the memory of the first
        folding.restart()
        parts = []
        for start in (0, 300, 600):
            rows = slice(start, start + 300)
            portion = Columns(300, {name: value[rows] for name, value in visits.values.items()})
            parts.append(folding.run(portion, whose[rows]))
        for name, values in whole.values.items():
            assert np.array_equal(np.concatenate([part.values[name] for part in parts]), values)
        for name, after in whole.state.items():
            assert np.array_equal(folding.state()[name], after)


def test_outcomes_go_into_the_memory_that_is_given() -> None:
    edition = read(CONTRIBUTION).bind("contribution", year=2009)
    rows = random_columns(edition, 100)
    first = compiled.decide(edition, rows)
    kept = {name: values.copy() for name, values in first.values.items()}
    for values in (*first.values.values(), *first.clauses.values()):
        values[:] = 0
    first.unanswered[:] = True
    again = compiled.decide(edition, rows, out=first)
    assert again is first
    assert all(np.array_equal(kept[name], values) for name, values in again.values.items())
    assert not again.unanswered.any()


def test_absent_facts_are_presumed_without_a_column_of_their_own() -> None:
    edition = read(CONTRIBUTION).bind("contribution", year=2009)
    rows = random_columns(edition, 100, ["born"])
    assert_same(columns.decide(edition, rows), compiled.decide(edition, rows))
    lost = Columns(100, {}, {})
    assert_same(columns.decide(edition, lost), compiled.decide(edition, lost))
    assert compiled.decide(edition, lost).unanswered.all()


def test_buckets_may_run_in_threads(benefit: Edition) -> None:
    asked = [visits_of(benefit, 40 + at, 500 + at) for at in range(4)]
    alone = [compiled.fold_columns(benefit, *one) for one in asked]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda one: compiled.fold_columns(benefit, *one), asked))
    for one, other in zip(alone, together):
        assert_same(one, other)


def test_visits_out_of_order_are_refused_with_their_row(benefit: Edition) -> None:
    persons, visits, whose = visits_of(benefit, 1, 10)
    visits.values["discharged_on"][:] = visits.values["discharged_on"][::-1].copy()
    with pytest.raises(FactFaults, match="第 2 行"):
        compiled.fold_columns(benefit, persons, visits, whose)


def test_several_persons_may_stand_one_after_the_other(benefit: Edition) -> None:
    persons, visits, whose = visits_of(benefit, 30, 400)
    order = np.argsort(whose, kind="stable")
    grouped = Columns(400, {name: value[order] for name, value in visits.values.items()})
    asked = persons, grouped, whose[order]
    assert_same(columns.fold_columns(benefit, *asked), compiled.fold_columns(benefit, *asked))


def test_a_visit_of_nobody_is_an_error_and_not_a_memory_fault(benefit: Edition) -> None:
    persons, visits, whose = visits_of(benefit, 5, 10)
    with pytest.raises(IndexError, match="none of the 5 persons"):
        compiled.fold_columns(benefit, persons, visits, whose + 5)
    none = Columns(0, {name: value[:0] for name, value in visits.values.items()})
    assert compiled.fold_columns(benefit, persons, none, whose[:0]).unanswered.size == 0


def test_a_fold_that_answers_every_row_writes_no_flag() -> None:
    plain = BENEFIT[: BENEFIT.index("    requires:")] + BENEFIT[BENEFIT.index("    steps:") :]
    plain = plain.replace("        stays: {type: times, starts: 0, range: 0..6}\n", "")
    plain = plain.replace("next: {stays: stays + counted}", "next: {}")
    plain = plain.replace("range(stays, stays + periods)", "range(0, periods)")
    plain = plain.replace("      order: [discharged_on, number]", "      order: [number]")
    edition = read(plain).bind("benefit", year=2009)
    persons, visits, whose = visits_of(edition, 30, 400)
    asked = persons, visits, whose
    expected = columns.fold_columns(edition, *asked, nones_proved=True)
    found = compiled.fold_columns(edition, *asked, nones_proved=True)
    assert_same(expected, found)
    assert not found.unanswered.any()


def test_clauses_that_ask_the_state_are_those_of_columns_gap_and_all() -> None:
    edition = tiers()
    names = facts_read(edition)
    visits = random_columns(edition, 300, names)
    asked = Columns(60, {}), visits, np.random.default_rng(1).integers(0, 60, 300)
    expected, found = columns.fold_columns(edition, *asked), compiled.fold_columns(edition, *asked)
    assert_same(expected, found)
    for name, numbers in expected.clauses.items():
        kept = ~expected.unanswered
        assert np.array_equal(numbers[kept], found.clauses[name][kept])
    assert 0 < found.unanswered.sum() < 300


def test_without_numba_the_refusal_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.import_module

    def lacking(name: str) -> object:
        if name == "numba":
            raise ImportError(name)
        return found(name)

    monkeypatch.setattr(importlib, "import_module", lacking)
    edition = read(CONTRIBUTION.replace("is: 18", "is: 17")).bind("contribution", year=2009)
    with pytest.raises(compiled.NoCompiler) as refused:
        compiled.decide(edition, random_columns(edition, 3))
    assert "fast" in refused.value.remedy_en
    assert isinstance(refused.value, Refusal)


def test_amounts_beyond_64_bits_are_refused_before_anything_is_compiled() -> None:
    wide = CONTRIBUTION.replace(
        'central_share: {is: "split[contribution_class, central]"}',
        'central_share: {is: "rounded(rounded(amount * share, fen) * share, fen) * count * count * count * count"}',
    ).replace(
        "pupil_stages:",
        "fen: {type: rounding, is: half_up to fen, from: 2008, cite: law 5}\n  pupil_stages:",
    )
    edition = read(wide).bind("contribution", year=2009)
    with pytest.raises(TooWide):
        compiled.decide(edition, random_columns(edition, 3))


def test_old_kernels_make_room_for_new_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_KEPT_AT_MOST", 1)
    monkeypatch.setattr(compiled, "_ready", {})
    edition = read(CONTRIBUTION).bind("contribution", year=2009)
    rows = random_columns(edition, 20)
    compiled.decide(edition, rows)
    compiled.decide(edition, random_columns(edition, 20, ["born", "low_income"]))
    assert len(compiled._ready) == 1
