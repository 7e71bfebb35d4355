"""Two rulebooks side by side: for a person the first step that parts, else what the text changed."""

from __future__ import annotations

import pytest

from tests.core.rules.samples import BENEFIT, CONTRIBUTION, read
from tests.core.rules.test_overlay import MORE, PROPOSAL
from yibao.core.rules import difference
from yibao.core.rules.edition import Edition
from yibao.core.rules.facts import Facts, read_facts
from yibao.core.rules.scalar import Silent


def edition(*texts: str, rule: str = "contribution", year: int = 2010) -> Edition:
    return read(*texts).bind(rule, year=year)


def given(of: Edition, **facts: object) -> Facts:
    return read_facts(of, facts)


DEARER = (
    PROPOSAL
    + """
parameters:
  split:
    values:
    - {from: 2010, cite: p 1, is: {adult: {personal: 150, central: 40}, adult_aided: {personal: 70, central: 70}, child: {personal: 40, central: 40}, child_aided: {personal: 30, central: 45.5}}}
"""
)


def test_a_person_parts_at_the_first_step_that_answers_otherwise() -> None:
    now, then = edition(CONTRIBUTION), edition(CONTRIBUTION, DEARER)
    (found,) = difference.of_person(now, then, given(now, born="1980-01-01"))
    assert found.parting is not None
    assert found.parting.step == "own_share"
    left, right = found.parting.left, found.parting.right
    assert left is not None and right is not None
    assert (left.value, left.article, right.value, right.article) == (13000, "5", 15000, "5")
    assert [(o.name, o.left, o.right) for o in found.outcomes] == [
        ("personal", 13000, 15000),
        ("standard", 17000, 19000),
    ]
    assert not found.same


def test_who_is_not_touched_gets_the_same_answer() -> None:
    now, then = edition(CONTRIBUTION), edition(CONTRIBUTION, DEARER)
    (found,) = difference.of_person(now, then, given(now, born="2005-01-01"))
    assert found.same and found.parting is None and found.outcomes == ()


def test_a_clause_that_takes_another_ones_place_is_where_they_part() -> None:
    now, then = edition(CONTRIBUTION), edition(CONTRIBUTION, MORE)
    (found,) = difference.of_person(now, then, given(now, born="1980-01-01", low_income=True))
    assert found.parting is not None and found.parting.step == "contribution_class"
    left, right = found.parting.left, found.parting.right
    assert left is not None and right is not None
    assert (left.clause, right.clause) == ("otherwise", "adult_in_hardship")
    # an outcome that only one side has
    assert [o.left for o in found.outcomes if o.name == "kind"] == [None]


ONE_SIDED = """
rules:
  answer:
    result: {x: x}
    steps:
      seen: {is: not low_income, cite: law 1}
      x: {is: %s, cite: law 1}
"""


def test_where_only_one_side_takes_a_step_that_is_where_they_part() -> None:
    plain = edition(ONE_SIDED % "seen", rule="answer")
    other = edition(ONE_SIDED % "low_income", rule="answer")
    (found,) = difference.of_person(plain, other, given(plain, low_income=True))
    # both take x, which answers otherwise: that counts before a step of one side
    assert found.parting is not None and found.parting.step == "x"
    bare = edition("rules: {answer: {result: {x: low_income}, cite: law 1}}", rule="answer")
    step = edition(ONE_SIDED.replace("x: x}", "x: seen}") % "low_income", rule="answer")
    (found,) = difference.of_person(step, bare, given(bare, low_income=True))
    assert found.parting is not None
    assert (found.parting.step, found.parting.right) == ("seen", None)
    (found,) = difference.of_person(bare, step, given(bare, low_income=True))
    assert found.parting is not None and found.parting.left is None
    assert found.parting.right is not None and found.parting.right.value is False
    other = edition("rules: {answer: {result: {x: insured_elsewhere}, cite: law 1}}", rule="answer")
    (found,) = difference.of_person(
        bare, other, given(bare, low_income=True, insured_elsewhere=False)
    )
    assert found.outcomes and found.parting is None  # two facts, and no step at all
    shared = ONE_SIDED.replace("result: {x: x}", "result: {seen: seen, x: %s}") % ("%s", "seen")
    sides = [edition(shared % fact, rule="answer") for fact in ("low_income", "insured_elsewhere")]
    (found,) = difference.of_person(*sides, given(bare, low_income=True, insured_elsewhere=False))
    assert found.outcomes and found.parting is None  # the only step answers alike


def test_a_side_that_refuses_is_told_with_its_refusal() -> None:
    late = CONTRIBUTION.replace("- from: 2008\n", "- from: 2010\n")
    now, then = edition(late, year=2009), edition(CONTRIBUTION, year=2009)
    person = given(now, born="1980-01-01")
    (found,) = difference.of_person(now, then, person)
    assert isinstance(found.left, Silent) and not found.same
    (found,) = difference.of_person(now, now, person)
    assert found.same
    (found,) = difference.of_person(then, now, person)
    assert isinstance(found.right, Silent) and found.parting is None


VISIT = {"kind": "inpatient", "hospital_level": 3, "number": "1", "cost": "1000.00"}


