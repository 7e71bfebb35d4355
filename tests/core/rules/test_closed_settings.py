"""A clause that only a closed setting decides away is not dead; one that is dead anyway still is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.rules.samples import NATIONAL
from yibao.core.rules.book import LayerText, Rulebook, read_rulebook
from yibao.core.rules.facts import read_facts
from yibao.core.rules.proofs import prove
from yibao.core.rules.scalar import Silent, decide

REGION = """
parameters:
  late_paid: {type: flag, open: 文件未载}
  limit:
    type: money
    values:
    - {from: 2008, until: 2008, open: 下半年未定, cite: law 8}
    - {from: 2009, is: 100, cite: law 8}
rules:
  late:
    cite: law 9
    result: {paid: is_paid}
    steps:
      is_paid:
        order: law 9
        cite: law 9
        first_of:
          small: {when: cost < limit, is: True}
          late: {when: late_paid, is: True}
          DEAD
          otherwise: {is: False}
"""
SETTINGS = """
overlay: office
over: region
authority: an office
sources: {doc: {title: A document, published: 2008-01-01}}
settings:
  late_paid: {is: IS, from: 2008, cite: doc 1}
  limit: {is: 0, from: 2008, until: 2008, cite: doc 2}
"""


def _book(is_: str, dead: str = "") -> Rulebook:
    region = REGION.replace("          DEAD\n", f"          {dead}\n" if dead else "")
    return read_rulebook(
        [
            LayerText("national.yaml", NATIONAL, "national"),
            LayerText("region.yaml", region, "region"),
            LayerText("settings.yaml", SETTINGS.replace("IS", is_), "settings"),
        ]
    )


@pytest.mark.parametrize("is_", ["true", "false"])
def test_however_an_office_closes_a_setting_no_clause_is_dead_by_it(is_: str) -> None:
    assert prove(_book(is_)).faults == ()


def test_a_clause_that_is_dead_with_the_settings_open_is_dead() -> None:
    (fault,) = prove(_book("true", "never: {when: cost < limit and late_paid, is: True}")).faults
    assert "clause “never” of “is_paid” can never hold" in str(fault)


def test_a_book_changed_in_one_parameter_answers_by_it_and_the_first_stays() -> None:
    book = _book("true")
    opened = book.changed([replace(book.parameters["late_paid"], values=())])
    asked = {"cost": "500.00", "year": 2009}
    edition = book.bind("late", year=2009)
    assert decide(edition, read_facts(edition, asked)).result["paid"] is True
    other = opened.bind("late", year=2009)
    with pytest.raises(Silent):
        decide(other, read_facts(other, asked))
