"""The classes of a fact that a rule tells apart, by everything that the rule asks of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from yibao.core.rules.arrays import bits_of
from yibao.core.rules.declarations import Enumeration, Fact
from yibao.core.rules.encoding import NO_CODE, Array, dtype_of, none_of
from yibao.core.rules.facts import to_json
from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.proofs.atoms import Known, is_bit
from yibao.core.rules.proofs.logic import Logic, atoms_of
from yibao.core.rules.reduce import Reduced
from yibao.core.rules.simplify import Simplifier
from yibao.core.rules.types import SETS
from yibao.core.rules.uncharted import simplifier_of

_LOGIC = frozenset({"and", "or", "not", "pick", "cases", "const"})
_SMALL = frozenset({"flag", "code", "level"})
_NONE = {"zh": "无", "en": "none"}
_FLAG = {"zh": ("否", "是"), "en": ("no", "yes")}
_TO = {"zh": "至", "en": " to "}
AND = {"zh": "、", "en": ", "}


class Mixed(Exception):  # noqa: N818 - becomes NoCells
    """A fact is not only compared with what is fixed."""

    def __init__(self, fact: Fact) -> None:
        super().__init__(fact.name)
        self.fact = fact


@dataclass(frozen=True)
class Axis:
    """The classes of one fact; of a set, whether it has one of some codes (`mask`).

    `members` are, class by class, the values that are one: codes, levels, or the first and last of
    a stretch; None stands for none.
    """

    fact: Fact
    members: tuple[tuple[int | None, ...], ...]
    representatives: Array
    mask: int = 0

    @property
    def key(self) -> tuple[str, int]:
        return self.fact.name, self.mask

    @property
    def size(self) -> int:
        return len(self.members)

    @property
    def bits(self) -> list[int]:
        return bits_of(self.mask)

    def number(self, values: Array) -> Array:
        """The class of each value of a column."""
        found: Array
        if self.mask:
            found = values & values.dtype.type(self.mask)
            return np.not_equal(found, 0)
        if self.fact.type.kind == "flag":
            return values
        if self.fact.type.kind in _SMALL:
            return self._looked_up(values)
        found = np.zeros(len(values), np.uint8 if self.size <= NO_CODE else np.uint16)
        stretches = [member for member in self.members if member != (None,)]
        for (_, last), _ in pairwise(stretches):
            assert last is not None
            found = found + (values > last)
        if len(stretches) < self.size:
            found[values == none_of(values.dtype)] = len(stretches)
        return found

    def _looked_up(self, values: Array) -> Array:
        classes = np.zeros(NO_CODE + 1, np.uint8)
        none = none_of(values.dtype)
        for at, member in enumerate(self.members):
            classes[[(none if value is None else value) & NO_CODE for value in member]] = at
        return classes.take(values.view(np.uint8))

    def refines(self, other: Axis) -> bool:
        """Whether each class lies in one class of the other."""
        if self.mask or self.fact.type.kind in _SMALL:
            return all(any(set(m) <= set(o) for o in other.members) for m in self.members)
        mine, theirs = ({member[-1] for member in axis.members} for axis in (self, other))
        return theirs <= mine

    def told(self, at: int, names: Mapping[str, Enumeration], language: str) -> str:
        """A class in words."""
        member = self.members[at]
        type_ = self.fact.type
        if type_.kind == "flag":
            return _FLAG[language][at]
        if self.mask:
            labels = list(names[type_.of].codes.values()) if type_.kind == "codes" else None
            told = [labels[b].in_language(language) if labels else str(b) for b in self.bits]
            return AND[language].join(told) if at else ""
        none = self.fact.none if language == "zh" and self.fact.none else _NONE[language]
        if type_.kind == "code":
            labels = list(names[type_.of].codes.values())
            return AND[language].join(
                none if value is None else labels[value].in_language(language) for value in member
            )
        if type_.kind == "level":
            return AND[language].join(none if value is None else str(value) for value in member)
        if member == (None,):
            return none
        first, last = (str(to_json(value, type_)) for value in member)
        return first if first == last else f"{first}{_TO[language]}{last}"


def axes_of(reduced: Sequence[Reduced]) -> tuple[Axis, ...]:
    """The axes of some editions' facts, fine enough for all of them. Raises Mixed."""
    facts = {name: fact for one in reduced for name, fact in one.facts.items()}
    uses = [(one, used) for one in reduced for used in [_uses(one)]]
    found: list[Axis] = []
    for name, fact in facts.items():
        mine = [(one, used.get(name, [])) for one, used in uses]
        if fact.type.kind in SETS:
            found += _of_set(fact, mine)
        elif fact.type.kind in _SMALL:
            found.append(_of_small(fact, mine))
        else:
            found.append(_of_number(fact, mine))
    return tuple(axis for axis in found if axis.size > 1)


Uses = Sequence[tuple[Reduced, list[Node]]]