def test_of_visits_each_is_compared_until_one_is_refused() -> None:
    lower = BENEFIT.replace("{1: 200, 2: 300, 3: 400}", "{1: 200, 2: 300, 3: 300}")
    now = edition(BENEFIT, rule="benefit", year=2009)
    then = edition(lower, rule="benefit", year=2009)
    person = given(now, loyal=1)
    first = given(now, **VISIT, discharged_on="2009-03-01")
    wrong = given(now, **VISIT, discharged_on="2010-03-01")
    found = difference.of_person(now, then, person, [first, first, wrong, first])
    assert [one.visit for one in found] == [0, 1, 2]
    assert found[0].parting is not None and found[0].parting.step == "deductible"
    assert [one.same for one in found] == [False, False, True]
    assert len(difference.of_person(now, then, person, [first])) == 1


def changes(*texts: str) -> list[tuple[str, str, str, str]]:
    """Kind, name, part and what, of the changes that an overlay makes."""
    found = difference.of_books(read(CONTRIBUTION), read(CONTRIBUTION, *texts))
    return [(one.kind, one.name, one.part, one.what) for one in found]


def test_the_text_of_two_rulebooks_differs_part_by_part() -> None:
    found = changes(MORE)
    assert ("source", "p", "", "added") in found
    assert ("parameter", "adult_age", "2010-01-01 (2009-06-01)", "added") in found
    assert ("parameter", "aided_age", "2008-01-01 (2008-07-13)", "removed") in found
    assert ("rule", "contribution", "", "changed") in found
    assert ("step", "contribution", "pupil", "changed") in found
    assert ("clause", "contribution", "contribution_class.minor_in_hardship", "removed") in found
    assert ("clause", "contribution", "contribution_class.child_low_income", "added") in found
    assert ("clause", "contribution", "contribution_class.adult_in_hardship", "changed") in found
    assert difference.of_books(read(CONTRIBUTION), read(CONTRIBUTION)) == ()


def test_facts_codes_open_values_and_their_words_are_part_of_the_text() -> None:
    more = (
        PROPOSAL
        + """
facts: {veteran: {type: flag, absent: false, cite: reading 45}, moved_on: {type: date, range: 2000-01-01..2050-12-31, none: 无}}
enumerations: {identity: {veteran_of_war: 老兵}}
parameters:
  later: {type: money, open: 文件未载}
  soon: {type: codes, of: identity, values: [{from: 2010, until: 2010, cite: p 1, is: [orphan]}, {from: 2011, open: 未定, cite: p 1}]}
"""
    )
    found = difference.of_books(read(CONTRIBUTION), read(CONTRIBUTION, more))
    told = {(one.kind, one.name, one.part): one.right for one in found}
    assert told["fact", "veteran", ""] == "flag 0..0 ; False reading 45"
    assert told["enumeration", "identity", "veteran_of_war"] == "老兵"
    assert told["parameter", "later", ""] == "文件未载"
    assert told["parameter", "soon", "2010-01-01 (2009-06-01)"] == "orphan ..2010-12-31 [p 1]"
    assert told["parameter", "soon", "2011-01-01 (2009-06-01)"] == "未定"


def test_a_folds_steps_and_ceilings_are_part_of_the_text() -> None:
    capped = BENEFIT.replace("within: [disease, year_total]", "within: [year_total, disease]")
    found = difference.of_books(read(BENEFIT), read(capped))
    assert [(one.name, one.part) for one in found] == [("benefit", "fund_pay")]
    assert found[0].left is not None and "within disease, year_total" in found[0].left


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("low_income and not insured_elsewhere", "(low_income and not insured_elsewhere)"),
        ("paid_on is None", "(paid_on is None)"),
        ("born - waiting", "(born - waiting)"),
        ("born + waiting", "(born + waiting)"),
        ("price[chosen]", "price[chosen]"),
        ("min(cost, limit)", "min(cost, limit)"),
        ("sum(limit for k in range(0, count))", "sum(limit for k in range(0, count))"),
        ("count == 0", "(count == 0)"),
    ],
)
def test_an_expression_is_written_as_it_was_read(expression: str, text: str) -> None:
    from tests.core.rules.test_prose import PLAIN

    book = read(PLAIN.format(expression, ""))
    assert difference.written(dict(book.rules["answer"].result)["x"].args[0]) == text


def test_sentences_that_two_editions_tell_otherwise() -> None:
    now, then = edition(CONTRIBUTION, MORE, year=2009), edition(CONTRIBUTION, MORE, year=2010)
    found = difference.of_words(now, then)
    said = {(one.step, one.clause): (one.left, one.right) for one in found}
    assert said["minor", "0"] == (
        "“未成年”是指：pupil，或者上年末年龄不满18周岁。〔law 6〕",
        "“未成年”是指：pupil，或者上年末年龄不满16周岁。〔law 6〕",
    )
    assert {one.label for one in found if one.step == "own_share"} == {"个人缴纳"}
    left = edition(CONTRIBUTION, year=2009)
    added = [one for one in difference.of_words(left, now) if one.left is None]
    assert {(one.clause, one.label) for one in added} == {
        ("child_low_income", "缴费类别"),
        ("0", "受理条件"),
    }
    dropped = [one for one in difference.of_words(left, now) if one.right is None]
    assert [(one.step, one.clause) for one in dropped] == [
        ("contribution_class", "minor_in_hardship")
    ]
