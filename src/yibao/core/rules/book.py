"""A rulebook: layers of text read into one graph, all faults at once; bound to editions.

Pure: the layers come in as text, the calendar as an object, the day as an argument.
Beyond background/rule_language.md: `from:` is required; a dated value may be `open:`; sources may
carry `articles:` (summaries in our words); a step with several outcomes may describe them under
`outcomes:`; a parameter that comes again without `type:` adds dated values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from yibao.core.refusal import Refusal
from yibao.core.rules import dates
from yibao.core.rules.declarations import (
    Cites,
    Enumeration,
    Fact,
    FactReader,
    Source,
    read_enumerations,
    read_sources,
)
from yibao.core.rules.edition import Book, Edition, bind_rule
from yibao.core.rules.facts import to_plain
from yibao.core.rules.faults import FaultLog
from yibao.core.rules.graph import Graph
from yibao.core.rules.hashing import text_hash
from yibao.core.rules.names import check_names, section
from yibao.core.rules.overlay import merge_layers
from yibao.core.rules.parameters import FOREVER, Parameter, ParameterReader
from yibao.core.rules.rules import Rule, RuleReader
from yibao.core.rules.runtime import Calendar as WorkingCalendar
from yibao.core.rules.scalar import Silent
from yibao.core.rules.steps import Declared, StepScope
from yibao.core.rules.text import Map, compose
from yibao.core.rules.units import Units


class UnknownRule(Refusal):
    """The rulebook has no rule of this name."""

    code: ClassVar[str] = "R10"
    message = "规则库没有名为“{name}”的规则"
    remedy = "现有规则:{known}"
    message_en = "The rulebook has no rule “{name}”"
    remedy_en = "It has: {known}"


class UnknownParameter(Refusal, KeyError):  # noqa: N818 - as Refusal
    """The rulebook has no parameter of this name."""

    code: ClassVar[str] = "R11"
    message = "规则库没有名为“{name}”的参数"
    remedy = "请核对参数名称"
    message_en = "The rulebook has no parameter “{name}”"
    remedy_en = "Check the name"


@dataclass(frozen=True)
class LayerText:
    """One file: its name as faults show it, its text, and the layer it belongs to."""

    name: str
    text: str
    layer: str


@dataclass(frozen=True)
class OpenSetting:
    """A parameter that the text leaves open, and no setting has closed."""

    name: str
    reason: str
    file: str
    line: int


class Rulebook:
    """All layers, merged and read. Frozen after load; editions are bound once and kept."""

    def __init__(
        self,
        *,
        text_hash: str,
        sources: Mapping[str, Source],
        enumerations: Mapping[str, Enumeration],
        facts: Mapping[str, Fact],
        parameters: Mapping[str, Parameter],
        rules: Mapping[str, Rule],
        calendar: WorkingCalendar | None,
    ) -> None:
        self.text_hash = text_hash
        self.sources, self.enumerations, self.facts = sources, enumerations, facts
        self.parameters, self.rules = parameters, rules
        codes = {name: tuple(found.codes) for name, found in enumerations.items()}
        self._book = Book(text_hash, facts, parameters, codes, calendar, enumerations, sources)
        self._editions: dict[tuple[str, int, date | None], Edition] = {}

    def bind(self, rule: str, *, year: int, known: date | None = None) -> Edition:
        """The rule for an insured year, by what was published on `known` (None: the newest).

        Raises UnknownRule.
        """
        key = (rule, year, known)
        if key not in self._editions:
            if rule not in self.rules:
                raise UnknownRule(name=rule, known=", ".join(self.rules))
            self._editions[key] = bind_rule(self._book, self.rules[rule], year=year, known=known)
        return self._editions[key]

    def changed(self, parameters: Sequence[Parameter]) -> Rulebook:
        """The same rulebook with other parameters of those names, bound anew; its hash stays."""
        return Rulebook(
            text_hash=self.text_hash,
            sources=self.sources,
            enumerations=self.enumerations,
            facts=self.facts,
            parameters={**self.parameters, **{one.name: one for one in parameters}},
            rules=self.rules,
            calendar=self._book.calendar,
        )

    def open_settings(self) -> tuple[OpenSetting, ...]:
        """The parameters that stay open, by name."""
        found = []
        for parameter in self.parameters.values():
            reasons = [v.open for v in parameter.values if v.open and not self._closed(parameter)]
            reason = parameter.open if not parameter.values else "".join(reasons[:1])
            if reason:
                place = parameter.place
                found.append(OpenSetting(parameter.name, reason, place.file, place.line))
        return tuple(sorted(found, key=lambda setting: setting.name))

    @staticmethod
    def _closed(parameter: Parameter) -> bool:
        """Whether a higher layer gives a value wherever one is open."""
        open_ranks = [v.rank for v in parameter.values if v.open]
        return any(not v.open and v.rank > max(open_ranks) for v in parameter.values)

    def value_of(self, parameter: str, *, on: date, known: date | None = None) -> object:
        """A bare parameter in force on a day: fen, parts of 10,000, date, Period, code, set.

        A table is a mapping from its key, or tuple of keys. Raises UnknownParameter, Silent.
        """
        found = self.parameters.get(parameter)
        if found is None:
            raise UnknownParameter(name=parameter)
        seen = FOREVER if known is None else dates.to_number(known)
        dated = found.at(dates.to_number(on), seen)
        if dated is None or dated.open:
            raise Silent(name=parameter, reason=found.silence(dated))
        if not found.by:
            return to_plain(dated.value, found.type)
        single = len(found.by) == 1
        return {
            key[0] if single else key: to_plain(value, found.type)
            for key, value in dated.rows.items()
        }

    def label(self, code: str, *, of: str, language: str = "zh") -> str:
        """The label of a code of an enumeration; the code itself where it has none."""
        label = self.enumerations[of].codes.get(code)
        return label.in_language(language) if label else code


def read_rulebook(
    layers: Sequence[LayerText], *, calendar: WorkingCalendar | None = None
) -> Rulebook:
    """Read and merge layers, lowest first. Raises RulebookFaults with every fault found."""
    log = FaultLog()
    trees = [
        compose(file=layer.name, text=layer.text, layer=layer.layer, log=log) for layer in layers
    ]
    merged = merge_layers([tree for tree in trees if tree is not None], log)
    check_names(merged, log)
    names = tuple(dict.fromkeys(layer.layer for layer in layers))
    book = _read(merged, names, calendar, log)
    log.raise_if_any()
    return book


def _read(
    merged: Map, layers: Sequence[str], calendar: WorkingCalendar | None, log: FaultLog
) -> Rulebook:
    sources = read_sources(section(merged, "sources"), log)
    enumerations = read_enumerations(section(merged, "enumerations"), log)
    codes = {name: tuple(found.codes) for name, found in enumerations.items()}
    cites = Cites(sources, log)
    facts_section = section(merged, "facts")
    facts = FactReader(codes, cites, log).read(facts_section, section(merged, "presume"))
    ranks = {layer: rank for rank, layer in enumerate(layers)}
    reader = ParameterReader(codes=codes, cites=cites, facts=facts, ranks=ranks, log=log)
    parameters_section = section(merged, "parameters")
    parameters = reader.read(parameters_section)
    failed = {*facts_section.entries, *parameters_section.entries} - {*facts, *parameters}
    declared = Declared(facts, parameters, frozenset(failed), Units(Graph(), codes), cites, log)
    shared = StepScope(declared, section(merged, "steps"))
    shared.build()
    rules = {}
    for entry in section(merged, "rules"):
        rule = RuleReader(declared, shared, entry).read()
        if rule is not None:
            rules[entry.name] = rule
    fingerprint = str(getattr(calendar, "fingerprint", ""))
    return Rulebook(
        text_hash=text_hash(merged, layers=layers, calendar=fingerprint),
        sources=sources,
        enumerations=enumerations,
        facts=facts,
        parameters=parameters,
        rules=rules,
        calendar=calendar,
    )