def _uses(reduced: Reduced) -> dict[str, list[Node]]:
    """What is asked of each fact: comparisons and memberships, tables, and the fact itself."""
    logic = Logic(simplifier_of(reduced), reduced.codes)
    found: dict[str, list[Node]] = {}
    stack = [node for _, node in (*reduced.result, *reduced.picks)] + [reduced.unanswered]
    seen: set[Node] = set()
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.type.kind == "flag" and node.op not in _LOGIC:
            for atom in atoms_of([logic.of(node)], logic.atoms):
                _ask(found, atom)
        elif node.op == "fact" or (node.op == "table" and _is_bare(node)):
            _ask(found, node)
        else:
            stack.extend(node.args)
    return found


def _ask(found: dict[str, list[Node]], node: Node) -> None:
    below = list(in_order([node]))
    if not any(part.op == "silent" for part in below):  # whoever asks it is not answered
        for name in {str(part.value) for part in below if part.op == "fact"}:
            found.setdefault(name, []).append(node)


def _is_bare(node: Node) -> bool:
    return all(arg.op in ("fact", "const") for arg in node.args)


def _of_small(fact: Fact, uses: Uses) -> Axis:
    """Values are one class where every question comes out as the same node."""
    first = uses[0][0]
    values: list[int | None]
    if fact.type.kind == "flag":
        values = [0, 1]
    elif fact.type.kind == "level":
        values = list(range(fact.low, fact.high + 1))
    else:
        values = list(range(len(first.codes[fact.type.of])))
    values += [None] if fact.none is not None else []
    classes: dict[tuple[Node, ...], list[int | None]] = {}
    makers = [simplifier_of(one) for one, _ in uses]
    for value in values:
        signs = [_signs(make, fact, value, asked) for make, (_, asked) in zip(makers, uses)]
        sign = tuple(node for of_one in signs for node in of_one)
        classes.setdefault(sign, []).append(value)
    dtype = dtype_of(fact, first.codes)
    members = tuple(tuple(member) for member in classes.values())
    none = none_of(dtype) if fact.type.kind != "flag" else 0
    chosen = [none if member[0] is None else member[0] for member in members]
    return Axis(fact, members, np.array(chosen, dtype))


def _signs(make: Simplifier, fact: Fact, value: int | None, asked: Iterable[Node]) -> list[Node]:
    known: object = bool(value) if fact.type.kind == "flag" else value
    source = make.graph.node("fact", value=fact.name, type_=fact.type)
    asks = make.graph.node("isnone", source, type_=make.true.type)
    rewritten = Known(
        make, {source: make.graph.const(known, fact.type), asks: make.flag(value is None)}
    )
    return [rewritten.of(node) for node in asked]


def _of_set(fact: Fact, uses: Uses) -> list[Axis]:
    """Codes that no question parts are one flag."""
    masks: set[int] = set()
    for _, asked in uses:
        for node in asked:
            masks.add(_mask(fact, node))
    bits = sorted({bit for mask in masks for bit in bits_of(mask)})
    groups: dict[tuple[bool, ...], int] = {}
    ordered = sorted(masks)
    for bit in bits:
        sign = tuple(bool(mask >> bit & 1) for mask in ordered)
        groups[sign] = groups.get(sign, 0) | 1 << bit
    dtype = dtype_of(fact, uses[0][0].codes)
    return [
        Axis(fact, ((0,), (1,)), np.array([0, mask & -mask], dtype), mask)
        for mask in groups.values()
    ]


def _mask(fact: Fact, node: Node) -> int:
    """The code that a question to a set asks for."""
    if not is_bit(node):
        raise Mixed(fact)
    return 1 << int(str(node.args[0].value))


def _of_number(fact: Fact, uses: Uses) -> Axis:
    """A number is cut where a comparison with what is fixed turns."""
    cuts: set[int] = set()
    for _, asked in uses:
        for node in asked:
            cuts.update(_cuts(fact, node))
    starts = [fact.low, *sorted(cut for cut in cuts if fact.low < cut <= fact.high)]
    ends = [*(start - 1 for start in starts[1:]), fact.high]
    members: list[tuple[int | None, ...]] = list(zip(starts, ends))
    dtype = dtype_of(fact, uses[0][0].codes)
    chosen = list(starts)
    asked_none = any(node.op == "isnone" for _, asked in uses for node in asked)
    if fact.none is not None and (asked_none or len(members) > 1):
        members.append((None,))
        chosen.append(none_of(dtype))
    return Axis(fact, tuple(members), np.array(chosen, dtype))


def _cuts(fact: Fact, node: Node) -> Iterable[int]:
    if node.op == "isnone":
        return ()
    left, right = node.args if node.op == "lt" else (node, node)
    side, fixed = (left, right) if left.op == "fact" else (right, left)
    if side.op != "fact" or not isinstance(fixed.value, int):
        raise Mixed(fact)
    return (fixed.value,) if side is left else (fixed.value + 1,)
