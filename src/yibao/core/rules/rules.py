"""Rules and folds: what a rulebook answers, from which steps, in which order of visits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from yibao.core.rules.declarations import LAYERING, Label, label_of, read_type
from yibao.core.rules.expression import Poisoned
from yibao.core.rules.faults import NO_PLACE, Place, did_you_mean
from yibao.core.rules.graph import Clause, Node, StepInfo
from yibao.core.rules.names import section
from yibao.core.rules.steps import USED, Declared, StepScope, within_of
from yibao.core.rules.text import Entry, Fields, Map, Text, Tree
from yibao.core.rules.types import DATE, FLAG, MONEY, ORDERED, Type
from yibao.core.rules.units import Clash
from yibao.core.rules.values import Misread, read_value

YEAR_DATED = "year"
_RULE = (
    frozenset(
        [
            "dated_by",
            "cite",
            "result",
            "requires",
            "ensures",
            "steps",
            "fold",
            "ceilings",
            "zh",
            "en",
        ]
    )
    | LAYERING
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """A condition on the input, or on the result, with the words of its refusal."""

    when: Node
    label: Label
    place: Place = field(compare=False, default=NO_PLACE)


@dataclass(frozen=True, slots=True)
class StateVariable:
    """A whole number that a fold carries from one visit to the next."""

    name: str
    type: Type
    starts: int
    low: int
    high: int
    label: Label


@dataclass(frozen=True, slots=True)
class Fold:
    """The order of visits, and the state: what was declared, then `used` of each ceiling.

    `told` has the label and the article of each ceiling, in the order of `ceilings`.
    """

    key: tuple[Node, ...]
    order: tuple[Node, ...]
    state: tuple[StateVariable, ...]
    next: tuple[Node, ...]
    ceilings: tuple[str, ...]
    limits: tuple[Node, ...]
    told: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as read; `Rulebook.bind` makes it an edition of one year."""

    name: str
    label: Label
    dated_by: str
    result: tuple[tuple[str, Node], ...]
    requires: tuple[Requirement, ...]
    ensures: tuple[Requirement, ...]
    fold: Fold | None
    steps: Mapping[str, StepInfo]
    place: Place = field(compare=False, default=NO_PLACE)


