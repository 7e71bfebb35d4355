"""Two hashes: of the text, all that a decision shows or rests on; of the sense, the graph alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from yibao.core.rules.graph import Graph, Node, in_order
from yibao.core.rules.text import Items, Map, Text, Tree

_ORDERED = frozenset({"first_of", "state", "ceilings"})


def text_hash(merged: Map, *, layers: Sequence[str], calendar: str) -> str:
    """Hash of the merged layers. Comments, quotes and the order of independent keys do not count;
    the order of clauses, codes, state and ceilings does."""
    numbers = {layer: at for at, layer in enumerate(layers)}
    return _digest([list(layers), calendar, _canonical(merged, (), numbers)])


def _canonical(tree: Tree, path: tuple[str, ...], layers: Mapping[str, int]) -> object:
    if isinstance(tree, Text):
        return [layers.get(tree.place.layer, 0), tree.value]
    if isinstance(tree, Items):
        return [_canonical(item, (*path, ""), layers) for item in tree.items]
    pairs = [[entry.name, _canonical(entry.value, (*path, entry.name), layers)] for entry in tree]
    enumeration = len(path) == len(("enumerations", "name")) and path[0] == "enumerations"
    ordered = enumeration or (path and path[-1] in _ORDERED)
    return pairs if ordered else {"": sorted(pairs, key=lambda pair: str(pair[0]))}


def sense_hash(roots: Iterable[tuple[str, Node]]) -> str:
    """Hash of operators, constants, codes and roundings below named roots; no label, no cite."""
    graph = Graph()
    seen: dict[Node, Node] = {}
    named = [(name, graph.plain(root, seen)) for name, root in roots]
    numbers: dict[Node, int] = {}
    lines: list[object] = []
    for node in in_order(root for _, root in named):
        numbers[node] = len(lines)
        args = [numbers[arg] for arg in node.args]
        lines.append([node.op, args, _stable(node.value), node.type.kind, node.type.of])
    return _digest([lines, [[name, numbers[root]] for name, root in named]])


def _stable(value: object) -> object:
    """A value that is written the same way in every process."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_stable(part) for part in value]
    return value


def _digest(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
