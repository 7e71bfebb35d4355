"""How single things stand in the text of a loop: constants, nones, choices, sets, tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from yibao.core.rules.encoding import NO_CODE, width_of
from yibao.core.rules.graph import Node
from yibao.core.rules.types import Type

NO_DATE, NO_NUMBER = -(2**31), -(2**63)
FEW = 4  # members of a set, or rows of a table, that are compared one by one
_BITS = 63

Table = tuple[int, ...]


def none_of_kind(type_: Type) -> int:
    """What stands for a none of a type inside the loop."""
    return {"date": NO_DATE, "code": NO_CODE}.get(type_.kind, NO_NUMBER)


def constant(node: Node, type_: Type) -> str:
    """A constant, a none as the kind that is asked for has it."""
    value = node.value
    if value is None:
        return "False" if type_.kind == "flag" else str(none_of_kind(type_))
    if isinstance(value, bool):
        return str(value)
    return str(value) if isinstance(value, int) else "0"


def chain(guards: Sequence[str], texts: Sequence[str]) -> str:
    """The text of the first guard that holds, else the last."""
    parts = [f"{text} if {guard} else " for guard, text in zip(guards, texts)]
    return f"({''.join(parts)}{texts[-1]})"


def by_number(chosen: str, texts: Sequence[str]) -> str:
    """Outcomes by the clause's number, equal ones together, the most frequent one last."""
    common = Counter(texts).most_common(1)[0][0]
    where: dict[str, list[int]] = {}
    for at, text in enumerate(texts):
        if text != common:
            where.setdefault(text, []).append(at)
    tests = [in_known(chosen, sum(1 << at for at in places)) for places in where.values()]
    return chain(tests, [*where, common])


def in_known(item: str, members: int) -> str:
    """Whether a number is in a set that is known; a none is in none."""
    found = [at for at in range(members.bit_length()) if members >> at & 1]
    if not found:
        return "False"
    if len(found) == found[-1] - found[0] + 1 and len(found) > 1:
        return f"(({item} >= {found[0]}) & ({item} <= {found[-1]}))"
    if len(found) <= FEW:
        return f"({' | '.join(f'({item} == {at})' for at in found)})"
    return in_mask(item, str(members))


def in_mask(item: str, mask: str) -> str:
    inside = f"({item} >= 0) & ({item} < {_BITS})"
    return f"({inside} & ((({mask} >> ({item} & {_BITS})) & 1) == 1))"


def tables_text(tables: Mapping[Table, str]) -> list[str]:
    """The tables as constants of the module."""
    return [
        f"{name} = np.array({list(rows)}, np.{width_of(min(rows), max(rows)).name})"
        for rows, name in tables.items()
    ]
