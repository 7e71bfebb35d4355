"""Steps, clauses and rules: every fault by its words, all of a load at once."""

from __future__ import annotations

import pytest

from tests.core.rules.samples import CONTRIBUTION, answer, faults, read
from yibao.core.rules.book import LayerText, UnknownRule, read_rulebook
from yibao.core.rules.graph import Graph, in_order
from yibao.core.rules.types import FLAG, TIMES


def test_faults_of_clauses() -> None:
    text = """
steps:
  a: {first_of: {one: {when: low_income, is: 0}, otherwise: {is: 1, cite: law 1}}}
  b: {cite: law 1, first_of: {otherwise: {is: 0}, one: {when: low_income, is: 1}}}
  c: {cite: law 1, first_of: {one: {is: 0}, otherwise: {when: low_income, is: 1}}}
  d: {cite: law 1, first_of: {one: {when: amount, is: 0}, otherwise: {}}}
  e: {cite: law 1, first_of: {one: {when: low_income, is: 0}, otherwise: {is: [1]}}}
  f: {cite: law 1, first_of: {one: {when: low_income, is: {u: 0, v: 1}}, otherwise: {is: {u: 0}}}}
  g: {cite: law 1, first_of: {one: {when: low_income, is: amount}, otherwise: {is: count}}}
  h: {cite: law 1, first_of: {one: {when: low_income, is: refused}, otherwise: {is: None}}}
  i: {cite: law 1, of: reasons, first_of: {one: {when: low_income, is: refused}, otherwise: {is: None}}}
  j: {cite: law 1, is: 0, first_of: {one: {when: low_income, is: adult, over: {clause: ona, cite: law 2}}, two: {when: low_income, is: child, over: [{clause: one, cite: lew 2}, {clause: one}, word]}}}
  k: {cite: law 1, first_of: {}}
  l: {cite: law 1, first_of: {one: word}}
  m: {cite: law 1, order: readings 1, type: moneys, first_of: {one: {when: low_income, is: 0}}}
  n: {first_of: {one: {when: low_income, is: {p: zzz, q: 1}, cite: law 1}, otherwise: {is: {p: 0, q: 1}, cite: law 1}}, outcomes: {p: {zh: x, unit: y}}}
  o: {is: adult, cite: lew 1, of: payer}
  quiet: {is: n or p, cite: law 1}
  reads_many: {is: f == 0, cite: law 1}
"""
    assert faults(text) == [
        "region.yaml:3:18: clause “one” has no citation. add cite: SOURCE ARTICLE",
        "region.yaml:4:31: otherwise must be the last clause",
        "region.yaml:5:36: clause “one” has no when:. add when:",
        "region.yaml:5:63: otherwise has no when:. give the clause another name",
        "region.yaml:6:43: “amount” is money, not a flag. and, or, not and when: ask flags",
        "region.yaml:6:70: clause “otherwise” has no is:. add is:",
        "region.yaml:7:79: is: of clause “otherwise” must be a single value",
        "region.yaml:8:74: clause “otherwise” gives u, the first clause u, v. every clause gives the same outcomes",
        "region.yaml:9:3: step “g”: “amount” is money, “count” is times. give both sides one unit",
        "region.yaml:10:3: step “h”: “refused” could be of reason or verdict. say of: and the enumeration",
        "region.yaml:11:24: no enumeration “reasons”; did you mean “reason”?",
        "region.yaml:12:3: step “j” has is: and first_of:",
        "region.yaml:12:88: “j” has no clause “ona”",
        "region.yaml:12:170: no source “lew”. declare it under sources:",
        "region.yaml:12:178: over: has no citation. add cite: SOURCE ARTICLE",
        "region.yaml:12:193: over: must be a mapping",
        "region.yaml:13:3: step “k” has no clause",
        "region.yaml:14:36: clause “one” must be a mapping",
        "region.yaml:15:27: no source “readings”; did you mean “reading”? declare it under sources:",
        "region.yaml:15:45: “moneys” is no type; did you mean “money”?",
        "region.yaml:16:50: no fact, parameter, step, state or code “zzz”",
        "region.yaml:17:3: step “o”: code of payer is wanted, “adult” is a code. give both sides one unit",
        "region.yaml:17:24: no source “lew”. declare it under sources:",
        "region.yaml:18:15: “n” has several outcomes. read one of p, q",
        "region.yaml:19:20: “f” has several outcomes. read one of u, v",
    ]


