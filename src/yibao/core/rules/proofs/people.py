"""A person that a proof found, in words and as facts."""

from __future__ import annotations

from yibao.core.rules.encoding import value_of
from yibao.core.rules.facts import Facts, to_json
from yibao.core.rules.proofs.atoms import is_bit
from yibao.core.rules.proofs.patterns import NONE
from yibao.core.rules.proofs.question import Person, World

Values = dict[str, object]


def values_of(world: World, person: Person) -> tuple[Values, Values]:
    """The facts and the states of a person by name, as the engine counts them."""
    edition = world.edition
    facts: Values = {}
    states: Values = {}
    for source, number in person.items():
        if is_bit(source):
            named, code = source.args[1], source.args[0].value
            held = facts.setdefault(str(named.value), frozenset())
            one = value_of(1 << int(str(code)), named.type, edition.codes)
            assert isinstance(held, frozenset) and isinstance(one, frozenset)
            facts[str(named.value)] = held | one if number else held
        else:
            value = value_of(number, source.type, edition.codes, NONE)
            (facts if source.op == "fact" else states)[str(source.value)] = value
    return facts, states


def example_of(world: World, person: Person) -> str:
    """A person as a fault shows them: {born: 1949-01-01, student: None}."""
    facts, states = values_of(world, person)
    types = {name: world.edition.facts[name].type for name in facts}
    fold = world.edition.fold
    types |= {variable.name: variable.type for variable in (fold.state if fold else ())}
    told = []
    for name, value in [*sorted(facts.items()), *sorted(states.items())]:
        shown = to_json(value, types[name])
        words = f"[{', '.join(map(str, shown))}]" if isinstance(shown, list) else str(shown)
        told.append(f"{name}: {words}")
    return "{" + ", ".join(told) + "}"


def whole_person(world: World, person: Person) -> tuple[Facts, tuple[int, ...]]:
    """A person with every fact that the edition could ask for, and a state."""
    edition = world.edition
    found, states = values_of(world, person)
    for name, fact in edition.facts.items():
        if name not in found and fact.absent is None and fact.type.kind != "text":
            node = world.make.graph.node("fact", value=name, type_=fact.type)
            number = NONE if fact.none is not None else world.ranges.of(node).low
            found[name] = value_of(number, fact.type, edition.codes, NONE)
    fold = edition.fold
    state = tuple(
        int(str(states.get(variable.name, variable.starts)))
        for variable in (fold.state if fold else ())
    )
    return Facts(found), state
