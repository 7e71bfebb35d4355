"""A reduced graph printed as the body of a loop: one statement a node, shared nodes once.

The text is written from operators, numbers and slots alone, never from words of a rulebook. It is
straight-line where work is cheap, so that a compiler may do many rows in one instruction; a costly
outcome (a sum, calendar arithmetic) stands under a branch of its own clause. A none inside the
loop is one number by kind, whatever width a column has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from yibao.core.rules.compiled_words import (
    FEW,
    Table,
    by_number,
    chain,
    constant,
    in_known,
    in_mask,
    none_of_kind,
)
from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.ranges import NO_CLAUSE, varying
from yibao.core.rules.runtime import LONGEST_SUM
from yibao.core.rules.types import MONEY_RATE, RATE_PARTS, Period, Rounding

COSTLY = frozenset(
    {"each", "shift", "age", "months_between", "next_month", "month_end", "year_start", "year_end"}
    | {"year_of", "uncharted"}
)
_PLAIN = {
    "lt": "({} < {})",
    "le": "({} <= {})",
    "eq": "({} == {})",
    "ne": "({} != {})",
    "not": "(not {})",
    "add": "({} + {})",
    "sub": "({} - {})",
    "mul": "({} * {})",
    "floordiv": "({} // {})",
    "any_in": "(({} & {}) != 0)",
    "date_of": "({} // 86400)",
}
_JOINED = {"and": " & ", "or": " | "}
_CALLED = frozenset({"min", "max"}) | COSTLY - {"each", "shift", "uncharted"}
_ROUNDED = {"half_up": "((2 * {0} + {1}) // {2})", "up": "(-(-{0} // {1}))", "down": "({0} // {1})"}
_HALF_EVEN = "round_half_even({0}, {1})"
_PAD = 2  # the body of a loop of a function
_UNBOUNDED = 2**62


class LoopText:
    """Prints nodes as statements. `at_hand` gives the text of what needs no work: facts, state,
    fields of a record; `flat` prefers what many rows at once can do over looking up tables; `low`
    is the least that a node can be."""

    def __init__(
        self,
        roots: Iterable[Node],
        at_hand: Callable[[Node], str | None],
        tables: dict[Table, str],
        *,
        flat: bool,
        low: Callable[[Node], int],
    ) -> None:
        roots = list(roots)
        self._at_hand, self._flat, self._low = at_hand, flat, low
        self._parents = Counter(arg for node in in_order(roots) for arg in node.args)
        self._parents.update(roots)
        self._moving = varying(roots)
        self._blocks: list[_Block] = [_Block("row", _PAD)]
        self._tables = tables
        self._variables: dict[object, str] = {}
        self.working = False
        self._many = 0

    def lines(self) -> list[str]:
        return self._blocks[0].lines

    def line(self, text: str) -> None:
        """A statement of the loop, after what stands there already."""
        self._blocks[-1].add(text)

    def value(self, node: Node) -> str:
        """The text of a node's value: a number, or the name that it was given."""
        for block in self._blocks:
            if node in block.names:
                return block.names[node]
        with self._outermost(node) as block:
            text = self._at_hand(node) or self._text(node)
            if not (text.isidentifier() or text.lstrip("-").isdigit() or node.op == "const"):
                text = self._named(text)
            block.names[node] = text
        return text

    def values(self, nodes: Sequence[Node]) -> list[str]:
        return [self.value(node) for node in nodes]

    def _named(self, text: str) -> str:
        self._many += 1
        self._blocks[-1].add(f"t{self._many} = {text}")
        return f"t{self._many}"

    @contextmanager
    def _outermost(self, node: Node) -> Iterator[_Block]:
        """Work in the outermost block where a node may stand: out of loops that do not move it,
        and out of branches where others want it too."""
        inner: list[_Block] = []
        while len(self._blocks) > 1 and self._may_leave(node, self._blocks[-1]):
            inner.append(self._blocks.pop())
        yield self._blocks[-1]
        self._blocks.extend(reversed(inner))

    def _may_leave(self, node: Node, block: _Block) -> bool:
        if node in self._moving:
            return False
        return block.kind == "sum" or self._parents[node] > 1

    @contextmanager
    def _block(self, kind: str, pad: int) -> Iterator[_Block]:
        """An inner block; its lines are handed over when it ends."""
        block = _Block(kind, pad)
        self._blocks.append(block)
        yield block
        self._blocks.pop()

    def _text(self, node: Node) -> str:
        op = node.op
        if op in _PLAIN:
            return _PLAIN[op].format(*self.values(node.args))
        if op in _JOINED:
            return f"({_JOINED[op].join(self.values(node.args))})"
        if op in _CALLED:
            return f"{op}({', '.join(self.values(node.args))})"
        text: str = getattr(self, f"_text_{op}")(node)
        return text

    def _text_const(self, node: Node) -> str:
        return constant(node, node.type)

    def _text_silent(self, node: Node) -> str:
        """Whatever it is: the row is flagged where it is read."""
        return "False" if node.type.kind == "flag" else "0"

    def _text_variable(self, node: Node) -> str:
        return self._variables[node.value]

    def _text_in(self, node: Node) -> str:
        item, members = node.args
        if members.op == "const" and isinstance(members.value, int):
            return in_known(self.value(item), members.value)
        found, mask = self.values(node.args)
        if item.op == "const":
            return f"(({mask} >> {found}) & 1 == 1)"
        return in_mask(found, mask)

    def _text_pick(self, node: Node) -> str:
        guards = self.values(node.args)
        numbers = [str(at) for at in range(len(guards))]
        if _complete(node):
            return chain(guards[:-1], numbers)
        return chain(guards, [*numbers, str(NO_CLAUSE)])

    def _text_cases(self, node: Node) -> str:
        pick, *outcomes = node.args
        paid = self._paid_if_counted(node)
        if paid is not None:
            return paid
        if any(self._costly(outcome) for outcome in outcomes):
            return self._branches(node)
        texts = [self._outcome(outcome, node) for outcome in outcomes]
        if self._flat and len(texts) > FEW:
            return self._by_flags(self._fired(pick), texts)
        if self._flat or len(texts) == 2:
            return chain(self.values(pick.args)[:-1], texts)
        return by_number(self.value(pick), texts)

    def _fired(self, pick: Node) -> list[str]:
        """A flag a clause: whether it is the first that holds. Each worked out once."""
        for block in self._blocks:
            if pick in block.fired:
                return block.fired[pick]
        with self._outermost(pick) as block:
            passed, found = "", []
            for guard in self.values(pick.args):
                found.append(self._named(f"({guard} & (not {passed}))") if passed else guard)
                passed = self._named(f"({passed} | {guard})") if passed else guard
            block.fired[pick] = found
        return found

    def _by_flags(self, fired: Sequence[str], texts: Sequence[str]) -> str:
        """Outcomes by the flags, equal ones together, the most frequent one last."""
        common = Counter(texts).most_common(1)[0][0]
        where: dict[str, list[str]] = {}
        for flag, text in zip(fired, texts):
            if text != common:
                where.setdefault(text, []).append(flag)
        tests = [f"({' | '.join(flags)})" for flags in where.values()]
        if {common, *where} <= {"True", "False"}:
            return f"(not {tests[0]})" if common == "True" else tests[0]
        return chain(tests, [*where, common])

    def _paid_if_counted(self, node: Node) -> str | None:
        """What a ceiling adds: the amount if it is above 0 and counted. One that is never below 0
        need not be asked whether it is above."""
        pick, amount, *rest = node.args
        guard = pick.args[0]
        zero = len(rest) == 1 and rest[0].op == "const" and rest[0].value == 0
        if not zero or guard.op != "and" or self._low(amount) < 0:
            return None
        left = [part for part in guard.args if not _above_zero(part, amount)]
        if len(left) == len(guard.args):
            return None
        tests = " & ".join(self.values(left))
        return f"({self.value(amount)} if ({tests}) else 0)"

    def _outcome(self, outcome: Node, node: Node) -> str:
        return constant(outcome, node.type) if outcome.op == "const" else self.value(outcome)

    def _costly(self, node: Node) -> bool:
        """Whether an outcome has work of its own that is not done yet and not cheap."""
        if self._parents[node] > 1 or any(node in block.names for block in self._blocks):
            return False
        own = node.op in COSTLY and node.op != "each"
        return own or any(self._costly(arg) for arg in node.args)

    def _branches(self, node: Node) -> str:
        """A branch a clause, so that only the chosen outcome is worked out."""
        pick, *outcomes = node.args
        chosen = self.value(pick)
        self._many += 1
        name, body = f"t{self._many}", []
        pad = "    " * self._blocks[-1].pad
        for at, outcome in enumerate(outcomes):
            with self._block("clause", self._blocks[-1].pad + 1) as block:
                block.add(f"{name} = {self._outcome(outcome, node)}")
            last = at == len(outcomes) - 1
            head = "else:" if last else f"{'elif' if at else 'if'} {chosen} == {at}:"
            body += [f"{pad}{head}", *block.lines]
        self._blocks[-1].lines += body
        return name

    def _text_within(self, node: Node) -> str:
        amount = self.value(node.args[0])
        for at in range(1, len(node.args), 3):
            counts, limit, used = self.values(node.args[at : at + 3])
            room = self._named(f"max({limit} - {used}, 0)")
            if counts != "True":
                room = self._named(f"({room} if {counts} else {_UNBOUNDED})")
            amount = self._named(f"min({amount}, {room})")
        return amount

    def _text_each(self, node: Node) -> str:
        """Nearly all sums have one term at most: it is worked out in any case, without a branch."""
        start, stop, body = node.args
        first, last = self.values((start, stop))
        self._many += 1
        total, name = f"t{self._many}", f"k{self._many}"
        self._variables[node.value] = first
        with self._block("sum", self._blocks[-1].pad) as block:
            term = self.value(body)
        self._blocks[-1].lines += block.lines
        self.line(f"{total} = {term} if {first} < {last} else 0")
        self._variables[node.value] = name
        with self._block("sum", self._blocks[-1].pad + 2) as block:
            block.add(f"{total} += {self.value(body)}")
        self.line(f"if {first} + 1 < {last}:")
        rest = f"range({first} + 1, min({last}, {first} + {LONGEST_SUM}))"
        self.line(f"    for {name} in {rest}:")
        self._blocks[-1].lines += block.lines
        return total

    def _text_table(self, node: Node) -> str:
        """Keys are masked to the size of the table, so that no garbage reads beside it."""
        assert isinstance(node.value, tuple)
        if self._flat and len(node.args) == 1 and len(node.value) <= FEW:
            return self._few_rows(node)
        sizes = [
            1 << max(int(key[at]) for key, _ in node.value).bit_length()
            for at in range(len(node.args))
        ]
        index, length = "", 1
        for arg, size in zip(node.args, sizes):
            part = f"({self.value(arg)} & {size - 1})"
            index = f"{index} * {size} + {part}" if index else part
            length *= size
        rows = [0] * length
        for key, value in node.value:
            place = 0
            for part, size in zip(key, sizes):
                place = place * size + int(part)
            rows[place] = none_of_kind(node.type) if value is None else int(value)
        return self._looked_up(f"{self._table(tuple(rows))}[{index}]", node)

    def _few_rows(self, node: Node) -> str:
        """A short table by comparing its key."""
        assert isinstance(node.value, tuple)
        key = self.value(node.args[0])
        rows = [none_of_kind(node.type) if value is None else value for _, value in node.value]
        tests = [f"({key} == {int(keys[0])})" for keys, _ in node.value]
        return chain(tests[:-1], [str(row) for row in rows])

    @staticmethod
    def _looked_up(text: str, node: Node) -> str:
        return f"({text} != 0)" if node.type.kind == "flag" else text

    def _table(self, numbers: Table) -> str:
        return self._tables.setdefault(numbers, f"T{len(self._tables)}")

    def _text_rounded(self, node: Node) -> str:
        parts = RATE_PARTS if node.args[0].type == MONEY_RATE else 1
        how = node.args[1].value
        if not isinstance(how, Rounding):  # silent: the row is flagged
            return self.value(node.args[0])
        unit = parts * how.fen
        amount = self.value(node.args[0])
        if how.mode == "half_up" and unit % 2 == 0 and self._low(node.args[0]) >= 0:
            text = f"np.int64(np.uint64({amount} + {unit // 2}) // np.uint64({unit}))"
        elif how.mode == "half_up" and unit % 2 == 0:
            text = f"(({amount} + {unit // 2}) // {unit})"
        else:
            text = _ROUNDED.get(how.mode, _HALF_EVEN).format(amount, unit, 2 * unit)
        return text if how.fen == 1 else f"({text} * {how.fen})"

    def _text_shift(self, node: Node) -> str:
        day, length = node.args
        sign, period = node.value, length.value
        assert isinstance(sign, int)
        if isinstance(period, Period) and period.unit == "months":
            return f"add_months({self.value(day)}, {sign * period.length})"
        if length.op == "silent":
            return self.value(day)
        return f"working_day({self._days_counted(node)})"

    def _text_uncharted(self, node: Node) -> str:
        return f"uncharted({self._days_counted(node)})"

    def _days_counted(self, node: Node) -> str:
        """The day, the number of working days after it, and the arrays of the calendar."""
        day, length = node.args
        sign, period = node.value, length.value
        assert isinstance(sign, int)
        self.working = True
        count = str(sign * period.length) if isinstance(period, Period) else ""
        count = count or f"{sign} * {self.value(length)}"
        return f"{self.value(day)}, {count}, days, known, first"


class _Block:
    """Statements, the names that they give, and how far they are indented."""

    def __init__(self, kind: str, pad: int) -> None:
        self.kind, self.pad = kind, pad
        self.lines: list[str] = []
        self.names: dict[Node, str] = {}
        self.fired: dict[Node, list[str]] = {}

    def add(self, text: str) -> None:
        self.lines.append("    " * self.pad + text)


def _above_zero(part: Node, amount: Node) -> bool:
    """Whether a flag is “0 is less than the amount”."""
    if part.op != "lt" or part.args[1] is not amount:
        return False
    return part.args[0].op == "const" and part.args[0].value == 0


def _complete(pick: Node) -> bool:
    """Whether the last clause holds wherever no other does."""
    return pick.args[-1].op == "const" and pick.args[-1].value is True
