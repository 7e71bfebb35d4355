"""How long records are kept: the declared kinds, each with its period, floor and ground.

An office changes periods in its settings of retention (data), never below a floor that a law sets.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from yibao.core.calendar import add_months
from yibao.core.refusal import Refusal
from yibao.rulebook import national

MONTHS_A_YEAR = 12
FOREVER = "forever"


class RetentionTooShort(Refusal):
    """Raised for a declared period below its floor."""

    code = "E194"
    message = "“{kind}”的保存期限短于法定下限"
    remedy = "请在 retention.yaml 中改为不低于 floor 的期限"
    message_en = "The period of {kind} is shorter than its floor"
    remedy_en = "Declare at least the floor in retention.yaml"


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time in months and days; neither: for ever."""

    months: int = 0
    days: int = 0
    is_forever: bool = False

    def before(self, at: datetime) -> datetime | None:
        """Return the moment before which a record's time is over; None where it never is."""
        if self.is_forever:
            return None
        day = add_months(at.date(), -self.months) - timedelta(days=self.days)
        return at.replace(year=day.year, month=day.month, day=day.day)

    def words(self) -> str:
        """Return the period in Chinese."""
        if self.is_forever:
            return "长期"
        years, months = divmod(self.months, MONTHS_A_YEAR)
        named = ((years, "年"), (months, "个月"), (self.days, "天"))
        parts = [f"{n} {unit}" for n, unit in named if n]
        return " ".join(parts) or "用毕即删"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: its names, how long it is kept, on what ground, and if it is removed."""

    code: str
    zh: str
    en: str
    keep: Period
    floor: Period | None
    is_removed: bool
    basis: str


@cache
def kinds() -> Mapping[str, Kind]:
    """Return the declared kinds. Raises RetentionTooShort."""
    return read(national.declaration("retention.yaml"))


def read(declared: Mapping[str, Any]) -> dict[str, Kind]:
    """Return the kinds of a declaration. Raises RetentionTooShort."""
    found = {}
    for code, one in declared.items():
        keep = _period(one["keep"])
        floor = _period(one["floor"]) if "floor" in one else None
        if floor is not None and not keep.is_forever and _days(keep) < _days(floor):
            raise RetentionTooShort(kind=one["zh"])
        basis = one["basis"]
        words = " ".join(basis[key] for key in ("document", "title", "place") if key in basis)
        found[code] = Kind(
            code=code,
            zh=one["zh"],
            en=one["en"],
            keep=keep,
            floor=floor,
            is_removed=bool(one.get("removed", False)),
            basis=words,
        )
    return found


def _period(declared: Any) -> Period:
    if declared == FOREVER:
        return Period(is_forever=True)
    years, months = declared.get("years", 0), declared.get("months", 0)
    return Period(months=years * MONTHS_A_YEAR + months, days=declared.get("days", 0))


def _days(period: Period) -> int:
    """Days, for comparing only: a month has thirty."""
    return period.months * 30 + period.days
