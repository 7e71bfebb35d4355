"""Trying one person: the facts that a rule reads as fields, the answer, what would change it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from yibao.console.forms import ConsoleForm, DayField
from yibao.console.page import said
from yibao.console.policy.telling import Law, law_of, place_of
from yibao.console.policy.words import labelled, language, value_words
from yibao.core.refusal import Refusal
from yibao.core.rules import dependence, fold, nearest
from yibao.core.rules.book import Rulebook
from yibao.core.rules.declarations import Fact
from yibao.core.rules.edition import Edition
from yibao.core.rules.facts import Facts, read_facts
from yibao.core.rules.graph import Cite
from yibao.core.rules.prose import Speaker
from yibao.core.rules.scalar import Decision, MissingFact, Silent, decide
from yibao.core.rules.types import SETS, Type

_FLAGS = [("", _lazy("未填")), ("true", _lazy("是")), ("false", _lazy("否"))]
_UNSAID = [("", _lazy("未填"))]
_NONE = "-"
_MOST = 8


class TryForm(ConsoleForm):
    """The facts of one case, by their types. What is left empty was not recorded."""

    def __init__(self, *args: Any, book: Rulebook, facts: Iterable[Fact], **kwargs: Any) -> None:
        self.book, self.told = book, tuple(facts)
        super().__init__(*args, **kwargs)
        for fact in self.told:
            self.fields[fact.name] = _field(book, fact)
        self.dress()

    def facts(self) -> dict[str, object]:
        """Return the facts that were filled in, in JSON form."""
        found = {}
        for fact in self.told:
            value = self.cleaned_data.get(fact.name)
            if value in ("", None, []):
                continue
            found[fact.name] = _json(fact, value)
        return found

    def parts(self) -> list[tuple[bool, list[Any]]]:
        """Return the fields of the person, then of the visit."""
        person = [self[fact.name] for fact in self.told if not fact.per_visit]
        visit = [self[fact.name] for fact in self.told if fact.per_visit]
        return [(False, person), *([(True, visit)] if visit else [])]


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step of an answer in words."""

    label: str
    value: str
    clause: str
    place: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in words: outcomes, steps, articles, what was presumed, what would change it."""

    outcomes: list[tuple[str, str]]
    steps: list[ShownStep]
    laws: list[Law]
    presumed: list[str]
    changes: list[str]
    silent: str
    refused: str
    setting: str


def facts_of(edition: Edition) -> list[Fact]:
    """Return the facts that a rule may read, in the order in which it meets them."""
    names = dependence.of_rule(edition).facts
    return [edition.facts[name] for name in names if name != "year"]


def answered(book: Rulebook, edition: Edition, given: Mapping[str, object]) -> Answer:
    """Decide one case from facts in JSON form. A refusal is an answer too: it says why."""
    try:
        parts, state = _parts(edition, given)
        decision = (
            decide(edition, parts[0])
            if edition.fold is None
            else fold.step(edition, parts[0], parts[1], fold.State(state))[0]
        )
    except Silent as silent:
        asked = book.parameters.get(silent.name)
        label = labelled(asked.label, silent.name) if asked else silent.name
        words = _("文件没有规定“%(label)s”：%(reason)s")
        told = words % {"label": label, "reason": silent.reason}
        is_open = asked is not None and (asked.open or any(one.open for one in asked.values))
        return _nothing(silent=told, setting=silent.name if is_open else "")
    except MissingFact as missing:
        asked = labelled(edition.facts[missing.fact].label, missing.fact)
        return _nothing(refused=_("还缺“%(fact)s”，请填写后再判断") % {"fact": asked})
    except Refusal as refusal:
        return _nothing(refused=said(refusal))
    flips = nearest.what_would_change(edition, parts, state, most=_MOST)
    return Answer(
        outcomes=_outcomes(book, edition, decision),
        steps=[_step(book, step) for step in decision.steps],
        laws=_laws(book, decision),
        presumed=[labelled(edition.facts[name].label, name) for name in decision.presumed],
        changes=[nearest.sentence(flip, edition, language()) for flip in flips],
        silent="",
        refused="",
        setting="",
    )


def _nothing(*, silent: str = "", refused: str = "", setting: str = "") -> Answer:
    return Answer([], [], [], [], [], silent, refused, setting)


def _parts(
    edition: Edition, given: Mapping[str, object]
) -> tuple[tuple[Facts, ...], tuple[int, ...]]:
    if edition.fold is None:
        return (read_facts(edition, given),), ()
    per = {name for name in given if edition.facts[name].per_visit}
    person = {name: value for name, value in given.items() if name not in per}
    visit = {name: given[name] for name in per}
    facts = (read_facts(edition, person), read_facts(edition, visit))
    return facts, fold.first_state(edition).values


def _outcomes(book: Rulebook, edition: Edition, decision: Decision) -> list[tuple[str, str]]:
    labels = nearest.outcome_labels(edition)
    return [
        (labelled(labels[name], name), value_words(book, value, edition.types[name]))
        for name, value in decision.result.items()
    ]


def _step(book: Rulebook, step: Any) -> ShownStep:
    label = step.label_en if language() == "en" and step.label_en else step.label_zh
    return ShownStep(
        label=label,
        value=value_words(book, step.value, step.type),
        clause=step.clause or "",
        place=place_of(book, step.source, step.article),
    )


def _laws(book: Rulebook, decision: Decision) -> list[Law]:
    cites = dict.fromkeys(
        Cite(step.source, step.article, step.ours) for step in decision.steps if step.source
    )
    return [law for law in (law_of(book, cite) for cite in cites) if law.words]


def _field(book: Rulebook, fact: Fact) -> forms.Field:
    label = labelled(fact.label, fact.name)
    kind = fact.type.kind
    if kind == "flag":
        return forms.ChoiceField(label=label, choices=_FLAGS, required=False)
    if kind in ("code", "level"):
        word = fact.none if language() == "zh" else _("无")
        nothing = [(_NONE, word)] if fact.none is not None else []
        choices = [*_UNSAID, *nothing, *_choices(book, fact)]
        return forms.ChoiceField(label=label, choices=choices, required=False)
    if kind in SETS:
        widget = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(
            label=label, choices=_choices(book, fact), required=False, widget=widget
        )
    if kind == "date":
        return DayField(label=label, required=False)
    return forms.CharField(label=label, required=False, max_length=30)


def _choices(book: Rulebook, fact: Fact) -> list[tuple[str, str]]:
    speaker = Speaker(book.enumerations, language())
    if fact.type.kind in ("code", "codes"):
        of = Type("code", fact.type.of)
        return [(code, speaker.code(code, of)) for code in book.enumerations[fact.type.of].codes]
    return [(str(n), speaker.value(n, Type("level"))) for n in range(fact.low, fact.high + 1)]


def _json(fact: Fact, value: Any) -> object:
    kind = fact.type.kind
    if value == _NONE and fact.none is not None:
        return None
    if kind == "flag":
        return value == "true"
    if kind == "levels":
        return [int(one) for one in value]
    if kind in ("codes", "code"):
        return value
    if kind == "date":
        return value.isoformat()
    text = str(value).strip()
    if kind == "money" and "." not in text:
        return f"{text}.00"
    if kind in ("money", "rate", "date-time", "text", "period"):
        return text
    return int(text) if text.lstrip("-").isdigit() and text.isascii() else text
