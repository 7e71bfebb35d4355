"""A rule as sentences that a resident can read, Chinese and English, values in their place.

`rule` gives paragraphs, so that a page can set each clause beside its article; `lines` gives them
as plain text. All words come from one table (`words.py`), all names from the rulebook's labels.
"""

from __future__ import annotations

from collections.abc import Iterator

from yibao.core.rules.edition import Edition
from yibao.core.rules.prose.paragraphs import Clause, Paragraph, outcome_label, paragraphs
from yibao.core.rules.prose.phrases import Condition, Phrases
from yibao.core.rules.prose.values import Speaker, cited
from yibao.core.rules.prose.words import LANGUAGES, say

__all__ = [
    "LANGUAGES",
    "Clause",
    "Condition",
    "Paragraph",
    "Phrases",
    "Speaker",
    "cited",
    "lines",
    "outcome_label",
    "rule",
    "sentence",
    "unnumbered",
]


def rule(edition: Edition, language: str = "zh") -> tuple[Paragraph, ...]:
    """A bound rule in words: what it asks, then each step after the steps that it reads."""
    return paragraphs(edition, language)


def lines(edition: Edition, language: str = "zh") -> Iterator[str]:
    """A bound rule as lines of plain text."""
    for paragraph in rule(edition, language):
        yield ""
        yield paragraph.label + (say("colon", language) + paragraph.note if paragraph.note else "")
        for clause in paragraph.clauses:
            yield "  " + sentence(clause, language)


def sentence(clause: Clause, language: str = "zh") -> str:
    """A clause with its number, its article and what goes before what."""
    number = f"{clause.number}. " if clause.number else ""
    return number + unnumbered(clause, language)


def unnumbered(clause: Clause, language: str = "zh") -> str:
    """A clause with its article and what goes before what, wherever it stands in its list."""
    stop = say("stop", language)
    space = "" if language == "zh" else " "
    parts = [f"{clause.text}{stop}{cited(clause.cites, language)}"]
    parts += [f"{text}{stop}" for text in clause.over]
    return space.join(parts)
