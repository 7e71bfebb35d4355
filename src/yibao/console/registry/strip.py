"""The coverage strip: a year is twelve cells, own payment, supported, or not covered. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from yibao.apps.enrolment.queries import CoverageLine
from yibao.core.calendar import MONTHS, add_months

CHINA = ZoneInfo("Asia/Shanghai")
# Tenths of a unit of the drawing: a cell and the step to the next one; 12 of them fill 216.
_STEP, _CELL = 181, 171
YEARS = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """A month: where it is drawn, its kind (on, aid, off) and the middle of its mark."""

    x: str
    kind: str
    mark_x: str


@dataclass(frozen=True, slots=True)
class Strip:
    """A year of the strip. `now_x` is where today is drawn, "" where it lies in another year."""

    year: int
    words: str
    cells: tuple[Cell, ...]
    months: int
    now_x: str
    month: int  # of today, 0 where it lies in another year: its label stands there alone


def strips(
    *,
    coverages: Sequence[CoverageLine],
    supported: Mapping[int, bool],
    words: Mapping[int, str],
    newest: int,
    on: date,
) -> list[Strip]:
    """Return the last years up to `newest`, the oldest first; earlier ones only where covered.

    `supported`: whether a department bore something of the year's due; `words`: what to say of it.
    """
    live = [one for one in coverages if one.cancelled_at is None]
    first = min([one.year for one in live if one.year > newest - YEARS], default=newest)
    return [
        _strip(year, live, supported.get(year, False), words.get(year, ""), on)
        for year in range(first, newest + 1)
    ]


def _strip(year: int, live: Sequence[CoverageLine], supported: bool, words: str, on: date) -> Strip:
    kind = "aid" if supported else "on"
    months = [add_months(date(year, 1, 1), n) for n in range(MONTHS)]
    covered = [any(_covers(one, month) for one in live) for month in months]
    cells = tuple(
        Cell(_tenths(n * _STEP), kind if is_covered else "off", _tenths(n * _STEP + _CELL // 2))
        for n, is_covered in enumerate(covered)
    )
    now = _tenths((on.month - 1) * _STEP + on.day * _CELL // 31) if on.year == year else ""
    month = on.month if on.year == year else 0
    return Strip(year=year, words=words, cells=cells, months=sum(covered), now_x=now, month=month)


def _covers(line: CoverageLine, month: date) -> bool:
    """A month counts as covered when its last day is, suspended days not."""
    following = add_months(month, 1)
    starts = line.starts_at.astimezone(CHINA).date()
    ends = line.ends_at.astimezone(CHINA).date()
    if not starts < following <= ends:
        return False
    if line.suspended_from is None or line.suspended_from >= following:
        return True
    return line.suspended_until is not None and line.suspended_until < following


def _tenths(number: int) -> str:
    return f"{number // 10}.{number % 10}"
