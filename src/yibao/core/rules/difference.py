"""How two rulebooks differ: for one person, the first step that parts; in text, what was changed.

And for one decision, which single facts would change it: tried with the scalar reader, never
guessed. Candidates are the codes of a fact, and on either side the nearest value at which one of
the rule's comparisons turns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yibao.core.refusal import Refusal
from yibao.core.rules import fold, prose
from yibao.core.rules.book import Rulebook
from yibao.core.rules.declarations import Fact
from yibao.core.rules.edition import Edition
from yibao.core.rules.facts import Facts, to_json
from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.parameters import FOREVER, Parameter
from yibao.core.rules.rules import Rule
from yibao.core.rules.scalar import Decision, StepTaken, decide
from yibao.core.rules.types import Type


@dataclass(frozen=True, slots=True)
class Parting:
    """The first step at which two decisions part; a side is None that never took it."""

    step: str
    left: StepTaken | None
    right: StepTaken | None


@dataclass(frozen=True, slots=True)
class OutcomeChange:
    """One outcome that differs: fen, days, codes. A side is None too where it has none."""

    name: str
    type: Type
    left: object
    right: object


@dataclass(frozen=True, slots=True)
class Difference:
    """Two decisions of one case side by side. A side that was refused holds the refusal."""

    visit: int
    left: Decision | Refusal
    right: Decision | Refusal
    parting: Parting | None
    outcomes: tuple[OutcomeChange, ...]

    @property
    def same(self) -> bool:
        """Whether both sides answer alike."""
        if isinstance(self.left, Refusal) or isinstance(self.right, Refusal):
            return type(self.left) is type(self.right) and str(self.left) == str(self.right)
        return not self.outcomes


def of_person(
    left: Edition, right: Edition, person: Facts, visits: Sequence[Facts] = ()
) -> tuple[Difference, ...]:
    """One person under two editions: one difference, or for a fold one a visit, in order.

    A side that refuses a visit is not asked about later ones.
    """
    sides = [_decided(edition, person, visits) for edition in (left, right)]
    return tuple(of_decisions(a, b, at) for at, (a, b) in enumerate(zip(*sides)))


def of_decisions(left: Decision | Refusal, right: Decision | Refusal, visit: int = 0) -> Difference:
    """Two answers to one case side by side."""
    if isinstance(left, Refusal) or isinstance(right, Refusal):
        return Difference(visit, left, right, None, ())
    types = {**right.edition.types, **left.edition.types}
    names = [*left.result, *(name for name in right.result if name not in left.result)]
    outcomes = tuple(
        OutcomeChange(name, types[name], left.result.get(name), right.result.get(name))
        for name in names
        if left.result.get(name) != right.result.get(name)
    )
    return Difference(visit, left, right, _parting(left, right) if outcomes else None, outcomes)


def _parting(left: Decision, right: Decision) -> Parting | None:
    """The first step, in the order of taking, whose value or clause differs.

    A step that only one side took follows from one that parts, so it counts only if none does.
    """
    a, b = ({step.name: step for step in side.steps} for side in (left, right))
    for name, step in a.items():
        other = b.get(name)
        if other is not None and (step.value, step.clause) != (other.value, other.clause):
            return Parting(name, step, other)
    for name in (*a, *b):
        if name not in a or name not in b:
            return Parting(name, a.get(name), b.get(name))
    return None


def _decided(
    edition: Edition, person: Facts, visits: Sequence[Facts]
) -> Iterator[Decision | Refusal]:
    if edition.fold is None:
        yield _or_refusal(edition, person)
        return
    state = fold.first_state(edition)
    for visit in visits:
        try:
            decision, state = fold.step(edition, person, visit, state)
        except Refusal as refusal:
            yield refusal
            return
        yield decision


def _or_refusal(edition: Edition, person: Facts) -> Decision | Refusal:
    try:
        return decide(edition, person)
    except Refusal as refusal:
        return refusal


# words


@dataclass(frozen=True, slots=True)
class Reworded:
    """A clause, or a step, that two editions of a rule tell differently. A side may be None."""

    step: str
    label: str
    clause: str
    left: str | None
    right: str | None


def of_words(left: Edition, right: Edition, language: str = "zh") -> tuple[Reworded, ...]:
    """The sentences of two editions that differ: two years, two known days, or two rulebooks."""
    told, other = (_sentences(edition, language) for edition in (left, right))
    found = []
    for key in dict.fromkeys([*told, *other]):
        a, b = told.get(key), other.get(key)
        if a != b:
            label = (a or b or ("", ""))[0]
            found.append(Reworded(key[0], label, key[1], a and a[1], b and b[1]))
    return tuple(found)


def _sentences(edition: Edition, language: str) -> dict[tuple[str, str], tuple[str, str]]:
    """Label and sentence of each clause, by step and clause."""
    return {
        (paragraph.step or paragraph.kind, clause.name or str(at)): (
            paragraph.label,
            prose.unnumbered(clause, language),
        )
        for paragraph in prose.rule(edition, language)
        for at, clause in enumerate(paragraph.clauses)
    }


# text


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was added, changed or removed. `left` and `right` are what stood, as text.

    Kinds: source, enumeration, fact, parameter, rule, step, clause. `part` says which value, code
    or clause of it.
    """

    kind: str
    name: str
    part: str
    left: str | None
    right: str | None

    @property
    def what(self) -> str:
        """Added, removed or changed."""
        if self.left is None:
            return "added"
        return "removed" if self.right is None else "changed"


