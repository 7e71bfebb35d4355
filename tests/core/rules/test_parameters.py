"""Parameters: dated twice, tables whole, units, what is open, and bare values for the apps."""

from __future__ import annotations

from datetime import date

import pytest

from tests.core.rules.samples import CONTRIBUTION, EXPRESSIONS, decided, faults, read
from yibao.core.rules.book import UnknownParameter
from yibao.core.rules.scalar import Silent
from yibao.core.rules.types import Period

DATED = """
parameters:
  cap:
    type: money
    values:
    - {from: 2008, until: 2009, is: 100, cite: law 1}
    - {from: 2010, is: 200, cite: law 2, known: 2009-11-01}
    - {from: 2010, is: 250, cite: law 3, known: 2010-03-01}
    - {from: 2011-07-01, until: 2011-12-31, open: 下半年未定, cite: law 4, known: 2011-01-01}
  opens: {type: date, is: 2009-09-20, from: 2009-09-01, until: 2009-12-31, cite: law 1}
rules: {r: {result: {x: cap}}}
"""


def test_a_value_is_taken_by_the_day_and_by_what_was_known() -> None:
    book = read(DATED)
    on = date(2010, 6, 1)
    assert book.value_of("cap", on=date(2009, 12, 31)) == 10000
    assert book.value_of("cap", on=on) == 25000
    assert book.value_of("cap", on=on, known=date(2010, 2, 28)) == 20000
    assert book.value_of("cap", on=on, known=date(2010, 3, 1)) == 25000
    with pytest.raises(Silent):
        book.value_of("cap", on=on, known=date(2009, 10, 31))
    assert decided(book, "r", {}, year=2010).as_json() == {"x": "250.00"}
    early = book.bind("r", year=2010, known=date(2009, 12, 1))
    assert early is book.bind("r", year=2010, known=date(2009, 12, 1))
    assert early.sense_hash != book.bind("r", year=2010).sense_hash


def test_a_value_may_be_open_for_some_time_only() -> None:
    book = read(DATED)
    assert book.value_of("cap", on=date(2011, 6, 30)) == 25000
    with pytest.raises(Silent) as caught:
        book.value_of("cap", on=date(2011, 7, 1))
    assert caught.value.reason == "下半年未定"
    assert [(s.name, s.reason) for s in book.open_settings()] == [("cap", "下半年未定")]


def test_bare_values_come_as_the_apps_use_them() -> None:
    book = read(EXPRESSIONS.format("limit", "").replace("nobody_knows", "low_income"))
    on = date(2009, 6, 1)
    assert book.value_of("opens", on=on) == date(2009, 3, 1)
    assert book.value_of("waiting", on=on) == Period(3, "months")
    assert book.value_of("stages", on=on) == frozenset({"primary"})
    assert book.value_of("severe", on=on) == frozenset({1, 2})
    assert book.value_of("price", on=on) == {
        "adult": 100,
        "adult_aided": 200,
        "child": 300,
        "child_aided": 400,
    }
    assert book.value_of("fees", on=on)[("central", 3)] == 1000  # type: ignore[index]
    with pytest.raises(Silent):
        book.value_of("opens", on=date(2007, 6, 1))
    with pytest.raises(UnknownParameter, match="规则库没有名为“opened”的参数"):
        book.value_of("opened", on=on)
    with pytest.raises(KeyError):
        book.value_of("opened", on=on)


def test_open_parameters_are_listed_with_their_place() -> None:
    text = "parameters:\n  b: {type: money, open: 未载}\n  a: {type: flag, open: 未定}\n"
    found = read(text).open_settings()
    assert [(s.name, s.reason, s.file, s.line) for s in found] == [
        ("a", "未定", "region.yaml", 3),
        ("b", "未载", "region.yaml", 2),
    ]


