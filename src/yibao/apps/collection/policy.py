"""What the region's rulebook says about collecting: cash, vouchers, invoices, refunds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from yibao.apps.access.rulebooks import book_of
from yibao.apps.access.spoken import language, region_words
from yibao.core.refusal import Refusal
from yibao.core.rules.book import Rulebook
from yibao.core.rules.scalar import Silent
from yibao.core.rules.types import Period
from yibao.rulebook import national
from yibao.rulebook.regions import region as region_of

CHANNELS, VOUCHERS, COVER_REASONS = "payment_channels", "voucher_kinds", "cover_reason"
_PLACE_ENDINGS = ("县", "市", "盟", "旗", "区")
_HELD_BY_WORKING_DAYS = "working_days"


class ChannelUnknown(Refusal):
    """Raised for a channel that the region's plan does not name."""

    code = "E760"
    message = "本统筹区没有“{channel}”这种缴费渠道"
    remedy = "可选：{known}"
    message_en = "This region has no channel {channel}"
    remedy_en = "There are: {known}"
    field = "channel"


@dataclass(frozen=True, slots=True)
class CollectionPolicy:
    """The settings of one region and insured year. None means: the text does not say."""

    region: str
    year: int
    place: str
    cash_only_by_exception: bool
    cash_deposit_time: Period
    cash_final_day: date | None
    assessed_before_paying_in: bool
    vouchers: Mapping[str, str]
    invoice_after_days: int
    invoice_place: str
    voucher_way: tuple[str, ...]
    target_parts: int | None  # parts of ten thousand
    check_days: tuple[date, ...]

    def deposit_by(self, on: date) -> date:
        """Return the last day for paying in cash taken on a day; never after the final day."""
        time = self.cash_deposit_time
        if time.unit == _HELD_BY_WORKING_DAYS:
            last = national.working_calendar().add_working_days(on, time.length)
        else:
            last = on + timedelta(days=time.length)
        return min(last, self.cash_final_day) if self.cash_final_day else last

    def voucher_kind(self, channel: str) -> str:
        """Return what counts as the voucher of a channel. Raises ChannelUnknown."""
        if channel not in self.vouchers:
            known = "、".join(channel_label(self.region, code) for code in self.vouchers)
            raise ChannelUnknown(channel=channel, known=known)
        return self.vouchers[channel]


def policy(region: str, year: int) -> CollectionPolicy:
    """Return the settings of a region and insured year. Raises Silent where one must be set."""
    return _policy(region, year, book_of(region).text_hash)


@cache
def _policy(region: str, year: int, _text_hash: str) -> CollectionPolicy:
    """Read them once for each text of the rulebook, so that a decided setting counts at once."""
    values = _Values(book_of(region), date(year, 1, 1))
    wait = values.maybe("invoice_time")
    return CollectionPolicy(
        region=region,
        year=year,
        place=our_place(region),
        cash_only_by_exception=bool(values.of("cash_only_by_exception")),
        cash_deposit_time=values.of("cash_deposit_time"),
        cash_final_day=values.maybe("cash_final_day"),
        assessed_before_paying_in=bool(values.maybe("assessed_before_paying_in")),
        vouchers=dict(values.of("voucher_of_channel")),
        invoice_after_days=wait.length if wait else 0,
        invoice_place=f"{region_of(region).name}税务局办税服务厅",
        voucher_way=values.codes("voucher_steps") if values.maybe("accounting_copy") else (),
        target_parts=values.maybe("participation_target"),
        check_days=tuple(
            day
            for name in ("first_check", "second_check", "third_check", "fourth_check")
            if (day := values.maybe(name))
        ),
    )


@dataclass(frozen=True, slots=True)
class Ruled:
    """An answer of the text with its place: may something be done, and by which article."""

    allowed: bool
    cite: str
    words: str


def ruled(region: str, year: int, parameter: str) -> Ruled:
    """Return what the region's text says about a flag. Raises Silent where it says nothing."""
    book, on = book_of(region), date(year, 1, 1)
    value = book.value_of(parameter, on=on)
    dated = book.parameters[parameter].values[0]
    source = book.sources.get(dated.cite.source)
    summary = source.articles.get(dated.cite.article) if source else None
    return Ruled(
        allowed=bool(value),
        cite=f"{dated.cite.source} {dated.cite.article}",
        words=summary.in_language(language()) if summary else "",
    )


def our_place(region: str) -> str:
    """Return the short name that payers choose as the place of insurance: 衡山."""
    name = region_of(region).name
    return name.removesuffix(next((e for e in _PLACE_ENDINGS if name.endswith(e)), ""))


def our_places(region: str) -> frozenset[str]:
    """Return every way in which a channel may write the region: 衡山, 衡山县, 430423."""
    found = region_of(region)
    return frozenset({our_place(region), found.name, found.division})


def channel_label(region: str, code: str) -> str:
    """Return a channel in words."""
    return region_words(region, CHANNELS, code)


def cover_label(region: str, code: str) -> str:
    """Return a reason of the coverage rule in words."""
    return region_words(region, COVER_REASONS, code)


def voucher_label(region: str, code: str) -> str:
    """Return a kind of voucher in words."""
    return region_words(region, VOUCHERS, code)


class _Values:
    """Reads bare parameters in force on the first day of an insured year."""

    def __init__(self, book: Rulebook, on: date) -> None:
        self.book, self.on = book, on

    def of(self, name: str) -> Any:
        return self.book.value_of(name, on=self.on)

    def maybe(self, name: str) -> Any:
        """Return the value, None where the text is silent or the region has no such word."""
        if name not in self.book.parameters:
            return None
        try:
            return self.of(name)
        except Silent:
            return None

    def codes(self, enumeration: str) -> tuple[str, ...]:
        return tuple(self.book.enumerations[enumeration].codes)