def of_books(left: Rulebook, right: Rulebook) -> tuple[Change, ...]:
    """What two rulebooks say differently, part by part, in the order of the left one."""
    return tuple(
        Change(*key, told.get(key), other.get(key))
        for told, other in ((_told(left), _told(right)),)
        for key in dict.fromkeys([*told, *other])
        if told.get(key) != other.get(key)
    )


_Key = tuple[str, str, str]


def _told(book: Rulebook) -> dict[_Key, str]:
    """Everything a rulebook says, as text by kind, name and part."""
    found: dict[_Key, str] = {}
    for source in book.sources.values():
        found["source", source.name, ""] = f"{source.title} {source.number} {source.published}"
    for enumeration in book.enumerations.values():
        for code, label in enumeration.codes.items():
            found["enumeration", enumeration.name, code] = label.zh
    for fact in book.facts.values():
        found["fact", fact.name, ""] = _fact(fact)
    for parameter in book.parameters.values():
        found.update({("parameter", parameter.name, p): v for p, v in _parameter(parameter)})
    for rule in book.rules.values():
        found["rule", rule.name, ""] = ", ".join(name for name, _ in rule.result)
        found.update(_steps(rule))
    return found


def _fact(fact: Fact) -> str:
    absent = fact.absent
    taken = f"; {absent.fact or to_json(absent.value, fact.type)} {absent.cite}" if absent else ""
    return f"{fact.type} {fact.low}..{fact.high} {fact.none or ''}{taken}"


def _parameter(parameter: Parameter) -> Iterator[tuple[str, str]]:
    if parameter.open:
        yield "", parameter.open
    for dated in parameter.values:
        since = _day(dated.since)
        until = "" if dated.until == FOREVER else _day(dated.until)
        known = _day(dated.known)
        if dated.open:
            yield f"{since} ({known})", dated.open
            continue
        rows = dated.rows or {(): dated.value}
        for key, value in rows.items():
            words = " ".join(map(str, key))
            cite = dated.row_cites.get(key, dated.cite)
            shown = to_json(value, parameter.type)
            text = ", ".join(map(str, shown)) if isinstance(shown, list) else str(shown)
            yield f"{since} {words}".strip() + f" ({known})", f"{text} ..{until} [{cite}]"


def _day(day: int) -> str:
    return str(to_json(day, Type("date")))


def _steps(rule: Rule) -> Iterator[tuple[_Key, str]]:
    """The steps and clauses of a rule; what an expression says is told by its structure."""
    nodes = {str(node.value): node for node in _marks(rule)}
    for name, node in nodes.items():
        info = rule.steps[name]
        inner = node.args[0]
        if not info.clauses:
            yield ("step", rule.name, name), f"{written(inner)} [{info.cite}]"
            continue
        cases = inner.args[0] if inner.op == "within" else inner
        pick, *outcomes = cases.args
        order = " > ".join(clause.name for clause in info.clauses)
        yield ("step", rule.name, name), f"{order} [{info.order or info.cite}]"
        for clause, guard, outcome in zip(info.clauses, pick.args, outcomes):
            text = f"{written(guard)}: {written(outcome)} [{clause.cite}]"
            yield ("clause", rule.name, f"{name}.{clause.name}"), text


def _marks(rule: Rule) -> Iterator[Node]:
    roots = [node for _, node in rule.result]
    if rule.fold is not None:
        roots += rule.fold.next
    yield from (node for node in in_order(roots) if node.op == "step")


_SIGNS = {
    "lt": "<",
    "le": "<=",
    "eq": "==",
    "ne": "!=",
    "and": "and",
    "or": "or",
    "in": "in",
    "add": "+",
    "sub": "-",
    "mul": "*",
    "floordiv": "//",
    "shift": "+",
}
_NAMED = frozenset({"fact", "state", "step", "param", "variable"})


def written(node: Node) -> str:
    """An expression as a rulebook writes it, with brackets around every part that has a sign."""
    if node.op in _NAMED:
        return str(node.value)
    if node.op == "const":
        return str(node.value)
    args = [written(arg) for arg in node.args]
    if node.op in _SIGNS:
        sign = "-" if node.op == "shift" and node.value == -1 else _SIGNS[node.op]
        return f"({f' {sign} '.join(args)})"
    if node.op == "not":
        return f"not {args[0]}"
    if node.op == "isnone":
        return f"({args[0]} is None)"
    if node.op == "table":
        return f"{node.value}[{', '.join(args)}]"
    if node.op == "each":
        return f"sum({args[2]} for {node.value} in range({args[0]}, {args[1]}))"
    if node.op == "within":
        assert isinstance(node.value, tuple)
        return f"{args[0]} within {', '.join(node.value)}"
    return f"{node.op}({', '.join(args)})"
