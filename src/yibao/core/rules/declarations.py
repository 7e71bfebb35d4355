"""Sources, enumerations and facts: what a rulebook declares before it rules anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from yibao.core.rules import dates
from yibao.core.rules.faults import FaultLog, Place, did_you_mean
from yibao.core.rules.graph import Cite
from yibao.core.rules.text import Fields, Items, Map, Text, Tree
from yibao.core.rules.types import DECLARABLE, NUMERIC_FACTS, SETS, Type, declared, item_of
from yibao.core.rules.values import Codes, Misread, read_date, read_value, read_year

_SET_LIMIT = 62  # codes of a set share one 64-bit mask in the column readers
LAYERING = frozenset({"replaces", "repeals"})


@dataclass(frozen=True, slots=True)
class Label:
    """What people read: Chinese first."""

    zh: str
    en: str = ""

    def in_language(self, language: str) -> str:
        return self.en if language == "en" and self.en else self.zh


@dataclass(frozen=True, slots=True)
class Source:
    """A document, or a reading of our own (`ours`); `articles` are summaries in our words."""

    name: str
    title: str
    number: str
    published: date
    ours: bool
    articles: Mapping[str, Label]


@dataclass(frozen=True, slots=True)
class Enumeration:
    """Codes in their order, with labels."""

    name: str
    codes: Mapping[str, Label]


@dataclass(frozen=True, slots=True)
class Absence:
    """How an absent fact is read: as a value, or as another fact's; always by a citation."""

    value: object
    fact: str
    cite: Cite


@dataclass(frozen=True, slots=True)
class Fact:
    """A declared fact. `none` is the word for “there is none” where null is an answer."""

    name: str
    type: Type
    low: int
    high: int
    none: str | None
    per_visit: bool
    label: Label
    absent: Absence | None
    place: Place = field(compare=False)


def label_of(fields: Fields, name: str) -> Label:
    return Label(fields.word("zh") or name, fields.word("en"))


def read_label(tree: Tree, log: FaultLog) -> Label:
    """A label written as a text, or as {zh, en}."""
    if isinstance(tree, Text):
        return Label(tree.value)
    fields = Fields(tree, "a label", frozenset({"zh", "en"}), log)
    return Label(fields.word("zh"), fields.word("en"))


def read_sources(section: Map, log: FaultLog) -> dict[str, Source]:
    allowed = frozenset({"title", "number", "published", "ours", "articles"}) | LAYERING
    found = {}
    for entry in section:
        fields = Fields(entry.value, f"source “{entry.name}”", allowed, log)
        title = fields.text("title", required=True)
        published = fields.text("published", required=True)
        articles = {item.name: read_label(item.value, log) for item in fields.mapping("articles")}
        day = _read(published, Type("date"), {}, log) if published else 0
        found[entry.name] = Source(
            entry.name,
            title.value if title else "",
            fields.word("number"),
            dates.to_date(day if isinstance(day, int) else 0),
            fields.word("ours") == "true",
            articles,
        )
    return found


def read_enumerations(section: Map, log: FaultLog) -> dict[str, Enumeration]:
    found = {}
    for entry in section:
        if not isinstance(entry.value, Map):
            log.add(entry.place, f"enumeration “{entry.name}” must be a mapping of codes")
            continue
        codes = {code.name: read_label(code.value, log) for code in entry.value}
        found[entry.name] = Enumeration(entry.name, codes)
    return found


def _read(text: Text, type_: Type, codes: Codes, log: FaultLog) -> object:
    try:
        return read_value(text.value, type_, codes)
    except Misread as wrong:
        log.add(text.place, str(wrong))
        return None


def read_tree(tree: Tree, type_: Type, codes: Codes, log: FaultLog) -> object:
    """A value of any type, a set as a list; None after a fault."""
    if type_.kind in SETS and isinstance(tree, Items):
        return frozenset(read_tree(item, item_of(type_), codes, log) for item in tree.items)
    if type_.kind in SETS:
        log.add(tree.place, "a set is a list: [a, b]")
        return None
    if isinstance(tree, Text):
        return _read(tree, type_, codes, log)
    log.add(tree.place, "this must be a single value")
    return None


class Cites:
    """Reads `cite: SOURCE ARTICLE`."""

    def __init__(self, sources: Mapping[str, Source], log: FaultLog) -> None:
        self.sources, self.log = sources, log

    def read(self, text: Text) -> Cite | None:
        """The article cited; None after a fault."""
        source, _, article = text.value.strip().partition(" ")
        if source not in self.sources:
            guess = did_you_mean(source, self.sources)
            self.log.add(text.place, f"no source “{source}”{guess}", "declare it under sources:")
            return None
        if not article.strip():
            self.log.add(
                text.place, f"“{text.value}” names no article", "write cite: SOURCE ARTICLE"
            )
            return None
        return Cite(source, article.strip(), self.sources[source].ours)

    def at(self, tree: Tree) -> Cite:
        """The article cited by what stands under `cite:`."""
        if isinstance(tree, Text):
            return self.read(tree) or NOWHERE
        self.log.add(tree.place, "a citation is a single value", "write cite: SOURCE ARTICLE")
        return NOWHERE

    def of(self, fields: Fields, place: Place, inherited: Cite | None = None) -> Cite:
        """The citation of a thing, or the one it inherits; a fault if there is neither."""
        text = fields.text("cite")
        if text is not None:
            return self.read(text) or NOWHERE
        if inherited is not None:
            return inherited
        if fields.whole and "cite" not in fields:
            self.log.add(place, f"{fields.what} has no citation", "add cite: SOURCE ARTICLE")
        return NOWHERE


