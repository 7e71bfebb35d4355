"""Which month (2020-12) or year (2020) of a book a page shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from yibao.apps.access.scope import NotThere
from yibao.apps.fund.models import BookMonth

_YEAR, _MONTH = len("2020"), len("2020-12")
_MONTHS = 12
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A month or a year, half-open: `key` stands in the address."""

    key: str
    from_: date
    until: date

    @property
    def last(self) -> date:
        """The last day."""
        return self.until - _A_DAY

    @property
    def is_month(self) -> bool:
        """Whether it is one month."""
        return len(self.key) == _MONTH

    @property
    def label(self) -> str:
        """What clerks call it."""
        if self.is_month:
            named = {"year": self.from_.year, "month": self.from_.month}
            return _("%(year)s 年 %(month)s 月") % named
        return _("%(year)s 年全年") % {"year": self.from_.year}


def period_of(key: str) -> Period:
    """Return the month or year of this key. Raises NotThere."""
    digits = key.replace("-", "", 1)
    if not (digits.isascii() and digits.isdigit() and len(key) in (_YEAR, _MONTH)):
        raise NotThere(what=_("月份“%(key)s”") % {"key": key[:_MONTH]})
    try:
        if len(key) == _YEAR:
            year = int(key)
            return Period(key, date(year, 1, 1), date(year + 1, 1, 1))
        return month_of(date.fromisoformat(f"{key}-01"))
    except ValueError as error:
        raise NotThere(what=_("月份“%(key)s”") % {"key": key}) from error


def month_of(day: date) -> Period:
    """Return the month that a day lies in."""
    first = day.replace(day=1)
    if first.month == _MONTHS:
        return Period(f"{first:%Y-%m}", first, date(first.year + 1, 1, 1))
    return Period(f"{first:%Y-%m}", first, first.replace(month=first.month + 1))


def chosen(asked: str, months: Iterable[BookMonth], served_on: date) -> Period:
    """Return the period asked for; else the newest month written in, else that of the day."""
    if asked:
        return period_of(asked)
    written = [one.month for one in months if one.month <= served_on]
    return month_of(max(written, default=served_on))


def choices(months: Iterable[BookMonth], now: Period) -> list[Period]:
    """Return what can be chosen, newest first: each year after its months."""
    keys = {f"{one.month:%Y-%m}" for one in months} | ({now.key} if now.is_month else set())
    years = {key[:_YEAR] for key in keys} | {now.key[:_YEAR]}
    found: list[Period] = []
    for year in sorted(years, reverse=True):
        found += [period_of(key) for key in sorted(keys, reverse=True) if key.startswith(year)]
        found.append(period_of(year))
    return found
