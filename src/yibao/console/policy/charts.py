"""The drawings of a simulation: rectangles with attributes; the words stand beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

HEIGHT = 100
HALF = 100
_HUNDRED = 100
_TENTHS = 1000


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the histogram: from its foot upwards, in a drawing of 100 by 100."""

    label: str
    persons: int
    y: str
    height: str
    kind: str  # loss | same | gain


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of the diverging chart: the share that loses at the left, that gains at the right."""

    label: str
    group: str
    persons: int
    loss: int
    gain: int
    loss_share: int
    gain_share: int
    loss_x: str


def histogram(bins: Sequence[Mapping[str, Any]]) -> list[Bar]:
    """Return bars of people by the change of what they bear: who pays more at the left.

    Empty bins at either end are left out; those between stay.
    """
    shown = list(reversed([one for one in bins if one["persons"] or _is_same(one)]))
    inside = [at for at, one in enumerate(reversed(list(bins))) if one in shown]
    if inside:
        shown = list(reversed(list(bins)))[min(inside) : max(inside) + 1]
    most = max((one["persons"] for one in shown), default=0) or 1
    found = []
    for one in shown:
        tenths = _TENTHS * one["persons"] // most
        found.append(
            Bar(
                label=_bin(one),
                persons=one["persons"],
                y=_decimal(_TENTHS - tenths),
                height=_decimal(tenths),
                kind=_kind(one),
            )
        )
    return found


def pairs(groups: Sequence[Mapping[str, Any]], *, words: str) -> list[Pair]:
    """Return the rows of the diverging chart, of groups that are not places."""
    found = []
    for group in groups:
        if group["by"] in ("town", "county"):
            continue
        for row in group["rows"]:
            if not row["persons"]:
                continue
            loss, gain = share(row["lose"], row["persons"]), share(row["gain"], row["persons"])
            found.append(
                Pair(
                    label=row[words] or row["key"],
                    group=group[words],
                    persons=row["persons"],
                    loss=row["lose"],
                    gain=row["gain"],
                    loss_share=loss,
                    gain_share=gain,
                    loss_x=str(HALF - loss),
                )
            )
    return found


def share(part: int, whole: int) -> int:
    """Return a whole percent, half up; 0 where the whole is nobody."""
    return (2 * _HUNDRED * part + whole) // (2 * whole) if whole else 0


def _is_same(one: Mapping[str, Any]) -> bool:
    return bool(one["from_fen"] == 0)


def _kind(one: Mapping[str, Any]) -> str:
    if _is_same(one):
        return "same"
    return "gain" if one["until_fen"] is not None and one["until_fen"] <= 0 else "loss"


def _bin(one: Mapping[str, Any]) -> str:
    """The yuan that somebody bears less or more."""
    if _is_same(one):
        return _("不变")
    ends = [one["from_fen"], one["until_fen"]]
    near, far = sorted(abs(end) for end in ends if end is not None), None in ends
    yuan = [_yuan(fen) for fen in near]
    return f"＞{yuan[0]}" if far else f"{yuan[0]}–{yuan[-1]}"


def _yuan(fen: int) -> str:
    whole, rest = divmod(fen + (fen % _HUNDRED == 1 and -1), _HUNDRED)
    return f"{whole:,}" if not rest else f"{whole:,}.{rest:02d}"


def _decimal(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"
