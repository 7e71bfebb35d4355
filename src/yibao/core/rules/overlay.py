"""Merges the layers of a rulebook: national, region, then overlays that name their authority.

A later layer adds freely. To replace a thing that stands already it says `replaces:` and the layer
where it stands; to delete a clause, `repeals:`; a new clause of a list says its place with
`before:`. Saying nothing is a fault, so that nothing is overridden by accident. A parameter that
comes again without a type adds dated values; `settings:` close parameters that stand `open:`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from yibao.core.rules.faults import FaultLog, Place, did_you_mean
from yibao.core.rules.parameters import as_items
from yibao.core.rules.text import Entry, Items, Map, Text, Tree

SECTIONS = (
    "sources",
    "enumerations",
    "facts",
    "presume",
    "parameters",
    "steps",
    "rules",
)
HEADER = ("overlay", "over", "authority", "settings", "cases")
PROPOSAL = "proposal"

Additive = Callable[["Entry", "Entry"], "Tree | None"]


def merge_layers(trees: Sequence[Map], log: FaultLog) -> Map:
    """One tree of all layers; each part keeps the place, and so the layer, where it was written."""
    merger = _Merger(log)
    for tree in trees:
        merger.lay(tree)
    return merger.merged


class _Merger:
    def __init__(self, log: FaultLog) -> None:
        self.log = log
        self.layers: list[str] = []
        self.merged = Map(_nowhere())
        self.additive: dict[str, Additive | None] = {
            "sources": self._source,
            "enumerations": self._enumeration,
            "facts": None,
            "presume": None,
            "parameters": self._parameter,
            "steps": self._step,
            "rules": self._rule,
        }

    def lay(self, tree: Map) -> None:
        self._header(tree)
        for entry in tree:
            if entry.name in SECTIONS:
                self._section(entry)
            elif entry.name not in HEADER:
                guess = did_you_mean(entry.name, (*SECTIONS, *HEADER))
                self.log.add(entry.place, f"a rulebook has no section “{entry.name}”{guess}")
        settings = tree.entries.get("settings")
        if settings is not None:
            self._settings(settings, tree)
        if tree.place.layer not in self.layers:
            self.layers.append(tree.place.layer)

    def _header(self, tree: Map) -> None:
        if "overlay" not in tree:
            return
        over = tree.get("over")
        if not isinstance(over, Text):
            self.log.add(tree.place, "an overlay has no over:", "add over: and the layer below")
        elif over.value not in self.layers:
            guess = did_you_mean(over.value, self.layers)
            self.log.add(over.place, f"no layer “{over.value}” below this overlay{guess}")
        if not isinstance(tree.get("authority"), Text):
            self.log.add(
                tree.place,
                "an overlay has no authority:",
                "name the issuing office, or write authority: proposal",
            )

    def _section(self, entry: Entry) -> None:
        if not isinstance(entry.value, Map):
            if not isinstance(entry.value, Text) or entry.value.value:
                self.log.add(entry.place, f"section “{entry.name}” must be a mapping")
            return
        base = self.merged.get(entry.name)
        base = base if isinstance(base, Map) else Map(entry.value.place)
        kind = {"presume": "presumption"}.get(entry.name, entry.name.rstrip("s"))
        found = self._named(base, entry.value, kind, "", self.additive[entry.name])
        self.merged.entries[entry.name] = Entry(entry.key, found)

    def _named(self, base: Map, over: Map, kind: str, of: str, additive: Additive | None) -> Map:
        """Things by name: new ones join, standing ones are added to, or replaced by their word."""
        found = dict(base.entries)
        for entry in over:
            first = found.get(entry.name)
            normal = self._normal(entry, kind)
            if first is None:
                self._replaces_nothing(entry, kind)
                found[entry.name] = normal
            elif self._says(entry, "repeals", first):
                del found[entry.name]
            elif self._says(entry, "replaces", first):
                self._keeps_type(entry, first, kind)
                found[entry.name] = normal
            else:
                merged = additive(first, entry) if additive else None
                if merged is not None:
                    found[entry.name] = Entry(first.key, merged)
                else:
                    self._stands(entry, first, kind, of)
        return Map(base.place, found)

    def _normal(self, entry: Entry, kind: str) -> Entry:
        """A parameter with its dated values under `values:`, however they were written."""
        if kind != "parameter" or not isinstance(entry.value, Map):
            return entry
        fields = {
            name: field
            for name, field in entry.value.entries.items()
            if name not in ("is", "from", "until", "known", "cite", "values")
        }
        values = as_items(entry)
        if values.items:
            fields["values"] = Entry(Text("values", values.place), values)
        if "values" in entry.value and "is" in entry.value:
            self.log.add(entry.place, f"“{entry.name}” has is: and values:", "write one of them")
        return Entry(entry.key, Map(entry.value.place, fields))

    def _says(self, entry: Entry, word: str, first: Entry) -> bool:
        """Whether the entry names the layer where its forerunner stands; a wrong one is a fault."""
        said = entry.value.get(word) if isinstance(entry.value, Map) else None
        if not isinstance(said, Text):
            return False
        if said.value != first.place.layer:
            self.log.add(
                said.place,
                f"“{entry.name}” stands in “{first.place.layer}”, not in “{said.value}”",
                f"write {word}: {first.place.layer}",
            )
        return True

    def _keeps_type(self, entry: Entry, first: Entry, kind: str) -> None:
        """A fact may be worded anew, but what it means to every reader is its type."""
        said, was = _type_of(entry), _type_of(first)
        if kind == "fact" and said != was:
            self.log.add(
                entry.place,
                f"fact “{entry.name}” is {was} in “{first.place.layer}”, not {said}",
                "a fact keeps its type: declare another fact",
            )

    def _replaces_nothing(self, entry: Entry, kind: str) -> None:
        for word in ("replaces", "repeals"):
            said = entry.value.get(word) if isinstance(entry.value, Map) else None
            if said is not None:
                self.log.add(said.place, f"no {kind} “{entry.name}” stands that it {word}")

    def _stands(self, entry: Entry, first: Entry, kind: str, of: str) -> None:
        if entry.place.layer == first.place.layer:
            self.log.add(
                entry.place,
                f"{kind} “{entry.name}”{of} is declared twice, first in "
                f"{first.place.file}:{first.place.line}",
                "keep one of them",
            )
            return
        self.log.add(
            entry.place,
            f"{kind} “{entry.name}”{of} stands already in “{first.place.layer}”",
            "say replaces: and its layer, or choose another name",
        )

    def _source(self, first: Entry, entry: Entry) -> Tree | None:
        """Further summaries of articles may join a source; the rest stays as it is."""
        base, over = first.value, entry.value
        if (
            not isinstance(base, Map)
            or not isinstance(over, Map)
            or set(over.entries) - {"articles"}
        ):
            return None
        more, have = over.get("articles"), base.get("articles")
        if not isinstance(more, Map):
            return None
        have = have if isinstance(have, Map) else Map(more.place)
        joined = self._named(have, more, "article", f" of “{first.name}”", None)
        return _with(base, "articles", joined)

    def _enumeration(self, first: Entry, entry: Entry) -> Tree | None:
        if not isinstance(first.value, Map) or not isinstance(entry.value, Map):
            return None
        return self._named(first.value, entry.value, "code", f" of “{first.name}”", None)

    def _parameter(self, first: Entry, entry: Entry) -> Tree | None:
        if not isinstance(entry.value, Map) or "type" in entry.value:
            return None
        return self._with_values(first, as_items(entry))

    def _with_values(self, first: Entry, more: Items) -> Tree | None:
        if not more.items or not isinstance(first.value, Map):
            return None
        have = first.value.get("values")
        items = have.items if isinstance(have, Items) else ()
        joined = Items((*items, *more.items), more.place)
        return _with(first.value, "values", joined)

    def _settings(self, settings: Entry, tree: Map) -> None:
        authority = tree.get("authority")
        if not isinstance(authority, Text) or authority.value == PROPOSAL:
            self.log.add(
                settings.place,
                "settings have no authority",
                "write authority: and the office that decided them, not a proposal",
            )
        section = self.merged.get("parameters")
        if not isinstance(settings.value, Map) or not isinstance(section, Map):
            self.log.add(settings.place, "settings close open parameters by name; here are none")
            return
        for entry in settings.value:
            first = section.entries.get(entry.name)
            if first is None:
                guess = did_you_mean(entry.name, section.entries)
                self.log.add(entry.place, f"no parameter “{entry.name}” to set{guess}")
            elif not _is_open(first.value):
                self.log.add(
                    entry.place,
                    f"parameter “{entry.name}” is not open",
                    "settings close open parameters only; write an overlay of parameters:",
                )
            else:
                merged = self._with_values(first, as_items(entry))
                if merged is None:
                    self.log.add(entry.place, f"setting “{entry.name}” has no value", "add is:")
                else:
                    section.entries[entry.name] = Entry(first.key, merged)

    def _step(self, first: Entry, entry: Entry) -> Tree | None:
        """A later layer may change the clauses of a first_of, one by one, and nothing else."""
        base, over = first.value, entry.value
        if (
            not isinstance(base, Map)
            or not isinstance(over, Map)
            or list(over.entries) != ["first_of"]
        ):
            return None
        have, more = base.get("first_of"), over.get("first_of")
        if not isinstance(have, Map) or not isinstance(more, Map):
            return None
        clauses = Map(have.place, dict(have.entries))
        for clause in more:
            clauses = self._clause(clauses, clause, first.name)
        return _with(base, "first_of", clauses)

    def _clause(self, clauses: Map, entry: Entry, step: str) -> Map:
        first = clauses.entries.get(entry.name)
        if first is not None:
            if self._says(entry, "repeals", first):
                left = {name: c for name, c in clauses.entries.items() if name != entry.name}
                return Map(clauses.place, left)
            if self._says(entry, "replaces", first):
                return Map(clauses.place, {**clauses.entries, entry.name: entry})
            self._stands(entry, first, "clause", f" of “{step}”")
            return clauses
        self._replaces_nothing(entry, "clause")
        before = entry.value.get("before") if isinstance(entry.value, Map) else None
        if not isinstance(before, Text):
            self.log.add(
                entry.place,
                f"new clause “{entry.name}” of “{step}” says no place",
                "add before: and a clause name",
            )
            return clauses
        if before.value not in clauses:
            guess = did_you_mean(before.value, clauses.entries)
            self.log.add(before.place, f"“{step}” has no clause “{before.value}”{guess}")
            return clauses
        found: dict[str, Entry] = {}
        for name, clause in clauses.entries.items():
            if name == before.value:
                found[entry.name] = entry
            found[name] = clause
        return Map(clauses.place, found)

    def _rule(self, first: Entry, entry: Entry) -> Tree | None:
        base, over = first.value, entry.value
        if not isinstance(base, Map) or not isinstance(over, Map):
            return None
        of = f" of “{first.name}”"
        found = dict(base.entries)
        for part in over:
            have = found.get(part.name)
            if have is None:
                found[part.name] = part
                continue
            joined = self._part(have, part, of)
            if joined is None:
                self._stands(part, have, "key", of)
            else:
                found[part.name] = Entry(have.key, joined)
        return Map(base.place, found)

    def _part(self, have: Entry, part: Entry, of: str) -> Tree | None:
        """Steps, ceilings and outcomes join by name, requirements as a list."""
        if isinstance(have.value, Items) and isinstance(part.value, Items):
            return Items((*have.value.items, *part.value.items), have.value.place)
        kinds: Mapping[str, tuple[str, Additive | None]] = {
            "steps": ("step", self._step),
            "ceilings": ("ceiling", None),
            "result": ("outcome", None),
        }
        if part.name not in kinds:
            return None
        if not isinstance(have.value, Map) or not isinstance(part.value, Map):
            return None
        kind, additive = kinds[part.name]
        return self._named(have.value, part.value, kind, of, additive)


def _type_of(entry: Entry) -> str:
    """The type that an entry is written with, and the enumeration of a code."""
    fields = [entry.value.get(key) for key in ("type", "of") if isinstance(entry.value, Map)]
    return " of ".join(field.value for field in fields if isinstance(field, Text))


def _with(tree: Map, key: str, value: Tree) -> Map:
    """The mapping with one key set."""
    return Map(tree.place, {**tree.entries, key: Entry(Text(key, value.place), value)})


def _is_open(tree: Tree) -> bool:
    if not isinstance(tree, Map):
        return False
    values = tree.get("values")
    items = values.items if isinstance(values, Items) else ()
    return "open" in tree or any(isinstance(item, Map) and "open" in item for item in items)


def _nowhere() -> Place:
    return Place("", 1, 1)
