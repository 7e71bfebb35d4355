"""Every page in English: no Chinese but data, texts of law, and the words of official forms."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.apps.access.offices import AT, hire
from tests.apps.claims import insured
from tests.console import everything
from tests.console.signed_in import sign_in_as
from tests.console.test_languages import chinese_in
from yibao.apps.access.models import Organisation
from yibao.apps.access.rulebooks import book_of
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.collection.sheets import COLUMNS as PAYMENT_COLUMNS
from yibao.apps.enrolment.ledgers import forms
from yibao.apps.subsidy.sheets import COLUMNS as ROSTER_COLUMNS
from yibao.rulebook.regions import region as region_of

pytestmark = pytest.mark.django_db

# The guide is Chinese; the page of components shows made-up rows.
_CHINESE_PAGES = frozenset({"console:help_page", "console:look"})
# Words that are typed into the search box.
_SEARCHED = ("批次 12", "应缴 12", "缴费 12")
_SAID = re.compile(r'\b(?:aria-label|title|placeholder|alt|data-label|content)="([^"]*)"')
_SILENT = re.compile(r"<(script|template)\b.*?</\1>", re.DOTALL)
_CITED = re.compile(r'<span class="cite">.*?</span>', re.DOTALL)
_MASKED = re.compile(r"[㐀-鿿]?\*+[㐀-鿿]?")


def visible(page: str) -> str:
    """Return what a reader sees or hears of a page: its text, and the attributes that are read."""
    page = _CITED.sub(" ", _SILENT.sub(" ", page))
    return _MASKED.sub(" ", " ".join([re.sub(r"<[^>]+>", " ", page), *_SAID.findall(page)]))


def held(region: str) -> set[str]:
    """Return what the database holds in Chinese: names, places, files, reasons that were typed."""
    found = set(Organisation.objects.values_list("name", flat=True))
    with scoped(Scope.system(region)), connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name from information_schema.columns"
            " where table_schema = 'public' and data_type in ('text', 'character varying', 'jsonb')"
        )
        for table, column in cursor.fetchall():
            cursor.execute(f'select distinct "{column}"::text from "{table}"')
            found |= {row[0] for row in cursor.fetchall() if row[0]}
    return runs_of(found)


def runs_of(texts: set[str]) -> set[str]:
    """Return the runs of Chinese that the texts are made of."""
    return {run for text in texts for run in re.findall(r"[㐀-鿿]+", text)}


def law(region: str) -> set[str]:
    """Return titles and numbers of the texts, their articles, and what they leave open."""
    book, found = book_of(region), {str(region_of(region).documents)}
    for name, source in book.sources.items():
        found |= {name, source.title, source.number, *(f"{name} {a}" for a in source.articles)}
    for one in book.parameters.values():
        found |= {one.open, *(dated.open for dated in one.values)}
    return found | runs_of(found)


def official() -> set[str]:
    """Return the words of the forms that villages, the tax side and departments hand in."""
    found = {one.zh for one in (*PAYMENT_COLUMNS, *ROSTER_COLUMNS)}
    for form in forms().values():
        found |= {form.name, *(one.title for one in form.columns)}
        found |= {word for one in form.columns for word in one.choices}
    return found


class Readers:
    """Readers of English, one a post."""

    def __init__(self, shown: everything.Shown) -> None:
        self._shown, self._clients = shown, {}

    def page(self, posts: tuple[str, ...], address: str) -> Any:
        """Ask in the posts that may until one sees it: some things are for their makers only."""
        for role in reversed(posts):
            answer = self._client(role).get(address)
            if answer.status_code not in (403, 404):
                break
        return answer

    def _client(self, role: str) -> Client:
        if role not in self._clients:
            at = insured.AT if self._shown.region == "xingan" else AT
            staff = hire(role=role, division=self._shown.division, at=at)
            client, _scope = sign_in_as(role="", division="", staff=staff)
            client.post(reverse("console:preferences"), {"language": "en", "next": "/"})
            self._clients[role] = client
        return self._clients[role]


@pytest.mark.parametrize("region", [everything.hengshan, everything.hinggan])
def test_an_english_reader_finds_chinese_only_in_data_law_and_forms(region):
    shown = region()
    readers, pages = Readers(shown), {}
    for name, route in everything.seen_routes():
        for address in shown.addresses(name) if name not in _CHINESE_PAGES else ():
            answer = readers.page(route.posts(), address)
            if answer.status_code == 200 and "html" in answer.headers.get("content-type", ""):
                pages[address] = visible(answer.content.decode())
    assert len(pages) > 80
    data = (*held(shown.region), *law(shown.region), *official(), *_SEARCHED)
    left = {address: chinese_in(page, data) for address, page in pages.items()}
    assert {address: found for address, found in left.items() if found} == {}


def test_what_is_read_of_a_page_is_its_text_and_its_labels():
    page = '<p data-x="甲">文<span class="cite">方案 四</span></p><a aria-label="往">'
    page += "<template>板</template>"
    assert visible(page).split() == ["文", "往"]
