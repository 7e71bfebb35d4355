"""Amounts, days and tables in words, with the values of an edition in place."""

from __future__ import annotations

from collections.abc import Callable

from yibao.core.rules import dates
from yibao.core.rules.declarations import Label
from yibao.core.rules.dependence import in_force
from yibao.core.rules.edition import Edition
from yibao.core.rules.graph import Node
from yibao.core.rules.parameters import Dated, Parameter
from yibao.core.rules.prose.values import Speaker
from yibao.core.rules.types import SUMMABLE, Period

FAMILIES = {"date": "date ", "date-time": "date ", "year": "date ", "level": "level "}
_MONTHS = {"months": 1, "years": 12}
_ONE = {
    "next_month": "next month",
    "month_end": "month end",
    "year_start": "year start",
    "year_end": "year end",
    "year_of": "year of",
    "date_of": "date of",
}
_LOOSE = frozenset({"add", "sub", "floordiv", "min", "each", "rounded"})
NAMED = frozenset({"money", "rate", "money_rate"})  # a parameter of these is told with its label
_TWO = {
    "mul": "mul",
    "age": "age of",
    "months_between": "months between",
}


class Amounts:
    """Nouns for the nodes of a rule of one edition, its values in place."""

    def __init__(self, edition: Edition, speaker: Speaker) -> None:
        self.edition, self.speaker = edition, speaker
        self.say = speaker.say
        fold = edition.origin.fold
        self._state = {state.name: state.label for state in (fold.state if fold else ())}
        self.silent: dict[str, str] = {}

    # values of parameters

    def spans(self, parameter: Parameter) -> list[tuple[int, Dated | None]]:
        """The values of a parameter in this edition, each with the day that it holds from.

        Days before the first value are left out: nobody is told what did not rule yet.
        """
        found = in_force(self.edition, parameter)
        return found[1:] if found[1:] and found[0][1] is None else found

    def fixed(self, node: Node) -> Dated | None:
        """The one value of a parameter or table node; None where it is silent or changes."""
        if node.op not in ("param", "table"):
            return None
        spans = self.spans(self.edition.book.parameters[str(node.value)])
        dated = spans[0][1]
        return dated if len(spans) == 1 and dated is not None and not dated.open else None

    def day(self, node: Node) -> int | None:
        """The day or year that an expression of parameters and the insured year comes to."""
        if node.op == "fact" and node.value == "year":
            return self.edition.year
        if node.op in ("const", "param"):
            dated = self.fixed(node)
            value = dated.value if dated else node.value
            return value if isinstance(value, int) else None
        if node.op == "step":
            return self.day(node.args[0])
        if node.op == "shift":
            return self._shifted(node)
        args = [self.day(arg) for arg in node.args]
        if node.op == "add" and None not in args:
            return sum(arg for arg in args if arg is not None)
        if node.op == "sub" and None not in args:
            return (args[0] or 0) - (args[1] or 0)
        if node.op in ("year_start", "year_end", "next_month", "month_end") and args[0] is not None:
            found: int = getattr(dates, node.op)(args[0])
            return found
        return None

    def _shifted(self, node: Node) -> int | None:
        start, dated = self.day(node.args[0]), self.fixed(node.args[1])
        period = dated.value if dated else None
        if start is None or not isinstance(period, Period) or not isinstance(node.value, int):
            return None
        length = node.value * period.length
        if period.unit == "days":
            return start + length
        months = _MONTHS.get(period.unit)
        return dates.add_months(start, length * months) if months else None

    # amounts

    def noun(self, node: Node, *, aged: bool = False, named: bool = False) -> str:
        """An expression as a noun. `named` tells a parameter's label beside its value."""
        if node.type.kind in ("date", "year") and node.op not in ("const", "param"):
            day = self.day(node)
            if day is not None:
                return self.speaker.value(day, node.type)
        if node.op in _ONE:
            return self.say(_ONE[node.op], a=self.noun(node.args[0]))
        if node.op in _TWO:
            return self._two(_TWO[node.op], node)
        text: str = getattr(self, f"_noun_{node.op}")(node, aged=aged, named=named)
        return text

    def _noun_const(self, node: Node, *, aged: bool, named: bool) -> str:
        return self.speaker.value(node.value, node.type, aged=aged)

    def _noun_param(self, node: Node, *, aged: bool, named: bool) -> str:
        parameter = self.edition.book.parameters[str(node.value)]

        def said(dated: Dated) -> str:
            return self.speaker.value(dated.value, parameter.type, aged=aged)

        text = self._over_time(parameter, said)
        if named and self.fixed(node) and parameter.type.kind in NAMED:
            label = parameter.label.in_language(self.speaker.language)
            return self.say("named value", label=label, value=text)
        return text

    def _over_time(self, parameter: Parameter, said: Callable[[Dated], str]) -> str:
        """The value of a parameter; where it changes within the year, each with its day."""
        told = []
        for day, dated in self.spans(parameter):
            if dated is None or dated.open:
                self.silent[parameter.name] = parameter.silence(dated)
                label = parameter.label.in_language(self.speaker.language)
                told.append((day, self.say("not settled", label=label)))
            else:
                told.append((day, said(dated)))
        (_, first), *later = told
        if not later:
            return first
        before = self.say("until", day=self.speaker.date(later[0][0]), value=first)
        since = [self.say("since", day=self.speaker.date(day), value=text) for day, text in later]
        return self.speaker.listed([before, *since])

    def _noun_table(self, node: Node, *, aged: bool, named: bool) -> str:
        parameter = self.edition.book.parameters[str(node.value)]
        label = self._label(parameter.label, parameter.name).removeprefix("the ")

        def said(dated: Dated) -> str:
            keys, rows = self.rows(node, dated)
            return self.say("table", keys=keys, label=label, rows=rows) if keys else rows

        return self._over_time(parameter, said)

    def rows(self, node: Node, dated: Dated) -> tuple[str, str]:
        """The keys that a table is read by, and its rows that may be met there."""
        parameter = self.edition.book.parameters[str(node.value)]
        free = [at for at, arg in enumerate(node.args) if arg.op != "const"]
        keys = [self.noun(node.args[at]).removeprefix("the ") for at in free]
        rows = []
        for key, value in self.met(node, dated):
            names = [self.speaker.value(key[at], parameter.by[at].type) for at in free]
            said = self.speaker.value(value, parameter.type)
            row = self.say("row", key=self.speaker.listed(names), value=said)
            rows.append(row if free else said)
        return self.speaker.listed(keys), self.speaker.listed(rows)

    def met(self, node: Node, dated: Dated) -> list[tuple[tuple[object, ...], object]]:
        """The rows of a table that its constant keys let through."""
        fixed = {at: arg.value for at, arg in enumerate(node.args) if arg.op == "const"}
        return [
            (key, value)
            for key, value in dated.rows.items()
            if all(key[at] == wanted for at, wanted in fixed.items())
        ]

    def _noun_fact(self, node: Node, *, aged: bool, named: bool) -> str:
        fact = self.edition.facts[str(node.value)]
        return self._label(fact.label, fact.name)

    def _noun_state(self, node: Node, *, aged: bool, named: bool) -> str:
        return self._label(self._state[str(node.value)], str(node.value))

    def _noun_step(self, node: Node, *, aged: bool, named: bool) -> str:
        return self.noun_of(node)

    def label(self, node: Node) -> Label:
        """The label of a step."""
        info = self.edition.steps[str(node.value)]
        return Label(info.label_zh, info.label_en)

    def noun_of(self, node: Node) -> str:
        """The name of a step, as the subject of a sentence."""
        return self._label(self.label(node), str(node.value))

    def bare(self, node: Node) -> str:
        """The name of a step without an article."""
        return self.noun_of(node).removeprefix("the ")

    def _label(self, label: Label, name: str) -> str:
        return self.speaker.label(label, name)

    def _noun_add(self, node: Node, *, aged: bool, named: bool) -> str:
        if node.type.kind == "date":
            return self._two("plus time", node)
        parts = [self._part(part, "add", named=True) for part in _flat(node, "add")]
        if len(parts) == len(("a", "b")):
            return self.say("add", a=parts[0], b=parts[1])
        return self.say("sum", list=self.speaker.together(parts))

    def _noun_sub(self, node: Node, *, aged: bool, named: bool) -> str:
        left = node.args[0].type.kind
        keys = {"days": "day count", "years": "year count"} if left in ("date", "year") else {}
        key = keys.get(node.type.kind, "less time" if node.type.kind == "date" else "sub")
        return self._two(key, node)

    def _two(self, key: str, node: Node) -> str:
        named = node.type.kind in SUMMABLE
        a, b = (self._part(part, node.op, named=named) for part in node.args)
        return self.say(key, a=a, b=b)

    def _part(self, node: Node, within: str, *, named: bool) -> str:
        """A part of a formula, set apart where it is one itself that binds less."""
        text = self.noun(node, named=named and node.type.kind in NAMED)
        loose = _LOOSE if within in ("mul", "floordiv") else _LOOSE - {"add"}
        plain = node.type.kind == "date"
        return self.say("grouped", a=text) if node.op in loose and not plain else text

    def _noun_floordiv(self, node: Node, *, aged: bool, named: bool) -> str:
        a, b = node.args
        key = "every" if a.type == b.type else "floordiv"
        return self.say(key, a=self._part(a, "floordiv", named=True), b=self.noun(b))

    def _noun_min(self, node: Node, *, aged: bool, named: bool) -> str:
        return self._extreme(node, "at most")

    def _noun_max(self, node: Node, *, aged: bool, named: bool) -> str:
        first, *rest = node.args
        zero = len(rest) == 1 and rest[0].op == "const" and rest[0].value == 0
        if zero and first.op == "sub":
            return self._two("excess", first)
        return self.noun(first, named=True) if zero else self._extreme(node, "at least")

    def _extreme(self, node: Node, bound: str) -> str:
        """The least or most of some amounts; of two, a bare parameter is a bound on the other."""
        *others, last = node.args
        if len(others) == 1 and last.op == "param" and node.type.kind not in ("date", "date-time"):
            return self.say(bound, a=self.noun(others[0], named=True), b=self.noun(last))
        parts = [self.noun(arg) for arg in node.args]
        family = FAMILIES.get(node.type.kind, "")
        key = f"{family}{node.op}".removeprefix("level ")
        return self.say(key, list=self.speaker.together(parts))

    def _noun_rounded(self, node: Node, *, aged: bool, named: bool) -> str:
        amount, how = node.args
        return self.say("rounded", a=self.noun(amount, named=True), b=self.noun(how))

    def _noun_each(self, node: Node, *, aged: bool, named: bool) -> str:
        start, stop, body = node.args
        told = {"start": self.noun(start), "body": self.noun(body), "k": node.value}
        parts = _flat(stop, "add")
        if parts[0] is start and len(parts) == len(("start", "times")):
            return self.say("each times", times=self.noun(parts[1]), **told)
        return self.say("each", stop=self.noun(stop), **told)

    def _noun_variable(self, node: Node, *, aged: bool, named: bool) -> str:
        return self.say("variable", k=node.value)

    def _noun_shift(self, node: Node, *, aged: bool, named: bool) -> str:
        return self._two("plus time" if node.value == 1 else "less time", node)


def _flat(node: Node, op: str) -> list[Node]:
    """The terms of nested sums, left to right."""
    if node.op != op:
        return [node]
    return [term for arg in node.args for term in _flat(arg, op)]
