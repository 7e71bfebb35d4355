"""One flat space of names: facts, parameters, steps, state and codes. A name means one thing.

One exception: a code may carry a fact's name (a reason `insured_elsewhere`); it is the code where
a code is wanted, which types decide, and the fact elsewhere.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterator

from yibao.core.rules.faults import FaultLog, Place
from yibao.core.rules.text import Entry, Map, Tree

FUNCTIONS = frozenset(
    [
        "min",
        "max",
        "rounded",
        "any_in",
        "sum",
        "range",
        "age",
        "months_between",
        "next_month",
        "month_end",
        "year_start",
        "year_end",
        "year_of",
        "date_of",
        "person",
    ]
)


def section(tree: Tree | None, key: str) -> Map:
    """The mapping under a key, or an empty one."""
    found = tree.get(key) if isinstance(tree, Map) else None
    return found if isinstance(found, Map) else Map(tree.place if tree else Place("", 1, 1))


def outcomes(step: Entry) -> tuple[Entry, ...]:
    """The names a step gives: its own, or those of its clauses' mappings."""
    for clause in section(step.value, "first_of"):
        given = clause.value.get("is") if isinstance(clause.value, Map) else None
        if isinstance(given, Map):
            return tuple(given)
    return (step,)


def check_names(merged: Map, log: FaultLog) -> None:
    """Every name that means two things is a fault, naming both places."""
    shared: dict[str, tuple[str, Entry]] = {}
    for enumeration in section(merged, "enumerations"):
        for code in enumeration.value if isinstance(enumeration.value, Map) else ():
            shared.setdefault(code.name, ("a code", code))
    for kind, entry in _shared(merged):
        _take(shared, kind, entry, log)
    for rule in section(merged, "rules"):
        own = dict(shared)
        for kind, entry in _own(rule):
            _take(own, kind, entry, log)


def _shared(merged: Map) -> Iterator[tuple[str, Entry]]:
    for entry in section(merged, "facts"):
        yield "a fact", entry
    for entry in section(merged, "parameters"):
        yield "a parameter", entry
    yield from _steps(section(merged, "steps"))


def _own(rule: Entry) -> Iterator[tuple[str, Entry]]:
    yield from _steps(section(rule.value, "steps"))
    for state in section(section(rule.value, "fold"), "state"):
        yield "state", state


def _steps(steps: Map) -> Iterator[tuple[str, Entry]]:
    for step in steps:
        given = outcomes(step)
        if given != (step,):
            yield "a step", step
        for outcome in given:
            yield "a step", outcome


def _take(taken: dict[str, tuple[str, Entry]], kind: str, entry: Entry, log: FaultLog) -> None:
    name = entry.name
    if name in FUNCTIONS or keyword.iskeyword(name) or not name.isidentifier():
        log.add(entry.place, f"“{name}” cannot be a name in an expression", "choose another name")
    first = taken.setdefault(name, (kind, entry))
    if first[1] is not entry and (kind, first[0]) != ("a fact", "a code"):
        place = first[1].place
        log.add(
            entry.place,
            f"“{name}” is {kind} here and {first[0]} in {place.file}:{place.line}:{place.column}",
            "a name means one thing: rename one",
        )
