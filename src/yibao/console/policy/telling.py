"""A rule as its page shows it: sentences at the left, the article's summary at the right."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from yibao.console.policy.words import labelled, language
from yibao.core.rules import prose
from yibao.core.rules.book import Rulebook
from yibao.core.rules.edition import Edition
from yibao.core.rules.graph import Cite
from yibao.core.rules.prose import Clause, Paragraph

# Kinds of paragraphs that stand together in one panel, after the lists of clauses.
_TOGETHER = {
    "requires": _("受理条件"),
    "outcome": _("结果怎样得出"),
    "definition": _("用到的概念"),
    "fold": _("按次序累计"),
    "ensures": _("结果须符合"),
    "presumed": _("没有登记的事项"),
    "open": _("待定"),
}
# More articles than these are named by their places only.
_FEW = 2


@dataclass(frozen=True, slots=True)
class Law:
    """An article: its place, our summary of it, whether it is a reading of our own."""

    place: str
    words: str
    ours: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A clause beside what it rests on."""

    clause: Clause
    laws: tuple[Law, ...]
    label: str = ""

    @property
    def are_few(self) -> bool:
        """Tell whether the articles are shown with their summaries."""
        return len(self.laws) <= _FEW


@dataclass(frozen=True, slots=True)
class Group:
    """A panel: a list of clauses judged in their order, or paragraphs of one kind."""

    title: str
    note: str
    rows: tuple[Row, ...]
    is_list: bool


def groups_of(book: Rulebook, edition: Edition) -> list[Group]:
    """Return a rule's panels: its lists of clauses, then the rest by kind, each with articles."""
    told = prose.rule(edition, language())
    found = [
        Group(one.label, one.note, _rows(book, one, ""), True)
        for one in told
        if one.kind == "decision"
    ]
    for kind, title in _TOGETHER.items():
        rows = [
            row
            for one in told
            if one.kind == kind
            for row in _rows(book, one, one.label if len(one.clauses) == 1 else "")
        ]
        if rows:
            place = 0 if kind == "requires" else len(found)
            found.insert(place, Group(str(title), "", tuple(rows), False))
    return found


def _rows(book: Rulebook, paragraph: Paragraph, label: str) -> tuple[Row, ...]:
    return tuple(Row(clause, laws_of(book, clause.cites), label) for clause in paragraph.clauses)


def laws_of(book: Rulebook, cites: Iterable[Cite]) -> tuple[Law, ...]:
    """Return articles with their summaries, each once."""
    return tuple(law_of(book, cite) for cite in dict.fromkeys(cites))


def law_of(book: Rulebook, cite: Cite) -> Law:
    """Return an article with its summary."""
    source = book.sources.get(cite.source)
    if source is None:
        return Law(str(cite), "", cite.ours)
    summary = source.articles.get(cite.article)
    words = labelled(summary) if summary else ""
    if cite.ours:
        return Law(str(_("解读 %(article)s") % {"article": cite.article}), words, True)
    place = f"{source.number or source.title}　{cite.article}"
    return Law(place, words, False)


def place_of(book: Rulebook, source: str, article: str) -> str:
    """Return where an article stands."""
    found = book.sources.get(source)
    return law_of(book, Cite(source, article, found.ours if found else False)).place
