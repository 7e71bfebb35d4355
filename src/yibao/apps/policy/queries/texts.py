"""Clauses as they are written, for whoever writes one anew."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from yibao.apps.access.rulebooks import layers_of
from yibao.apps.access.scope import NotThere
from yibao.apps.policy.overlays import written
from yibao.core.rules.faults import FaultLog
from yibao.core.rules.overlay import merge_layers
from yibao.core.rules.text import Items, Map, Text, Tree, compose

_OWN = frozenset({"when", "is", "cite"})


@dataclass(frozen=True, slots=True)
class ClauseText:
    """A clause as it stands: where, in which layer, condition and outcome as they are written."""

    rule: str  # "" for a step that the region's rules share
    step: str
    name: str
    layer: str
    when: str
    outcome: str
    cite: str
    others: tuple[tuple[str, str], ...]

    @property
    def path(self) -> tuple[str, ...]:
        """The keys above the clause."""
        above = ("rules", self.rule) if self.rule else ()
        return (*above, "steps", self.step, "first_of")

    @property
    def key(self) -> str:
        """How an address names it."""
        return f"{self.rule}/{self.step}/{self.name}"


def clause_texts(region: str) -> list[ClauseText]:
    """Return every clause of the office's rulebook in the order of its text."""
    log = FaultLog()
    trees = [
        compose(file=one.name, text=one.text, layer=one.layer, log=log) for one in layers_of(region)
    ]
    merged = merge_layers([tree for tree in trees if tree is not None], log)
    found = []
    for rule in _entries(merged, "rules"):
        if isinstance(rule[1], Map):
            found += _of_steps(rule[0], rule[1])
    return [*found, *_of_steps("", merged)]


def clause_text(region: str, key: str) -> ClauseText:
    """Return one by its key. Raises NotThere."""
    found = next((one for one in clause_texts(region) if one.key == key), None)
    if found is None:
        raise NotThere(what=_("条款 %(id)s") % {"id": key})
    return found


def _of_steps(rule: str, tree: Map) -> Iterator[ClauseText]:
    for step, body in _entries(tree, "steps"):
        listed = body.get("first_of") if isinstance(body, Map) else None
        for clause in listed if isinstance(listed, Map) else ():
            if isinstance(clause.value, Map):
                yield _clause(rule, step, clause.name, clause.place.layer, clause.value)


def _entries(tree: Map, section: str) -> list[tuple[str, Tree]]:
    found = tree.get(section)
    return [(entry.name, entry.value) for entry in found] if isinstance(found, Map) else []


def _clause(rule: str, step: str, name: str, layer: str, fields: Map) -> ClauseText:
    others = tuple((one.name, _text(one.value)) for one in fields if one.name not in _OWN)
    when, cite = fields.get("when"), fields.get("cite")
    outcome = fields.get("is")
    return ClauseText(
        rule=rule,
        step=step,
        name=name,
        layer=layer,
        when=when.value if isinstance(when, Text) else "",
        outcome=_outcome(outcome) if outcome is not None else "",
        cite=cite.value if isinstance(cite, Text) else "",
        others=others,
    )


def _outcome(tree: Tree) -> str:
    """An expression as it is; several outcomes as `name: expression`, one a line."""
    if isinstance(tree, Text):
        return tree.value
    return "{" + _text(tree)[1:-1] + "}"


def _text(tree: Tree) -> str:
    """A tree on one line, as YAML reads it back."""
    if isinstance(tree, Text):
        return written(tree.value)
    if isinstance(tree, Items):
        return "[" + ", ".join(_text(item) for item in tree.items) + "]"
    return "{" + ", ".join(f"{written(one.name)}: {_text(one.value)}" for one in tree) + "}"


def clause_line(
    *,
    how: str,
    clause: ClauseText,
    when: str,
    outcome: str,
    cite: str,
) -> str:
    """Return a clause of a proposal on one line: what it replaces, repeals, or goes before."""
    if how == "repeals":
        return f"{{repeals: {clause.layer}}}"
    first = f"before: {clause.name}" if how == "adds" else f"replaces: {clause.layer}"
    parts = [first]
    if when.strip():
        parts.append(f"when: {written(when.strip())}")
    given = outcome.strip()
    parts.append(f"is: {given if given.startswith('{') else written(given)}")
    kept = clause.others if how == "replaces" else ()
    parts += [f"{name}: {text}" for name, text in kept if name not in ("before", "replaces")]
    return "{" + ", ".join([*parts, f"cite: {written(cite)}"]) + "}"
