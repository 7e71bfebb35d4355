"""How figures and dates are written on every page: one function, one appearance.

Money arrives in whole fen, rates as part and whole. Blank means that nothing happened; 0.00 means
that zero was decided.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

_MINUS = "−"
_PLUS = "＋"
_CHINA = ZoneInfo("Asia/Shanghai")


def yuan(fen: int | None) -> str:
    """Return 1,234.00, with the mathematical minus; nothing for None."""
    if fen is None:
        return ""
    whole, rest = divmod(abs(fen), 100)
    return f"{_MINUS if fen < 0 else ''}{whole:,}.{rest:02d}"


def yuan_change(fen: int | None) -> str:
    """Return a change of money with its sign: ＋20.00, −20.00, 0.00."""
    return f"{_PLUS if fen and fen > 0 else ''}{yuan(fen)}"


def count(number: int | None) -> str:
    """Return 24,653; nothing for None."""
    return "" if number is None else f"{number:,}".replace("-", _MINUS)


def tenths_of_percent(part: int, whole: int) -> int | None:
    """Return the share in tenths of a percent, rounded down; None where the whole is nobody.

    Down, so that no figure shows a target as reached that is not.
    """
    return None if whole <= 0 else 1000 * part // whole


def percent(part: int, whole: int) -> str:
    """Return 94.7, or nothing where the whole is nobody."""
    tenths = tenths_of_percent(part, whole)
    return "" if tenths is None else _tenths(tenths)


def iso(day: date | None) -> str:
    """Return 2020-12-18."""
    if isinstance(day, datetime):
        day = day.astimezone(_CHINA).date()
    return "" if day is None else day.isoformat()


def cn_day(day: date | None) -> str:
    """Return 2020 年 12 月 18 日, for running text; English has it as tables do."""
    if day is None or (get_language() or "").startswith("en"):
        return iso(day)
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def moment(at: datetime | None) -> str:
    """Return 2020-12-18 09:30 in the time of China."""
    return "" if at is None else at.astimezone(_CHINA).strftime("%Y-%m-%d %H:%M")


def bar_width(tenths: int, *, start: int, width: int) -> str:
    """Return the length of a bar in pixels, one decimal; the axis goes from `start` to 100 %."""
    reach = max(0, min(tenths, 1000) - 10 * start)
    return _tenths(10 * width * reach // (1000 - 10 * start))


# (from this many tenths of a point above the target, class); the last is below all.
_HEAT = ((15, "p3"), (7, "p2"), (0, "p1"), (-40, "m1"), (-150, "m2"))


def heat_class(tenths: int, target: int) -> str:
    """Return the class of a heat cell, diverging at the target (whole percent)."""
    distance = tenths - 10 * target
    return next((name for least, name in _HEAT if distance >= least), "m3")


def _tenths(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"
