"""The flag that follows the lazy order: whether a row cannot be answered by columns alone.

A reader of columns works out every branch; the scalar reader only what a decision needs. So “a
needed fact is missing, a none is read, a silent value or a gap is reached” is made an expression of
the same graph, along the order in which the scalar reader would ask. A row with the flag is left
to the scalar reader, which says why in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from yibao.core.rules.declarations import Fact
from yibao.core.rules.graph import Node
from yibao.core.rules.runtime import LONGEST_SUM
from yibao.core.rules.simplify import Simplifier
from yibao.core.rules.types import FLAG, MONEY

_NEVER = frozenset({"const", "state", "variable"})
_READS_NONE = frozenset({"eq", "ne", "isnone", "not"})
Truths = Mapping[Node, bool]


class Unanswered:
    """Builds the flag of nodes of a bound graph; `small` gives a node's small form."""

    def __init__(
        self,
        simplifier: Simplifier,
        small: Callable[[Node], Node],
        facts: Mapping[str, Fact],
        *,
        missing: frozenset[str],
        nones_proved: bool,
    ) -> None:
        self.make, self.small, self.facts = simplifier, small, facts
        self.missing, self.nones_proved = missing, nones_proved
        self._done: dict[Node, Node] = {}

    def of(self, node: Node) -> Node:
        """The flag of one node."""
        if node not in self._done:
            self._done[node] = self._flag(node)
        return self._done[node]

    def any(self, nodes: Iterable[Node]) -> Node:
        return self.make.any_of([self.of(node) for node in nodes])

    def _flag(self, node: Node) -> Node:
        make = self.make
        if node.op in _NEVER:
            return make.false
        if node.op == "fact":
            name = str(node.value)
            lost = make.graph.node("missing", value=name, type_=FLAG)
            return lost if name in self.missing else make.false
        if node.op == "silent":
            return make.true
        if node.op == "step":
            return self.of(node.args[0])
        if node.op in ("and", "or"):
            return self._in_turn(node.args, until=node.op == "or")
        if node.op == "pick":
            gap = make.all_of([make.negated(self.small(guard)) for guard in node.args])
            return make.any_of((self._in_turn(node.args, until=True), gap))
        if node.op == "cases":
            return self._cases(node)
        if node.op == "within":
            return self._within(node)
        if node.op == "each":
            return self._each(node)
        return make.any_of([self.any(node.args), self._none_read(node)])

    def _in_turn(self, parts: Sequence[Node], *, until: bool) -> Node:
        """Parts asked in turn, until one is `until`: a later one only counts if it is asked."""
        make, found = self.make, []
        passed: list[Node] = []
        for part in parts:
            flag = self.of(part)
            if flag is not make.false:
                found.append(self.under(flag, passed))
            small = self.small(part)
            passed.append(make.negated(small) if until else small)
        return make.any_of(found)

    def under(self, flag: Node, passed: Sequence[Node]) -> Node:
        """A flag that only counts where all of `passed` hold, said as shortly as they allow."""
        known = self.make.all_of(passed)
        if known is self.make.false:
            return known
        truths: dict[Node, bool] = {}
        for part in known.args if known.op == "and" else (known,):
            self._learn(part, True, truths)
        return self.make.all_of((known, _Assuming(self.make, truths).of(flag)))

    def _learn(self, node: Node, value: bool, truths: dict[Node, bool]) -> None:
        truths.setdefault(node, value)
        truths.setdefault(self.make.negated(node), not value)
        if node.op == "not":
            self._learn(node.args[0], not value, truths)
        elif node.op == ("and" if value else "or"):
            for part in node.args:
                self._learn(part, value, truths)

    def _cases(self, node: Node) -> Node:
        make = self.make
        pick, *outcomes = node.args
        flags = [self.of(outcome) for outcome in outcomes]
        chosen = make.false
        if any(flag is not make.false for flag in flags):
            guards = [self.small(guard) for guard in pick.args]
            told = []
            for at, flag in enumerate(flags):
                passed = [make.negated(guard) for guard in guards[:at]]
                told.append(self._given(flag, [*passed, guards[at]]))
            chosen = make.cases(self.small(pick), told, FLAG)
        return make.any_of((self.of(pick), chosen))

    def _given(self, flag: Node, passed: Sequence[Node]) -> Node:
        """A flag as it reads where all of `passed` hold; they are not repeated in it."""
        if flag.op == "const":
            return flag
        known = self.make.all_of(passed)
        truths: dict[Node, bool] = {}
        for part in known.args if known.op == "and" else (known,):
            self._learn(part, True, truths)
        return _Assuming(self.make, truths).of(flag)

    def _within(self, node: Node) -> Node:
        """The ceilings are only asked for an amount above zero."""
        make, amount = self.make, node.args[0]
        zero = make.graph.const(0, MONEY)
        positive = make.node("lt", (zero, self.small(amount)), None, FLAG)
        asked = []
        for at in range(1, len(node.args), 3):
            counts, limit = node.args[at], node.args[at + 1]
            asked += [self.of(counts), self.under(self._read(limit), [self.small(counts)])]
        return make.any_of((self._read(amount), make.all_of((positive, make.any_of(asked)))))

    def _each(self, node: Node) -> Node:
        """A sum has at most so many terms; a flag of its body counts where there is a term.

        No clause reads the variable of a sum, so that the flag of its body is one for all terms.
        """
        make = self.make
        start, stop = (self.small(arg) for arg in node.args[:2])
        most = make.graph.const(LONGEST_SUM, stop.type)
        longest = make.node("add", (start, most), None, stop.type)
        long = make.node("lt", (longest, stop), None, FLAG)
        body = self._read(node.args[2])
        some = make.node("lt", (start, stop), None, FLAG)
        return make.any_of((self.any(node.args[:2]), long, make.all_of((some, body))))

    def _read(self, node: Node) -> Node:
        """The flag of a node that must not be none either."""
        none = self.make.false if self.nones_proved else self.make.isnone(self.small(node))
        return self.make.any_of((self.of(node), none))

    def _none_read(self, node: Node) -> Node:
        """Whether an operator meets a none that it cannot read."""
        if self.nones_proved or node.op in _READS_NONE:
            return self.make.false
        read = node.args[1:] if node.op == "in" else node.args
        return self.make.any_of([self.make.isnone(self.small(arg)) for arg in read])


class _Assuming:
    """Rewrites a small node where the truth of some flags is known."""

    def __init__(self, make: Simplifier, truths: Truths) -> None:
        self.make, self.truths = make, truths
        self.refuted = [
            frozenset(node.args) for node, value in truths.items() if node.op == "and" and not value
        ]
        self._done: dict[Node, Node] = {}

    def of(self, node: Node) -> Node:
        if node not in self._done:
            self._done[node] = self._rewrite(node)
        return self._done[node]

    def _rewrite(self, node: Node) -> Node:
        if node in self.truths:
            return self.make.flag(self.truths[node])
        if node.type != FLAG or node.op not in ("and", "or", "not", "cases"):
            return node
        if node.op == "cases":
            pick, *outcomes = node.args
            return self.make.cases(pick, [self.of(arg) for arg in outcomes], FLAG)
        args = [self.of(arg) for arg in node.args]
        found = self.make.node(node.op, args, node.value, FLAG)
        if found.op == "and" and any(parts <= set(found.args) for parts in self.refuted):
            return self.make.false
        return found
