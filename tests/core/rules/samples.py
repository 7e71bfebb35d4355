"""Small rulebooks for the tests of the engine. Their numbers are no region's policy."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from yibao.core.rules.book import LayerText, Rulebook, read_rulebook
from yibao.core.rules.facts import read_facts
from yibao.core.rules.faults import RulebookFaults
from yibao.core.rules.runtime import Calendar
from yibao.core.rules.scalar import Decision, decide

NATIONAL = """
sources:
  law: {title: 示例办法, number: 〔2008〕1号, published: 2008-07-13}
  reading: {title: 本项目的解读, published: 2000-01-01, ours: true}
enumerations:
  schooling: {primary: 小学, secondary: 中学, university: 大学}
  identity: {minimum_living: {zh: 低保, en: minimum living}, orphan: 孤儿}
  class: {adult: 成年, adult_aided: 困难成年, child: 未成年, child_aided: 困难未成年}
  payer: {personal: 个人, central: 中央}
  visit_kind: {inpatient: 住院, special_outpatient: 特殊病门诊}
  verdict: {paid_stay: 按住院, paid_special: 按门诊, refused: 不付}
  reason: {paid: 支付, refused: 不付, insured_elsewhere: 异地参保}
facts:
  year: {type: year, range: 2000..2050}
  born: {type: date, range: 1900-01-01..2050-12-31, zh: 出生日期, en: born}
  student: {type: code, of: schooling, none: 不在校, absent: none, cite: reading 45}
  identities: {type: codes, of: identity, absent: [], cite: reading 45}
  low_income: {type: flag, absent: false, cite: reading 45}
  disability: {type: level, range: 1..4, none: 无, absent: none, cite: reading 45}
  insured_elsewhere: {type: flag}
  paid_on: {type: date, range: 2000-01-01..2050-12-31, none: 未缴费}
  paid_at: {type: date-time, range: 2000-01-01..2050-12-31}
  amount: {type: money, range: -100000..10000000}
  share: {type: rate, range: 0%..100%}
  count: {type: times, range: 0..400}
  members: {type: levels}
  loyal: {type: years, range: 0..100}
  kind: {type: code, of: visit_kind, per: visit}
  number: {type: text, per: visit}
  hospital_level: {type: level, range: 1..3, per: visit}
  reported_on: {type: date, range: 2000-01-01..2050-12-31, none: 未备案, absent: none, cite: reading 45, per: visit}
  admitted_on: {type: date, range: 2000-01-01..2050-12-31, absent: discharged_on, cite: reading 45, per: visit}
  discharged_on: {type: date, range: 2000-01-01..2050-12-31, per: visit}
  cost: {type: money, range: 0..10000000, per: visit}
"""

CONTRIBUTION = """
parameters:
  adult_age: {type: years, is: 18, from: 2008, cite: law 3(1), zh: 成年年龄, en: age of majority}
  aided_age: {type: years, is: 60, from: 2008, cite: law 5}
  severe_levels: {type: levels, is: [1, 2], from: 2008, cite: law 5}
  pupil_stages: {type: codes, of: schooling, is: [primary, secondary], from: 2008, cite: law 3(1)}
  split:
    type: money
    by: [class, payer]
    values:
    - from: 2008
      cite: law 5
      is:
        adult: {personal: 130, central: 40}
        adult_aided: {personal: 70, central: 70}
        child: {personal: 40, central: 40, cite: law 6}
        child_aided: {personal: 30, central: 45.5, cite: law 6}
steps:
  age_at: {is: "age(born, year_end(year - 1))", cite: law 3(1), zh: 上年末年龄, en: age on 31 December before}
  pupil: {is: student in pupil_stages, cite: law 3(1), zh: 在校学生, en: pupil}
  minor: {is: pupil or age_at < adult_age, cite: law 6, zh: 未成年, en: minor}
  hardship: {is: minimum_living in identities or disability in severe_levels, cite: law 5, zh: 困难, en: in hardship}
rules:
  contribution:
    dated_by: year
    cite: law 5
    result: {class: contribution_class, personal: own_share, standard: standard}
    steps:
      contribution_class:
        of: class
        zh: 缴费类别
        first_of:
          minor_in_hardship: {when: minor and hardship, is: child_aided, cite: law 6}
          minor_usual: {when: minor, is: child, cite: law 6, over: {clause: adult_in_hardship, cite: reading 43}}
          adult_in_hardship: {when: hardship or low_income and age_at >= aided_age, is: adult_aided, cite: law 5}
          otherwise: {is: adult, cite: law 5}
      own_share: {is: "split[contribution_class, personal]", zh: 个人缴纳, en: personal}
      central_share: {is: "split[contribution_class, central]"}
      standard: {is: own_share + central_share, zh: 筹资标准}
