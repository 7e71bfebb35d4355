"""A rule as paragraphs: its conditions first, then each step after the steps that it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from yibao.core.rules.declarations import Label
from yibao.core.rules.edition import Edition
from yibao.core.rules.graph import Cite, Node, StepInfo, in_order
from yibao.core.rules.graph import Clause as Listed
from yibao.core.rules.parameters import Dated
from yibao.core.rules.prose.phrases import Condition, Phrases
from yibao.core.rules.prose.values import Speaker, cited
from yibao.core.rules.rules import Requirement, StateVariable
from yibao.core.rules.steps import OTHERWISE, USED
from yibao.core.rules.types import DATE, FLAG


@dataclass(frozen=True, slots=True)
class Clause:
    """One sentence of a paragraph: if `if_text` then `then_text`, by an article.

    `number` counts from 1 in a list of clauses and is 0 elsewhere; `name` is the clause's own;
    `if_text` is empty where nothing is asked; `text` is the whole sentence without its article;
    `cites` are articles as (source, article, ours); `over` are sentences about what goes first.
    """

    number: int
    name: str
    if_text: str
    then_text: str
    text: str
    cites: tuple[Cite, ...]
    over: tuple[str, ...] = ()

    @property
    def ours(self) -> bool:
        """Whether it rests on a reading of our own."""
        return any(cite.ours for cite in self.cites)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One step, or one list of clauses, in words. `kind` says what it is.

    Kinds: requires, dated, fold, definition, decision, outcome, ensures, presumed, open. `note` is
    what goes before the clauses (their order), `step` the name of the step, empty for what is none.
    """

    kind: str
    step: str
    label: str
    note: str
    clauses: tuple[Clause, ...]


def paragraphs(edition: Edition, language: str) -> tuple[Paragraph, ...]:
    """All of a rule in words."""
    speaker = Speaker(edition.book.enumerations, language)
    return tuple(_Writer(edition, Phrases(edition, speaker)).write())


