"""Steps and their clauses, read into the graph by the names that expressions ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from yibao.core.rules.declarations import (
    LAYERING,
    NOWHERE,
    Cites,
    Fact,
    label_of,
    read_type,
)
from yibao.core.rules.expression import Expressions, Poisoned
from yibao.core.rules.faults import FaultLog, Place, did_you_mean
from yibao.core.rules.graph import Cite, Clause, Node, StepInfo
from yibao.core.rules.names import outcomes, section
from yibao.core.rules.parameters import Parameter
from yibao.core.rules.text import Entry, Fields, Items, Map, Text, Tree
from yibao.core.rules.types import FLAG, MONEY, Type
from yibao.core.rules.units import Clash, Said, Units

_STEP = (
    frozenset({"is", "first_of", "cite", "of", "type", "zh", "en", "within", "order", "outcomes"})
    | LAYERING
)
_CLAUSE = frozenset({"when", "is", "cite", "over", "zh", "en", "before"}) | LAYERING
OTHERWISE = "otherwise"
USED = "used:"


@dataclass(frozen=True, slots=True)
class Declared:
    """What every scope of a rulebook shares."""

    facts: Mapping[str, Fact]
    parameters: Mapping[str, Parameter]
    poisoned: frozenset[str]
    units: Units
    cites: Cites
    log: FaultLog


class StepScope:
    """The steps of a rule, or those shared by all; a step is built when it is first read."""

    def __init__(
        self,
        declared: Declared,
        steps: Map,
        *,
        outer: StepScope | None = None,
        state: Mapping[str, Type] | None = None,
        ceilings: Map | None = None,
        cite: Cite | None = None,
        poisoned: frozenset[str] = frozenset(),
    ) -> None:
        self.declared, self.parameters = declared, declared.parameters
        self.log, self.units, self.cites = declared.log, declared.units, declared.cites
        self.steps = steps
        self.outer, self.state, self.cite = outer, state or {}, cite
        self.ceilings = ceilings or Map(steps.place)
        self.bounded: dict[str, Node] = {}
        self.told: dict[str, Clause] = {}
        self.poisoned = poisoned or declared.poisoned
        self.infos: dict[str, StepInfo] = dict(outer.infos) if outer else {}
        self.expressions = Expressions(declared.units, self, declared.log)
        self._owners = {out.name: step for step in steps for out in outcomes(step)}
        self._nodes: dict[str, Node | None] = {}
        self._trail: list[str] = []

    def names(self) -> Iterable[str]:
        yield from self._owners
        yield from self.state
        yield from self.outer.names() if self.outer else self._shared_names()

    def _shared_names(self) -> Iterable[str]:
        yield from self.declared.facts
        yield from self.parameters

    def find(self, name: str, place: Place) -> Node | None:
        """The node of a name. Raises Poisoned where it failed before."""
        graph = self.units.graph
        if name in self.state:
            return graph.node("state", value=name, type_=self.state[name])
        if name in self._owners:
            return self._step(name, self._owners[name])
        if name in self.steps:
            names = ", ".join(out.name for out in outcomes(self.steps.entries[name]))
            self.log.add(place, f"“{name}” has several outcomes", f"read one of {names}")
            raise Poisoned
        if name in self.poisoned:
            raise Poisoned
        if self.outer is not None:
            return self.outer.find(name, place)
        if name in self.parameters:
            return graph.node("param", value=name, type_=self.parameters[name].type)
        fact = self.declared.facts.get(name)
        return graph.node("fact", value=name, type_=fact.type) if fact else None

    def build(self) -> None:
        """Read every step, also those that nothing asks for."""
        for name, step in self._owners.items():
            try:
                self._step(name, step)
            except Poisoned:
                continue

    def _step(self, name: str, step: Entry) -> Node:
        if step.name in self._trail:
            circle = [*self._trail[self._trail.index(step.name) :], step.name]
            self.log.add(
                self.steps.entries[circle[0]].place,
                f"steps go in a circle: {' → '.join(circle)}",
                "one of them must not read the other",
            )
            raise Poisoned
        if name not in self._nodes:
            self._trail.append(step.name)
            found = _StepReader(self, step).read()
            self._trail.pop()
            for outcome in outcomes(step):
                self._nodes[outcome.name] = found.get(outcome.name)
        node = self._nodes[name]
        if node is None:
            raise Poisoned
        return node


class _StepReader:
    def __init__(self, scope: StepScope, step: Entry) -> None:
        self.scope, self.step, self.name = scope, step, step.name
        self.log, self.units, self.cites = scope.log, scope.units, scope.cites
        self.fields = Fields(step.value, f"step “{step.name}”", _STEP, scope.log)

    def read(self) -> dict[str, Node]:
        """The nodes of the step's outcomes; empty after a fault."""
        if "first_of" in self.fields:
            if "is" in self.fields:
                self.log.add(self.step.place, f"{self.fields.what} has is: and first_of:")
            return self._first_of()
        cite = self.cites.of(self.fields, self.step.place, self.scope.cite)
        text = self.fields.text("is", required=True)
        node = self.scope.expressions.read(text) if text else None
        if node is None or text is None:
            return {}
        return self._finish({self.name: [(node, text.value)]}, None, cite, ())

    def _wanted(self, fields: Fields) -> Type | None:
        if "type" in fields:
            return read_type(fields, self.units.codes, self.log)
        of = fields.text("of")
        if of is None:
            return None
        if of.value not in self.units.codes:
            guess = did_you_mean(of.value, self.units.codes)
            self.log.add(of.place, f"no enumeration “{of.value}”{guess}")
            return None
        return Type("code", of.value)

    def _first_of(self) -> dict[str, Node]:
        own = self.fields.text("cite")
        cite = (self.cites.read(own) or NOWHERE) if own else None
        guards: list[Node | None] = []
        clauses: list[Clause] = []
        given: list[Mapping[str, Said] | None] = []
        listed = self.fields.mapping("first_of")
        for entry in listed:
            fields = Fields(entry.value, f"clause “{entry.name}”", _CLAUSE, self.log)
            guards.append(self._guard(entry, fields, last=entry is list(listed)[-1]))
            given.append(self._given(fields))
            clauses.append(
                Clause(
                    entry.name,
                    self.cites.of(fields, entry.place, cite),
                    fields.word("zh"),
                    fields.word("en"),
                    self._over(fields, listed),
                    entry.place,
                )
            )
        if not clauses:
            self.log.add(self.step.place, f"{self.fields.what} has no clause")
        whole = [node for node in guards if node is not None]
        table = self._outcomes(given, clauses, listed)
        if table is None or len(whole) < len(guards) or not clauses:
            return {}
        pick = self.units.pick(whole)
        return self._finish(table, pick, cite or NOWHERE, tuple(clauses))

    def _guard(self, entry: Entry, fields: Fields, *, last: bool) -> Node | None:
        when = fields.text("when", required=entry.name != OTHERWISE)
        if entry.name != OTHERWISE:
            return self.scope.expressions.flag(when) if when else None
        if when is not None:
            self.log.add(when.place, "otherwise has no when:", "give the clause another name")
        if not last:
            self.log.add(entry.place, "otherwise must be the last clause")
        return self.units.graph.const(True, FLAG)

    def _given(self, fields: Fields) -> Mapping[str, Said] | None:
        """The outcomes of a clause by name; None after a fault."""
        tree = fields.tree("is")
        texts: dict[str, Tree] = {}
        if isinstance(tree, Map):
            texts = {item.name: item.value for item in tree}
        elif tree is not None:
            texts = {self.name: tree}
        else:
            if fields.whole:
                self.log.add(fields.place, f"{fields.what} has no is:", "add is:")
            return None
        found: dict[str, Said] = {}
        for name, text in texts.items():
            if not isinstance(text, Text):
                self.log.add(text.place, f"is: of {fields.what} must be a single value")
                continue
            node = self.scope.expressions.read(text)
            if node is not None:
                found[name] = (node, text.value)
        return found if len(found) == len(texts) else None

    def _outcomes(
        self, given: list[Mapping[str, Said] | None], clauses: list[Clause], listed: Map
    ) -> dict[str, list[Said]] | None:
        """Each outcome with its value in every clause; all clauses give the same names."""
        whole = [row for row in given if row is not None]
        if len(whole) < len(given) or not whole:
            return None
        names = list(whole[0])
        for row, clause in zip(whole, clauses):
            if set(row) != set(names):
                self.log.add(
                    listed.entries[clause.name].place,
                    f"clause “{clause.name}” gives {', '.join(row)}, "
                    f"the first clause {', '.join(names)}",
                    "every clause gives the same outcomes",
                )
                return None
        return {name: [row[name] for row in whole] for name in names}

    def _over(self, fields: Fields, listed: Map) -> tuple[tuple[str, Cite], ...]:
        tree = fields.tree("over")
        trees = tree.items if isinstance(tree, Items) else (tree,) if tree else ()
        found = []
        for item in trees:
            over = Fields(item, "over:", frozenset({"clause", "cite"}), self.log)
            clause = over.text("clause", required=True)
            cite = self.cites.of(over, item.place)
            if clause is not None and clause.value not in listed:
                guess = did_you_mean(clause.value, listed.entries)
                what = f"“{self.name}” has no clause “{clause.value}”{guess}"
                self.log.add(clause.place, what)
            elif clause is not None:
                found.append((clause.value, cite))
        return tuple(found)

    def _finish(
        self,
        table: Mapping[str, list[Said]],
        pick: Node | None,
        cite: Cite,
        clauses: tuple[Clause, ...],
    ) -> dict[str, Node]:
        order = self.fields.text("order")
        order_cite = self.cites.read(order) if order else None
        found: dict[str, Node] = {}
        for name, row in table.items():
            fields = self._described(name)
            wanted = self._wanted(fields)
            if wanted is None and ("of" in fields or "type" in fields):
                continue
            try:
                nodes, type_ = self.units.join(row, wanted)
            except Clash as clash:
                self.log.add(self.step.place, f"step “{name}”: {clash.what}", clash.cure)
                continue
            inner = self.units.cases(pick, nodes, type_) if pick else nodes[0]
            inner = self._within(inner) if "within" in self.fields else inner
            label = label_of(fields, name)
            self.scope.infos[name] = StepInfo(
                name,
                label.zh,
                label.en or name,
                type_,
                cite,
                self.name if pick else "",
                clauses,
                order_cite,
                self.step.place,
            )
            found[name] = self.units.graph.node("step", inner, value=name, type_=type_)
            self._remember_bound(found[name])
        return found

    def _described(self, outcome: str) -> Fields:
        """Label and type of an outcome: under `outcomes:`, or of the step itself."""
        listed = section(self.step.value, "outcomes")
        if outcome == self.name:
            return self.fields
        tree = listed.get(outcome) or Map(self.step.place)
        return Fields(tree, f"outcome “{outcome}”", frozenset({"zh", "en", "of", "type"}), self.log)

    def _remember_bound(self, node: Node) -> None:
        if node.args[0].op == "within":
            for name in _names(node.args[0].value):
                self.scope.bounded[name] = node

    def _within(self, amount: Node) -> Node:
        """The amount, at most the room left in each ceiling that counts this row."""
        if amount.type != MONEY:
            self.log.add(self.step.place, f"{self.fields.what} is {amount.type}, within: is money")
            return amount
        args, names = [amount], []
        for name, place in within_of(self.step):
            parts = self._ceiling(name, place)
            if parts is not None:
                args += [*parts, self.units.graph.node("state", value=USED + name, type_=MONEY)]
                names.append(name)
        return self.units.graph.node("within", *args, value=tuple(names), type_=MONEY)

    def _ceiling(self, name: str, place: Place) -> tuple[Node, Node] | None:
        ceilings = self.scope.ceilings
        if name not in ceilings:
            guess = did_you_mean(name, ceilings.entries)
            self.log.add(place, f"no ceiling “{name}”{guess}")
            return None
        if name in self.scope.bounded:
            other = self.scope.bounded[name].value
            self.log.add(place, f"ceiling “{name}” bounds “{other}” already")
            return None
        allowed = frozenset({"limit", "counts", "cite", "zh", "en"}) | LAYERING
        fields = Fields(ceilings.entries[name].value, f"ceiling “{name}”", allowed, self.log)
        cite = self.cites.of(fields, fields.place)
        self.scope.told[name] = Clause(name, cite, fields.word("zh"), fields.word("en"))
        counts, limit = fields.text("counts"), fields.text("limit", required=True)
        flag = self.scope.expressions.flag(counts) if counts else self.units.graph.const(True, FLAG)
        most = self.scope.expressions.read(limit) if limit else None
        if flag is None or most is None or limit is None:
            return None
        if most.type != MONEY:
            self.log.add(limit.place, f"“{limit.value}” is {most.type}, a limit is money")
            return None
        return flag, most


def within_of(step: Entry) -> list[tuple[str, Place]]:
    """The ceilings that a step names, each with its place."""
    tree = step.value.get("within") if isinstance(step.value, Map) else None
    items = tree.items if isinstance(tree, Items) else (tree,) if tree else ()
    return [(item.value if isinstance(item, Text) else "", item.place) for item in items]


def _names(value: object) -> tuple[str, ...]:
    assert isinstance(value, tuple)
    return value
