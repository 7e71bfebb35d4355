"""The moment by the database's clock, and the day that a region serves."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection

from yibao.apps.access import rulebooks
from yibao.apps.access.models import PoolingRegion

CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Clock:
    """The database's moment, and the region's served day with that time of day."""

    now: datetime
    at: datetime

    @property
    def served_on(self) -> date:
        """The day that work is done on."""
        return self.at.date()


def clock(*, region: str | None = None) -> Clock:
    """Return the moment by the database's clock, in China, on the region's served day.

    A region with a day of its own (the demonstration) keeps it; an office has none, and works on
    the database's day. The mark of the office's rulebook comes with it, so that what is decided
    from here on is decided by the newest that was activated.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select statement_timestamp(), r.served_on, r.rulebook_mark"
            " from (select %s::text as code) asked"
            " left join access_poolingregion r on r.code = asked.code",
            [region or ""],
        )
        now, own_day, mark = cursor.fetchone()
    if region:
        rulebooks.note(region, mark or "")
    now = now.astimezone(CHINA)
    return Clock(now=now, at=_on(now, own_day))


def served_day(*, region: str, now: datetime) -> date:
    """Return the region's served day at a moment."""
    own_day = PoolingRegion.objects.values_list("served_on", flat=True).get(code=region)
    return _on(now.astimezone(CHINA), own_day).date()


def _on(now: datetime, day: date | None) -> datetime:
    return now if day is None else datetime.combine(day, now.timetz())