class _Writer:
    def __init__(self, edition: Edition, phrases: Phrases) -> None:
        self.edition, self.phrases = edition, phrases
        self.origin = edition.origin
        self.speaker, self.say = phrases.speaker, phrases.say

    def write(self) -> Iterator[Paragraph]:
        yield from self._conditions("requires", self.origin.requires)
        yield from self._dated()
        yield from self._fold()
        told: set[str] = set()
        ordered = list(in_order(self._roots()))
        steps = [node for node in ordered if node.op == "step"]
        for node in steps:
            info = self.edition.steps[str(node.value)]
            name = info.decision or info.name
            if name not in told:
                told.add(name)
                group = [other for other in steps if self._of(other) == name]
                yield self._step(name, info, group)
        yield from self._plain_results()
        yield from self._conditions("ensures", self.origin.ensures)
        yield from self._presumed(ordered)
        yield from self._open()

    def _of(self, node: Node) -> str:
        info = self.edition.steps[str(node.value)]
        return info.decision or info.name

    def _roots(self) -> Iterator[Node]:
        fold = self.origin.fold
        yield from (requirement.when for requirement in self.origin.requires)
        if fold is not None:
            yield from fold.order
        yield from (node for _, node in self.origin.result)
        if fold is not None:
            yield from fold.next

    def _plain_results(self) -> Iterator[Paragraph]:
        """Outcomes that no step gives: a parameter, or a fact, as it is."""
        for name, node in self.origin.result:
            if node.op != "step":
                label = outcome_label(self.edition, name, node)
                text = self.speaker.label(label, name).removeprefix("the ")
                then = self.say("is", a=text, b=self.phrases.noun(node))
                clause = self._sentence(0, "", None, then, *self._value_cites(node))
                yield Paragraph("outcome", name, text, "", (clause,))

    def _value_cites(self, node: Node) -> list[Cite]:
        dated = self.phrases.fixed(node)
        return [dated.cite] if dated is not None else []

    # steps

    def _step(self, name: str, info: StepInfo, group: Sequence[Node]) -> Paragraph:
        labels = [self.phrases.label(node).in_language(self.speaker.language) for node in group]
        label = self.speaker.listed(labels)
        if info.clauses:
            note = self._note(info)
            clauses = [self._clause(at, info, group) for at in range(len(info.clauses))]
            if group[0].args[0].op == "within":
                clauses += self._ceilings(group[0].args[0])
            return Paragraph("decision", name, label, note, tuple(clauses))
        node = group[0]
        inner = node.args[0]
        if inner.op == "within":
            amount = self.phrases.noun(inner.args[0], named=True)
            then = self.say("within", a=self.phrases.bare(node), b=amount)
            first = self._sentence(0, "", None, then, info.cite)
            return Paragraph("outcome", name, label, "", (first, *self._ceilings(inner)))
        kind = "definition" if node.type == FLAG else "outcome"
        return Paragraph(kind, name, label, "", (self._plain(node, info.cite),))

    def _note(self, info: StepInfo) -> str:
        if len(info.clauses) == 1:
            return ""
        if info.order is None:
            return self.say("in order")
        return self.say("order") + self.cited([info.order])

    def _plain(self, node: Node, cite: Cite) -> Clause:
        """A step of one expression: a flag is defined, an amount told."""
        inner, label = node.args[0], self.phrases.label(node)
        if node.type == FLAG:
            then = label.in_language(self.speaker.language)
            when = self.phrases.condition(inner)
            items = self.say("semicolon").join(when.items)
            key = "defined list" if items else "defined"
            text = self.say(key, then=then, when=when.head, head=when.head, items=items)
            return Clause(0, "", self.phrases.one_line(when), then, text, (cite,))
        dated = self.phrases.fixed(inner) if inner.op == "table" else None
        if dated is not None:
            keys, rows = self.phrases.rows(inner, dated)
            said = self.say("by key", keys=keys, rows=rows) if keys else rows
            then = self.say("has" if keys else "is", a=self.phrases.bare(node), b=said)
            return self._sentence(0, "", None, then, *self._row_cites(inner, dated))
        return self._sentence(0, "", None, self._is(node, self._amount(inner)), cite)

    def _amount(self, node: Node) -> str:
        """An amount, and the day it comes to where that is another way to say it."""
        said = self.phrases.noun(node, named=True)
        if node.op != "shift" or self.phrases.day(node) is None:
            return said
        start = self.phrases.noun(node.args[0])
        key = "plus time" if node.value == 1 else "less time"
        told = self.say(key, a=start, b=self.phrases.noun(node.args[1]))
        return self.say("that is", a=told, b=said)

    def _is(self, node: Node, amount: str) -> str:
        if amount == self.say("nothing"):
            return self.say("no such", a=self.phrases.bare(node))
        return self.say("is", a=self.phrases.bare(node), b=amount)

    def _row_cites(self, table: Node, dated: Dated) -> list[Cite]:
        met = self.phrases.met(table, dated)
        return list(dict.fromkeys(dated.row_cites.get(key, dated.cite) for key, _ in met))

    def _clause(self, at: int, info: StepInfo, group: Sequence[Node]) -> Clause:
        clause = info.clauses[at]
        pick = _cases(group[0]).args[0]
        thens = [self._then(node, _cases(node).args[1 + at]) for node in group]
        whole = [then for then in thens if then] or [self._nothing(group)]
        then = self.say("semicolon").join(whole)
        when = None if clause.name == OTHERWISE else self.phrases.condition(pick.args[at])
        found = self._sentence(at + 1, clause.name, when, then, clause.cite)
        over = tuple(self._over(info.clauses, name, cite) for name, cite in clause.over)
        return Clause(
            found.number, found.name, found.if_text, found.then_text, found.text, found.cites, over
        )

    def _over(self, clauses: Sequence[Listed], name: str, cite: Cite) -> str:
        number = 1 + [clause.name for clause in clauses].index(name)
        return self.say("over", number=number) + self.cited([cite])

    def _nothing(self, group: Sequence[Node]) -> str:
        """What a clause says that gives none of its outcomes."""
        return self.say(
            "no such", a=self.speaker.alternatives([self.phrases.bare(n) for n in group])
        )

    def _then(self, node: Node, outcome: Node) -> str:
        """What a clause gives; nothing for an outcome that there is not, beside others."""
        label = self.phrases.label(node)
        if outcome.op == "const" and outcome.value is None:
            return ""
        if outcome.op == "const" and (node.type == FLAG or self.speaker.marks(label, node.type)):
            return self.speaker.flag(label, positive=bool(outcome.value))
        if node.type == FLAG:
            when = self.phrases.one_line(self.phrases.condition(outcome))
            return self.say("depends", a=self.speaker.flag(label, positive=True), b=when)
        return self._is(node, self.phrases.noun(outcome, named=True))

    def _sentence(
        self, number: int, name: str, when: Condition | None, then: str, *cites: Cite
    ) -> Clause:
        if when is None:
            text = self.say("otherwise", then=then) if name == OTHERWISE else then
            return Clause(number, name, "", then, self.speaker.sentence(text), cites)
        if not when.items:
            text = self.say("if", when=when.head, then=then)
        else:
            items = self.say("semicolon").join(when.items)
            text = self.say("if list", head=when.head, then=then, items=items)
        if_text = self.phrases.one_line(when)
        return Clause(number, name, if_text, then, self.speaker.sentence(text), cites)

    def _ceilings(self, within: Node) -> list[Clause]:
        """One sentence for each ceiling: which visits it counts, and what it comes to."""
        fold = self.origin.fold
        assert fold is not None and isinstance(within.value, tuple)
        told = {clause.name: clause for clause in fold.told}
        found = []
        for at, name in enumerate(within.value):
            counts, limit = within.args[1 + 3 * at], within.args[2 + 3 * at]
            clause = told[name]
            label = clause.label_en if self.speaker.language == "en" else clause.label_zh
            bound = self.phrases.noun(limit)
            key = "ceiling alone" if label and label in bound else "ceiling"
            then = self.say(key, label=label or name, limit=bound)
            plain = counts.op == "const"
            when = None if plain else self.phrases.condition(counts)
            found.append(self._sentence(at + 1, name, when, then, clause.cite))
        return found

    # what stands around the steps

    def _conditions(self, kind: str, listed: Sequence[Requirement]) -> Iterator[Paragraph]:
        texts = [condition.label.in_language(self.speaker.language) for condition in listed]
        clauses = [
            Clause(at, "", "", text, self.speaker.sentence(text), ())
            for at, text in enumerate(texts, 1)
        ]
        if clauses:
            yield Paragraph(kind, "", self.say(kind), "", tuple(clauses))

    def _dated(self) -> Iterator[Paragraph]:
        """By which day values that change are taken, where it is not the year's first."""
        fact = self.edition.facts.get(self.origin.dated_by)
        if fact is not None and fact.type == DATE:
            text = self.say("dated by", a=self.speaker.label(fact.label, fact.name))
            clause = Clause(0, "", "", text, self.speaker.sentence(text), ())
            yield Paragraph("dated", "", self.say("dated"), "", (clause,))

    def _fold(self) -> Iterator[Paragraph]:
        fold = self.origin.fold
        if fold is None:
            return
        keys = [self.say("person"), *(self.phrases.noun(node) for node in fold.key)]
        order = [self.phrases.noun(node) for node in fold.order]
        texts = [
            self.say("fold key", keys=self.speaker.listed(keys)),
            self.say("fold order", keys=self.speaker.listed(order)),
        ]
        for state, node in zip(fold.state, fold.next):
            if not state.name.startswith(USED):
                texts.append(self._state(state, node))
        clauses = tuple(Clause(0, "", "", text, self.speaker.sentence(text), ()) for text in texts)
        yield Paragraph("fold", "", self.say("fold"), "", clauses)

    def _state(self, state: StateVariable, node: Node) -> str:
        """What a fold counts: how it begins, and how a visit changes it."""
        label = self.speaker.label(state.label, state.name)
        if self.speaker.marks(state.label, state.type):
            flag = self.speaker.flag(state.label, positive=bool(state.starts))
            first = self.say("starts flag", a=flag)
        else:
            first = self.say("starts", a=label, b=self.speaker.value(state.starts, state.type))
        after = self.say("next", a=label, b=self.phrases.noun(node, named=True))
        return self.say("semicolon").join([first, after])

    def _presumed(self, ordered: Iterable[Node]) -> Iterator[Paragraph]:
        """What is taken for a fact that nobody recorded, by the article that says so."""
        by_cite: dict[Cite, list[str]] = {}
        for node in ordered:
            fact = self.edition.facts.get(str(node.value)) if node.op == "fact" else None
            if fact is None or fact.absent is None:
                continue
            absent = fact.absent
            other = self.edition.facts.get(absent.fact)
            if other is not None:
                value = self.speaker.label(other.label, other.name).removeprefix("the ")
            elif absent.value is None and self.speaker.language == "zh":
                value = fact.none or ""
            else:
                value = self.speaker.value(absent.value, fact.type)
            name = self.speaker.label(fact.label, fact.name).removeprefix("the ")
            said = self.say("presumed as", a=name, b=value)
            by_cite.setdefault(absent.cite, []).append(said)
        clauses = []
        for cite, texts in by_cite.items():
            text = self.say("semicolon").join(dict.fromkeys(texts))
            clauses.append(Clause(0, "", "", text, self.speaker.sentence(text), (cite,)))
        if clauses:
            yield Paragraph("presumed", "", self.say("presumed"), "", tuple(clauses))

    def _open(self) -> Iterator[Paragraph]:
        parameters = self.edition.book.parameters
        texts = []
        for name, reason in self.phrases.silent.items():
            label = parameters[name].label.in_language(self.speaker.language)
            texts.append(self.say("open reason", label=label, reason=reason))
        clauses = tuple(Clause(0, "", "", text, self.speaker.sentence(text), ()) for text in texts)
        if clauses:
            yield Paragraph("open", "", self.say("open"), "", clauses)

    def cited(self, cites: Sequence[Cite]) -> str:
        return cited(cites, self.speaker.language)


def outcome_label(edition: Edition, name: str, node: Node) -> Label:
    """The label of an outcome: that of the step, the parameter or the fact that gives it."""
    named = str(node.value)
    if node.op == "step":
        info = edition.steps[named]
        return Label(info.label_zh, info.label_en)
    if node.op in ("param", "table"):
        return edition.book.parameters[named].label
    return edition.facts[named].label if node.op == "fact" else Label(name)


def _cases(node: Node) -> Node:
    """The cases node of a step that a list of clauses gives."""
    inner = node.args[0]
    return inner.args[0] if inner.op == "within" else inner
