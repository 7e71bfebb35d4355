"""Every page of the console, in every theme, density and width: readable and operable by everybody.

axe runs in each page that the console's policy of routes names, with a real object for each
argument. A page is loaded once; theme and density are attributes of <html> and the width is the
window's, so they are switched in the loaded page, as the server would have set them (motion is
off, so that no colour is measured half way).

A width gets all rules of axe; the other themes and densities get the rules that look at colours,
sizes and overlaps, for the others read nothing that a theme changes. `make test` takes one drawn
combination a page beside that; with YIBAO_AXE=all, and at the landing figures of `make proof`, all twelve are taken.
"""

import itertools
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.apps.access.offices import hire
from tests.console import everything
from tests.console.signed_in import sign_in_as
from tests.console.test_frame import faults_of
from yibao.apps.access.models import PoolingRegion

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

AXE = Path(__file__).resolve().parents[1] / "web" / "vendor" / "axe.min.js"
THEMES, DENSITIES = ("light", "dark", "contrast"), ("compact", "roomy")
WIDTHS = {1440: 900, 390: 844}
LOOKS_AT_THE_LOOK = [
    "color-contrast",
    "color-contrast-enhanced",
    "target-size",
    "link-in-text-block",
]
COMBINATIONS = [
    (theme, density, width)
    for width, theme, density in itertools.product(WIDTHS, THEMES, DENSITIES)
]
_SWITCH = """([theme, density]) => {
    document.documentElement.dataset.theme = theme;
    document.documentElement.dataset.density = density;
    return new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
}"""
# The enhanced contrast (7:1) is the promise of the theme for high contrast only; the page of
# components shows the other themes beside it.
_RUN = """([only, enhanced]) => axe.run(enhanced ? {exclude: [[".yb-theme"]]} : document, {
    resultTypes: ["violations"],
    ...(only ? {runOnly: {type: "rule", values: only}} : {}),
    rules: only ? {} : {"color-contrast-enhanced": {enabled: enhanced}},
}).then(found => found.violations.map(one =>
    one.id + ": " + one.nodes.map(node => node.target.join(" ") + " " + node.html.slice(0, 120))
        .slice(0, 3).join(" | ")))"""


def combinations(name: str) -> list[tuple[str, str, int]]:
    """Return what to look at besides all rules at both widths: all twelve, or one that is drawn."""
    if os.environ.get("YIBAO_AXE") == "all" or os.environ.get("YIBAO_PROOF") == "landing":
        return COMBINATIONS
    return [random.Random(name).choice(COMBINATIONS)]


