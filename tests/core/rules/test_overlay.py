"""Layers: what may join, what must say that it replaces, and settings that close what is open."""

from __future__ import annotations

from datetime import date

import pytest

from tests.core.rules.samples import BENEFIT, CONTRIBUTION, decided, faults, read
from yibao.core.rules.scalar import Silent

PROPOSAL = """
overlay: proposal_a
over: region
authority: proposal
sources: {p: {title: 提高个人缴费的建议, published: 2009-06-01}}
"""

MORE = (
    PROPOSAL
    + """
parameters:
  split:
    values:
    - {from: 2010, cite: p 1, is: {adult: {personal: 150, central: 40}, adult_aided: {personal: 70, central: 70}, child: {personal: 40, central: 40}, child_aided: {personal: 30, central: 45}}}
  adult_age: {is: 16, from: 2010, cite: p 1}
  aided_age: {replaces: region, type: years, is: 65, from: 2008, cite: p 1}
steps:
  pupil: {replaces: region, is: student is not None, cite: p 1}
rules:
  contribution:
    result: {kind: contribution_class}
    requires: [{when: born <= year_end(year), zh: 已出生}]
    steps:
      contribution_class:
        first_of:
          child_low_income: {before: minor_usual, when: minor and low_income, is: child_aided, cite: p 2}
          adult_in_hardship: {replaces: region, when: hardship or low_income, is: adult_aided, cite: p 3}
          minor_in_hardship: {repeals: region}
"""
)


def test_a_proposal_adds_values_clauses_and_outcomes() -> None:
    book = read(CONTRIBUTION, MORE)
    given = {"born": "1980-01-01", "year": 2010}
    assert decided(book, "contribution", given, year=2010).as_json() == {
        "class": "adult",
        "personal": "150.00",
        "standard": "190.00",
        "kind": "adult",
    }
    given["year"] = 2009
    assert decided(book, "contribution", given).as_json()["personal"] == "130.00"
    low = {"born": "1980-01-01", "low_income": True}
    assert decided(book, "contribution", low).as_json()["class"] == "adult_aided"
    child = {"student": "university", "low_income": True, "identities": ["minimum_living"]}
    decision = decided(book, "contribution", child)
    assert decision.clauses == (("contribution_class", "child_low_income"),)
    assert (decision.steps[0].name, decision.steps[0].source) == ("pupil", "p")


def test_a_day_before_the_proposal_does_not_see_its_values() -> None:
    book = read(CONTRIBUTION, MORE)
    on = date(2010, 6, 1)
    assert book.value_of("adult_age", on=on) == 16
    assert book.value_of("adult_age", on=on, known=date(2009, 5, 31)) == 18


def test_the_layers_are_part_of_the_text() -> None:
    assert read(CONTRIBUTION).text_hash != read(CONTRIBUTION, MORE).text_hash