def test_faults_of_parameters() -> None:
    text = """
parameters:
  a: {type: money, is: 18.505, from: 2008, cite: law 1}
  b: {type: rate, is: 55, from: 2008, cite: law 1}
  c: {type: date-time, is: 2009-02-30T10:00, from: 2008, cite: law 1}
  d: {type: period, is: 3 weeks, from: 2008, cite: law 1}
  e: {type: rounding, is: nearest to fen, from: 2008, cite: law 1}
  f: {type: rounding, is: half_up, from: 2008, cite: law 1}
  g: {type: year, is: 20090, from: 2008, cite: law 1}
  h: {type: date, is: 2009-2-1, from: 2009-02-30, cite: law 1}
  i: {type: money, is: 1, from: soon, cite: law 1}
  j: {type: money, is: 1, cite: law 1}
  k: {type: money, is: 1, from: 2008}
  l: {type: money}
  m: {type: money, values: [{from: 2008, cite: law 1}]}
  n: {type: money, values: [{from: 2008, is: 1, cite: law 1}, {from: 2010, is: 2, cite: law 6}]}
  o: {type: money, is: 1, from: 2010, until: 2009, cite: law 1}
  p: {type: money, is: [1], from: 2008, cite: law 1}
  q: {type: money, is: 1, from: 2008, cite: law 1, values: [{from: 2008, is: 1, cite: law 1}]}
  r: {type: money, is: 1, from: 2008, cite: law 1, unit: yuan}
  s: {type: moneys}
  t: word
  u: {type: flag, is: maybe, from: 2008, cite: law 1}
  v: {type: times, is: 1.5, from: 2008, cite: law 1}
  w: {type: money, values: [word]}
  x: {type: date-time, is: noon, from: 2008, cite: law 1}
steps:
  quiet: {is: s + 1, cite: law 1}
  quiet_table: {is: "s[adult]", cite: law 1}
"""
    assert faults(text) == [
        "region.yaml:3:24: “18.505” is not money: yuan with at most two decimals",
        "region.yaml:4:23: “55” is not a rate: write it as 55% or 12.5%",
        "region.yaml:5:28: “2009-02-30T10:00” is not a date-time: write it as 2009-04-30T16:30:00",
        "region.yaml:6:25: “3 weeks” is not a period: a number and days, months, years or working_days",
        "region.yaml:7:27: “nearest to fen” is not a rounding: one of half_up, half_even, up, down, then to fen, jiao or yuan",
        "region.yaml:8:27: “half_up” is not a rounding: one of half_up, half_even, up, down, then to fen, jiao or yuan",
        "region.yaml:9:23: “20090” is not a year of four digits",
        "region.yaml:10:23: “2009-2-1” is not a date: write it as 2009-04-30",
        "region.yaml:10:39: “2009-02-30” is neither a date (2009-04-30) nor an insured year (2009)",
        "region.yaml:11:33: “soon” is neither a date (2009-04-30) nor an insured year (2009)",
        "region.yaml:12:3: a value of “j” has no from:. add from: and a date",
        "region.yaml:13:3: a value of “k” has no citation. add cite: SOURCE ARTICLE",
        "region.yaml:14:3: “l” has no value. add is:, or open: and a reason",
        "region.yaml:15:29: a value of “m” has no is:. add is:",
        "region.yaml:16:63: two values of “n” are in force together from 2010-01-01 [law 6]. end the one of line 16 with until:",
        "region.yaml:17:3: a value of “o” ends before it starts",
        "region.yaml:18:24: this must be a single value",
        "region.yaml:19:3: “q” has is: and values:. write one of them",
        "region.yaml:20:52: parameter “r” has no key “unit”",
        "region.yaml:21:13: “moneys” is no type; did you mean “money”?",
        "region.yaml:22:6: parameter “t” must be a mapping",
        "region.yaml:23:23: “maybe” is not a flag: write true or false",
        "region.yaml:24:24: “1.5” is not a whole number",
        "region.yaml:25:29: a value of “w” must be a mapping",
        "region.yaml:26:28: “noon” is not a date-time: write it as 2009-04-30T16:30:00",
    ]


def test_faults_of_tables() -> None:
    text = """
parameters:
  a: {type: money, by: [clas], is: {}, from: 2008, cite: law 1}
  b: {type: money, by: [[class]], is: {}, from: 2008, cite: law 1}
  c: {type: years, by: [kind], is: {inpatient: 60}, from: 2008, cite: law 3(2)}
  d: {type: money, by: [class, payer], from: 2008, cite: law 5, is: {adult: {personal: 1, central: 2}, adult_aided: {personal: 1}, child: 7, child_aided: {personal: 1, central: 2, county: 3, cite: laws 6}}}
  e: {type: money, by: [hospital_level], is: {1: 1, 2: 2, 3: {is: x}, 4: 3}, from: 2008, cite: law 1}
  f: {type: money, by: [hospital_level], is: 5, from: 2008, cite: law 1}
  g: {type: money, by: [payer], is: {personal: 1, central: {is: 2, cite: [law]}}, from: 2008, cite: law 1}
  i: {type: codes, of: identity, by: [payer], is: {personal: [orphan], central: {cite: law 2, unit: x}}, from: 2008, cite: law 1}
  h: {type: money, by: [born], is: 5, from: 2008, cite: law 1}
"""
    assert faults(text) == [
        "region.yaml:3:25: “clas” is neither an enumeration nor a fact that is a code or a level; did you mean “class”?",
        "region.yaml:4:25: “” is neither an enumeration nor a fact that is a code or a level",
        "region.yaml:5:36: table “c” has no row for special_outpatient [law 3(2)]. write every row",
        "region.yaml:6:69: table “d” has no row for adult_aided, central [law 5]. write every row",
        "region.yaml:6:139: table “d” needs a row for each payer",
        "region.yaml:6:181: “county” is no payer",
        "region.yaml:6:198: no source “laws”; did you mean “law”? declare it under sources:",
        "region.yaml:7:67: “x” is not money: yuan with at most two decimals",
        "region.yaml:7:71: “4” is no hospital_level",
        "region.yaml:8:46: table “f” needs a row for each hospital_level",
        "region.yaml:9:74: a citation is a single value. write cite: SOURCE ARTICLE",
        "region.yaml:10:81: a row of “i” has no is:. add is:",
        "region.yaml:10:95: a row of “i” has no key “unit”",
        "region.yaml:11:25: “born” is neither an enumeration nor a fact that is a code or a level",
    ]


def test_a_table_may_be_keyed_by_a_fact_that_is_a_code() -> None:
    text = """
parameters: {fee: {type: money, by: [kind], is: {inpatient: 1, special_outpatient: 2}, from: 2008, cite: law 1}}
rules: {r: {result: {x: x}, steps: {x: {is: "fee[kind]", cite: law 1}}}}
"""
    assert decided(read(text), "r", {"kind": "special_outpatient"}).as_json() == {"x": "2.00"}


def test_a_rows_article_is_part_of_the_text() -> None:
    changed = CONTRIBUTION.replace(
        "cite: law 6}\n        child_aided", "cite: law 7}\n        child_aided"
    )
    assert changed != CONTRIBUTION
    assert read(CONTRIBUTION).text_hash != read(changed).text_hash
    cites = read(CONTRIBUTION).parameters["split"].values[0].row_cites
    assert str(cites[("child", "personal")]) == "law 6"
    assert str(cites[("adult", "personal")]) == "law 5"
