"""Values as a rulebook writes them, read by their declared type into whole numbers and codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime

from yibao.core.rules import dates
from yibao.core.rules.faults import did_you_mean
from yibao.core.rules.types import COINS, RATE_PARTS, ROUNDING_MODES, Period, Rounding, Type

Codes = Mapping[str, Collection[str]]

_MONEY = re.compile(r"(-?)(\d+)(?:\.(\d{1,2}))?", re.ASCII)
_RATE = re.compile(r"(\d+)(?:\.(\d{1,2}))?%", re.ASCII)
_WHOLE = re.compile(r"-?\d+", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?", re.ASCII)
_PERIOD = re.compile(r"(\d+) (days|months|years|working_days)", re.ASCII)
_ROUNDING = re.compile(r"(\w+) to (\w+)", re.ASCII)
_HUNDREDTHS = 100
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - moments are the region's own clock


class Misread(Exception):  # noqa: N818 - becomes a Fault or a line of FactFaults
    """A text is no value of its type. The message says which text, and what was expected."""


def read_money(raw: str) -> int:
    """Yuan with at most two decimals, as fen."""
    found = _MONEY.fullmatch(raw)
    if not found:
        raise Misread(f"“{raw}” is not money: yuan with at most two decimals")
    sign, yuan, decimals = found.groups()
    fen = int(yuan) * COINS["yuan"] + int((decimals or "").ljust(2, "0"))
    return -fen if sign else fen


def read_rate(raw: str) -> int:
    """A percentage with at most two decimals, as parts of 10,000."""
    found = _RATE.fullmatch(raw)
    if not found:
        raise Misread(f"“{raw}” is not a rate: write it as 55% or 12.5%")
    whole, decimals = found.groups()
    return int(whole) * _HUNDREDTHS + int((decimals or "").ljust(2, "0"))


def read_whole(raw: str) -> int:
    if not _WHOLE.fullmatch(raw):
        raise Misread(f"“{raw}” is not a whole number")
    return int(raw)


def read_year(raw: str) -> int:
    if not _YEAR.fullmatch(raw):
        raise Misread(f"“{raw}” is not a year of four digits")
    return int(raw)


def read_date(raw: str) -> int:
    try:
        if _DATE.fullmatch(raw):
            return dates.to_number(date.fromisoformat(raw))
    except ValueError:
        pass
    raise Misread(f"“{raw}” is not a date: write it as 2009-04-30")


def read_moment(raw: str) -> int:
    try:
        if _MOMENT.fullmatch(raw):
            return int((datetime.fromisoformat(raw) - _EPOCH).total_seconds())
    except ValueError:
        pass
    raise Misread(f"“{raw}” is not a date-time: write it as 2009-04-30T16:30:00")


def show_moment(seconds: int) -> str:
    day, rest = divmod(seconds, dates.DAY_SECONDS)
    minutes, second = divmod(rest, 60)
    hour, minute = divmod(minutes, 60)
    return f"{dates.to_date(day).isoformat()}T{hour:02}:{minute:02}:{second:02}"


def read_flag(raw: str) -> bool:
    if raw.lower() not in ("true", "false"):
        raise Misread(f"“{raw}” is not a flag: write true or false")
    return raw.lower() == "true"


def read_period(raw: str) -> Period:
    found = _PERIOD.fullmatch(raw)
    if not found:
        raise Misread(f"“{raw}” is not a period: a number and days, months, years or working_days")
    return Period(int(found[1]), found[2])


def read_rounding(raw: str) -> Rounding:
    found = _ROUNDING.fullmatch(raw)
    if not found or found[1] not in ROUNDING_MODES or found[2] not in COINS:
        modes = ", ".join(ROUNDING_MODES)
        raise Misread(f"“{raw}” is not a rounding: one of {modes}, then to fen, jiao or yuan")
    return Rounding(found[1], COINS[found[2]])


_READERS: dict[str, Callable[[str], object]] = {
    "flag": read_flag,
    "money": read_money,
    "rate": read_rate,
    "year": read_year,
    "date": read_date,
    "date-time": read_moment,
    "period": read_period,
    "rounding": read_rounding,
    "text": str,
}


def read_code(raw: str, of: str, codes: Codes) -> str:
    known = codes.get(of, ())
    if raw not in known:
        raise Misread(f"“{raw}” is no code of {of}{did_you_mean(raw, known)}")
    return raw


def read_value(raw: str, type_: Type, codes: Codes) -> object:
    """Read one written value of a type (not a set). Raises Misread."""
    if type_.kind == "code":
        return read_code(raw, type_.of, codes)
    return _READERS.get(type_.kind, read_whole)(raw)


def show_money(fen: int) -> str:
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), COINS["yuan"])
    return f"{sign}{yuan}.{rest:02}"


def show_rate(parts: int) -> int | str:
    """A whole percent as a number, anything finer as a decimal text of percent."""
    hundredth = RATE_PARTS // _HUNDREDTHS
    whole, rest = divmod(parts, hundredth)
    return f"{whole}.{rest:02}".rstrip("0") if rest else whole