NOWHERE = Cite("", "")


class FactReader:
    """Reads `facts:` and `presume:`."""

    _ALLOWED = (
        frozenset({"type", "of", "range", "none", "per", "zh", "en", "absent", "cite"}) | LAYERING
    )

    def __init__(self, codes: Codes, cites: Cites, log: FaultLog) -> None:
        self.codes, self.cites, self.log = codes, cites, log

    def read(self, section: Map, presume: Map) -> dict[str, Fact]:
        for entry in presume:
            if entry.name not in section:
                guess = did_you_mean(entry.name, section.entries)
                self.log.add(entry.place, f"no fact “{entry.name}” to presume{guess}")
        found = {}
        for entry in section:
            fact = self._fact(entry.name, entry.place, entry.value, section, presume)
            if fact is not None:
                found[entry.name] = fact
        for name, fact in found.items():
            self._follow(name, fact, found)
        return found

    def _fact(self, name: str, place: Place, tree: Tree, section: Map, presume: Map) -> Fact | None:
        fields = Fields(tree, f"fact “{name}”", self._ALLOWED, self.log)
        type_ = read_type(fields, self.codes, self.log)
        if type_ is None:
            return None
        low, high = self._range(fields, type_)
        none = fields.text("none")
        absent = None
        if name in presume:
            tree = presume.entries[name].value
            given = Fields(
                tree, f"presumption of “{name}”", frozenset({"is", "cite"}) | LAYERING, self.log
            )
            absent = self._absence(given, "is", type_, none, section)
        elif "absent" in fields:
            absent = self._absence(fields, "absent", type_, none, section)
        per = fields.text("per")
        if per is not None and per.value != "visit":
            self.log.add(per.place, f"“per: {per.value}” is unknown", "write per: visit")
        return Fact(
            name,
            type_,
            low,
            high,
            none.value if none else None,
            per is not None,
            label_of(fields, name),
            absent,
            place,
        )

    def _range(self, fields: Fields, type_: Type) -> tuple[int, int]:
        if type_.kind not in NUMERIC_FACTS:
            return 0, 0
        text = fields.text("range", required=True)
        if text is None:
            return 0, 0
        low, dots, high = text.value.partition("..")
        if not dots:
            self.log.add(text.place, f"“{text.value}” is not a range", "write low..high")
            return 0, 0
        ends = []
        for raw in (low, high):
            day = type_.kind == "date-time" and len(raw) == len("2009-04-30")
            value = _read(Text(raw, text.place), Type("date") if day else type_, {}, self.log)
            value = value if isinstance(value, int) else 0
            ends.append(value * dates.DAY_SECONDS if day else value)
        if ends[0] > ends[1]:
            self.log.add(text.place, f"the range “{text.value}” ends before it starts")
        return ends[0], ends[1]

    def _absence(
        self, fields: Fields, key: str, type_: Type, none: Text | None, section: Map
    ) -> Absence:
        cite = self.cites.of(fields, fields.place)
        tree = fields.tree(key)
        if isinstance(tree, Text) and tree.value in section:
            return Absence(None, tree.value, cite)
        if isinstance(tree, Text) and tree.value.lower() in ("none", "null"):
            if none is None:
                self.log.add(tree.place, f"{fields.what} cannot be none", "declare none: first")
            return Absence(None, "", cite)
        if tree is None:
            self.log.add(fields.place, f"{fields.what} has no {key}:", f"add {key}:")
            return Absence(None, "", cite)
        return Absence(read_tree(tree, type_, self.codes, self.log), "", cite)

    def _follow(self, name: str, fact: Fact, facts: Mapping[str, Fact]) -> None:
        """An absence that points at other facts must keep the type and come to an end."""
        seen = [name]
        while fact.absent is not None and fact.absent.fact in facts:
            other = facts[fact.absent.fact]
            if other.type != facts[name].type:
                what = f"“{name}” is {facts[name].type}, “{other.name}” is {other.type}"
                self.log.add(facts[name].place, what, "presume a fact of the same type")
                return
            if other.name in seen:
                circle = " → ".join([*seen, other.name])
                self.log.add(facts[name].place, f"absent facts go in a circle: {circle}")
                return
            seen.append(other.name)
            fact = other


def read_type(fields: Fields, codes: Codes, log: FaultLog) -> Type | None:
    """The type under `type:` and `of:`; None after a fault."""
    kind = fields.text("type", required=True)
    if kind is None:
        return None
    type_ = declared(kind.value, fields.word("of"))
    if type_ is None:
        guess = did_you_mean(kind.value, DECLARABLE)
        log.add(kind.place, f"“{kind.value}” is no type{guess}")
        return None
    if type_.kind in ("code", "codes"):
        of = fields.text("of", required=True)
        if of is None:
            return None
        if of.value not in codes:
            guess = did_you_mean(of.value, codes)
            log.add(of.place, f"no enumeration “{of.value}”{guess}")
            return None
        if type_.kind == "codes" and len(codes[of.value]) > _SET_LIMIT:
            log.add(of.place, f"“{of.value}” has more than {_SET_LIMIT} codes for one set")
    return type_


def day_of(text: Text, log: FaultLog, *, last: bool) -> int | None:
    """A date, or an insured year as its first day (its last, for `until:`)."""
    raw = text.value
    try:
        if len(raw) != len("2009"):
            return read_date(raw)
        return dates.year_end(read_year(raw)) if last else dates.year_start(read_year(raw))
    except Misread:
        what = f"“{raw}” is neither a date (2009-04-30) nor an insured year (2009)"
        log.add(text.place, what)
        return None
