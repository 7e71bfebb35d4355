"""A key that is shown does one thing: no page on which two elements claim the same one."""

from collections import defaultdict
from html.parser import HTMLParser

import pytest

from tests.apps.access.offices import AT, hire
from tests.apps.claims import insured
from tests.console import everything
from tests.console.signed_in import sign_in_as

pytestmark = pytest.mark.django_db

_PRESSED = ("button", "a", "summary")
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    ]
)
# Within its own form the browser's Enter; a form's Enter is no other form's.
_OF_A_FORM = frozenset({"Enter"})
# Shows each component in each of its states, side by side.
_SAMPLES = "console:look"


class Keys(HTMLParser):
    """Finds which elements a page's keys press: `<kbd>` inside one, and `accesskey`."""

    def __init__(self) -> None:
        super().__init__()
        self._open: list[tuple[str, dict[str, str | None], int]] = []
        self._number = 0
        self._in_key = False
        self.pressed: dict[str, set[int]] = defaultdict(set)
        self.words: dict[int, str] = defaultdict(str)

    def handle_starttag(self, tag, attrs):
        self._number += 1
        given = dict(attrs)
        if given.get("accesskey"):
            self.pressed[f"Alt {given['accesskey'].upper()}"].add(self._number)
        if tag not in _VOID:
            self._open.append((tag, given, self._number))
        self._in_key = self._in_key or tag == "kbd"

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass
        self._in_key = self._in_key and tag != "kbd"

    def handle_data(self, data):
        element = next((one for one in reversed(self._open) if one[0] in _PRESSED), None)
        if element is None:
            return
        if not self._in_key:
            self.words[element[2]] += data.strip()
        elif "disabled" not in element[1] and data.strip() not in _OF_A_FORM:
            self.pressed[data.strip()].add(element[2])


def clashes_of(page: str) -> list[str]:
    """Return the keys that two elements of a page claim, with what is written on them."""
    keys = Keys()
    keys.feed(page)
    return [
        f"{key}: {'，'.join(sorted(keys.words[one] for one in elements))}"
        for key, elements in keys.pressed.items()
        if len(elements) > 1
    ]


def pages(shown: everything.Shown, at):
    """Yield each page of a region, opened in a post that sees it."""
    browsers = {}
    wanted = [one for one in everything.seen_routes() if one[0] != _SAMPLES]
    for name, route in wanted:
        for address in shown.addresses(name):
            for role in reversed(route.posts()):
                if role not in browsers:
                    staff = hire(role=role, division=shown.division, at=at)
                    browsers[role] = sign_in_as(role="", division="", staff=staff)[0]
                answer = browsers[role].get(address)
                if answer.status_code == 200 and not answer.streaming:
                    yield address, answer.content.decode("utf-8", "replace")
                if answer.status_code not in (403, 404):
                    break


@pytest.mark.parametrize(
    ("region", "at"), [("hengshan", AT), ("hinggan", insured.AT)], ids=lambda one: str(one)[:8]
)
def test_no_page_gives_one_key_to_two_elements(region, at):
    found, seen = {}, 0
    for address, page in pages(getattr(everything, region)(), at):
        seen += "<kbd>" in page
        if clashes := clashes_of(page):
            found[address] = clashes
    assert found == {}
    assert seen > 60


def test_two_elements_with_one_key_are_found():
    page = (
        "<a href='x'>上一件 <kbd>Alt P</kbd></a><button>暂停 <kbd>Alt P</kbd></button>"
        "<button disabled>批准 <kbd>Alt P</kbd></button><a accesskey='h'>家庭</a>"
    )
    assert clashes_of(page) == ["Alt P: 上一件，暂停"]
    assert clashes_of(page + "<a>户 <kbd>Alt H</kbd></a>")[1:] == ["Alt H: 家庭，户"]
