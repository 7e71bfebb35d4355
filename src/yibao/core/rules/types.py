"""Types and units. Money is whole fen, a rate parts of 10,000, a date days from 1970-01-01."""

from __future__ import annotations

from typing import NamedTuple


class Type(NamedTuple):
    """A kind, and for a code the enumeration it is `of` (empty: not settled yet)."""

    kind: str
    of: str = ""

    def __str__(self) -> str:
        if self.kind in ("code", "codes"):
            return f"{self.kind} of {self.of}" if self.of else "a code"
        return _SPOKEN.get(self.kind, self.kind)


def item_of(type_: Type) -> Type:
    """What a set holds: codes of its enumeration, or levels."""
    return Type("code", type_.of) if type_.kind == "codes" else LEVEL


class Period(NamedTuple):
    """A length of time whose unit lies in the value: `90 days`, `6 months`, `3 working_days`."""

    length: int
    unit: str

    def __str__(self) -> str:
        return f"{self.length} {self.unit}"


class Rounding(NamedTuple):
    """How money×rate becomes money again: a mode, and the whole fen that it is rounded to."""

    mode: str
    fen: int

    def __str__(self) -> str:
        names = {fen: name for name, fen in COINS.items()}
        return f"{self.mode} to {names[self.fen]}"


COINS = {"fen": 1, "jiao": 10, "yuan": 100}
ROUNDING_MODES = ("half_up", "half_even", "up", "down")
RATE_PARTS = 10_000

FLAG = Type("flag")
MONEY = Type("money")
RATE = Type("rate")
MONEY_RATE = Type("money_rate")
YEARS = Type("years")
MONTHS = Type("months")
DAYS = Type("days")
WORKING_DAYS = Type("working_days")
TIMES = Type("times")
LEVEL = Type("level")
DATE = Type("date")
MOMENT = Type("date-time")
PERIOD = Type("period")
YEAR = Type("year")
ROUNDING = Type("rounding")
TEXT = Type("text")
NONE = Type("none")
ZERO = Type("zero")  # the literal 0: takes any unit
ONE = Type("one")  # the literal 1: takes the unit of a count, a level or a year
NUMBER = Type("number")  # the number of a clause: the value of a pick

SETS = frozenset({"codes", "levels"})
COUNTS = frozenset({"years", "months", "days", "working_days", "times"})
SUMMABLE = COUNTS | {"money", "rate", "money_rate"}
ORDERED = SUMMABLE | {"level", "year", "date", "date-time"}
NUMERIC_FACTS = (ORDERED | {"level"}) - {"money_rate"}
DECLARABLE = (
    frozenset({"flag", "code", "codes", "levels", "period", "rounding", "text"}) | ORDERED
) - {"money_rate"}

_SPOKEN = {
    "money_rate": "money×rate",
    "zero": "a bare 0",
    "one": "a bare 1",
    "none": "None",
    "number": "a clause number",
}


def declared(kind: str, of: str) -> Type | None:
    """The type a rulebook names, or None; `datetime` is understood as `date-time`."""
    kind = "date-time" if kind == "datetime" else kind
    if kind not in DECLARABLE:
        return None
    return Type(kind, of if kind in ("code", "codes") else "")
