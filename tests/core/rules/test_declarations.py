"""Sources, enumerations, facts, presumptions and citations."""

from __future__ import annotations

from datetime import date

from tests.core.rules.samples import decided, faults, read
from yibao.core.rules.types import Type


def test_a_book_shows_sources_enumerations_and_facts() -> None:
    text = "sources: {law: {articles: {'3(1)': {zh: 谁参保, en: who}, '5': 多少钱}}}"
    book = read(text)
    law = book.sources["law"]
    assert (law.title, law.number, law.published, law.ours) == (
        "示例办法",
        "〔2008〕1号",
        date(2008, 7, 13),
        False,
    )
    assert law.articles["3(1)"].in_language("en") == "who"
    assert law.articles["5"].in_language("en") == "多少钱"
    assert book.sources["reading"].ours
    assert list(book.enumerations["schooling"].codes) == ["primary", "secondary", "university"]
    assert book.facts["student"].type == Type("code", "schooling")
    assert book.label("minimum_living", of="identity") == "低保"
    assert book.label("minimum_living", of="identity", language="en") == "minimum living"
    assert book.label("orphan", of="identity", language="en") == "孤儿"
    assert book.label("other", of="identity") == "other"


def test_faults_of_sources_and_enumerations() -> None:
    text = """
sources:
  a: {number: 1}
  b: {title: B, published: 2008-13-01, publisher: x}
  c: word
enumerations:
  e: [a, b]
  f: {a: {zh: x, de: y}}
"""
    assert faults(text) == [
        "region.yaml:3:6: source “a” has no published:. add published:",
        "region.yaml:3:6: source “a” has no title:. add title:",
        "region.yaml:4:28: “2008-13-01” is not a date: write it as 2009-04-30",
        "region.yaml:4:40: source “b” has no key “publisher”; did you mean “published”?",
        "region.yaml:5:6: source “c” must be a mapping",
        "region.yaml:7:3: enumeration “e” must be a mapping of codes",
        "region.yaml:8:18: a label has no key “de”",
    ]


def test_faults_of_facts() -> None:
    codes = ", ".join(f"c{n}: c" for n in range(63))
    text = f"""
enumerations: {{many: {{{codes}}}}}
facts:
  a: {{of: schooling}}
  b: {{type: monye, range: 0..1}}
  c: {{type: code}}
  d: {{type: code, of: scholing}}
  e: {{type: codes, of: many}}
  f: {{type: times}}
  g: {{type: times, range: 5}}
  h: {{type: times, range: 5..3}}
  i: {{type: times, range: a..3}}
  j: {{type: flag, per: month}}
  k: {{type: flag, absent: false}}
  l: {{type: flag, absent: none, cite: reading 45}}
  m: {{type: flag, absent: maybe, cite: readings 45}}
  n: {{type: flag, absent: born, cite: reading}}
  o: {{type: flag, absent: p, cite: reading 45}}
  p: {{type: flag, absent: o, cite: reading 45}}
  q: {{type: codes, of: identity, absent: orphan, cite: reading 45}}
  r: {{type: codes, of: identity, absent: [orphans], cite: reading 45}}
  s: {{type: flag, absent: [true], cite: reading 45}}
steps:
  quiet: {{is: a or b, cite: law 1}}
presume:
  boorn: {{is: 1, cite: reading 45}}
  born: {{cite: reading 45}}
"""
    assert faults(text) == [
        "region.yaml:4:6: fact “a” has no type:. add type:",
        "region.yaml:5:13: “monye” is no type; did you mean “money”?",
        "region.yaml:6:6: fact “c” has no of:. add of:",
        "region.yaml:7:23: no enumeration “scholing”; did you mean “schooling”?",
        "region.yaml:8:24: “many” has more than 62 codes for one set",
        "region.yaml:9:6: fact “f” has no range:. add range:",
        "region.yaml:10:27: “5” is not a range. write low..high",
        "region.yaml:11:27: the range “5..3” ends before it starts",
        "region.yaml:12:27: “a” is not a whole number",
        "region.yaml:13:24: “per: month” is unknown. write per: visit",
        "region.yaml:14:6: fact “k” has no citation. add cite: SOURCE ARTICLE",
        "region.yaml:15:27: fact “l” cannot be none. declare none: first",
        "region.yaml:16:27: “maybe” is not a flag: write true or false",
        "region.yaml:16:40: no source “readings”; did you mean “reading”? declare it under sources:",
        "region.yaml:17:3: “n” is flag, “born” is date. presume a fact of the same type",
        "region.yaml:17:39: “reading” names no article. write cite: SOURCE ARTICLE",
        "region.yaml:18:3: absent facts go in a circle: o → p → o",
        "region.yaml:19:3: absent facts go in a circle: p → o → p",
        "region.yaml:20:42: a set is a list: [a, b]",
        "region.yaml:21:43: “orphans” is no code of identity; did you mean “orphan”?",
        "region.yaml:22:27: this must be a single value",
        "region.yaml:26:3: no fact “boorn” to presume; did you mean “born”?",
        "region.yaml:27:9: presumption of “born” has no is:. add is:",
    ]


