"""The drawings of a simulation: rectangles with attributes; the words stand beside them."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

HEIGHT = 100
HALF = 100
_HUNDRED = 100
_TENTHS = 1000
# More bins than these are put together by wider steps, in fen.
_FEW = 11
_WIDE = (0, 5_000, 10_000, 20_000, 50_000, 100_000)


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
    shown = list(reversed(list(bins)))
    inside = [at for at, one in enumerate(shown) if one["persons"] or _is_same(one)]
    shown = shown[min(inside) : max(inside) + 1] if inside else []
    if len(shown) > _FEW:
        shown = _merged(shown)
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


def _merged(bins: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Fewer bins, by the wider steps of `_WIDE`; those without anybody at either end are gone."""
    counted: dict[tuple[int, int], int] = {}
    for one in bins:
        side = 0 if _is_same(one) else -1 if _kind(one) == "gain" else 1
        ends = [abs(end) for end in (one["from_fen"], one["until_fen"]) if end is not None]
        near = min(ends)
        step = max(edge for edge in _WIDE if edge <= near) if side else 0
        counted[side, step] = counted.get((side, step), 0) + one["persons"]
    found: list[Mapping[str, Any]] = []
    steps = [*((1, edge) for edge in reversed(_WIDE)), (0, 0), *((-1, edge) for edge in _WIDE)]
    for side, step in steps:
        far = dict(itertools.pairwise(_WIDE)).get(step)
        ends = (0, 1) if not side else (step, far) if side > 0 else (far and -far, -step)
        persons = counted.get((side, step), 0)
        found.append({"from_fen": ends[0], "until_fen": ends[1], "persons": persons})
    inside = [at for at, one in enumerate(found) if one["persons"]]
    return found[min(inside) : max(inside) + 1]


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
    return (one["from_fen"], one["until_fen"]) == (0, 1)


def _kind(one: Mapping[str, Any]) -> str:
    if _is_same(one):
        return "same"
    return "gain" if one["until_fen"] is not None and one["until_fen"] <= 0 else "loss"


def _bin(one: Mapping[str, Any]) -> str:
    """The yuan that somebody bears less or more."""
    if _is_same(one):
        return _("不变")
    ends = [one["from_fen"], one["until_fen"]]
    near = sorted(_yuan(end) for end in ends if end is not None)
    return f"＞{near[0]}" if None in ends else f"{near[0]}–{near[-1]}"


def _yuan(fen: int) -> int:
    """Whole yuan; a bin that begins one fen beside nothing begins at nothing."""
    return abs(fen) // _HUNDRED


def _decimal(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"
