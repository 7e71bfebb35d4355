"""Conditions in words, so that their order cannot be misread.

`not` is carried down to the comparisons, so that nothing is denied twice; where `and` stands below
`or`, or the other way round, the parts are numbered.
"""

from __future__ import annotations

from dataclasses import dataclass

from yibao.core.rules.graph import Node
from yibao.core.rules.prose.amounts import FAMILIES, Amounts
from yibao.core.rules.prose.words import NEGATIVE_EN, NEGATIVE_ZH
from yibao.core.rules.types import COUNTS, YEAR, YEARS

_MIRRORED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}
_OPPOSITE = {"lt": "ge", "le": "gt", "gt": "le", "ge": "lt", "eq": "ne", "ne": "eq"}
_IMPLYING = frozenset({"lt", "le", "eq", "in"})  # true of no none; `ne` is
_OTHER = {"and": "or", "or": "and"}
_HEADS = {"and": "all of these", "or": "any of these"}
# A level has marks of its own, so that the end of an inner list cannot be mistaken.
_NUMBERINGS = {"zh": ("（{}）", "{}）", "{}．", "{}、"), "en": ("({}) ", "{}) ", "{}. ", "{}: ")}
_MARKS = (
    tuple(str(at) for at in range(1, 100)),
    tuple("abcdefghijklmnopqrstuvwxyz"),
    ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"),
    tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
)
_RANK = {"fact": 3, "state": 2, "step": 2, "const": 0, "param": 0}


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition in words: one line of text, or a head with numbered items."""

    head: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Joined:
    """`and` or `or` over parts: each a phrase, or joined the other way."""

    op: str
    parts: tuple[_Joined | str, ...]


class Phrases(Amounts):
    """Words for the conditions of a rule of one edition."""

    def condition(self, node: Node) -> Condition:
        """A flag as a condition."""
        found = self._build(node, positive=True)
        if isinstance(found, str):
            return Condition(found)
        if all(isinstance(part, str) for part in found.parts):
            return Condition(self._one_line(found))
        items = tuple(self._item(part, 0, at) for at, part in enumerate(found.parts))
        return Condition(self.say(_HEADS[found.op]), items)

    def one_line(self, condition: Condition) -> str:
        """A condition with its items behind its head."""
        if not condition.items:
            return condition.head
        return condition.head + self.say("colon") + self.say("semicolon").join(condition.items)

    def _one_line(self, joined: _Joined) -> str:
        return self.say(joined.op).join(str(part) for part in joined.parts)

    def _item(self, part: _Joined | str, depth: int, at: int) -> str:
        level = min(depth, len(_MARKS) - 1)
        number = _NUMBERINGS[self.speaker.language][level].format(_MARKS[level][at])
        if isinstance(part, str):
            return number + part
        if all(isinstance(inner, str) for inner in part.parts):
            return number + self._one_line(part)
        items = [self._item(inner, depth + 1, n) for n, inner in enumerate(part.parts)]
        return number + self.one_line(Condition(self.say(_HEADS[part.op]), tuple(items)))

    def _build(self, node: Node, *, positive: bool) -> _Joined | str:
        if node.op == "not":
            return self._build(node.args[0], positive=not positive)
        if node.op in _OTHER:
            return self._join(node, positive=positive)
        if node.op == "step" and not positive and self._unfolds(node):
            return self._build(node.args[0], positive=False)
        return self._atom(node, positive=positive)

    def _unfolds(self, node: Node) -> bool:
        """Whether a denied step is told by what it is made of, since its name denies already."""
        inner = node.args[0]
        return self.speaker.negative(self.label(node)) and inner.op != "cases"

    def _join(self, node: Node, *, positive: bool) -> _Joined:
        op = node.op if positive else _OTHER[node.op]
        parts: list[_Joined | str] = []
        for arg in _needed(node.args) if positive and op == "and" else node.args:
            part = self._build(arg, positive=positive)
            if isinstance(part, _Joined) and part.op == op:
                parts += part.parts
            else:
                parts.append(part)
        return _Joined(op, tuple(dict.fromkeys(parts)))

    def _atom(self, node: Node, *, positive: bool) -> str:
        if node.op in _OPPOSITE:
            return self._compared(node, positive=positive)
        text: str = getattr(self, f"_atom_{node.op}")(node, positive=positive)
        return text

    def _atom_const(self, node: Node, *, positive: bool) -> str:
        return self.say("always" if bool(node.value) is positive else "never")

    def _atom_param(self, node: Node, *, positive: bool) -> str:
        parameter = self.edition.book.parameters[str(node.value)]
        dated = self.fixed(node)
        if dated is None:
            self.noun(node)  # notes what is not settled
            label = parameter.label.in_language(self.speaker.language)
            return self.say("flag not settled" if positive else "flag not settled not", label=label)
        return self.speaker.flag(parameter.label, positive=bool(dated.value) is positive)

    def _atom_table(self, node: Node, *, positive: bool) -> str:
        answer = self.say("true" if positive else "false")
        return self.say("eq", a=self.noun(node), b=answer)

    def _atom_fact(self, node: Node, *, positive: bool) -> str:
        fact = self.edition.facts[str(node.value)]
        return self.speaker.flag(fact.label, positive=positive)

    def _atom_step(self, node: Node, *, positive: bool) -> str:
        return self.speaker.flag(self.label(node), positive=positive)

    def _atom_isnone(self, node: Node, *, positive: bool) -> str:
        inner = node.args[0]
        if inner.op == "fact":
            fact = self.edition.facts[str(inner.value)]
            return self.speaker.recorded(fact, positive=not positive)
        noun = self.noun(inner).removeprefix("the ")
        return self.say("there is no" if positive else "there is", a=noun)

    def _atom_in(self, node: Node, *, positive: bool) -> str:
        item, among = node.args
        no = "" if positive else " not"
        if item.op == "const" and among.op != "param":
            return self.say(f"belongs{no}", a=self.noun(item), b=self.noun(among))
        dated = self.fixed(among)
        if dated is None or not isinstance(dated.value, frozenset):
            return self.say(f"within the list{no}", a=self.noun(item), b=self.noun(among))
        named = self.speaker.items(dated.value, among.type)
        return self.say(f"one of{no}", a=self.noun(item), b=self.speaker.alternatives(named))

    def _atom_any_in(self, node: Node, *, positive: bool) -> str:
        first, second = node.args
        if self.fixed(first) is not None:
            first, second = second, first
        no = "" if positive else " not"
        return self.say(f"any of{no}", a=self.noun(first), b=self.noun(second))

    # comparisons

    def _compared(self, node: Node, *, positive: bool) -> str:
        op, (a, b) = node.op, node.args
        if self._rank(b) > self._rank(a):
            op, a, b = _MIRRORED[op], b, a
        op = op if positive else _OPPOSITE[op]
        if b.op == "const" and b.value == 0 and not isinstance(b.value, bool):
            return self._with_zero(op, a)
        aged = _is_age(a) or _is_age(b)
        family = "age " if aged else FAMILIES.get(a.type.kind, "")
        key = op if op in ("eq", "ne") else family + op
        other = self.noun(b, aged=aged)
        if b.op == "const" and b.type.kind == "code":
            denied = op == "ne" and other.startswith((*NEGATIVE_ZH, *NEGATIVE_EN))
            other = self.speaker.alternatives([other])
            other = self.say("called", a=other) if denied else other
        return self.say(key, a=self._subject(a, aged=aged), b=other)

    def _subject(self, node: Node, *, aged: bool) -> str:
        """What a comparison is about; the insured year by its name, not by its number."""
        fact = self.edition.facts.get(str(node.value)) if node.op == "fact" else None
        if fact is not None and fact.type == YEAR:
            return self.speaker.label(fact.label, fact.name)
        return self.noun(node, aged=aged)

    def _rank(self, node: Node) -> int:
        """Which side a comparison is about: facts before steps before formulas before values."""
        return 0 if self.day(node) is not None else _RANK.get(node.op, 1)

    def _with_zero(self, op: str, node: Node) -> str:
        if node.type.kind not in COUNTS:
            key = {"gt": "positive", "le": "not positive", "ne": "not zero"}.get(op, "zero")
            return self.say(key, a=self.noun(node))
        positive = op in ("gt", "ne")
        if node.op == "step" and self.speaker.marks(self.label(node), node.type):
            return self.speaker.flag(self.label(node), positive=positive)
        key = "some" if positive else "none of"
        return self.say(key, a=self.noun(node).removeprefix("the "))


def _is_age(node: Node) -> bool:
    """Whether an amount is an age of a person: then years are said so."""
    inner = node.args[0] if node.op == "step" else node
    return node.type == YEARS and inner.op == "age"


def _needed(args: tuple[Node, ...]) -> list[Node]:
    """The parts of an `and` without “there is a …” where another part compares that very thing."""
    compared = {arg for part in args if part.op in _IMPLYING for arg in part.args}
    return [
        part
        for part in args
        if not (
            part.op == "not" and part.args[0].op == "isnone" and part.args[0].args[0] in compared
        )
    ]