def test_a_presumption_of_a_region_reads_an_absent_fact() -> None:
    text = """
presume: {insured_elsewhere: {is: true, cite: reading 45}}
rules: {r: {result: {x: insured_elsewhere, y: admitted_on}}}
"""
    decision = decided(read(text), "r", {"discharged_on": "2009-02-03"})
    assert decision.as_json() == {"x": True, "y": "2009-02-03"}
    assert decision.presumed == ("insured_elsewhere", "admitted_on")


def test_an_absent_fact_may_be_presumed_from_a_presumed_one() -> None:
    text = """
facts:
  reviewed_on: {type: date, range: 2000-01-01..2050-12-31, absent: admitted_on, cite: reading 45}
rules: {r: {result: {x: reviewed_on}}}
"""
    decision = decided(read(text), "r", {"discharged_on": "2009-02-03"})
    assert decision.as_json() == {"x": "2009-02-03"}
    assert decision.presumed == ("admitted_on", "reviewed_on")


def test_a_name_means_one_thing() -> None:
    text = """
parameters: {born: {type: years, is: 1, from: 2008, cite: law 1}}
steps:
  orphan: {is: low_income, cite: law 1}
  class: {is: low_income, cite: law 1}
  max: {is: low_income, cite: law 1}
  a-b: {is: low_income, cite: law 1}
  two: {first_of: {otherwise: {is: {primary: 0, amount: 1}, cite: law 1}}}
rules:
  r:
    result: {x: two_more}
    steps: {two_more: {is: low_income, cite: law 1}, orphan: {is: low_income, cite: law 1}}
    fold: {key: [person], order: [count], state: {count: {type: times, starts: 0, range: 0..1}}}
  s:
    result: {x: two_more}
    steps: {two_more: {is: low_income, cite: law 1}}
"""
    assert faults(text) == [
        "region.yaml:2:14: “born” is a parameter here and a fact in national.yaml:15:3. a name means one thing: rename one",
        "region.yaml:4:3: “orphan” is a step here and a code in national.yaml:7:60. a name means one thing: rename one",
        "region.yaml:5:3: “class” cannot be a name in an expression. choose another name",
        "region.yaml:6:3: “max” cannot be a name in an expression. choose another name",
        "region.yaml:7:3: “a-b” cannot be a name in an expression. choose another name",
        "region.yaml:8:37: “primary” is a step here and a code in national.yaml:6:15. a name means one thing: rename one",
        "region.yaml:8:49: “amount” is a step here and a fact in national.yaml:23:3. a name means one thing: rename one",
        "region.yaml:12:54: “orphan” is a step here and a code in national.yaml:7:60. a name means one thing: rename one",
        "region.yaml:13:51: “count” is state here and a fact in national.yaml:25:3. a name means one thing: rename one",
    ]
