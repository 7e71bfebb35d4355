"""Small rules with a fault planted, and what the proof says of them."""

from __future__ import annotations

from tests.core.rules.samples import read
from yibao.core.rules.proofs import Proof, prove

FACTS = """
facts:
  areas: {type: levels}
  zone: {type: level, range: 1..3}
  grade: {type: level, range: 1..3, none: 未评}
  moved_on: {type: date, range: 2000-01-01..2050-12-31, none: 未迁入}
  class_told: {type: code, of: class}
  rooms: {type: times, range: 0..400}
  claimed: {type: code, of: identity}
  debts: {type: money, range: 0..1000}
parameters:
  grown: {type: years, is: 18, from: 2008, cite: law 3}
  old: {type: years, is: 60, from: 2008, cite: law 5}
  stages: {type: codes, of: schooling, is: [primary, secondary], from: 2008, cite: law 1}
  helped: {type: codes, of: identity, is: [minimum_living, orphan], from: 2008, cite: law 1}
  opens: {type: date, is: 2009-03-01, from: 2008, cite: law 1}
  closes: {type: date, is: 2009-06-30, from: 2008, cite: law 1}
  long: {type: period, is: 6 months, from: 2008, cite: law 1}
  wait: {type: period, is: 2 months, from: 2008, cite: law 1}
  soon: {type: period, is: 3 working_days, from: 2008, cite: law 1}
  many: {type: times, is: 5, from: 2008, cite: law 1}
  more: {type: times, is: 9, from: 2008, cite: law 1}
  limit: {type: money, is: 100, from: 2008, cite: law 1}
  half: {type: months, is: 6, from: 2008, cite: law 1}
  part: {type: rate, is: 50%, from: 2008, cite: law 1}
  down: {type: rounding, is: down to fen, from: 2008, cite: law 1}
  price: {type: money, by: [zone], from: 2008, cite: law 1, is: {1: 10, 2: 20, 3: 30}}
  unsaid: {type: times, open: 未载}
  unsaid_flag: {type: flag, open: 未载}
  unsaid_set: {type: codes, of: schooling, open: 未载}
"""


def proof(
    step: str, *, head: str = "", more: str = "", rules: str = "", result: str = "x: x"
) -> Proof:
    """The proof of one rule whose step `x` is given; `head` are keys of the rule."""
    text = f"{FACTS}rules:\n  answer:\n    cite: law 1\n    result: {{{result}}}\n"
    text += "".join(f"    {line}\n" for line in head.splitlines())
    text += f"    steps:\n      x: {step}\n"
    text += "".join(f"      {line}\n" for line in more.splitlines())
    return prove(read(text + rules))


def told(found: Proof) -> list[str]:
    """The faults without their place, and no note."""
    assert found.notes == ()
    return [str(fault).split(": ", 1)[1] for fault in found.faults]


def clauses(*listed: str, more: str = "cite: law 2") -> str:
    """A list of clauses, each `when -> is`; the last may be only an outcome."""
    found = []
    for at, clause in enumerate(listed):
        when, arrow, value = clause.rpartition(" -> ")
        name = f"c{at}" if arrow else "otherwise"
        guard = f'when: "{when}", ' if arrow else ""
        found.append(f'{name}: {{{guard}is: "{value}"}}')
    return f"{{{more}, first_of: {{{', '.join(found)}}}}}"
