"""A draft laid over the office's rulebook: its faults, what it changes, whether it proves clean."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from yibao.apps.access import rulebooks
from yibao.apps.policy.overlays import PROPOSAL, Paper, draft_files, head_of
from yibao.core.rules.book import LayerText, Rulebook
from yibao.core.rules.dates import to_date
from yibao.core.rules.declarations import Label
from yibao.core.rules.faults import Fault, FaultLog, RulebookFaults
from yibao.core.rules.parameters import FOREVER, Dated, Parameter
from yibao.core.rules.text import Map, Text, compose
from yibao.core.rules.types import Type
from yibao.rulebook.regions import region as region_of


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to lay over the office's rulebook."""

    region: str
    kind: str
    name: str
    text: str
    paper: Paper

    def files(self, *, authority: str, unpublished: date) -> tuple[LayerText, ...]:
        """Return the draft as the files of a layer."""
        head = head_of(
            self.name,
            over=self.region,
            authority=authority,
            paper=self.paper,
            unpublished=unpublished,
        )
        return rulebooks.files_of(self.name, *draft_files(self.kind, self.name, head, self.text))


@dataclass(frozen=True, slots=True)
class Change:
    """A value that a draft changes, of a table a row: `key` with the types of its parts.

    Values as the engine counts them (fen, parts of 10,000, days); None where there was none.
    """

    parameter: str
    label: Label
    type: Type
    key: tuple[tuple[object, Type], ...]
    before: object
    after: object
    since: date
    until: date | None
    cite: str


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """A clause that a draft adds, replaces or repeals, as it is written."""

    rule: str
    step: str
    clause: str
    how: str  # adds | replaces | repeals
    when: str
    outcome: str
    cite: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft read over the office's rulebook. Without faults there is a book."""

    faults: tuple[Fault, ...]
    book: Rulebook | None
    base: Rulebook
    changes: tuple[Change, ...]
    clauses: tuple[ClauseChange, ...]

    @property
    def is_whole(self) -> bool:
        """Tell whether the draft can be read."""
        return not self.faults


def check(draft: Draft, *, on: date) -> Checked:
    """Read a draft over the office's rulebook as it stands, or stood before it was activated.

    A setting is a decision of the office, anything else a proposal until it is activated.
    """
    setting = draft.kind == "setting"
    authority = region_of(draft.region).bureau if setting else PROPOSAL
    base = rulebooks.book_below(draft.region, draft.name)
    files = draft.files(authority=authority, unpublished=on)
    try:
        book = rulebooks.book_with(draft.region, *files)
    except RulebookFaults as wrong:
        own = {file.name for file in files}
        # What a draft breaks elsewhere is named where it stands.
        faults = sorted(wrong.faults, key=lambda fault: fault.file not in own)
        return Checked(tuple(faults), None, base, (), ())
    clauses = tuple(clauses_of(draft.text))
    return Checked((), book, base, tuple(changes(base, book, layer=draft.name)), clauses)


def changes(base: Rulebook, book: Rulebook, *, layer: str) -> Iterator[Change]:
    """Yield every value that the layer gives, beside the one in force before it."""
    for parameter in book.parameters.values():
        earlier = base.parameters.get(parameter.name)
        for value in parameter.values:
            if value.place.layer == layer:
                standing = earlier.at(value.since, FOREVER) if earlier else None
                yield from _rows(parameter, standing, value)


def _rows(parameter: Parameter, before: Dated | None, after: Dated) -> Iterator[Change]:
    was = None if before is None or before.open else before
    keys = list(after.rows) if parameter.by else [()]
    for key in keys:
        old = (was.rows.get(key) if parameter.by else was.value) if was else None
        new = after.rows.get(key) if parameter.by else after.value
        if old == new and was is not None:
            continue
        cite = after.row_cites.get(key, after.cite)
        yield Change(
            parameter.name,
            parameter.label,
            parameter.type,
            tuple(zip(key, (axis.type for axis in parameter.by))),
            old,
            new,
            to_date(after.since),
            None if after.until >= FOREVER else to_date(after.until),
            str(cite),
        )


def clauses_of(text: str) -> Iterator[ClauseChange]:
    """Yield the clauses that a draft's text writes; nothing of a text that cannot be composed."""
    if not text.strip():
        return
    tree = compose(file="", text=text, layer="", log=FaultLog())
    rules = tree.get("rules") if tree else None
    for rule in rules if isinstance(rules, Map) else ():
        steps = rule.value.get("steps") if isinstance(rule.value, Map) else None
        for step in steps if isinstance(steps, Map) else ():
            listed = step.value.get("first_of") if isinstance(step.value, Map) else None
            for clause in listed if isinstance(listed, Map) else ():
                if isinstance(clause.value, Map):
                    yield _clause(rule.name, step.name, clause.name, clause.value)


def _clause(rule: str, step: str, name: str, fields: Map) -> ClauseChange:
    how = next((word for word in ("replaces", "repeals") if word in fields), "adds")
    return ClauseChange(
        rule, step, name, how, _word(fields, "when"), _outcome(fields), _word(fields, "cite")
    )


def _word(fields: Map, key: str) -> str:
    found = fields.get(key)
    return found.value if isinstance(found, Text) else ""


def _outcome(fields: Map) -> str:
    found = fields.get("is")
    if isinstance(found, Map):
        return ", ".join(f"{one.name}: {_word(found, one.name)}" for one in found)
    return found.value if isinstance(found, Text) else ""