"""

BENEFIT = """
parameters:
  filing: {type: period, is: 3 days, from: 2008, cite: law 21}
  stay_length: {type: months, is: 6, from: 2008, cite: law 5}
  most_stays: {type: times, is: 12, from: 2008, cite: reading 42}
  base: {type: money, by: [hospital_level], is: {1: 200, 2: 300, 3: 400}, from: 2008, cite: law 3}
  less: {type: money, is: 100, from: 2008, cite: law 3}
  ratio: {type: rate, by: [hospital_level], is: {1: 65%, 2: 60%, 3: {is: 55%, cite: law 4(3)}}, from: 2008, cite: law 4}
  special_ratio: {type: rate, is: 60%, from: 2008, cite: law 4}
  loyal_years: {type: years, is: 3, from: 2008, cite: law 6}
  loyal_cap: {type: money, is: 5000, from: 2008, cite: law 6}
  year_cap: {type: money, is: 30000, from: 2008, cite: law 6}
  disease_cap: {type: money, is: 2000, from: 2008, cite: law 8}
  to_the_fen: {type: rounding, is: half_up to fen, from: 2008, cite: reading 29}
rules:
  benefit:
    cite: law 4
    result: {deductible: deductible, rate: rate_paid, fund_pay: fund_pay, reason: why}
    fold:
      key: [person, year_of(discharged_on)]
      order: [discharged_on, number]
      state:
        stays: {type: times, starts: 0, range: 0..6}
        level_before: {type: level, starts: 1, range: 1..3}
      next: {stays: stays + counted}
    ceilings:
      disease: {limit: disease_cap, counts: verdict_of == paid_special, cite: law 8}
      year_total: {limit: own_cap, cite: law 6}
    requires:
    - {when: year_of(discharged_on) == year, zh: 出院须在参保年度内, en: discharged in the insured year}
    - {when: admitted_on <= discharged_on, zh: 入院不晚于出院, en: admitted by the day of discharge}
    - {when: reported_on <= discharged_on, zh: 备案不晚于出院}
    steps:
      filed: {is: reported_on is not None and reported_on <= admitted_on + filing, cite: law 21, zh: 按时备案}
      verdict_of:
        of: verdict
        cite: law 4
        first_of:
          not_filed: {when: not filed and hospital_level == 1, is: refused}
          special: {when: kind == special_outpatient, is: paid_special}
          otherwise: {is: paid_stay}
      periods: {is: "min(1 + months_between(admitted_on, discharged_on) // stay_length, most_stays)", cite: law 5}
      deductible:
        first_of:
          stay: {when: verdict_of == paid_stay, cite: law 3, is: "sum(max(base[hospital_level] - less * k, less) for k in range(stays, stays + periods))"}
          otherwise: {is: 0, cite: law 4}
      counted:
        first_of:
          stay: {when: verdict_of == paid_stay, is: periods, cite: law 3}
          otherwise: {is: 0, cite: law 3}
      rate_paid:
        first_of:
          special: {when: verdict_of == paid_special, is: special_ratio, cite: law 4}
          stay: {when: verdict_of == paid_stay, is: "ratio[hospital_level]", cite: law 4}
          otherwise: {is: 0, cite: law 4}
      own_cap:
        first_of:
          loyal: {when: loyal >= loyal_years, is: year_cap + loyal_cap, cite: law 6}
          otherwise: {is: year_cap, cite: law 6}
      fund_pay: {is: "rounded(max(cost - deductible, 0) * rate_paid, to_the_fen)", within: [disease, year_total], cite: law 4}
      why:
        of: reason
        first_of:
          refused: {when: verdict_of == refused, is: refused, cite: law 21}
          otherwise: {is: paid, cite: law 4}
