"""The rules that the how-to pages show are read, proved and asked, and say what the pages say."""

import re
from pathlib import Path

import pytest

from yibao.core.rules import prose
from yibao.core.rules.book import LayerText, Rulebook, read_rulebook
from yibao.core.rules.proofs import prove
from yibao.rulebook.cases import books_over, cases_of, run_cases
from yibao.rulebook.loader import NATIONAL, calendar, layers, proposal

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "howto"
PAGES = ["write-a-rule.md", "write-a-rule.zh-CN.md"]


def shown(page: str) -> tuple[str, str]:
    """The page, and its first rule."""
    text = (HOW_TO / page).read_text(encoding="utf-8")
    found = re.search(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return text, found[1]


def read(rule: str) -> tuple[Rulebook, tuple[LayerText, ...]]:
    texts = (*layers(NATIONAL), LayerText("mine.yaml", rule, "mine"))
    return read_rulebook(texts, calendar=calendar()), texts


@pytest.mark.parametrize("page", PAGES)
def test_the_annotated_rule_is_proved_and_its_people_agree(page: str) -> None:
    _, rule = shown(page)
    book, texts = read(rule)
    assert prove(book).faults == ()
    cases = cases_of(rule, "mine", page)
    assert len(cases) == 3
    assert run_cases(book, "mine", cases, book_for=books_over(texts)) == []


@pytest.mark.parametrize("page", PAGES)
def test_the_sentences_that_the_page_quotes_are_those_of_the_rule(page: str) -> None:
    text, rule = shown(page)
    book, _ = read(rule)
    lines = {line.strip() for line in prose.lines(book.bind("contribution", year=2026))}
    quoted = re.findall(r"^> (.+)$", text, re.MULTILINE)
    assert len(quoted) == 2 and set(quoted) <= lines


def test_the_proposal_that_the_page_shows_is_proved_over_its_region() -> None:
    _, text = shown("change-a-policy.md")
    book = proposal("xingan", text)
    names = [clause.name for clause in book.rules["contribution"].steps["price_class"].clauses]
    assert names[:3] == ["minor_in_hardship", "low_income_minor", "minor_usual"]
