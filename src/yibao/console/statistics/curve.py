"""The days so far as a line: the data that charts.js draws, and the rows of the table beside it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from yibao.web.figures import tenths_of_percent


@dataclass(frozen=True)
class Curve:
    """The chart's data, from the first day to the last, and each day on which something changed."""

    first: date
    last: date
    chart: dict[str, Any]
    rows: tuple[tuple[date, int], ...]


def curve(
    series: tuple[tuple[date, int], ...], *, name: str, whole: int, until: date, target: int | None
) -> Curve | None:
    """Return the line of participation by the day; None for fewer than two days of change."""
    days = [(day, total) for day, total in series if day <= until]
    if len(days) < 2 or whole <= 0:
        return None
    first = days[0][0]
    shown = [first + timedelta(days=n) for n in range((until - first).days + 1)]
    totals, so_far = dict(days), 0
    reached = []
    for day in shown:
        so_far = totals.get(day, so_far)
        reached.append(tenths_of_percent(min(so_far, whole), whole))
    chart = {
        "kind": "trend",
        "x": [day.strftime("%m-%d") for day in shown],
        # Tenths of a percent: figures stay whole until they are drawn.
        "scale": 10,
        "series": [{"name": name, "data": reached}],
        "target": target,
        "said": "" if target is None else _("目标 %(target)s%%") % {"target": target},
    }
    return Curve(first=first, last=until, chart=chart, rows=tuple(reversed(days)))
