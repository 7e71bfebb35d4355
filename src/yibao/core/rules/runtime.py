"""What generated programs call: absent facts, gaps, silence, rounding, sums, the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn, Protocol

from yibao.core.refusal import Refusal
from yibao.core.rules import dates
from yibao.core.rules.declarations import Fact
from yibao.core.rules.facts import to_json
from yibao.core.rules.scalar import MissingFact, NoClauseHolds, Silent
from yibao.core.rules.types import Period, Rounding

Memo = list[Any]
LONGEST_SUM = 12


class Calendar(Protocol):
    """Working days by day numbers from 1970-01-01, as `WorkingCalendar.ordinals` gives them."""

    def add_working_days(self, date_ordinal: int, n: int) -> int:
        """The n-th working day after a day."""
        ...


class NoWorkingCalendar(Refusal):
    """A rule counts working days, and the rulebook was read without a calendar."""

    code: ClassVar[str] = "R08"
    message = "规则以工作日计期限,但未载入工作日历"
    remedy = "请载入节假日数据后重试"
    message_en = "A rule counts working days, but no calendar is loaded"
    remedy_en = "Load the holidays and read the rulebook with them"


class SumTooLong(Refusal):
    """A bounded sum has more terms than the language allows."""

    code: ClassVar[str] = "R09"
    message = "规则中的求和有 {terms} 项,超过上限 {most} 项"
    remedy = "请核对事实"
    message_en = "A sum of the rule has {terms} terms, more than {most}"
    remedy_en = "Check the facts"


UNSET: Any = object()  # marks a slot that nothing has filled


class Presumptions:
    """How absent facts are read: by what the rulebook presumes, else not at all."""

    def __init__(self, facts: Mapping[str, Fact], slots: Mapping[str, int]) -> None:
        self._facts, self._slots = facts, slots

    def miss(self, memo: Memo, name: str, step: str) -> object:
        """The value of an absent fact, kept and named as presumed. Raises MissingFact."""
        absent = self._facts[name].absent
        if absent is None:
            raise MissingFact(name, step)
        value = absent.value
        if absent.fact:
            value = memo[self._slots[absent.fact]]
            value = self.miss(memo, absent.fact, step) if value is UNSET else value
        memo[self._slots[name]] = value
        memo[1].append(name)
        return value

    def gap(self, memo: Memo, step: str) -> NoClauseHolds:
        """The refusal of a list of clauses none of which holds."""
        given = {
            name: to_json(memo[slot], self._facts[name].type)
            for name, slot in self._slots.items()
            if memo[slot] is not UNSET
        }
        told = ", ".join(f"{name}: {value}" for name, value in sorted(given.items()))
        return NoClauseHolds(step=step, given=told)


class _NoCalendar:
    def add_working_days(self, date_ordinal: int, n: int) -> int:
        raise NoWorkingCalendar


def silent(name: str, reason: str) -> NoReturn:
    raise Silent(name=name, reason=reason)


def span(start: int, stop: int) -> range:
    """The terms of a bounded sum. Raises SumTooLong."""
    if stop - start > LONGEST_SUM:
        raise SumTooLong(terms=stop - start, most=LONGEST_SUM)
    return range(start, stop)


def round_by(amount: int, rounding: Rounding, parts: int) -> int:
    """Money from parts of a fen, by a rounding that is only known now."""
    unit = parts * rounding.fen
    whole, rest = divmod(amount, unit)
    up = {
        "up": rest > 0,
        "down": False,
        "half_up": 2 * rest >= unit,
        "half_even": 2 * rest > unit or (2 * rest == unit and whole % 2 == 1),
    }[rounding.mode]
    return (whole + up) * rounding.fen


def environment(presumptions: Presumptions, calendar: Calendar | None) -> dict[str, Any]:
    """The names that a generated program may use; no builtin but three."""
    working = calendar or _NoCalendar()

    def shift(day: int, period: Period, sign: int) -> int:
        count = sign * period.length
        if period.unit == "days":
            return day + count
        if period.unit == "working_days":
            return working.add_working_days(day, count)
        return dates.add_months(day, count * (12 if period.unit == "years" else 1))

    return {
        "__builtins__": {"min": min, "max": max, "sum": sum},
        "U": UNSET,
        "miss": presumptions.miss,
        "gap": presumptions.gap,
        "silent": silent,
        "span": span,
        "round_by": round_by,
        "shift": shift,
        "add_working_days": working.add_working_days,
        **{
            name: getattr(dates, name)
            for name in [
                "age",
                "add_months",
                "months_between",
                "next_month",
                "month_end",
                "year_start",
                "year_end",
                "year_of",
                "date_of",
            ]
        },
    }
