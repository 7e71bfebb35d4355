"""One rule with an operator of each kind, for readers that print texts: no region's policy."""

from __future__ import annotations

from tests.core.rules.samples import read
from yibao.core.rules.edition import Edition
from yibao.core.rules.runtime import Calendar

RULE = """
enumerations:
  rank: {a: 甲, b: 乙, c: 丙}
facts:
  one: {type: code, of: rank, none: 无}
  other: {type: code, of: rank}
  many: {type: codes, of: rank}
  more: {type: codes, of: rank}
  maybe_level: {type: level, range: 1..4, none: 无}
  same_level: {type: level, range: 1..4, none: 无}
  from_day: {type: date, range: 2000-01-01..2050-12-31}
  to_day: {type: date, range: 2000-01-01..2050-12-31}
  moment: {type: date-time, range: 2000-01-01..2050-12-31}
  debt: {type: money, range: -900..900}
  part: {type: rate, range: 0%..100%}
  flagged: {type: flag}
  early_day: {type: date, range: 1990-01-01..1999-12-31}
  waited: {type: working_days, range: 0..3}
parameters:
  even: {type: rounding, is: half_even to fen, from: 2008, cite: law 1}
  upward: {type: rounding, is: up to jiao, from: 2008, cite: law 1}
  downward: {type: rounding, is: down to yuan, from: 2008, cite: law 1}
  near: {type: rounding, is: half_up to fen, from: 2008, cite: law 1}
  open_rounding: {type: rounding, open: 文件未载}
  soon: {type: period, is: 3 working_days, from: 2008, cite: law 1}
  months: {type: period, is: 2 months, from: 2008, cite: law 1}
  open_time: {type: period, open: 文件未载}
  deadline: {type: date-time, is: 2009-04-30T16:30:00, from: 2008, cite: law 1}
  seven: {type: days, is: 7, from: 2008, cite: law 1}
  rates: {type: rate, by: [rank, rank], is: {a: {a: 1%, b: 2%, c: 3%}, b: {a: 4%, b: 5%, c: 6%}, c: {a: 7%, b: 8%, c: 9%}}, from: 2008, cite: law 1}
  nobody: {type: codes, of: rank, is: [], from: 2008, cite: law 1}
  spread: {type: codes, of: rank, is: [a, c], from: 2008, cite: law 1}
rules:
  all:
    cite: law 1
    result: {even: evenly, up: up, down: down, near_: near_part, weeks: weeks, due: due, later: later, before: before, end: end, day: day, in_many: in_many, shared: shared, matched: matched, table_rate: table_rate, why: why, level: level, silent_day: silent_day, age: age_then, spread_in: spread_in, waited_until: waited_until, nobody_: in_nobody, owed: owed, on_time: on_time}
    requires: [{when: not flagged or other != c or from_day < early_day, zh: 任意}]
    steps:
      on_time: {is: moment <= deadline}
      evenly: {is: "rounded(debt * part, even)"}
      up: {is: "rounded(debt * part, upward)"}
      down: {is: "rounded(debt * part, downward)"}
      near_part: {is: "rounded(debt * part, near)"}
      weeks: {is: "(to_day - from_day) // seven"}
      due: {is: from_day + soon}
      later: {is: "month_end(from_day + months)"}
      before: {is: "max(year_start(year_of(to_day)), from_day - months)"}
      end: {is: "min(next_month(to_day), year_end(year_of(from_day)))"}
      day: {is: date_of(moment)}
      in_many: {is: one in many or b in more}
      shared: {is: "any_in(many, more)"}
      matched: {is: maybe_level == same_level or one != other}
      table_rate: {is: "rates[other, other]"}
      spread_in: {is: other in spread}
      level: {is: maybe_level}
      age_then: {is: "age(from_day, to_day)"}
      waited_until: {is: to_day + waited}
      in_nobody: {is: one in nobody}
      owed:
        first_of:
          both: {when: flagged and other == a, is: cost, cite: law 1}
          otherwise: {is: 0, cite: law 1}
      silent_day:
        first_of:
          open_one: {when: flagged and debt > part_of, is: "rounded(debt * part, open_rounding)", cite: law 1}
          otherwise: {is: debt, cite: law 1}
      part_of: {is: "rounded(debt * part, near)"}
      why:
        of: rank
        first_of:
          first: {when: one is None, is: None, cite: law 1}
          second: {when: flagged and from_day + open_time < to_day, is: a, cite: law 1}
          third: {when: debt > 0, is: b, cite: law 1}
          otherwise: {is: c, cite: law 1}
"""


def every_operator(calendar: Calendar) -> Edition:
    """The rule, bound for 2009."""
    return read(RULE, calendar=calendar).bind("all", year=2009)


TIERS = """
parameters:
  two: {type: times, is: 2, from: 2008, cite: law 1}
  three: {type: times, is: 3, from: 2008, cite: law 1}
  little: {type: money, is: 10, from: 2008, cite: law 1}
  much: {type: money, is: 30, from: 2008, cite: law 1}
  first_tier: {type: money, is: 5, from: 2008, cite: law 1}
rules:
  tiers:
    cite: law 1
    result: {tier: tier, known: is_known, left: left}
    fold:
      key: [person]
      order: [number]
      state: {seen: {type: times, starts: 0, range: 0..5}}
      next: {seen: seen + counted}
    steps:
      tier:
        first_of:
          first: {when: seen == 0, is: first_tier, cite: law 1}
          second: {when: seen == 1, is: little, cite: law 1}
          third: {when: seen == two, is: much, cite: law 1}
          fourth: {when: seen == three and hospital_level == 1, is: little, cite: law 1}
      is_known:
        first_of:
          first: {when: seen == 0, is: False, cite: law 1}
          second: {when: seen == 1, is: True, cite: law 1}
          third: {when: seen == two, is: False, cite: law 1}
          otherwise: {is: True, cite: law 1}
      counted:
        first_of:
          first: {when: seen == 0, is: 1, cite: law 1}
          second: {when: seen == 1, is: 1, cite: law 1}
          third: {when: seen == two and hospital_level == 1, is: 0, cite: law 1}
          otherwise: {is: 1, cite: law 1}
      left: {is: cost - tier}
"""


def tiers() -> Edition:
    """A fold whose clauses ask the state alone, and leave a gap after the third visit."""
    return read(TIERS).bind("tiers", year=2009)
