"""Every rule of the two worked-out regions in words, as a resident reads it, in both languages."""

from collections.abc import Callable

import pytest

from yibao.core.rules import prose
from yibao.rulebook.loader import rulebook

YEARS = {"xingan": 2009, "hengshan": 2021}


@pytest.mark.parametrize("language", prose.LANGUAGES)
@pytest.mark.parametrize("region", YEARS)
def test_the_rules_in_words(
    region: str, language: str, snapshot: Callable[[str, str], None]
) -> None:
    book = rulebook(region)
    for rule in book.rules:
        edition = book.bind(rule, year=YEARS[region])
        text = "\n".join(prose.lines(edition, language))
        snapshot(f"prose/{region}-{rule}-{language}", text)
