"""What every page of the console keeps: headers, one h1, labels, no inline style or script."""

import re
from html.parser import HTMLParser

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from tests.console.season import late_season
from tests.console.signed_in import sign_in_as
from yibao.apps.access import audit
from yibao.apps.access.models import AuditRecord, PoolingRegion
from yibao.apps.access.roles import ACTIONS, ROLE_ACTIONS
from yibao.console.menu import ENTRIES, GROUPS
from yibao.console.routes import routes
from yibao.database.scope import scoped
from yibao.web.glyphs import ICONS
from yibao.web.headers import POLICY

pytestmark = pytest.mark.django_db

SIGNED_OUT = ["/sign-in/", "/nowhere/"]


class Markup(HTMLParser):
    """Collects what the rules of a page look at."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag):
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data):
        for tag in set(self._open):
            self.texts.setdefault(tag, []).append(data.strip())

    def all(self, *names):
        return [attributes for tag, attributes in self.tags if tag in names]


def faults_of(text: str) -> list[str]:
    """Return what a page does that no page may."""
    page = Markup(text)
    found = []
    headings = [tag for tag, _ in page.tags if tag == "h1"]
    if len(headings) != 1 or not "".join(page.texts.get("h1", [])):
        found.append(f"{len(headings)} h1, or an empty one")
    if not "".join(page.texts.get("title", [])).removesuffix("- 医保经办").strip():
        found.append("no title")
    for tag, attributes in page.tags:
        if "style" in attributes:
            found.append(f"style attribute on {tag}")
        found += [f"{name} on {tag}" for name in attributes if name.startswith("on")]
        if tag == "script" and not attributes.get("src"):
            found.append("inline script")
        if tag == "style":
            found.append("inline style sheet")
        if tag == "th" and not attributes.get("scope"):
            found.append("a table head without scope")
    ids = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    found += [f"id {one} twice" for one in sorted({one for one in ids if ids.count(one) > 1})]
    labelled = {attributes.get("for") for attributes in page.all("label")}
    for attributes in page.all("input", "select", "textarea"):
        hidden = attributes.get("type") in ("hidden", "radio", "checkbox", "submit")
        if not hidden and attributes.get("id") not in labelled and "aria-label" not in attributes:
            found.append(f"no label for {attributes.get('name')}")
    if len(page.all("table")) != text.count("<caption"):
        found.append("a table without caption")
    for form in re.findall(r"<form.*?</form>", text, re.S):
        if 'method="post"' in form and "csrfmiddlewaretoken" not in form:
            found.append("a post form without its token")
    return found


def plain_pages():
    """The addresses of every page without arguments, with the right that it asks for."""
    found = []
    for pattern, view, name in _views(get_resolver().url_patterns, ""):
        if "<" not in pattern and hasattr(view, "is_console_page"):
            found.append((f"/{pattern}", routes()[name]))
    return found


def _views(patterns, before, space=""):
    for one in patterns:
        here = before + str(one.pattern)
        if hasattr(one, "url_patterns"):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from _views(one.url_patterns, here, inner)
        else:
            yield here, one.callback, f"{space}{one.name}"


ROLES = [role for role in ROLE_ACTIONS if role != "system"]


@pytest.mark.parametrize("role", ROLES)
def test_every_page_keeps_the_rules_and_only_whom_it_lets_in(role):
    late_season()
    client, scope = sign_in_as(role=role, division="430423")
    pages = plain_pages()
    assert ("/access/operators/", "access.read") in [(at, one.right) for at, one in pages]
    for address, route in pages:
        answer = client.get(address)
        allowed = route.right == "post" or scope.allows(route.right)
        expected = (200, 302, 405) if allowed else (403,)
        assert answer.status_code in expected, (address, answer.status_code)
        if answer.status_code in (200, 403) and "html" in answer.headers["Content-Type"]:
            assert faults_of(answer.content.decode()) == [], address
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"


def test_the_pages_before_a_post_keep_the_rules_too():
    client = Client()
    for address in SIGNED_OUT:
        answer = client.get(address)
        assert faults_of(answer.content.decode()) == [], address
        assert answer.headers["Content-Security-Policy"] == POLICY
    client, _ = sign_in_as(role="township_clerk", division="430423105")
    for address in ("/password/", "/posts/"):
        assert faults_of(client.get(address).content.decode()) == [], address


@pytest.mark.parametrize(
    "wrong",
    [
        "<title>x - 医保经办</title><h1>a</h1><h1>b</h1>",
        '<title>x - 医保经办</title><h1>a</h1><p style="color:red">',
        '<title>x - 医保经办</title><h1>a</h1><button onclick="x()">',
        "<title>x - 医保经办</title><h1>a</h1><script>x()</script>",
        '<title>x - 医保经办</title><h1>a</h1><input name="n" id="n">',
        '<title>x - 医保经办</title><h1>a</h1><form method="post"></form>',
        "<title> - 医保经办</title><h1>a</h1>",
        "<title>x - 医保经办</title><h1>a</h1><table></table>",
    ],
)
def test_the_rules_of_a_page_find_what_breaks_them(wrong):
    assert len(faults_of(wrong)) == 1


def test_the_policy_allows_nothing_inline_and_nothing_foreign():
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert POLICY.startswith("default-src 'none'")


def test_cookies_are_out_of_reach_of_scripts_and_foreign_pages():
    client, _ = sign_in_as(role="township_clerk", division="430423105")
    client.get("/")
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        cookie = client.cookies[name]
        assert cookie["httponly"] and cookie["samesite"] == "Lax"
    assert not client.cookies[settings.SESSION_COOKIE_NAME]["expires"]


def test_a_post_without_the_token_of_our_page_is_refused_with_a_page():
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/sign-in/", {"staff_no": "1", "password": "x"})
    assert answer.status_code == 403
    assert "表单已过期" in answer.content.decode()


def last_record():
    with scoped(0, 10**12):
        return AuditRecord.objects.order_by("id").last()


def test_a_refused_page_is_recorded_with_who_and_what():
    client, scope = sign_in_as(role="township_clerk", division="430423105")
    answer = client.get("/access/operators/")
    assert answer.status_code == 403
    row = last_record()
    assert (row.outcome, row.action, row.operator_id) == (
        audit.REFUSED,
        "access.read",
        scope.operator_id,
    )
    assert row.detail["code"] == "E900"
    assert row.address == "127.0.0.1"


def test_a_search_is_recorded_and_an_identity_number_in_it_masked():
    client, _ = sign_in_as(role="township_clerk", division="430423105")
    assert client.get("/search/", {"q": "430423197001011026"}).status_code == 200
    row = last_record()
    assert (row.action, row.detail["text"]) == ("registry.search", "430423********1026")


def test_the_area_and_the_year_of_the_address_are_kept_in_every_link():
    client, _ = sign_in_as(role="township_clerk", division="430423105")
    text = client.get("/", {"year": "2021", "area": "430423105225"}).content.decode()
    menu = re.findall(r'<a href="(/[^"]*)"', text[text.index('id="menu"') : text.index("<main")])
    assert menu and all("year=2021&amp;area=430423105225" in one for one in menu)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"year": "20x1"}, 409),
        ({"year": "٢٠٢١"}, 409),
        ({"area": "999999"}, 404),
        ({"area": "'"}, 404),
        ({"area": "430423104"}, 403),
        ({"page": "-1"}, 200),
    ],
)
def test_an_unreadable_address_gets_a_sentence(query, status):
    client, _ = sign_in_as(role="township_clerk", division="430423105")
    answer = client.get("/", query)
    assert answer.status_code == status
    assert faults_of(answer.content.decode()) == []


def test_every_page_without_its_own_region_day_shows_the_databases_day():
    client, _ = sign_in_as(role="township_clerk", division="430423105")
    assert "2020 年 12 月 18 日" in client.get("/").content.decode()
    PoolingRegion.objects.update(served_on=None)
    with time_machine.travel("1999-01-01"):  # the program's clock decides nothing
        assert "1999 年" not in client.get("/sign-in/").content.decode()


def test_the_menu_names_pages_that_exist_and_rights_that_are_declared():
    for entry in ENTRIES:
        assert entry.group in GROUPS
        assert entry.icon in ICONS
        assert not entry.action or entry.action in ACTIONS
        try:
            reverse(entry.name)
        except NoReverseMatch:
            pytest.fail(f"the menu names {entry.name}, which no page has")
