"""The sub-ledgers' recipes: what each moves, for whom, and that they undo each other."""

from datetime import date

import pytest

from yibao.core.books import subledgers
from yibao.core.money import Fen
from yibao.rulebook.subledgers import NAMES, subledger_chart

ON = date(2020, 10, 9)
DUES, CUSTODY, INSTITUTIONS = (subledger_chart(name) for name in NAMES)


def moved(entry):
    return {leg.account: leg.debit_fen - leg.credit_fen for leg in entry.legs}, {
        subledgers.party_of(leg.about) for leg in entry.legs
    }


def test_a_due_of_280_yuan_with_half_borne_by_a_department_and_half_paid_leaves_nothing_open():
    steps = [
        subledgers.due_raised(DUES, on=ON, amount_fen=Fen(28000), person_id=7),
        subledgers.due_subsidised(DUES, on=ON, amount_fen=Fen(14000), person_id=7),
        subledgers.due_paid(DUES, on=ON, amount_fen=Fen(14000), person_id=7),
    ]
    balance = dict.fromkeys(("D101", "D102", "D103", "D301"), 0)
    for entry in steps:
        amounts, parties = moved(entry)
        assert parties == {("person", 7)}
        for account, fen in amounts.items():
            balance[account] += fen
    assert balance == {"D101": 0, "D102": 14000, "D103": 14000, "D301": -28000}


@pytest.mark.parametrize(
    ("forth", "back", "chart", "party"),
    [
        (subledgers.due_raised, subledgers.due_cancelled, DUES, "person_id"),
        (subledgers.due_subsidised, subledgers.subsidy_withdrawn, DUES, "person_id"),
        (subledgers.due_paid, subledgers.payment_unmatched, DUES, "person_id"),
        (subledgers.cash_taken, subledgers.cash_deposited, CUSTODY, "operator_id"),
        (subledgers.benefit_owed, subledgers.benefit_reversed, INSTITUTIONS, "institution_id"),
    ],
)
def test_each_recipe_has_one_that_takes_it_back_to_nothing(forth, back, chart, party):
    one = forth(chart, on=ON, amount_fen=Fen(5), **{party: 3})
    other = back(chart, on=ON, amount_fen=Fen(5), **{party: 3})
    there, who = moved(one)
    again, who_again = moved(other)
    assert who == who_again == {(party.removesuffix("_id"), 3)}
    assert {account: there[account] + again[account] for account in there} == dict.fromkeys(
        there, 0
    )
    assert one.kind != other.kind
    assert one.on == other.on == ON


def test_a_benefit_stands_to_the_credit_of_the_institution_that_advanced_it():
    entry = subledgers.benefit_owed(INSTITUTIONS, on=ON, amount_fen=Fen(9), institution_id=4)
    assert moved(entry)[0] == {"I101": 9, "I201": -9}


@pytest.mark.parametrize("words", ["", "county", "person:", "person:x", "bank:3", "person:１"])
def test_words_that_name_no_party_name_none(words):
    assert subledgers.party_of(words) is None


def test_every_subledger_balances_over_accounts_that_its_recipes_know():
    assert [account.code for chart in (DUES, CUSTODY, INSTITUTIONS) for account in chart] == [
        "D101", "D102", "D103", "D301", "C101", "C201", "I101", "I201",
    ]  # fmt: skip
