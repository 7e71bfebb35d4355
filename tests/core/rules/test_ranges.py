"""Intervals of every operator, against values worked out one by one."""

from __future__ import annotations

import pytest

from tests.core.rules.samples import BENEFIT, EXPRESSIONS, read
from yibao.core.rules import dates
from yibao.core.rules.columns import Prepared, prepared
from yibao.core.rules.graph import in_order
from yibao.core.rules.ranges import Range, TooWide, outcome_dtypes, ranges_of, wide_nodes
from yibao.core.rules.reduce import reduce_edition


def range_of(expression: str, extra: str = "") -> Range:
    """The range of one expression over the sample facts."""
    text = EXPRESSIONS.format(expression, extra).replace(
        "  broken: {is: nobody_knows, cite: law 1}\n", ""
    )
    reduced = reduce_edition(read(text).bind("answer", year=2009))
    return ranges_of(reduced).of(reduced.result[0][1])


FIRST, LAST = dates.number(2000, 1, 1), dates.number(2050, 12, 31)


@pytest.mark.parametrize(
    ("expression", "low", "high"),
    [
        ("limit", 10_000, 10_000),
        ("amount", -10_000_000, 1_000_000_000),
        ("amount + limit", -9_990_000, 1_000_010_000),
        ("limit - amount", -999_990_000, 10_010_000),
        ("amount * few", -30_000_000, 3_000_000_000),
        ("count // few", 0, 133),
        ("min(count, few)", 0, 3),
        ("max(count, few)", 3, 400),
        ("rounded(amount * part, even)", -1_250_000, 125_000_000),
        ("rounded(amount * part, rounds[chosen])", -1_250_000, 125_000_000),
        ("low_income", 0, 1),
        ("kind", 0, 1),
        ("identities", 0, 3),
        ("loyal + 1", 1, 101),
        ("age(discharged_on, admitted_on)", -51, 50),
        ("months_between(discharged_on, admitted_on)", -612, 611),
        ("year_of(discharged_on)", 2000, 2050),
        ("month_end(discharged_on)", FIRST + 30, LAST),
        ("next_month(discharged_on)", FIRST + 31, LAST + 1),
        ("year_start(year_of(discharged_on))", FIRST, LAST - 364),
        ("date_of(paid_at)", FIRST, LAST),
        ("discharged_on - admitted_on", FIRST - LAST, LAST - FIRST),
        ("discharged_on + some_days", FIRST + 10, LAST + 10),
        ("discharged_on - waiting", dates.number(1999, 10, 1), dates.number(2050, 9, 30)),
        ("discharged_on + waits[chosen]", FIRST + 10, dates.number(2051, 12, 31)),
        ("discharged_on + soon", FIRST, LAST + 406),
        ("discharged_on + work", FIRST, LAST + 406),
        ("price[chosen]", 100, 300),
        ("sum(limit * k for k in range(few, few + few))", 0, 150_000),
        ("sum(limit for k in range(few, count))", 0, 120_000),
    ],
)
def test_the_range_of_an_expression(expression: str, low: int, high: int) -> None:
    found = range_of(expression)
    assert (found.low, found.high) == (low, high)


def test_a_none_is_known_from_the_fact_the_clause_and_the_constant() -> None:
    assert range_of("paid_on").none
    assert not range_of("discharged_on").none
    extra = ", zh: x"
    text = EXPRESSIONS.format("chosen", extra).replace(
        "  broken: {is: nobody_knows, cite: law 1}\n", ""
    )
    text = text.replace(
        'x: {is: "chosen", cite: law 1, zh: x}',
        "x: {cite: law 1, first_of: {a: {when: low_income, is: discharged_on}, otherwise: {is: None}}}",
    )
    reduced = reduce_edition(read(text).bind("answer", year=2009))
    found = ranges_of(reduced).of(reduced.result[0][1])
    assert found.none
    assert outcome_dtypes(reduced)["x"].name == "int16"


def test_what_a_ceiling_has_used_never_passes_its_largest_limit() -> None:
    reduced = reduce_edition(read(BENEFIT).bind("benefit", year=2009))
    ranges = ranges_of(reduced)
    used = {
        str(node.value): ranges.of(node)
        for node in in_order(node for node in reduced.fold.next)  # type: ignore[union-attr]
        if node.op == "state"
    }
    assert used["used:year_total"] == Range(0, 3_500_000)
    assert used["used:disease"] == Range(0, 200_000)
    assert used["stays"] == Range(0, 6)
    assert ranges.of(dict(reduced.result)["fund_pay"]).low == 0


def test_a_value_that_leaves_64_bits_is_found_and_no_column_is_made() -> None:
    product = "rounded(" + "(amount * few * few * few * few * few * few * few) * share" + ", even)"
    wide = product.replace("amount", "amount * count * count * count")
    text = EXPRESSIONS.format(wide, "").replace("  broken: {is: nobody_knows, cite: law 1}\n", "")
    edition = read(text).bind("answer", year=2009)
    reduced = reduce_edition(edition)
    assert wide_nodes(reduced)
    with pytest.raises(TooWide) as caught:
        prepared(edition)
    assert caught.value.rule == "answer"
    text = EXPRESSIONS.format(" * ".join(["amount", *["count"] * 5]), "").replace(
        "  broken: {is: nobody_knows, cite: law 1}\n", ""
    )
    with pytest.raises(TooWide):
        outcome_dtypes(reduce_edition(read(text).bind("answer", year=2009)))


def test_a_silent_value_stands_as_one() -> None:
    text = EXPRESSIONS.format("rounded(amount * open_share, open_way)", "").replace(
        "  broken: {is: nobody_knows, cite: law 1}\n", ""
    )
    text = text.replace(
        "steps:\n  chosen",
        "  open_share: {type: rate, open: 未载}\n  open_way: {type: rounding, open: 未载}\nsteps:\n  chosen",
    )
    edition = read(text).bind("answer", year=2009)
    reduced = reduce_edition(edition)
    assert ranges_of(reduced).of(reduced.result[0][1]).high == 100_000
    assert isinstance(prepared(edition), Prepared)