def violations(page: Any, name: str) -> Iterator[str]:
    """Yield what axe says against the loaded page, with the combination it says it of."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    drawn = combinations(name)
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(_SWITCH, ["light", "compact"])
        for one in page.evaluate(_RUN, [None, False]):
            yield f"{name} at {width}: {one}"
        for theme, density, at in drawn:
            if at != width:
                continue
            page.evaluate(_SWITCH, [theme, density])
            rules = [r for r in LOOKS_AT_THE_LOOK if theme == "contrast" or "enhanced" not in r]
            for one in page.evaluate(_RUN, [rules, theme == "contrast"]):
                yield f"{name} {theme} {density} at {width}: {one}"


class Walk:
    """Opens the pages of a region in the posts that may, each with a browser of its own."""

    def __init__(self, chromium: Any, address: str, shown: everything.Shown) -> None:
        self._chromium, self._address, self.shown = chromium, address, shown
        self._pages: dict[str, Any] = {}
        self._contexts: list[Any] = []
        self.missing: list[str] = []

    def pages(self, *, scripts: bool = True) -> Iterator[tuple[str, Any]]:
        """Yield (route, page) for each address that answers with a page; no files or parts of pages."""
        for name, route in everything.seen_routes():
            for address in self.shown.addresses(name):
                page, answer = self._opened(route.posts(), address, scripts)
                kind = answer.headers.get("content-type", "")
                is_page = "html" in kind and answer.text().lstrip().startswith("<!doctype")
                if answer.status in (301, 302, 405) or (answer.status == 200 and not is_page):
                    continue
                if answer.status != 200:
                    self.missing.append(f"{name}: {address} answered {answer.status}")
                    continue
                page.goto(address, wait_until="load")
                yield name, page

    def _opened(self, posts: tuple[str, ...], address: str, scripts: bool) -> tuple[Any, Any]:
        """Ask in the posts that may until one sees the object: some are for their makers only."""
        for role in reversed(posts):
            page = self._page_of(role, scripts)
            answer = page.request.get(address, max_redirects=0)
            if answer.status not in (403, 404):
                break
        return page, answer

    def _page_of(self, role: str, scripts: bool) -> Any:
        if role not in self._pages:
            client, _scope = sign_in_as(
                role="",
                division="",
                staff=hire(role=role, division=self.shown.division, at=self._hired_at()),
            )
            context = self._chromium.new_context(
                base_url=self._address,
                java_script_enabled=scripts,
                locale="zh-CN",
                reduced_motion="reduce",
            )
            cookies = [
                {"name": one.key, "value": one.value, "url": self._address}
                for one in client.cookies.values()
            ]
            context.add_cookies(cookies)
            self._contexts.append(context)
            self._pages[role] = context.new_page()
        return self._pages[role]

    def _hired_at(self) -> Any:
        from tests.apps.access.offices import AT
        from tests.apps.claims import insured

        return insured.AT if self.shown.region == "xingan" else AT

    def close(self) -> None:
        """Close the browsers."""
        for context in self._contexts:
            context.close()


@pytest.fixture(params=["hengshan", "hinggan"])
def walk(request: Any, chromium: Any, live_server: Any) -> Iterator[Walk]:
    """A walk through one of the two regions in which everything happened once."""
    made = Walk(chromium, live_server.url, getattr(everything, request.param)())
    PoolingRegion.objects.exclude(code=made.shown.region).delete()
    yield made
    made.close()


def test_no_page_keeps_anybody_out(walk, picture_of):
    found = []
    for name, page in walk.pages():
        picture_of(page, name)
        found += violations(page, name)
    assert walk.missing + found == [], "\n".join(walk.missing + found)


def test_every_page_is_read_and_every_form_sent_without_scripts(walk):
    for name, page in walk.pages(scripts=False):
        # What a script copies later is no part of the page yet.
        shown = re.sub(r"<template.*?</template>", "", page.content(), flags=re.DOTALL)
        assert faults_of(shown) == [], name
        assert page.locator("h1").inner_text().strip(), name
        assert page.locator("main").inner_text().strip(), name
        for form in page.locator("form").all():
            assert form.locator("button:not([type=button]), input[type=submit]").count(), (
                f"{name}: a form that cannot be sent: {form.evaluate('f => f.outerHTML')[:200]}"
            )
    assert walk.missing == []


def test_every_route_is_walked_in_one_of_the_regions():
    shown = [everything.hengshan()]
    left = [name for name, _ in everything.seen_routes() if not shown[0].addresses(name)]
    shown.append(everything.hinggan())
    assert [name for name in left if not shown[1].addresses(name)] == []


@pytest.mark.parametrize("address", ["/sign-in/", "/nowhere/"])
def test_the_pages_before_signing_in_keep_nobody_out(address, open_page):
    page = open_page("desktop")
    page.goto(address)
    assert list(violations(page, address)) == []


@pytest.fixture
def picture_of() -> Any:
    """Return a function that keeps pictures of a page where YIBAO_SCREENSHOTS is set."""
    place = os.environ.get("YIBAO_SCREENSHOTS")

    def take(page: Any, name: str) -> None:
        if not place:
            return
        Path(place).mkdir(parents=True, exist_ok=True)
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            for theme in os.environ.get("YIBAO_SCREENSHOT_THEMES", "light").split():
                page.evaluate(_SWITCH, [theme, "standard"])
                file = f"{name.replace(':', '-')}-{width}-{theme}.png"
                page.screenshot(path=f"{place}/{file}", full_page=True)

    return take