def test_saying_nothing_is_a_fault() -> None:
    text = (
        PROPOSAL.replace("sources: {p", "sources: {law: {title: x, published: 2009-01-01}, p")
        + """
facts: {born: {type: date, range: 2000-01-01..2001-01-01}}
enumerations: {class: {adult: 大人, senior: 老人}}
parameters: {adult_age: {type: years, is: 16, from: 2010, cite: p 1}}
steps:
  pupil: {is: student is not None, cite: p 1}
rules:
  contribution:
    dated_by: year
    cite: law 1
    result: {class: minor}
    steps:
      own_share: {is: 0, cite: p 1}
      contribution_class:
        first_of:
          adult_in_hardship: {when: hardship, is: adult_aided, cite: p 3}
          child_low_income: {when: minor and low_income, is: child_aided, cite: p 2}
          other: {before: minor_usually, when: minor, is: child_aided, cite: p 2}
"""
    )
    assert faults(CONTRIBUTION, text) == [
        "overlay.yaml:5:11: source “law” stands already in “national”. say replaces: and its layer, or choose another name",
        "overlay.yaml:7:9: fact “born” stands already in “national”. say replaces: and its layer, or choose another name",
        "overlay.yaml:8:24: code “adult” of “class” stands already in “national”. say replaces: and its layer, or choose another name",
        "overlay.yaml:9:14: parameter “adult_age” stands already in “region”. say replaces: and its layer, or choose another name",
        "overlay.yaml:11:3: step “pupil” stands already in “region”. say replaces: and its layer, or choose another name",
        "overlay.yaml:14:5: key “dated_by” of “contribution” stands already in “region”. say replaces: and its layer, or choose another name",
        "overlay.yaml:15:5: key “cite” of “contribution” stands already in “region”. say replaces: and its layer, or choose another name",
        "overlay.yaml:16:14: outcome “class” of “contribution” stands already in “region”. say replaces: and its layer, or choose another name",
        "overlay.yaml:18:7: step “own_share” of “contribution” stands already in “region”. say replaces: and its layer, or choose another name",
        "overlay.yaml:21:11: clause “adult_in_hardship” of “contribution_class” stands already in “region”. say replaces: and its layer, or choose another name",
        "overlay.yaml:22:11: new clause “child_low_income” of “contribution_class” says no place. add before: and a clause name",
        "overlay.yaml:23:27: “contribution_class” has no clause “minor_usually”; did you mean “minor_usual”?",
        "region.yaml:14:9: table “split” has no row for senior, central [law 5]. write every row",
        "region.yaml:14:9: table “split” has no row for senior, personal [law 5]. write every row",
    ]


def test_what_replaces_or_repeals_must_name_where_it_stands() -> None:
    text = (
        PROPOSAL
        + """
parameters:
  adult_age: {replaces: national, type: years, is: 16, from: 2010, cite: p 1}
  new_age: {replaces: region, type: years, is: 16, from: 2010, cite: p 1}
facts: {low_income: {replaces: national, type: code, of: class}, count: {replaces: national, type: times, range: 0..500}}
steps: {hardship: {repeals: region}}
rules:
  contribution:
    steps:
      contribution_class:
        first_of:
          minor_in_hardship: {repeals: national}
          unheard: {repeals: region, before: otherwise, when: minor, is: child, cite: p 1}
"""
    )
    assert faults(CONTRIBUTION, text) == [
        "overlay.yaml:8:25: “adult_age” stands in “region”, not in “national”. write replaces: region",
        "overlay.yaml:9:23: no parameter “new_age” stands that it replaces",
        "overlay.yaml:10:9: fact “low_income” is flag in “national”, not code of class. a fact keeps its type: declare another fact",
        "overlay.yaml:17:40: “minor_in_hardship” stands in “region”, not in “national”. write repeals: region",
        "overlay.yaml:18:30: no clause “unheard” stands that it repeals",
        "region.yaml:35:37: no fact, parameter, step, state or code “hardship”",
        "region.yaml:35:49: “low_income” is code of class, not a flag. and, or, not and when: ask flags",
    ]


def test_a_replaced_fact_may_be_worded_anew() -> None:
    text = PROPOSAL + "facts: {count: {replaces: national, type: times, range: 0..500, zh: 次数}}\n"
    book = read(CONTRIBUTION, text)
    assert (book.facts["count"].high, book.facts["count"].label.zh) == (500, "次数")


def test_a_rule_may_be_replaced_whole_and_a_step_taken_out() -> None:
    text = PROPOSAL + (
        "steps: {hardship: {repeals: region}}\n"
        "rules: {contribution: {replaces: region, result: {x: pupil}}}\n"
    )
    book = read(CONTRIBUTION, text)
    assert decided(book, "contribution", {"student": "primary"}).as_json() == {"x": True}


def test_two_files_of_one_layer_may_not_declare_a_thing_twice() -> None:
    from tests.core.rules.samples import NATIONAL
    from yibao.core.rules.book import LayerText, read_rulebook
    from yibao.core.rules.faults import RulebookFaults

    national = LayerText("national.yaml", NATIONAL, "national")
    one = LayerText("a.yaml", "steps: {a: {is: low_income, cite: law 1}}", "region")
    two = LayerText("b.yaml", "steps: {a: {is: low_income, cite: law 1}}", "region")
    with pytest.raises(RulebookFaults) as caught:
        read_rulebook([national, one, two])
    assert str(caught.value) == (
        "b.yaml:1:9: step “a” is declared twice, first in a.yaml:1. keep one of them"
    )