"""


def layers(*texts: str) -> list[LayerText]:
    """National, region, then overlays, named as faults show them."""
    names = ("national", "region", "overlay", "second")
    return [LayerText(f"{name}.yaml", text, name) for name, text in zip(names, texts)]


def read(*texts: str, calendar: Calendar | None = None) -> Rulebook:
    return read_rulebook(layers(NATIONAL, *texts), calendar=calendar)


def faults(*texts: str) -> list[str]:
    """The lines of the faults of a region (and overlays) over the national layer."""
    with pytest.raises(RulebookFaults) as caught:
        read(*texts)
    lines = str(caught.value).split("\n")
    assert lines == [str(fault) for fault in caught.value.faults]
    assert caught.value.faults == tuple(sorted(set(caught.value.faults)))
    return lines


EXPRESSIONS = """
parameters:
  limit: {{type: money, is: 100, from: 2008, cite: law 1}}
  part: {{type: rate, is: 12.5%, from: 2008, cite: law 1}}
  few: {{type: times, is: 3, from: 2008, cite: law 1}}
  nothing: {{type: times, is: 0, from: 2008, cite: law 1}}
  grown: {{type: years, is: 18, from: 2008, cite: law 1}}
  half: {{type: months, is: 6, from: 2008, cite: law 1}}
  some_days: {{type: days, is: 10, from: 2008, cite: law 1}}
  work: {{type: working_days, is: 3, from: 2008, cite: law 1}}
  waiting: {{type: period, is: 3 months, from: 2008, cite: law 1}}
  soon: {{type: period, is: 3 working_days, from: 2008, cite: law 1}}
  waits: {{type: period, by: [class], from: 2008, cite: law 1, is: {{adult: 10 days, adult_aided: 2 months, child: 1 years, child_aided: 3 working_days}}}}
  stages: {{type: codes, of: schooling, is: [primary], from: 2008, cite: law 1}}
  helped: {{type: codes, of: identity, is: [orphan], from: 2008, cite: law 1}}
  severe: {{type: levels, is: [1, 2], from: 2008, cite: law 1}}
  price: {{type: money, by: [class], from: 2008, cite: law 1, is: {{adult: 1, adult_aided: 2, child: 3, child_aided: 4}}}}
  fees: {{type: money, by: [payer, hospital_level], from: 2008, cite: law 1, is: {{personal: {{1: 5, 2: 6, 3: 7}}, central: {{1: 8, 2: 9, 3: 10}}}}}}
  opens: {{type: date, is: 2009-03-01, from: 2008, cite: law 1}}
  noon: {{type: date-time, is: "2009-03-01T12:00", from: 2008, cite: law 1}}
  jiao: {{type: rounding, is: half_up to jiao, from: 2008, cite: law 1}}
  even: {{type: rounding, is: half_even to fen, from: 2008, cite: law 1}}
  upward: {{type: rounding, is: up to yuan, from: 2008, cite: law 1}}
  downward: {{type: rounding, is: down to fen, from: 2008, cite: law 1}}
  rounds: {{type: rounding, by: [class], from: 2008, cite: law 1, is: {{adult: up to fen, adult_aided: down to jiao, child: half_up to fen, child_aided: half_even to fen}}}}
steps:
  chosen: {{of: class, first_of: {{rich: {{when: low_income, is: adult, cite: law 1}}, otherwise: {{is: child, cite: law 1}}}}}}
  broken: {{is: nobody_knows, cite: law 1}}
rules:
  answer:
    result: {{x: x}}
    steps:
      x: {{is: "{0}", cite: law 1{1}}}
"""


def expression_faults(expression: str, extra: str = "") -> list[str]:
    """Faults of one expression, each as `column: what…`, columns from 1 at its start."""
    text = EXPRESSIONS.format(expression, extra)
    place = next(
        (line, row.index('x: {is: "') + len('x: {is: "'))
        for line, row in enumerate(text.splitlines(), 1)
        if 'x: {is: "' in row
    )
    found = []
    for line in faults(text):
        _, row, column, what = line.split(":", 3)
        if int(row) == place[0]:
            found.append(f"{int(column) - place[1]}:{what}")
    return found


def answer(
    expression: str, *, calendar: Calendar | None = None, extra: str = "", **given: object
) -> object:
    """The value of one expression, as JSON, for given facts."""
    return decision(expression, calendar=calendar, extra=extra, **given).as_json()["x"]


def decision(
    expression: str, *, calendar: Calendar | None = None, extra: str = "", **given: object
) -> Decision:
    text = EXPRESSIONS.format(expression, extra).replace(
        "  broken: {is: nobody_knows, cite: law 1}\n", ""
    )
    edition = read(text, calendar=calendar).bind("answer", year=2009)
    return decide(edition, read_facts(edition, given))


def decided(book: Rulebook, rule: str, given: Mapping[str, object], year: int = 2009) -> Decision:
    edition = book.bind(rule, year=year)
    return decide(edition, read_facts(edition, given))