def test_a_circle_through_one_of_several_outcomes_is_a_circle_of_the_step() -> None:
    text = """
steps:
  a: {first_of: {otherwise: {is: {u: 0, v: u}, cite: law 1}}}
"""
    assert faults(text) == [
        "region.yaml:3:3: steps go in a circle: a → a. one of them must not read the other"
    ]


def test_faults_of_rules() -> None:
    text = """
rules:
  a: {cite: law 1}
  b: {result: {x: nothing, y: [z]}, dated_by: borm}
  c: {result: {x: amount}, dated_by: amount, cite: law}
  d: {result: {x: own}, steps: {own: {is: zzz, cite: law 1}}, requires: [{whan: low_income}, {when: amount}], ensures: [{when: own > 0}]}
  e: {result: {x: born}, fold: {key: [person], order: [number], next: word}, folds: {}}
"""
    assert faults(text) == [
        "region.yaml:3:3: rule “a” has no result:. name what it answers",
        "region.yaml:4:19: no step or fact “nothing”",
        "region.yaml:4:31: a result is the name of a step",
        "region.yaml:4:47: “borm” is neither year nor a date fact; did you mean “born”?",
        "region.yaml:5:38: “amount” is neither year nor a date fact",
        "region.yaml:5:52: “law” names no article. write cite: SOURCE ARTICLE",
        "region.yaml:6:43: no fact, parameter, step, state or code “zzz”",
        "region.yaml:6:74: requires: has no when:. add when:",
        "region.yaml:6:75: requires: has no key “whan”; did you mean “when”?",
        "region.yaml:6:101: “amount” is money, not a flag. and, or, not and when: ask flags",
        "region.yaml:7:71: next: of fold of “e” must be a mapping",
        "region.yaml:7:78: rule “e” has no key “folds”; did you mean “fold”?",
    ]


def test_equal_structure_is_one_node_and_marks_come_off() -> None:
    graph = Graph()
    one = graph.const(1, TIMES)
    assert graph.const(1, TIMES) is one
    assert graph.const(True, FLAG) is not one
    step = graph.node("step", one, value="a", type_=TIMES)
    other = graph.node("step", one, value="b", type_=TIMES)
    total = graph.node("add", step, other, type_=TIMES)
    plain = graph.plain(total, {})
    assert plain.args == (one, one)
    assert [node.op for node in in_order([total, step])] == ["const", "step", "step", "add"]


def test_one_condition_asked_twice_is_worked_out_once() -> None:
    book = read(
        """
rules:
  r:
    cite: law 1
    result: {a: a, b: b}
    steps:
      a: {of: class, first_of: {yes: {when: low_income, is: adult, cite: law 1}, otherwise: {is: child, cite: law 2}}}
      b: {of: verdict, first_of: {right: {when: low_income, is: paid_stay, cite: law 3}, otherwise: {is: refused, cite: law 4}}}
"""
    )
    result = dict(book.bind("r", year=2009).result)
    picks = [node.args[0].args[0] for node in result.values()]
    assert picks[0] is picks[1]


def test_an_unknown_rule_names_what_there_is() -> None:
    with pytest.raises(UnknownRule, match="规则库没有名为“benefits”的规则。现有规则:contribution"):
        read(CONTRIBUTION).bind("benefits", year=2009)


def test_faults_of_several_files_come_together_and_sorted() -> None:
    from tests.core.rules.samples import NATIONAL
    from yibao.core.rules.faults import RulebookFaults

    files = [
        LayerText("b.yaml", "steps: {b: {is: zzz, cite: law 1}}", "region"),
        LayerText("a.yaml", "steps: {a: {is: yyy, cite: law 1}}", "region"),
    ]
    with pytest.raises(RulebookFaults) as caught:
        read_rulebook([LayerText("n.yaml", NATIONAL, "national"), *files])
    assert [fault.file for fault in caught.value.faults] == ["a.yaml", "b.yaml"]
    assert caught.value.sentence("en").startswith("The rulebook has 2 faults:\na.yaml:1:17: ")


def test_a_long_list_of_values_is_chosen_lazily() -> None:
    assert answer("chosen", low_income=False) == "child"
