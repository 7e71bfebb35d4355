"""What may be added, multiplied and compared: units never mix, money×rate only rounds to money."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from yibao.core.rules.graph import Graph, Node
from yibao.core.rules.types import (
    COUNTS,
    DATE,
    DAYS,
    FLAG,
    MONEY,
    MONEY_RATE,
    NONE,
    NUMBER,
    ONE,
    ORDERED,
    PERIOD,
    RATE,
    ROUNDING,
    SETS,
    SUMMABLE,
    TIMES,
    WORKING_DAYS,
    YEAR,
    YEARS,
    ZERO,
    Type,
    item_of,
)


class Clash(Exception):  # noqa: N818 - becomes a Fault
    """Types that do not go together. `cure` says what to do."""

    def __init__(self, what: str, cure: str = "") -> None:
        super().__init__(what)
        self.what, self.cure = what, cure


Said = tuple[Node, str]  # a node and the words it is written with


def settled(type_: Type) -> bool:
    """Whether a type needs nothing of the other side."""
    return type_ not in (ZERO, ONE, NONE) and not (type_.kind == "code" and not type_.of)


class Units:
    """Builds typed nodes over one graph; every method raises Clash, naming both sides."""

    def __init__(self, graph: Graph, codes: Mapping[str, Sequence[str]]) -> None:
        self.graph = graph
        self.codes = codes

    def fit(self, node: Node, type_: Type) -> Node | None:
        """The node as one of `type_`: itself, or a literal that takes the type; else None."""
        if node.type in (type_, NONE):
            return node
        kind = type_.kind
        if node.type == ZERO and kind in SUMMABLE | {"level"}:
            return self.graph.const(0, type_)
        if node.type == ONE and kind in COUNTS | {"level"}:
            return self.graph.const(1, type_)
        if kind == "code" and self._may_be_code(node) and node.value in self.codes[type_.of]:
            return self.graph.const(node.value, type_)
        return None

    def _may_be_code(self, node: Node) -> bool:
        """A bare code; also a fact that has a code's name: where a code is wanted, it is one."""
        if node.op == "fact":
            return any(node.value in codes for codes in self.codes.values())
        return node.type == Type("code")

    def join(self, said: Sequence[Said], wanted: Type | None = None) -> tuple[list[Node], Type]:
        """Bring outcomes to one type; literals take the type of the others."""
        type_ = wanted or self._common([node for node, _ in said])
        first = next((pair for pair in said if pair[0].type == type_), None)
        fitted = []
        for node, words in said:
            found = self.fit(node, type_)
            if found is None:
                other = f"“{first[1]}” is {type_}" if first else f"{type_} is wanted"
                raise Clash(f"{other}, “{words}” is {node.type}", "give both sides one unit")
            fitted.append(found)
        return fitted, type_

    def _common(self, nodes: Sequence[Node]) -> Type:
        plain = [node.type for node in nodes if settled(node.type) and not self._may_be_code(node)]
        if plain:
            return plain[0]
        words = [str(node.value) for node in nodes if self._may_be_code(node)]
        if any(node.type == Type("code") for node in nodes):
            fits = [name for name, codes in self.codes.items() if set(words) <= set(codes)]
            if len(fits) != 1:
                which = " or ".join(sorted(fits)) or "no one enumeration"
                raise Clash(f"“{words[0]}” could be of {which}", "say of: and the enumeration")
            return Type("code", fits[0])
        if words:
            return next(node.type for node in nodes if node.op == "fact")
        return TIMES if any(node.type in (ZERO, ONE) for node in nodes) else NONE

    def _op(self, op: str, type_: Type, *args: Node, value: object = None) -> Node:
        return self.graph.node(op, *args, value=value, type_=type_)

    def _shifted(self, left: Node, right: Node, sign: int) -> Node | None:
        if left.type == DATE and right.type == DAYS:
            return self._op("add" if sign > 0 else "sub", DATE, left, right)
        if left.type == DATE and right.type in (PERIOD, WORKING_DAYS):
            return self._op("shift", DATE, left, right, value=sign)
        if left.type == YEAR:
            years = self.fit(right, YEARS)
            if years is not None and years.type == YEARS:
                return self._op("add" if sign > 0 else "sub", YEAR, left, years)
        return None

    def add(self, left: Said, right: Said) -> Node:
        shifted = self._shifted(left[0], right[0], 1)
        if shifted is not None:
            return shifted
        (a, b), type_ = self.join((left, right))
        self._need(type_, SUMMABLE, "added", left, right)
        return self._op("add", type_, a, b)

    def sub(self, left: Said, right: Said) -> Node:
        shifted = self._shifted(left[0], right[0], -1)
        if shifted is not None:
            return shifted
        (a, b), type_ = self.join((left, right))
        if type_ == DATE:
            return self._op("sub", DAYS, a, b)
        if type_ == YEAR:
            return self._op("sub", YEARS, a, b)
        self._need(type_, SUMMABLE, "subtracted", left, right)
        return self._op("sub", type_, a, b)

    def mul(self, left: Said, right: Said) -> Node:
        a, b = (self.fit(n, TIMES) if n.type in (ZERO, ONE) else n for n in (left[0], right[0]))
        assert a is not None and b is not None
        for x, y in ((a, b), (b, a)):
            if x.type == MONEY and y.type == RATE:
                return self._op("mul", MONEY_RATE, a, b)
            if x.type.kind in {"money", "rate"} and y.type.kind in COUNTS:
                return self._op("mul", x.type, a, b)
            if x.type.kind in COUNTS and y.type == TIMES:
                return self._op("mul", x.type, a, b)
        raise Clash(
            f"“{left[1]}” is {left[0].type}, “{right[1]}” is {right[0].type}; "
            "they cannot be multiplied"
        )

    def floordiv(self, left: Said, right: Said) -> Node:
        if right[0].op not in ("param", "table"):
            raise Clash(f"“{right[1]}” is no parameter", "divide by a cited parameter only")
        a, b = left[0], right[0]
        if b.type == TIMES and a.type.kind in COUNTS:
            return self._op("floordiv", a.type, a, b)
        (a, b), type_ = self.join((left, right))
        self._need(type_, COUNTS, "divided", left, right)
        return self._op("floordiv", TIMES, a, b)

    def compare(self, op: str, left: Said, right: Said) -> Node:
        for node, words in (left, right):
            if node.type == NONE:
                raise Clash(f"“{words}” is None", "write is None or is not None")
        (a, b), type_ = self.join((left, right))
        equality = op in ("eq", "ne")
        self._need(type_, ORDERED | ({"code"} if equality else set()), "compared", left, right)
        if op in ("gt", "ge"):
            op, a, b = ("lt" if op == "gt" else "le"), b, a
        return self._op(op, FLAG, a, b)

    def contains(self, item: Said, among: Said) -> Node:
        if among[0].type.kind not in SETS:
            raise Clash(f"“{among[1]}” is {among[0].type}, not a set of codes")
        fitted = self.fit(item[0], item_of(among[0].type))
        if fitted is None:
            raise Clash(
                f"“{item[1]}” is {item[0].type}, “{among[1]}” is {among[0].type}",
                "ask for one of that set",
            )
        return self._op("in", FLAG, fitted, among[0])

    def any_in(self, left: Said, right: Said) -> Node:
        for node, words in (left, right):
            if node.type.kind != "codes":
                raise Clash(f"“{words}” is {node.type}, not a set of codes")
        _, _ = self.join((left, right))
        return self._op("any_in", FLAG, left[0], right[0])

    def extreme(self, op: str, said: Sequence[Said]) -> Node:
        """The least or the most of two or more."""
        nodes, type_ = self.join(said)
        self._need(type_, ORDERED, "compared", *said)
        return self._op(op, type_, *nodes)

    def rounded(self, amount: Said, rounding: Said) -> Node:
        if amount[0].type not in (MONEY_RATE, MONEY):
            raise Clash(f"“{amount[1]}” is {amount[0].type}, not money×rate")
        if rounding[0].type != ROUNDING:
            raise Clash(
                f"“{rounding[1]}” is {rounding[0].type}, not a rounding",
                "name a cited rounding parameter",
            )
        return self._op("rounded", MONEY, amount[0], rounding[0])

    def flag(self, said: Said) -> Node:
        """The node, if it is a flag."""
        if said[0].type != FLAG:
            raise Clash(
                f"“{said[1]}” is {said[0].type}, not a flag", "and, or, not and when: ask flags"
            )
        return said[0]

    def call(self, name: str, said: Sequence[Said], takes: Sequence[Type], gives: Type) -> Node:
        """A calendar function: each argument must be of the type it takes."""
        if len(said) != len(takes):
            raise Clash(f"{name} takes {len(takes)} values, not {len(said)}")
        for (node, words), type_ in zip(said, takes):
            if node.type != type_:
                raise Clash(f"“{words}” is {node.type}, {name} takes {type_}")
        return self._op(name, gives, *(node for node, _ in said))

    def pick(self, guards: Sequence[Node]) -> Node:
        return self._op("pick", NUMBER, *guards)

    def cases(self, pick: Node, outcomes: Sequence[Node], type_: Type) -> Node:
        return self._op("cases", type_, pick, *outcomes)

    def each(self, name: str, start: Said, stop: Said, body: Callable[[Node], Said]) -> Node:
        """The sum of `body` for a variable from start up to, not including, stop."""
        (first, last), type_ = self.join((start, stop))
        self._need(type_, COUNTS, "counted over", start, stop)
        term, words = body(self._op("variable", type_, value=name))
        if term.type.kind not in SUMMABLE:
            raise Clash(f"“{words}” is {term.type}, which cannot be summed")
        return self._op("each", term.type, first, last, term, value=name)

    @staticmethod
    def _need(type_: Type, kinds: frozenset[str] | set[str], doing: str, *said: Said) -> None:
        for node, words in said:
            if node.type == NONE:
                raise Clash(f"“{words}” is None, which cannot be {doing}")
        if type_.kind not in kinds:
            raise Clash(f"“{said[0][1]}” is {type_}, which cannot be {doing}")