def test_articles_may_join_a_source_in_any_file() -> None:
    first = "sources: {law: {articles: {'5': 甲}}}"
    book = read(first, PROPOSAL)
    assert list(book.sources["law"].articles) == ["5"]
    again = PROPOSAL.replace("sources: {p", "sources: {law: {articles: {'5': 乙, '6': 丙}}, p")
    assert faults(first, again) == [
        "overlay.yaml:5:29: article “5” of “law” stands already in “region”. say replaces: and its layer, or choose another name",
    ]
    again = PROPOSAL.replace("sources: {p", "sources: {law: {articles: {'5': 乙, '6': 丙}}, p")
    assert faults(first, again) == [
        "overlay.yaml:5:29: article “5” of “law” stands already in “region”. "
        "say replaces: and its layer, or choose another name",
    ]


def test_odd_trees_join_nothing() -> None:
    text = (
        PROPOSAL.replace("sources: {p", "sources: {law: word, reading: {articles: word}, p")
        + """
enumerations: {class: word}
parameters: {adult_age: word, aided_age: {zh: x}}
steps: {pupil: word, minor: {first_of: {x: {when: pupil, is: pupil, cite: p 1}}}}
rules: {contribution: word}
"""
    )
    assert faults(CONTRIBUTION, text) == [
        "overlay.yaml:5:11: source “law” stands already in “national”. say replaces: and its layer, or choose another name",
        "overlay.yaml:5:22: source “reading” stands already in “national”. say replaces: and its layer, or choose another name",
        "overlay.yaml:7:16: enumeration “class” stands already in “national”. say replaces: and its layer, or choose another name",
        "overlay.yaml:8:14: parameter “adult_age” stands already in “region”. say replaces: and its layer, or choose another name",
        "overlay.yaml:8:31: parameter “aided_age” stands already in “region”. say replaces: and its layer, or choose another name",
        "overlay.yaml:9:9: step “pupil” stands already in “region”. say replaces: and its layer, or choose another name",
        "overlay.yaml:9:22: step “minor” stands already in “region”. say replaces: and its layer, or choose another name",
        "overlay.yaml:10:9: rule “contribution” stands already in “region”. say replaces: and its layer, or choose another name",
    ]


def test_parts_of_a_rule_of_another_shape_do_not_join() -> None:
    text = PROPOSAL + "rules: {benefit: {ceilings: word, fold: {}, result: [x], requires: {}}}\n"
    assert faults(BENEFIT, text) == [
        "overlay.yaml:6:19: key “ceilings” of “benefit” stands already in “region”. say replaces: and its layer, or choose another name",
        "overlay.yaml:6:35: key “fold” of “benefit” stands already in “region”. say replaces: and its layer, or choose another name",
        "overlay.yaml:6:45: key “result” of “benefit” stands already in “region”. say replaces: and its layer, or choose another name",
        "overlay.yaml:6:58: key “requires” of “benefit” stands already in “region”. say replaces: and its layer, or choose another name",
    ]


def test_ceilings_join_and_are_replaced_by_name() -> None:
    text = PROPOSAL + (
        "rules: {benefit: {ceilings: {disease: {replaces: region, limit: less, cite: p 1}}, "
        "requires: [{when: cost > less, zh: 费用须高于一百元}]}}\n"
    )
    edition = read(BENEFIT, text).bind("benefit", year=2009)
    assert edition.fold is not None
    assert [requirement.label.zh for requirement in edition.requires][-1] == "费用须高于一百元"
    assert edition.fold.ceilings == ("disease", "year_total")
    assert edition.sense_hash != read(BENEFIT).bind("benefit", year=2009).sense_hash


def test_an_overlay_names_its_layer_and_its_authority() -> None:
    assert faults(CONTRIBUTION, "overlay: x\n") == [
        "overlay.yaml:1:1: an overlay has no authority:. name the issuing office, or write authority: proposal",
        "overlay.yaml:1:1: an overlay has no over:. add over: and the layer below",
    ]


