"""The two hashes: what counts in the text, and what in the sense."""

from __future__ import annotations

import pytest

from tests.core.rules.samples import BENEFIT, CONTRIBUTION, NATIONAL, layers, read
from yibao.core.rules.book import read_rulebook


class Calendar:
    fingerprint = "holidays of 2009"

    def add_working_days(self, date_ordinal: int, n: int) -> int:
        return date_ordinal + n


def hashes(text: str) -> tuple[str, str]:
    book = read(text)
    return book.text_hash, book.bind(next(iter(book.rules)), year=2009).sense_hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("zh: 成年年龄, en: age of majority", "en: age of majority, zh: 成年年龄"),
        ("{type: years, is: 18, from: 2008,", "{type: years, from: '2008', is: \"18\","),
        ("  adult_age: {", "  # the age\n  adult_age: {"),
    ],
)
def test_comments_quotes_and_the_order_of_independent_keys_do_not_count(old: str, new: str) -> None:
    changed = CONTRIBUTION.replace(old, new)
    assert changed != CONTRIBUTION
    assert hashes(changed) == hashes(CONTRIBUTION)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("zh: 成年年龄", "zh: 成人年龄"),
        ("cite: law 3(1), zh: 成年年龄", "cite: law 3(2), zh: 成年年龄"),
        ("over: {clause: adult_in_hardship, cite: reading 43}", "over: {clause: adult_in_hardship, cite: reading 44}"),
        ("minor_usual:", "minor_plain:"),
    ],
)  # fmt: skip
def test_labels_names_and_articles_are_text_but_no_sense(old: str, new: str) -> None:
    changed = hashes(CONTRIBUTION.replace(old, new))
    assert changed[0] != hashes(CONTRIBUTION)[0]
    assert changed[1] == hashes(CONTRIBUTION)[1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("is: 18,", "is: 16,"),
        ("age_at < adult_age", "age_at <= adult_age"),
        ("is: [1, 2]", "is: [1, 2, 3]"),
        ("{personal: 130,", "{personal: 131,"),
        ("when: minor, is: child,", "when: minor, is: adult,"),
    ],
)
def test_a_number_an_operator_or_a_code_is_sense(old: str, new: str) -> None:
    assert CONTRIBUTION.replace(old, new) != CONTRIBUTION
    changed = hashes(CONTRIBUTION.replace(old, new))
    assert changed[0] != hashes(CONTRIBUTION)[0]
    assert changed[1] != hashes(CONTRIBUTION)[1]


def test_the_order_of_clauses_codes_and_ceilings_counts() -> None:
    base = read(BENEFIT).text_hash
    ceilings = BENEFIT.splitlines()
    at = next(n for n, line in enumerate(ceilings) if line.startswith("      disease:"))
    ceilings[at], ceilings[at + 1] = ceilings[at + 1], ceilings[at]
    assert read("\n".join(ceilings)).text_hash != base
    codes = NATIONAL.replace(
        "{inpatient: 住院, special_outpatient: 特殊病门诊}",
        "{special_outpatient: 特殊病门诊, inpatient: 住院}",
    )
    assert read_rulebook(layers(codes, BENEFIT)).text_hash != base


def test_the_calendar_is_part_of_the_text() -> None:
    assert read(CONTRIBUTION, calendar=Calendar()).text_hash != read(CONTRIBUTION).text_hash


def test_the_year_and_what_was_known_are_part_of_the_sense_only_by_their_values() -> None:
    book = read(CONTRIBUTION)
    one, two = (book.bind("contribution", year=year).sense_hash for year in (2009, 2010))
    assert one != two
    fixed = read("rules: {r: {result: {x: low_income}}}")
    assert fixed.bind("r", year=2009).sense_hash == fixed.bind("r", year=2010).sense_hash
