"""The days so far as a line that needs no script: points of an inline drawing."""

from dataclasses import dataclass
from datetime import date

_ACROSS, _DOWN = 1000, 200


@dataclass(frozen=True)
class Curve:
    """Points in a box of 1000 by 200, from the first day to the last, from 0 to 100 percent."""

    first: date
    last: date
    points: str
    target_y: int | None
    rows: tuple[tuple[date, int], ...]


def curve(
    series: tuple[tuple[date, int], ...], *, whole: int, until: date, target: int | None
) -> Curve | None:
    """Return the line; None for fewer than two days. A day's rise is a step: counts jump."""
    days = [(day, total) for day, total in series if day <= until]
    if len(days) < 2 or whole <= 0:
        return None
    first = days[0][0]
    span = max(1, (until - first).days)
    points, y = [], _DOWN
    for day, total in days:
        x = _ACROSS * (day - first).days // span
        points.append(f"{x},{y}")
        y = _DOWN - _DOWN * min(total, whole) // whole
        points.append(f"{x},{y}")
    points.append(f"{_ACROSS},{y}")
    return Curve(
        first=first,
        last=until,
        points=" ".join(points),
        target_y=None if target is None else _DOWN - _DOWN * target // 100,
        rows=tuple(reversed(days)),
    )
