"""Facts from JSON and back: each wrong one named, none and missing kept apart."""

from __future__ import annotations

import pytest

from tests.core.rules.samples import CONTRIBUTION, read
from yibao.core.rules.facts import FactFaults, read_facts, to_json
from yibao.core.rules.types import DATE, FLAG, MOMENT, MONEY, PERIOD, RATE, TEXT, Period, Type

EDITION = read(CONTRIBUTION).bind("contribution", year=2009)


def test_facts_are_read_into_whole_numbers_and_codes() -> None:
    given = {
        "year": 2009,
        "born": "1970-01-02",
        "student": None,
        "identities": ["orphan", "minimum_living"],
        "low_income": True,
        "disability": 2,
        "amount": "-130.5",
        "share": "12.5%",
        "members": [1, 2],
        "paid_at": "2000-01-01 00:00:01",
        "number": "7",
    }
    assert read_facts(EDITION, given).values == {
        "year": 2009,
        "born": 1,
        "student": None,
        "identities": frozenset({"orphan", "minimum_living"}),
        "low_income": True,
        "disability": 2,
        "amount": -13050,
        "share": 1250,
        "members": frozenset({1, 2}),
        "paid_at": 946684801,
        "number": "7",
    }


def test_every_wrong_fact_is_named() -> None:
    given = {
        "borm": "1990-01-01",
        "qqq": 1,
        "born": 19900101,
        "paid_on": "1999-12-31",
        "student": "primry",
        "identities": "orphan",
        "low_income": 1,
        "disability": 5,
        "amount": 130,
        "share": True,
        "count": "3",
        "loyal": True,
        "members": ["1"],
        "insured_elsewhere": None,
        "paid_at": "2009-01-01T25:00",
        "cost": "10000000.01",
    }
    with pytest.raises(FactFaults) as caught:
        read_facts(EDITION, given)
    assert caught.value.lines == (
        "no fact “borm”; did you mean “born”?",
        "no fact “qqq”",
        "fact “born”: 19900101 is not date: write it as a text",
        "fact “paid_on”: 1999-12-31 is out of range 2000-01-01..2050-12-31",
        "fact “student”: “primry” is no code of schooling; did you mean “primary”?",
        "fact “identities”: 'orphan' is not a list",
        "fact “low_income”: 1 is not a flag: write true or false",
        "fact “disability”: 5 is out of range 1..4",
        "fact “amount”: 130 is not money: write it as a text",
        "fact “share”: True is not rate: write it as a text",
        "fact “count”: '3' is not a whole number",
        "fact “loyal”: True is not a whole number",
        "fact “members”: '1' is not a whole number",
        "fact “insured_elsewhere”: null is no answer: leave the fact out, or give its value",
        "fact “paid_at”: “2009-01-01T25:00” is not a date-time: write it as 2009-04-30T16:30:00",
        "fact “cost”: 10000000.01 is out of range 0.00..10000000.00",
    )
    assert caught.value.sentence("en").startswith("no fact “borm”")


def test_the_year_must_be_that_of_the_edition() -> None:
    with pytest.raises(FactFaults, match="fact “year”: 2010 is not the edition's year 2009"):
        read_facts(EDITION, {"year": 2010})


@pytest.mark.parametrize(
    ("value", "type_", "shown"),
    [
        (13000, MONEY, "130.00"),
        (-5, MONEY, "-0.05"),
        (5500, RATE, 55),
        (1250, RATE, "12.5"),
        (1, RATE, "0.01"),
        (0, DATE, "1970-01-01"),
        (86399, MOMENT, "1970-01-01T23:59:59"),
        (True, FLAG, True),
        (None, MONEY, None),
        ("adult", Type("code", "class"), "adult"),
        (frozenset({"b", "a"}), Type("codes", "class"), ["a", "b"]),
        (Period(90, "days"), PERIOD, "90 days"),
        ("7", TEXT, "7"),
    ],
)
def test_values_go_back_to_json(value: object, type_: Type, shown: object) -> None:
    assert to_json(value, type_) == shown
