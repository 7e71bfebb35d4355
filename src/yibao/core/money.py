"""Money is whole fen, and a split loses nothing.

`Fen` is an int that refuses what money must not do: meet a float, be divided with `/`, or be
multiplied by money. (A float or a Decimal on the left of `+` never asks the right side: Python
then answers by itself. The tidy tests keep floats out of the code for that reason.)
A rate turns money into money only through `times` or `split`, which say how they round.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import NoReturn, Self

from yibao.core.refusal import Refusal

FEN_IN_YUAN = 100
FEN_IN_JIAO = 10
PARTS = 10_000
PARTS_IN_PERCENT = 100
# How many decimals a rate has at most, written as 0.7000 or as 70.00%.
PLACES = 4
PERCENT_PLACES = 2
MINUS = "\N{MINUS SIGN}"

# Separators only where they belong: "1,23" is more often a slip than a hundred and twenty-three.
_YUAN = re.compile(r"(-?)(\d{1,15}|\d{1,3}(?:,\d{3}){1,4})(?:\.(\d{1,18}))?", re.ASCII)
_RATE = re.compile(r"(\d{1,6})(?:\.(\d{1,18}))?(%?)", re.ASCII)
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－％￥", "0123456789.,-%¥", " \u3000\u00a0")


class AmountUnreadable(Refusal):
    """Raised by `Fen.from_yuan` for text that is not an amount of yuan."""

    code = "E130"
    message = "“{text}”不是金额"
    remedy = "请填写以元为单位的数字，如 1234.50"
    message_en = '"{text}" is not an amount'
    remedy_en = "Enter yuan in figures, such as 1234.50"


class AmountBelowFen(Refusal):
    """Raised by `Fen.from_yuan` for an amount with a part smaller than one fen."""

    code = "E131"
    message = "金额“{text}”不足一分的部分无法记账"
    remedy = "请填写到分，最多两位小数"
    message_en = 'The amount "{text}" has a part smaller than one fen'
    remedy_en = "Give at most two decimals"


class RateUnreadable(Refusal):
    """Raised by `Rate` for text that is not a rate in whole parts of ten thousand."""

    code = "E132"
    message = "“{text}”不是比例"
    remedy = "请填写如 0.70 或 70%，精确到万分之一"
    message_en = '"{text}" is not a rate'
    remedy_en = "Write it as 0.70 or 70%, exact to one part in ten thousand"


@dataclass(frozen=True, slots=True, order=True, init=False)
class Rate:
    """A rate in exact parts of ten thousand: `Rate("0.70")`, `Rate("70%")`, `Rate("65.5%")`.

    Raises RateUnreadable where the text is no rate or finer than one part.
    """

    parts: int

    def __init__(self, text: str | Decimal) -> None:
        object.__setattr__(self, "parts", _parts(text))

    @classmethod
    def of_parts(cls, parts: int) -> Self:
        """Return the rate of so many parts of ten thousand."""
        return cls(Decimal(parts).scaleb(-PLACES))

    def __str__(self) -> str:
        whole, rest = divmod(self.parts, PARTS_IN_PERCENT)
        return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"


def _parts(text: str | Decimal) -> int:
    plain = _plain(text)
    found = _RATE.fullmatch(plain)
    if found is None:
        raise RateUnreadable(text=plain)
    whole, decimals, percent = found.groups(default="")
    places = PERCENT_PLACES if percent else PLACES
    if decimals[places:].strip("0"):
        raise RateUnreadable(text=plain)
    return int(whole + decimals[:places].ljust(places, "0"))


def _plain(text: str | Decimal) -> str:
    if isinstance(text, Decimal):
        return format(text, "f")
    if not isinstance(text, str):
        raise TypeError(f"exact text or Decimal is needed, not {type(text).__name__}")
    return text.translate(_FULL_WIDTH).replace(MINUS, "-").removeprefix("¥")


class Fen(int):
    """An amount of money in whole fen. Arithmetic with Fen and int stays Fen."""

    __slots__ = ()

    def __new__(cls, fen: int = 0) -> Self:
        return super().__new__(cls, _whole(fen))

    @classmethod
    def from_yuan(cls, yuan: str | Decimal) -> Self:
        """Read yuan as written by people: `1,234.50`, `－20`, `¥ 3.00`.

        Raises AmountUnreadable, or AmountBelowFen where something smaller than a fen is given.
        """
        plain = _plain(yuan)
        found = _YUAN.fullmatch(plain)
        if found is None:
            raise AmountUnreadable(text=plain)
        sign, whole, decimals = found.groups(default="")
        if decimals[2:].strip("0"):
            raise AmountBelowFen(text=plain)
        return cls(int(sign + whole.replace(",", "") + decimals[:2].ljust(2, "0")))

    @classmethod
    def total(cls, amounts: Iterable[int]) -> Self:
        """Return the sum, which is Fen(0) for nothing."""
        return cls(sum(map(_whole, amounts)))

    def yuan(self) -> str:
        """Return the plain text for files and interfaces: `-1234.50`."""
        whole, rest = divmod(abs(int(self)), FEN_IN_YUAN)
        return f"{'-' if self < 0 else ''}{whole}.{rest:02d}"

    def shown(self) -> str:
        """Return the text for people: separators, two decimals, a true minus sign."""
        whole, rest = divmod(abs(int(self)), FEN_IN_YUAN)
        return f"{MINUS if self < 0 else ''}{whole:,}.{rest:02d}"

    def in_words(self) -> str:
        """Return the capital Chinese figures of receipts: 壹仟贰佰叁拾元伍角整."""
        return _in_words(int(self))

    def times(self, rate: Rate) -> Fen:
        """Return the share at this rate, half a fen rounded up.

        A debt rounds as the amount it reverses: `-x` times a rate is minus `x` times it.
        """
        share, rest = divmod(abs(int(self)) * rate.parts, PARTS)
        share += 2 * rest >= PARTS
        return Fen(-share if self < 0 else share)

    def split(self, rate: Rate) -> tuple[Fen, Fen]:
        """Return the share at this rate and what is left: together they are the whole."""
        share = self.times(rate)
        return share, self - share

    def allocate(self, weights: Sequence[int]) -> list[Fen]:
        """Share the whole out by weights; the sum of the shares is the whole.

        Each share is the exact one rounded down; the fen left over go, one each, to the largest
        remainders, the earlier weight first among equals. Weights are not negative, one at least
        is above zero.
        """
        weights = [_whole(weight) for weight in weights]
        assert weights and min(weights) >= 0 and sum(weights) > 0, "no weight to share by"
        whole, of_all = abs(int(self)), sum(weights)
        shares = [divmod(whole * weight, of_all) for weight in weights]
        by_remainder = sorted(range(len(shares)), key=lambda at: -shares[at][1])
        luckier = set(by_remainder[: whole - sum(share for share, _ in shares)])
        sign = -1 if self < 0 else 1
        return [Fen(sign * (share + (at in luckier))) for at, (share, _) in enumerate(shares)]

    def __add__(self, other: int) -> Fen:
        return Fen(int(self) + _whole(other))

    __radd__ = __add__

    def __sub__(self, other: int) -> Fen:
        return Fen(int(self) - _whole(other))

    def __rsub__(self, other: int) -> Fen:
        return Fen(_whole(other) - int(self))

    def __mul__(self, other: int) -> Fen:
        if isinstance(other, Fen):
            raise TypeError("money times money is not money")
        return Fen(int(self) * _whole(other))

    __rmul__ = __mul__

    def __floordiv__(self, other: int) -> Fen:
        return Fen(int(self) // _whole(other))

    def __mod__(self, other: int) -> Fen:
        return Fen(int(self) % _whole(other))

    def __truediv__(self, other: object) -> NoReturn:
        raise TypeError("money is not divided with /: use split, allocate or times")

    __rtruediv__ = __truediv__

    def __neg__(self) -> Fen:
        return Fen(-int(self))

    def __pos__(self) -> Fen:
        return self

    def __abs__(self) -> Fen:
        return Fen(abs(int(self)))

    def __str__(self) -> str:
        return int.__repr__(self)

    def __repr__(self) -> str:
        return f"Fen({int.__repr__(self)})"


def _whole(number: int) -> int:
    if not isinstance(number, int) or isinstance(number, bool):
        raise TypeError(f"money is whole fen, not {type(number).__name__}")
    return int(number)


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ((100_000_000, "亿"), (10_000, "万"), (1000, "仟"), (100, "佰"), (10, "拾"))


def _in_words(fen: int) -> str:
    yuan, below = divmod(abs(fen), FEN_IN_YUAN)
    jiao, last = divmod(below, FEN_IN_JIAO)
    words = f"{_counted(yuan)}元" if yuan or not below else ""
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    elif last and yuan:
        words += "零"
    words += f"{_DIGITS[last]}分" if last else "整"
    return f"负{words}" if fen < 0 else words


def _counted(number: int) -> str:
    for (base, unit), (above, _) in pairwise((*_UNITS, (1, ""))):
        if number >= base:
            head, rest = divmod(number, base)
            gap = "零" if rest < above else ""
            return f"{_counted(head)}{unit}" + (f"{gap}{_counted(rest)}" if rest else "")
    return _DIGITS[number]
