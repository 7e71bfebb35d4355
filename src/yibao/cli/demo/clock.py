"""The demonstration's moments: every act has a day and hour of its own, none is the machine's."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_CHINA = ZoneInfo("Asia/Shanghai")
_MORNING = 9


def at(day: date, hour: int = _MORNING, minute: int = 0) -> datetime:
    """Return a moment of a day in China."""
    return datetime.combine(day, time(hour, minute), _CHINA)


def within(first: date, last: date, part: float) -> date:
    """Return the day that lies this part (0 to 1) of the way from the first day to the last."""
    return first + timedelta(days=int((last - first).days * part))
