"""YAML composed, not constructed: every scalar stays text, with file, line, column and layer.

`130.00` is never a float, `no` never false, `on:` never true, a date never a timestamp; only the
declared type reads a value. Keys written twice, an empty file and block scalars are faults.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from yibao.core.rules.faults import FaultLog, Place, did_you_mean

_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar. `place` is where its first character stands, after a quote."""

    value: str
    place: Place


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Tree, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Map:
    """A mapping in written order, each key with its own place."""

    place: Place
    entries: dict[str, Entry] = field(default_factory=dict)

    def get(self, key: str) -> Tree | None:
        entry = self.entries.get(key)
        return entry.value if entry else None

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def __contains__(self, key: str) -> bool:
        return key in self.entries


Tree = Text | Items | Map


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping and what stands under it."""

    key: Text
    value: Tree

    @property
    def name(self) -> str:
        return self.key.value

    @property
    def place(self) -> Place:
        return self.key.place


def compose(*, file: str, text: str, layer: str, log: FaultLog) -> Map | None:
    """Read one file to its tree; None if it cannot be composed, with the fault in `log`."""
    start = Place(file, 1, 1, layer)
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        place = Place(file, mark.line + 1, mark.column + 1, layer) if mark else start
        log.add(place, f"this is not YAML: {wrong.problem or wrong.context}")
        return None
    except yaml.YAMLError as wrong:
        log.add(start, f"this is not YAML: {str(wrong).splitlines()[0]}")
        return None
    if node is None:
        log.add(start, "the file is empty", "write at least sources: and a section, or drop it")
        return None
    tree = _tree(node, file, layer, log)
    if not isinstance(tree, Map):
        log.add(tree.place, "a rulebook file is a mapping of sections")
        return None
    return tree


def _tree(node: yaml.Node, file: str, layer: str, log: FaultLog) -> Tree:
    place = Place(file, node.start_mark.line + 1, node.start_mark.column + 1, layer)
    if isinstance(node, yaml.MappingNode):
        return _map(node, place, log)
    if isinstance(node, yaml.SequenceNode):
        return Items(tuple(_tree(item, file, layer, log) for item in node.value), place)
    style = getattr(node, "style", None)
    if style in ("|", ">"):
        log.add(place, "a block scalar loses its columns", "write the text on one line")
    quoted = style in ("'", '"')
    return Text(str(node.value), place.right(1) if quoted else place)


def _map(node: yaml.MappingNode, place: Place, log: FaultLog) -> Map:
    found = Map(place)
    for key_node, value_node in node.value:
        key = _tree(key_node, place.file, place.layer, log)
        if not isinstance(key, Text):
            log.add(key.place, "a key must be a plain word")
            continue
        value = _tree(value_node, place.file, place.layer, log)
        first = found.entries.get(key.value)
        if first is not None:
            log.add(
                key.place,
                f"“{key.value}” is written twice, first in line {first.place.line}",
                "keep one of them",
            )
            continue
        found.entries[key.value] = Entry(key, value)
    return found


class Fields:
    """Reads the fields of one mapping by kind; unknown keys and wrong kinds become faults."""

    def __init__(self, tree: Tree, what: str, allowed: frozenset[str], log: FaultLog) -> None:
        self.log = log
        self.what = what
        self.place = tree.place
        self.whole = isinstance(tree, Map)  # what is no mapping misses nothing more
        self.map = tree if isinstance(tree, Map) else Map(tree.place)
        if not self.whole:
            log.add(tree.place, f"{what} must be a mapping")
        for entry in self.map:
            if entry.name not in allowed:
                guess = did_you_mean(entry.name, allowed)
                log.add(entry.place, f"{what} has no key “{entry.name}”{guess}")

    def __contains__(self, key: str) -> bool:
        return key in self.map

    def tree(self, key: str) -> Tree | None:
        return self.map.get(key)

    def text(self, key: str, *, required: bool = False) -> Text | None:
        """The scalar under `key`; None if absent or not a scalar (a fault)."""
        found = self.map.get(key)
        if isinstance(found, Text):
            return found
        if found is not None:
            self.log.add(found.place, f"{key}: of {self.what} must be a single value")
        elif required and self.whole:
            self.log.add(self.place, f"{self.what} has no {key}:", f"add {key}:")
        return None

    def word(self, key: str) -> str:
        """The scalar under `key` as plain text, or nothing."""
        found = self.text(key)
        return found.value if found else ""

    def mapping(self, key: str) -> Map:
        """The mapping under `key`; an empty one if absent or not a mapping (a fault)."""
        found = self.map.get(key)
        if isinstance(found, Map):
            return found
        if found is not None:
            self.log.add(found.place, f"{key}: of {self.what} must be a mapping")
        return Map(self.place)

    def items(self, key: str) -> tuple[Tree, ...]:
        """The list under `key`; empty if absent or not a list (a fault)."""
        found = self.map.get(key)
        if isinstance(found, Items):
            return found.items
        if found is not None:
            self.log.add(found.place, f"{key}: of {self.what} must be a list")
        return ()
