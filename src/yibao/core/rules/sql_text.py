"""The operators of the graph in SQL. Two dialects differ in a handful of words.

SQL has a third truth value. Flags here are true or false, never NULL: a comparison that may meet
a none is wrapped, equality is `is not distinct from`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yibao.core.rules import dates
from yibao.core.rules.encoding import number_of
from yibao.core.rules.graph import Node
from yibao.core.rules.ranges import NO_CLAUSE, Ranges
from yibao.core.rules.reduce import Reduced
from yibao.core.rules.runtime import LONGEST_SUM
from yibao.core.rules.types import MONEY_RATE, RATE_PARTS, Period, Rounding, Type
from yibao.core.rules.values import show_moment

_COMPARED = {"lt": "<", "le": "<="}
_SAME = {"eq": "=", "ne": "<>"}
_DISTINCT = {"eq": "is not distinct from", "ne": "is distinct from"}
_EXTREMES = {"min": "least", "max": "greatest"}
_SQL_TYPES = {"flag": "boolean", "date": "date", "date-time": "timestamp"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """The words that differ: division of whole numbers that are not negative, a span of months,
    and what keeps a subquery from being flattened."""

    name: str
    divide: str
    months: str
    barrier: str


POSTGRESQL = Dialect("postgresql", "/", "make_interval(months => ({})::int)", "\n  offset 0")
DUCKDB = Dialect("duckdb", "//", "to_months(cast({} as integer))", "")


class SqlText:
    """Writes nodes; those of `columns` by name, all others in place."""

    def __init__(
        self,
        reduced: Reduced,
        dialect: Dialect,
        columns: Mapping[Node, str],
        ranges: Ranges,
        *,
        missing: frozenset[str],
        numbered: bool,
        calendar: str,
    ) -> None:
        self._codes, self._facts = reduced.codes, reduced.facts
        self._dialect, self._ranges = dialect, ranges
        self._columns = columns
        self._missing, self._numbered, self._calendar = missing, numbered, calendar
        self._made: set[Node] = set()
        self._nullable: dict[Node, bool] = {}
        self._variables: dict[object, str] = {}

    def of(self, node: Node) -> str:
        """The text of a node: its column, once it has been written as one."""
        if node in self._columns:
            if node in self._made:
                return self._columns[node]
            self._made.add(node)
        text: str = getattr(self, f"_op_{node.op}", self._plain)(node)
        return text

    def cast(self, column: str, type_: Type) -> str:
        """A column of the table in the type that the query works with."""
        if type_.kind == "code" and not self._numbered:
            return column
        return f"cast({column} as {_SQL_TYPES.get(type_.kind, 'bigint')})"

    def presumed(self, value: object, type_: Type) -> str:
        return self.constant(number_of(value, type_, self._codes), type_)

    def constant(self, value: object, type_: Type) -> str:
        """A number of the graph as SQL writes it."""
        if value is None:
            return f"cast(null as {self._sql_type(type_)})"
        if isinstance(value, bool):
            return "true" if value else "false"
        assert isinstance(value, int), value
        if type_.kind == "date":
            return f"date '{dates.to_date(value).isoformat()}'"
        if type_.kind == "date-time":
            return f"timestamp '{show_moment(value)}'"
        if type_.kind == "code" and not self._numbered:
            return f"'{tuple(self._codes[type_.of])[value]}'"
        return str(value)

    def _sql_type(self, type_: Type) -> str:
        if type_.kind == "code" and not self._numbered:
            return "varchar"
        return _SQL_TYPES.get(type_.kind, "bigint")

    def _may_be_null(self, node: Node) -> bool:
        if node not in self._nullable:
            self._nullable[node] = self._is_nullable(node)
        return self._nullable[node]

    def _is_nullable(self, node: Node) -> bool:
        if node.op == "const":
            return node.value is None
        if node.op == "fact":
            name = str(node.value)
            return self._facts[name].none is not None or name in self._missing
        if node.op == "silent":
            return node.type.kind != "flag"
        if node.op == "table":
            return True
        if node.op == "shift":
            period = node.args[1].value
            counted = not isinstance(period, Period) or period.unit == "working_days"
            return counted or self._may_be_null(node.args[0])
        if node.type.kind == "flag":
            return node.op == "cases" and any(map(self._may_be_null, node.args[1:]))
        read = node.args[1:] if node.op == "cases" else node.args
        return any(self._may_be_null(arg) for arg in read)

    def _truth(self, node: Node) -> str:
        """A flag that is never NULL."""
        return f"coalesce({self.of(node)}, false)" if self._may_be_null(node) else self.of(node)

    def _wrapped(self, text: str, args: Sequence[Node]) -> str:
        return f"coalesce({text}, false)" if any(map(self._may_be_null, args)) else f"({text})"

    def _plain(self, node: Node) -> str:
        op, args = node.op, node.args
        if op in _COMPARED:
            return self._wrapped(f"{self.of(args[0])} {_COMPARED[op]} {self.of(args[1])}", args)
        if op in _SAME:
            how = _DISTINCT if any(map(self._may_be_null, args)) else _SAME
            return f"({self.of(args[0])} {how[op]} {self.of(args[1])})"
        return f"{_EXTREMES[op]}({', '.join(map(self.of, args))})"

    def _op_const(self, node: Node) -> str:
        return self.constant(node.value, node.type)

    def _op_fact(self, node: Node) -> str:
        return f"f_{node.value}"

    def _op_missing(self, node: Node) -> str:
        return f"(f_{node.value} is null)"

    def _op_state(self, node: Node) -> str:
        return f"state_{str(node.value).replace(':', '_')}"

    def _op_silent(self, node: Node) -> str:
        return "false" if node.type.kind == "flag" else self.constant(None, node.type)

    def _op_variable(self, node: Node) -> str:
        return self._variables[node.value]

    def _op_isnone(self, node: Node) -> str:
        return f"({self.of(node.args[0])} is null)"

    def _op_not(self, node: Node) -> str:
        return f"(not {self._truth(node.args[0])})"

    def _op_and(self, node: Node) -> str:
        return f"({' and '.join(map(self._truth, node.args))})"

    def _op_or(self, node: Node) -> str:
        return f"({' or '.join(map(self._truth, node.args))})"

    def _op_in(self, node: Node) -> str:
        item, among = node.args
        if among.op == "const" and isinstance(among.value, int):
            members = [at for at in range(among.value.bit_length()) if among.value >> at & 1]
            if not members:
                return "false"
            listed = ", ".join(self.constant(at, item.type) for at in members)
            return self._wrapped(f"{self.of(item)} in ({listed})", (item,))
        bit = f"({self.of(among)} >> cast({self._number(item)} as integer)) & 1 = 1"
        return self._wrapped(f"({bit})", node.args)

    def _number(self, item: Node) -> str:
        """A code's place in its enumeration."""
        if item.op == "const":
            return str(item.value)
        if item.type.kind != "code" or self._numbered:
            return self.of(item)
        codes = enumerate(self._codes[item.type.of])
        whens = " ".join(f"when '{code}' then {at}" for at, code in codes)
        return f"case {self.of(item)} {whens} end"

    def _op_any_in(self, node: Node) -> str:
        first, second = map(self.of, node.args)
        return self._wrapped(f"({first} & {second}) <> 0", node.args)

    def _op_pick(self, node: Node) -> str:
        guards = [*node.args]
        last = NO_CLAUSE
        if guards[-1].op == "const" and guards[-1].value is True:
            last = len(guards) - 1
            guards.pop()
        whens = "".join(f" when {self._truth(g)} then {at}" for at, g in enumerate(guards))
        return f"case{whens} else {last} end"

    def _op_cases(self, node: Node) -> str:
        pick, *outcomes = node.args
        texts = [self._outcome(outcome, node.type) for outcome in outcomes]
        where: dict[str, list[str]] = {}
        for at, text in enumerate(texts):
            where.setdefault(text, []).append(str(at))
        common = max(where, key=lambda text: len(where[text]))
        chosen = self.of(pick)
        whens = [
            f" when {chosen} in ({', '.join(places)}) then {text}"
            for text, places in where.items()
            if text != common
        ]
        return f"case{''.join(whens)} else {common} end" if whens else common

    def _outcome(self, outcome: Node, type_: Type) -> str:
        return self.constant(outcome.value, type_) if outcome.op == "const" else self.of(outcome)

    def _op_table(self, node: Node) -> str:
        assert isinstance(node.value, tuple)
        whens = []
        keys = [self.of(arg) for arg in node.args]
        for row, value in node.value:
            same = [
                f"{key} = {self.constant(part, arg.type)}"
                for key, part, arg in zip(keys, row, node.args)
            ]
            whens.append(f" when {' and '.join(same)} then {self.constant(value, node.type)}")
        return f"case{''.join(whens)} end"

    def _op_add(self, node: Node) -> str:
        return self._counted(node, "+")

    def _op_sub(self, node: Node) -> str:
        return self._counted(node, "-")

    def _op_mul(self, node: Node) -> str:
        return self._counted(node, "*")

    def _counted(self, node: Node, sign: str) -> str:
        first, second = node.args
        if node.type.kind == "date":
            return f"({self.of(first)} {sign} cast({self.of(second)} as integer))"
        if first.type.kind == "date":
            return f"cast({self.of(first)} {sign} {self.of(second)} as bigint)"
        return f"({self.of(first)} {sign} {self.of(second)})"

    def _op_floordiv(self, node: Node) -> str:
        amount, by = node.args
        return self._divided(self.of(amount), self.of(by), self._low(amount), self._low(by))

    def _divided(self, amount: str, by: str, low: int, low_by: int) -> str:
        """Whole division towards less, as the language has it; SQL's goes towards zero."""
        sign = self._dialect.divide
        if low >= 0 and low_by > 0:
            return f"({amount} {sign} {by})"
        return f"(({amount} - ((({amount} % {by}) + {by}) % {by})) {sign} {by})"

    def _low(self, node: Node) -> int:
        return self._ranges.of(node).low

    def _op_within(self, node: Node) -> str:
        amount = self.of(node.args[0])
        for at in range(1, len(node.args), 3):
            counts, limit, used = node.args[at : at + 3]
            room = f"greatest({self.of(limit)} - {self.of(used)}, 0)"
            room = f"case when {self._truth(counts)} then {room} end"
            amount = f"least({amount}, {room})"
        return amount

    def _op_each(self, node: Node) -> str:
        """A sum of terms that stand only where there are so many."""
        start, stop, body = node.args
        first, last = self.of(start), self.of(stop)
        terms = []
        for term in range(max(1, min(self._ranges.terms(node), LONGEST_SUM))):
            self._variables[node.value] = f"({first} + {term})"
            text = f"case when {first} + {term} < {last} then {self.of(body)} else 0 end"
            terms.append(text)
        return f"({' + '.join(terms)})"

    def _op_rounded(self, node: Node) -> str:
        what, how = node.args[0], node.args[1].value
        if not isinstance(how, Rounding):
            return self.constant(None, node.type)
        unit = (RATE_PARTS if what.type == MONEY_RATE else 1) * how.fen
        amount, low = self.of(what), self._low(what)
        if how.mode == "half_up":
            whole = self._divided(f"(2 * {amount} + {unit})", str(2 * unit), low, 1)
        elif how.mode == "up":
            whole = f"(-{self._divided(f'(-{amount})', str(unit), -1, 1)})"
        elif how.mode == "down":
            whole = self._divided(amount, str(unit), low, 1)
        else:
            whole = self._half_even(amount, unit, low)
        return whole if how.fen == 1 else f"({whole} * {how.fen})"

    def _half_even(self, amount: str, unit: int, low: int) -> str:
        whole = self._divided(amount, str(unit), low, 1)
        rest = f"2 * ({amount} - {whole} * {unit})"
        up = f"{rest} > {unit} or ({rest} = {unit} and {whole} % 2 <> 0)"
        return f"({whole} + case when {up} then 1 else 0 end)"

    def _op_shift(self, node: Node) -> str:
        day, length = node.args
        sign, period = node.value, length.value
        assert isinstance(sign, int)
        if length.op == "silent":
            return self.constant(None, node.type)
        if not isinstance(period, Period):
            return self._working(self.of(day), f"({sign} * {self.of(length)})")
        if period.unit == "working_days":
            return self._working(self.of(day), str(sign * period.length))
        months = self._dialect.months.format(sign * period.length)
        return f"cast({self.of(day)} + {months} as date)"

    def _op_uncharted(self, node: Node) -> str:
        return f"({self._op_shift(node)} is null)"

    def _working(self, day: str, count: str) -> str:
        """The n-th working day after a day (before it, for a count below 0)."""
        reached = f"a.number + {count} + case when {count} < 0 and not a.works then 1 else 0 end"
        days = self._calendar
        other = f"select min(b.day) from {days} b where b.works and b.number = {reached}"  # noqa: S608
        same = f"case when {count} = 0 then a.day else ({other}) end"
        return f"(select {same} from {days} a where a.day = {day})"  # noqa: S608 - our own text

    def _op_age(self, node: Node) -> str:
        born, on = map(self.of, node.args)
        before = f"{_day_of_year(on)} < {_day_of_year(born)}"
        return f"({_year(on)} - {_year(born)} - case when {before} then 1 else 0 end)"

    def _op_months_between(self, node: Node) -> str:
        start, end = map(self.of, node.args)
        months = f"(({_year(end)} - {_year(start)}) * 12 + {_month(end)} - {_month(start)})"
        clipped = f"least({_day(start)}, {_day(_last_of_month(end))})"
        return f"({months} - case when {clipped} > {_day(end)} then 1 else 0 end)"

    def _op_next_month(self, node: Node) -> str:
        return f"cast(date_trunc('month', {self.of(node.args[0])}) + interval '1 month' as date)"

    def _op_month_end(self, node: Node) -> str:
        return _last_of_month(self.of(node.args[0]))

    def _op_year_start(self, node: Node) -> str:
        return f"make_date(cast({self.of(node.args[0])} as integer), 1, 1)"

    def _op_year_end(self, node: Node) -> str:
        return f"make_date(cast({self.of(node.args[0])} as integer), 12, 31)"

    def _op_year_of(self, node: Node) -> str:
        return _year(self.of(node.args[0]))

    def _op_date_of(self, node: Node) -> str:
        return f"cast({self.of(node.args[0])} as date)"


def _part(name: str, day: str) -> str:
    return f"cast(extract({name} from {day}) as bigint)"


def _year(day: str) -> str:
    return _part("year", day)


def _month(day: str) -> str:
    return _part("month", day)


def _day(day: str) -> str:
    return _part("day", day)


def _day_of_year(day: str) -> str:
    """A number that orders the days of any year."""
    return f"({_month(day)} * 100 + {_day(day)})"


def _last_of_month(day: str) -> str:
    return f"cast(date_trunc('month', {day}) + interval '1 month' - interval '1 day' as date)"
