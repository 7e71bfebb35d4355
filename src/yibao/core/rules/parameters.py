"""Parameters: values dated twice (in force from and until, known since), each with its article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from yibao.core.rules import dates
from yibao.core.rules.declarations import (
    LAYERING,
    Cites,
    Fact,
    Label,
    day_of,
    label_of,
    read_tree,
    read_type,
)
from yibao.core.rules.faults import FaultLog, Place, did_you_mean
from yibao.core.rules.graph import Cite
from yibao.core.rules.text import Entry, Fields, Items, Map, Text, Tree
from yibao.core.rules.types import LEVEL, Type
from yibao.core.rules.values import Codes

DATED = frozenset({"from", "until", "known", "is", "cite", "open"})
ALLOWED = DATED | {"type", "of", "by", "zh", "en", "values"} | LAYERING
_ROW = frozenset({"is", "cite"})
FOREVER = dates.number(9999, 12, 31)

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """One key of a table: codes of an enumeration, or the levels of a fact's range."""

    name: str
    type: Type
    keys: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Dated:
    """One dated value; of a table, its rows. `open` is the reason where the text is silent."""

    since: int
    until: int
    known: int
    rank: int
    value: object
    cite: Cite
    rows: Mapping[Key, object]
    row_cites: Mapping[Key, Cite]
    open: str = ""
    place: Place = field(compare=False, default=Place("", 0, 0))

    def has(self, value: object) -> bool:
        return value in self.rows.values() if self.rows else self.value == value

    def covers(self, day: int) -> bool:
        return self.since <= day <= self.until


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named value of the policy, or a table of values."""

    name: str
    type: Type
    by: tuple[Axis, ...]
    values: tuple[Dated, ...]
    open: str
    label: Label
    place: Place = field(compare=False)

    def at(self, day: int, known: int) -> Dated | None:
        """The value in force on `day` by what was known then: highest layer, then latest."""
        found = [v for v in self.values if v.known <= known and v.covers(day)]
        return max(found, key=lambda v: (v.rank, v.known), default=None)

    def silence(self, dated: Dated | None) -> str:
        """Why there is no value: the reason of `open:`, or that none is in force."""
        return (dated.open if dated else self.open) or "没有生效的数值"


class ParameterReader:
    """Reads `parameters:`, already merged so that every dated value stands under `values:`."""

    def __init__(
        self,
        *,
        codes: Codes,
        cites: Cites,
        facts: Mapping[str, Fact],
        ranks: Mapping[str, int],
        log: FaultLog,
    ) -> None:
        self.codes, self.cites, self.facts, self.ranks = codes, cites, facts, ranks
        self.log = log

    def read(self, section: Map) -> dict[str, Parameter]:
        found = {}
        for entry in section:
            parameter = self._parameter(entry)
            if parameter is not None:
                found[entry.name] = parameter
        return found

    def _parameter(self, entry: Entry) -> Parameter | None:
        fields = Fields(entry.value, f"parameter “{entry.name}”", ALLOWED, self.log)
        type_ = read_type(fields, self.codes, self.log)
        if type_ is None:
            return None
        axes = self._axes(fields)
        if axes is None:
            return None
        open_ = fields.word("open")
        values = [self._dated(tree, entry.name, type_, axes) for tree in fields.items("values")]
        if not values and not open_:
            self.log.add(
                entry.place, f"“{entry.name}” has no value", "add is:, or open: and a reason"
            )
        dated = tuple(v for v in values if v is not None)
        self._overlaps(entry.name, dated)
        label = label_of(fields, entry.name)
        return Parameter(entry.name, type_, axes, dated, open_, label, entry.place)

    def _axes(self, fields: Fields) -> tuple[Axis, ...] | None:
        axes = [self._axis(tree) for tree in fields.items("by")]
        return None if None in axes else tuple(axis for axis in axes if axis is not None)

    def _axis(self, tree: Tree) -> Axis | None:
        name = tree.value if isinstance(tree, Text) else ""
        if name in self.codes:
            return Axis(name, Type("code", name), tuple(self.codes[name]))
        fact = self.facts.get(name)
        if fact is not None and fact.type == LEVEL:
            return Axis(name, LEVEL, tuple(range(fact.low, fact.high + 1)))
        if fact is not None and fact.type.kind == "code":
            return Axis(name, fact.type, tuple(self.codes[fact.type.of]))
        usable = [f.name for f in self.facts.values() if f.type.kind in ("code", "level")]
        self.log.add(
            tree.place,
            f"“{name}” is neither an enumeration nor a fact that is a code or a level"
            f"{did_you_mean(name, [*self.codes, *usable])}",
        )
        return None

    def _dated(self, tree: Tree, name: str, type_: Type, axes: Sequence[Axis]) -> Dated | None:
        fields = Fields(tree, f"a value of “{name}”", DATED, self.log)
        cite = self.cites.of(fields, tree.place)
        since, until = self._day(fields, "from"), self._day(fields, "until")
        if fields.whole and "from" not in fields:
            self.log.add(tree.place, f"a value of “{name}” has no from:", "add from: and a date")
        known = self._day(fields, "known")
        if known is None:
            source = self.cites.sources.get(cite.source)
            known = dates.to_number(source.published) if source else 0
        value: object = None
        table = _Table(self, name, type_, axes, cite)
        given = fields.tree("is")
        if given is None:
            if fields.whole and "open" not in fields:
                self.log.add(tree.place, f"a value of “{name}” has no is:", "add is:")
        elif axes:
            table.read(given, (), cite)
            table.complete(given.place)
        else:
            value = read_tree(given, type_, self.codes, self.log)
        if since is None:
            return None
        end = FOREVER if until is None else until
        if end < since:
            self.log.add(tree.place, f"a value of “{name}” ends before it starts")
        rank = self.ranks.get(tree.place.layer, 0)
        open_ = fields.word("open")
        return Dated(
            since, end, known, rank, value, cite, table.rows, table.cites, open_, tree.place
        )

    def _day(self, fields: Fields, key: str) -> int | None:
        text = fields.text(key)
        return None if text is None else day_of(text, self.log, last=key == "until")

    def _overlaps(self, name: str, values: Sequence[Dated]) -> None:
        for at, later in enumerate(values):
            for first in values[:at]:
                start = max(first.since, later.since)
                same = (first.rank, first.known) == (later.rank, later.known)
                if same and start <= min(first.until, later.until):
                    day = dates.to_date(start).isoformat()
                    self.log.add(
                        later.place,
                        f"two values of “{name}” are in force together from {day}",
                        f"end the one of line {first.place.line} with until:",
                        str(later.cite),
                    )


class _Table:
    """Reads the rows of one dated table; every row must be there."""

    def __init__(
        self, owner: ParameterReader, name: str, type_: Type, axes: Sequence[Axis], cite: Cite
    ) -> None:
        self.owner, self.name, self.type, self.axes, self.cite = owner, name, type_, axes, cite
        self.rows: dict[Key, object] = {}
        self.cites: dict[Key, Cite] = {}
        self.refused: list[Key] = []

    def read(self, tree: Tree, key: Key, cite: Cite) -> None:
        owner = self.owner
        if isinstance(tree, Map) and "cite" in tree:
            cite = owner.cites.at(tree.entries["cite"].value)
        if len(key) == len(self.axes):
            self.rows[key] = self._leaf(tree)
            self.cites[key] = cite
            return
        axis = self.axes[len(key)]
        names = {str(k): k for k in axis.keys}
        if not isinstance(tree, Map):
            owner.log.add(tree.place, f"table “{self.name}” needs a row for each {axis.name}")
            self.refused.append(key)
            return
        for entry in tree:
            if entry.name in names:
                self.read(entry.value, (*key, names[entry.name]), cite)
            elif entry.name != "cite":
                guess = did_you_mean(entry.name, names)
                owner.log.add(entry.place, f"“{entry.name}” is no {axis.name}{guess}")

    def _leaf(self, tree: Tree) -> object:
        """The value of a row, plain or with an article of its own."""
        owner = self.owner
        leaf: Tree | None = tree
        if isinstance(tree, Map):
            leaf = Fields(tree, f"a row of “{self.name}”", _ROW, owner.log).tree("is")
        if leaf is None:
            owner.log.add(tree.place, f"a row of “{self.name}” has no is:", "add is:")
            return None
        return read_tree(leaf, self.type, owner.codes, owner.log)

    def complete(self, place: Place) -> None:
        for key in product(*(axis.keys for axis in self.axes)):
            told = any(key[: len(part)] == part for part in self.refused)
            if key not in self.rows and not told:
                row = ", ".join(map(str, key))
                self.owner.log.add(
                    place,
                    f"table “{self.name}” has no row for {row}",
                    "write every row",
                    str(self.cite),
                )


def as_items(entry: Entry) -> Items:
    """The dated values of a parameter, written inline or under `values:`, as one list."""
    tree = entry.value
    if not isinstance(tree, Map):
        return Items((), tree.place)
    listed = tree.get("values")
    if isinstance(listed, Items):
        return listed
    inline = {key: tree.entries[key] for key in tree.entries if key in DATED - {"open"}}
    if "is" not in inline:
        return Items((), tree.place)
    return Items((Map(entry.key.place, inline),), tree.place)
