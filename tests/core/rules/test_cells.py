"""Cells: the classes that a rule tells apart, every decision, persons numbered, another edition."""

from __future__ import annotations

import numpy as np
import pytest

from tests.core.rules.random_columns import facts_read, random_columns
from tests.core.rules.samples import BENEFIT, CONTRIBUTION, read
from yibao.core.rules import cells as cell_module
from yibao.core.rules import dates
from yibao.core.rules.cells import Cells, NoCells, NotCounted, cells
from yibao.core.rules.columns import decide
from yibao.core.rules.edition import Edition
from yibao.core.rules.encoding import Columns, none_of

FACTS = """
  class_told: {type: code, of: class, zh: 所报类别}
  areas: {type: levels, zh: 地段}
  moved_on: {type: date, range: 2000-01-01..2050-12-31, none: 未迁入, zh: 迁入日期, en: moved on}
  rooms: {type: times, range: 0..400, zh: 房间, en: rooms}
"""


def edition(text: str = CONTRIBUTION, year: int = 2009) -> Edition:
    return read(text).bind("contribution", year=year)


def rule(step: str, more: str = "") -> Edition:
    """A rule `answer` of one step over the sample facts and some more."""
    text = f"""
facts:{FACTS}
parameters:
  stages: {{type: codes, of: schooling, is: [primary, secondary], from: 2008, cite: law 1}}
  helped: {{type: codes, of: identity, is: [minimum_living, orphan], from: 2008, cite: law 1}}
  near: {{type: levels, is: [2, 3], from: 2008, cite: law 1}}
  opens: {{type: date, is: 2009-03-01, from: 2008, cite: law 1}}
  many: {{type: times, is: 5, from: 2008, cite: law 1}}
  price: {{type: money, by: [class], from: 2008, cite: law 1, is: {{adult: 1, adult_aided: 1, child: 3, child_aided: 4}}}}
  unsaid: {{type: times, open: 未载}}
rules:
  answer:
    cite: law 1
    result: {{x: x}}
    steps:
      x: {step}
{more}
"""
    return read(text).bind("answer", year=2009)


def plain(expression: str) -> Edition:
    return rule(f'{{is: "{expression}"}}')


def members(found: Cells) -> dict[str, tuple[tuple[int | None, ...], ...]]:
    return {axis.fact.name: axis.members for axis in found.axes}


def test_dates_are_cut_at_the_rules_own_thresholds_and_codes_merged() -> None:
    found = cells(edition())
    told = members(found)
    eighteen, sixty = dates.number(1991, 1, 1), dates.number(1949, 1, 1)
    low, high = dates.number(1900, 1, 1), dates.number(2050, 12, 31)
    late = dates.number(2050, 12, 31)
    assert told["born"][0] == (low, sixty - 1)
    assert told["born"][1] == (sixty, eighteen - 1)
    assert told["born"][-1][1] == late == high
    assert told["student"] == ((0, 1), (2, None))
    assert told["identities"] == ((0,), (1,))
    assert told["low_income"] == ((0,), (1,))
    assert told["disability"] == ((1, 2), (3, 4, None))
    assert found.size == 3 * 2**4


def test_every_cell_is_decided_and_every_person_finds_his() -> None:
    bound = edition()
    found = cells(bound)
    people = random_columns(bound, 2000, facts_read(bound))
    numbers = found.number(people)
    assert numbers.dtype == np.uint16
    decided = decide(bound, people)
    for name, column in decided.values.items():
        assert (found.decided.values[name][numbers] == column).all()
    assert (
        found.decided.clauses["contribution_class"][numbers]
        == decided.clauses["contribution_class"]
    ).all()
    counts = found.counts(numbers)
    assert counts.sum() == 2000
    whole = (found.decided.values["personal"].astype(np.int64) * counts).sum()
    assert whole == decided.values["personal"].astype(np.int64).sum()


def test_another_edition_is_decided_by_cell() -> None:
    raised = CONTRIBUTION.replace("adult: {personal: 130,", "adult: {personal: 150,")
    found = cells(edition())
    other = edition(raised)
    people = random_columns(other, 500, facts_read(other))
    by_cell = found.evaluate(other).values["personal"][found.number(people)]
    assert (by_cell == decide(other, people).values["personal"]).all()


@pytest.mark.parametrize(
    "change",
    [
        ("is: 60, from: 2008", "is: 65, from: 2008"),
        ("is: [1, 2], from: 2008", "is: [1], from: 2008"),
        ("minimum_living in identities", "minimum_living in identities or insured_elsewhere"),
        ("minimum_living in identities", "orphan in identities"),
    ],
)
def test_an_edition_that_parts_more_needs_cells_of_both(change: tuple[str, str]) -> None:
    other = edition(CONTRIBUTION.replace(*change))
    with pytest.raises(NoCells) as caught:
        cells(edition()).evaluate(other)
    assert "further" in caught.value.sentence("en")
    assert "更细" in str(caught.value)
    both = cells(edition(), other)
    people = random_columns(other, 500, [*facts_read(other), *facts_read(edition())])
    for one in (edition(), other):
        told = both.evaluate(one).values["personal"][both.number(people)]
        assert (told == decide(one, people).values["personal"]).all()