class RuleReader:
    """Reads one rule of `rules:`."""

    def __init__(self, declared: Declared, shared: StepScope, entry: Entry) -> None:
        self.declared, self.log = declared, declared.log
        self.graph = declared.units.graph
        self.name = entry.name
        self.place = entry.place
        self.fields = Fields(entry.value, f"rule “{entry.name}”", _RULE, declared.log)
        self.fold_tree = self.fields.mapping("fold")
        self.state = self._state(section(self.fold_tree, "state"))
        cite = self.fields.text("cite")
        self.scope = StepScope(
            declared,
            self.fields.mapping("steps"),
            outer=shared,
            state={variable.name: variable.type for variable in self.state},
            poisoned=declared.poisoned
            | (section(self.fold_tree, "state").entries.keys() - {v.name for v in self.state}),
            ceilings=self.fields.mapping("ceilings"),
            cite=declared.cites.read(cite) if cite else None,
        )

    def read(self) -> Rule | None:
        """The rule; None if a part that it answers with failed."""
        self.scope.build()
        dated_by = self._dated_by()
        result = [(entry.name, self._reference(entry.value)) for entry in self._result()]
        requires, ensures = self._conditions("requires"), self._conditions("ensures")
        fold = self._fold() if "fold" in self.fields else None
        named = {name for step in self.scope.steps for name, _ in within_of(step)}
        for ceiling in self.scope.ceilings:
            if ceiling.name not in named:
                self.log.add(
                    ceiling.place,
                    f"ceiling “{ceiling.name}” bounds no step",
                    "name it in within: of a step",
                )
        whole = [(name, node) for name, node in result if node is not None]
        if len(whole) < len(result):
            return None
        label = label_of(self.fields, self.name)
        return Rule(
            self.name,
            label,
            dated_by,
            tuple(whole),
            requires,
            ensures,
            fold,
            self.scope.infos,
            self.place,
        )

    def _result(self) -> Map:
        listed = self.fields.mapping("result")
        if not listed.entries:
            self.log.add(self.place, f"{self.fields.what} has no result:", "name what it answers")
        return listed

    def _reference(self, tree: Tree) -> Node | None:
        """A name of the language, as results and orders give it."""
        if not isinstance(tree, Text):
            self.log.add(tree.place, "a result is the name of a step")
            return None
        try:
            found = self.scope.find(tree.value, tree.place)
        except Poisoned:
            return None
        if found is None:
            guess = did_you_mean(tree.value, self.scope.names())
            self.log.add(tree.place, f"no step or fact “{tree.value}”{guess}")
        return found

    def _dated_by(self) -> str:
        text = self.fields.text("dated_by")
        if text is None or text.value == YEAR_DATED:
            return YEAR_DATED
        fact = self.declared.facts.get(text.value)
        if fact is None or fact.type != DATE:
            known = [f.name for f in self.declared.facts.values() if f.type == DATE]
            guess = did_you_mean(text.value, known)
            self.log.add(text.place, f"“{text.value}” is neither year nor a date fact{guess}")
            return YEAR_DATED
        return text.value

    def _conditions(self, key: str) -> tuple[Requirement, ...]:
        found = []
        for tree in self.fields.items(key):
            fields = Fields(tree, f"{key}:", frozenset({"when", "zh", "en"}), self.log)
            when = fields.text("when", required=True)
            node = self.scope.expressions.flag(when) if when else None
            if node is not None and when is not None:
                label = Label(fields.word("zh") or when.value, fields.word("en") or when.value)
                found.append(Requirement(node, label, when.place))
        return tuple(found)

    def _state(self, listed: Map) -> tuple[StateVariable, ...]:
        found = []
        allowed = frozenset({"type", "starts", "range", "zh", "en"})
        for entry in listed:
            fields = Fields(entry.value, f"state “{entry.name}”", allowed, self.log)
            type_ = read_type(fields, self.declared.units.codes, self.log)
            if type_ is None:
                continue
            if type_.kind not in ORDERED:
                self.log.add(entry.place, f"state “{entry.name}” is {type_}, not a number")
                continue
            low, _, high = fields.word("range").partition("..")
            starts, least, most = (
                self._number(raw, type_, fields, key)
                for raw, key in ((fields.word("starts"), "starts"), (low, "range"), (high, "range"))
            )
            label = label_of(fields, entry.name)
            found.append(StateVariable(entry.name, type_, starts, least, most, label))
        return tuple(found)

    def _number(self, raw: str, type_: Type, fields: Fields, key: str) -> int:
        try:
            value = read_value(raw, type_, {})
        except Misread as wrong:
            tree = fields.tree(key)
            self.log.add(tree.place if tree else fields.place, f"{key}: of {fields.what}: {wrong}")
            return 0
        assert isinstance(value, int)
        return value

    def _fold(self) -> Fold | None:
        allowed = frozenset({"key", "order", "state", "next"})
        fields = Fields(self.fold_tree, f"fold of “{self.name}”", allowed, self.log)
        if self.fields.word("dated_by") not in ("", YEAR_DATED):
            self.log.add(fields.place, "a fold is dated by year: its key holds the year")
        key, order = self._key(fields), self._nodes(fields.items("order"))
        if not order:
            self.log.add(
                fields.place, f"{fields.what} has no order:", "say which visit comes first"
            )
        nexts = self._next(fields)
        ceilings = tuple(self.scope.bounded)
        used = tuple(StateVariable(USED + name, MONEY, 0, 0, 0, Label(name)) for name in ceilings)
        after = (*nexts, *map(self._used, ceilings))
        limits = tuple(map(self._limit, ceilings))
        told = tuple(self.scope.told[name] for name in ceilings)
        return Fold(key, order, (*self.state, *used), after, ceilings, limits, told)

    def _key(self, fields: Fields) -> tuple[Node, ...]:
        items = fields.items("key")
        first = items[0] if items else None
        if not isinstance(first, Text) or first.value != "person":
            self.log.add(
                fields.place, f"{fields.what} has no key: that begins with person", "add key:"
            )
        return self._nodes(items[1:])

    def _nodes(self, trees: tuple[Tree, ...]) -> tuple[Node, ...]:
        nodes = [self.scope.expressions.read(t) for t in trees if isinstance(t, Text)]
        return tuple(node for node in nodes if node is not None)

    def _next(self, fields: Fields) -> tuple[Node, ...]:
        listed = fields.mapping("next")
        variables = section(self.fold_tree, "state").entries
        for entry in listed:
            if entry.name not in variables:
                guess = did_you_mean(entry.name, variables)
                self.log.add(entry.place, f"no state “{entry.name}”{guess}")
        return tuple(self._next_of(v, listed.get(v.name)) for v in self.state)

    def _next_of(self, variable: StateVariable, tree: Tree | None) -> Node:
        """The state after a visit; without a `next:` it stays as it is."""
        same = self.graph.node("state", value=variable.name, type_=variable.type)
        node = self.scope.expressions.read(tree) if isinstance(tree, Text) else None
        if node is None or not isinstance(tree, Text):
            return same
        try:
            fitted, _ = self.declared.units.join([(node, tree.value)], variable.type)
        except Clash as clash:
            self.log.add(tree.place, clash.what, clash.cure)
            return same
        return fitted[0]

    def _used(self, ceiling: str) -> Node:
        """What a ceiling has used after a visit: all that was paid in rows that it counts."""
        step, at = self._bound(ceiling)
        within = step.args[0]
        zero = self.graph.const(0, MONEY)
        added = self._if_counted(step, within.args[at], step, zero)
        return self.graph.node("add", within.args[at + 2], added, type_=MONEY)

    def _limit(self, ceiling: str) -> Node:
        """The limit of a ceiling for a row that it counts, else none."""
        step, at = self._bound(ceiling)
        within = step.args[0]
        none = self.graph.const(None, MONEY)
        return self._if_counted(within.args[0], within.args[at], within.args[at + 1], none)

    def _bound(self, ceiling: str) -> tuple[Node, int]:
        """The step that a ceiling bounds, and where the ceiling's three parts begin."""
        step = self.scope.bounded[ceiling]
        names = step.args[0].value
        assert isinstance(names, tuple)
        return step, 1 + 3 * names.index(ceiling)

    def _if_counted(self, amount: Node, counts: Node, then: Node, other: Node) -> Node:
        zero = self.graph.const(0, MONEY)
        paid = self.graph.node("lt", zero, amount, type_=FLAG)
        counted = self.graph.node("and", paid, counts, type_=FLAG)
        pick = self.declared.units.pick((counted, self.graph.const(True, FLAG)))
        return self.declared.units.cases(pick, (then, other), MONEY)
