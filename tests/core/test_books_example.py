"""docs/algorithms/books.md, booked again: the table at its end must come out."""

import re
from datetime import date
from pathlib import Path

from yibao.core.books import recipes
from yibao.core.books.recipes import Book
from yibao.core.money import Fen
from yibao.rulebook.national import chart

PAGE = Path(__file__).parents[2] / "docs/algorithms/books.md"
ON = date(2021, 3, 5)


def yuan(text: str) -> Fen:
    return Fen.from_yuan(text or "0")


def booked() -> dict[str, tuple[Fen, Fen]]:
    book = Book.of(chart())

    def simple(recipe, amount, **more):
        return recipe(book, on=ON, amount_fen=yuan(amount), **more)

    county = {"into": "fiscal", "payer_level": "county", "payer_zh": "县"}
    clinic = {"on": ON, "institution": "H1"}
    entries = [
        simple(recipes.premium_received, "28000", into="treasury"),
        simple(recipes.unmatched_receipt, "840", into="income"),
        simple(recipes.unmatched_claimed, "560"),
        simple(recipes.unmatched_returned, "280", out_of="income"),
        simple(recipes.subsidised_premium_received, "5600", **county),
        simple(recipes.fiscal_subsidy_received, "4800", **county),
        simple(recipes.interest_received, "12.34", into="expenditure"),
        simple(recipes.income_moved, "28000", source="treasury", into="fiscal"),
        simple(recipes.income_moved, "20000", source="fiscal", into="expenditure"),
        recipes.institution_paid(
            book, benefit_fen=yuan("10000"), deposit_fen=yuan("1000"), **clinic
        ),
        recipes.deposit_released(book, deposit_fen=yuan("1000"), kept_fen=yuan("200"), **clinic),
        simple(recipes.person_paid, "1234.50"),
    ]
    sums: dict[str, tuple[Fen, Fen]] = {}
    for leg in (leg for entry in entries for leg in entry.legs):
        name = chart().account(leg.account).zh
        debits, credits_ = sums.get(name, (Fen(0), Fen(0)))
        sums[name] = (debits + leg.debit_fen, credits_ + leg.credit_fen)
    return sums


def test_the_page_and_the_recipes_agree():
    table = PAGE.read_text(encoding="utf-8").split("## The example as a whole")[1]
    rows = re.findall(
        r"^\| (\S+) \| ([\d,.]*) ?\| ([\d,.]*) ?\| ([\d,.]+) \|$", table, re.MULTILINE
    )
    shown = {name: (yuan(debit), yuan(credit)) for name, debit, credit, _ in rows}
    assert shown == booked()
    for _, debit, credit, balance in rows:
        assert abs(yuan(debit) - yuan(credit)) == yuan(balance)
    total = Fen.total(debit for debit, _ in shown.values())
    assert f"| **sum** | **{total.shown()}** | **{total.shown()}** | |" in table