def test_cells_in_words_in_both_languages() -> None:
    found = cells(edition())
    words = found.words(0)
    assert words["出生日期"] == "1900-01-01至1948-12-31"
    assert words["student"] == "小学、中学"
    assert words["disability"] == "1、2"
    assert words["low_income"] == "否"
    last = found.words(found.size - 1, "en")
    assert last["born"].endswith(" to 2050-12-31")
    assert last["low_income"] == "yes"
    assert last["student"] == "大学, none"
    assert last["identities"] == "minimum living"
    assert found.words(0)["identities"] == ""
    assert found.words(found.size - 1)["disability"] == "3、4、无"


def test_two_groups_of_codes_of_one_set_are_told_in_one_line() -> None:
    found = cells(plain("orphan in identities or any_in(identities, helped) and low_income"))
    assert [axis.mask for axis in found.axes if axis.mask] == [1, 2]
    both = next(
        found.words(at) for at in range(found.size) if found.words(at)["identities"].count("、")
    )
    assert both["identities"] == "低保、孤儿"


def test_numbers_of_every_kind_of_comparison() -> None:
    for expression, cut in [
        ("rooms < many", 5),
        ("rooms <= many", 6),
        ("rooms > many", 6),
        ("rooms >= many", 5),
    ]:
        assert members(cells(plain(expression)))["rooms"] == ((0, cut - 1), (cut, 400))
    assert members(cells(plain("rooms == many")))["rooms"] == ((0, 4), (5, 5), (6, 400))
    found = cells(plain("rooms == many"))
    assert found.number(Columns(3, {"rooms": np.array([4, 5, 6], np.int16)})).tolist() == [0, 1, 2]
    assert found.words(1)["房间"] == "5"


def test_a_number_that_may_be_none_has_a_class_for_it() -> None:
    found = cells(plain("moved_on is not None and moved_on < opens"))
    day = dates.number(2009, 3, 1)
    assert [axis[-1] for axis in members(found).values()] == [(None,)]
    none = none_of(np.dtype(np.int32))
    columns = Columns(3, {"moved_on": np.array([day - 1, day, none], np.int32)})
    assert found.decided.values["x"][found.number(columns)].tolist() == [True, False, False]
    assert found.words(found.size - 1)["迁入日期"] == "未迁入"
    assert found.words(found.size - 1, "en")["moved on"] == "none"
    only = cells(plain("moved_on is None"))
    assert len(members(only)["moved_on"]) == 2
    read_always = cells(plain("moved_on < opens"))
    assert read_always.decided.unanswered.tolist() == [False, False, True]


def test_a_table_and_a_code_that_is_the_answer_part_what_they_tell_apart() -> None:
    assert members(cells(plain("price[class_told]")))["class_told"] == ((0, 1), (2,), (3,))
    assert len(members(cells(plain("class_told")))["class_told"]) == 4
    added = cells(plain("price[class_told] + price[class_told]"))
    assert members(added)["class_told"] == ((0, 1), (2,), (3,))
    assert len(members(cells(plain("low_income")))["low_income"]) == 2


def test_what_the_text_does_not_say_parts_nothing() -> None:
    found = cells(
        rule(
            "{cite: law 1, first_of: {a: {when: low_income, is: True}, b: {when: rooms < unsaid, is: False}}}"
        )
    )
    assert list(members(found)) == ["low_income"]
    assert found.decided.unanswered.tolist() == [True, False]


@pytest.mark.parametrize(
    "expression",
    ["rooms + many", "moved_on < discharged_on", "born", "rooms + rooms < many"],
)
def test_a_fact_that_is_read_as_it_is_makes_no_cells(expression: str) -> None:
    bound = plain(expression)
    with pytest.raises(NoCells) as caught:
        cells(bound)
    assert caught.value.rule == "answer"


def test_levels_of_a_set_are_classes_of_their_own() -> None:
    found = cells(plain("hospital_level in areas"))
    assert found.size == 3 * 2**3
    assert found.words(found.size - 1)["地段"] == "1、2、3"


def test_a_fold_and_a_rule_of_too_many_cells_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoCells) as caught:
        cells(read(BENEFIT).bind("benefit", year=2009))
    assert "folds" in caught.value.sentence("en")
    monkeypatch.setattr(cell_module, "MOST_CELLS", 10)
    with pytest.raises(NoCells) as caught:
        cells(edition())
    assert "48" in str(caught.value)


def test_many_cells_are_numbered_in_a_wider_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell_module, "_NARROW", 10)
    bound = edition()
    people = random_columns(bound, 5, facts_read(bound))
    assert cells(bound).number(people).dtype == np.uint32


def test_a_person_without_a_fact_fits_no_cell() -> None:
    bound = edition()
    people = random_columns(bound, 5, facts_read(bound))
    lost = Columns(5, people.values, {"born": np.array([True, False, True, False, False])})
    with pytest.raises(NotCounted) as caught:
        cells(bound).number(lost)
    assert (caught.value.facts["fact"], caught.value.facts["count"]) == ("born", 2)


def test_a_set_that_is_the_answer_makes_no_cells() -> None:
    with pytest.raises(NoCells) as caught:
        cells(plain("identities"))
    assert "identities" in caught.value.sentence("en")