def test_an_overlay_of_a_layer_that_is_not_there() -> None:
    assert faults(CONTRIBUTION, "overlay: x\nover: regions\nauthority: [x]\n") == [
        "overlay.yaml:1:1: an overlay has no authority:. name the issuing office, or write authority: proposal",
        "overlay.yaml:2:7: no layer “regions” below this overlay; did you mean “region”?",
    ]


OPEN = """
parameters:
  fiscal_share: {type: money, open: 财政补助未载}
  rows: {type: money, by: [payer], values: [{from: 2009, open: 未定, cite: law 1}]}
rules: {r: {result: {x: fiscal_share, y: y}, steps: {y: {is: "rows[central]", cite: law 1}}}}
"""
SETTINGS = """
overlay: demo
over: region
authority: 示例市医疗保障局
sources: {doc: {title: 示例文件, published: 2009-01-01}}
settings:
  fiscal_share: {is: 280, from: 2009, cite: doc 1}
  rows: {values: [{from: 2009, cite: doc 2, is: {personal: 1, central: 2}}]}
"""


def test_settings_of_an_office_close_what_is_open() -> None:
    book = read(OPEN)
    assert [setting.name for setting in book.open_settings()] == ["fiscal_share", "rows"]
    with pytest.raises(Silent):
        decided(book, "r", {})
    closed = read(OPEN, SETTINGS)
    assert closed.open_settings() == ()
    assert decided(closed, "r", {}).as_json() == {"x": "280.00", "y": "2.00"}
    assert closed.text_hash != book.text_hash
    with pytest.raises(Silent) as caught:
        decided(closed, "r", {}, year=2008)
    assert caught.value.reason == "财政补助未载"


def test_faults_of_settings() -> None:
    text = SETTINGS.replace("示例市医疗保障局", "proposal") + (
        "  fiscal_shore: {is: 1, from: 2009, cite: doc 1}\n  limit: {is: 1, from: 2009, cite: doc 1}\n"
        "  other: {cite: doc 1}\n  odd: {is: 1, from: 2009, cite: doc 1}\n"
        "  later: word\n"
    )
    region = OPEN.replace(
        "rules:",
        "  limit: {type: times, is: 1, from: 2008, cite: law 1}\n"
        "  other: {type: times, open: 未定}\n  later: {type: times, open: 未定}\n  odd: word\nrules:",
    )
    assert faults(region, text) == [
        "overlay.yaml:6:1: settings have no authority. write authority: and the office that decided them, not a proposal",
        "overlay.yaml:9:3: no parameter “fiscal_shore” to set; did you mean “fiscal_share”?",
        "overlay.yaml:10:3: parameter “limit” is not open. settings close open parameters only; write an overlay of parameters:",
        "overlay.yaml:11:3: setting “other” has no value. add is:",
        "overlay.yaml:12:3: parameter “odd” is not open. settings close open parameters only; write an overlay of parameters:",
        "overlay.yaml:13:3: setting “later” has no value. add is:",
        "region.yaml:8:8: parameter “odd” must be a mapping",
    ]


def test_settings_need_open_parameters_below_them() -> None:
    text = "overlay: demo\nover: region\nauthority: a\nsettings: {x: {is: 1}}\n"
    assert faults("steps: {a: {is: low_income, cite: law 1}}", text) == [
        "overlay.yaml:4:1: settings close open parameters by name; here are none",
    ]
    assert faults(OPEN, text.replace("{x: {is: 1}}", "word")) != []


def test_the_highest_layer_wins_over_what_was_published_later_below_it() -> None:
    region = "parameters: {fee: {type: money, values: [{from: 2008, is: 1, known: 2010-01-01, cite: law 1}]}}"
    overlay = PROPOSAL + "parameters: {fee: {is: 2, from: 2008, known: 2009-01-01, cite: p 1}}"
    assert read(region, overlay).value_of("fee", on=date(2011, 1, 1)) == 200
