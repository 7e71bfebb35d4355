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

from tests.console import everything
from tests.console.test_frame import faults_of

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
SENDS = "button:not([type=button]), input[type=submit]"
FIELDS = "input:not([type=hidden]), select, textarea"
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
            # One that may not be sent now says why beside its button, or has nothing to fill in.
            sends = form.locator(f"{SENDS}, button[aria-disabled=true]").count()
            assert sends or not form.locator(FIELDS).count(), (
                f"{name}: a form that cannot be sent: {form.evaluate('f => f.outerHTML')[:200]}"
            )
    assert walk.missing == []


def test_every_route_is_walked_in_one_of_the_regions():
    shown = [everything.hengshan()]
    left = [name for name, _ in everything.seen_routes() if not shown[0].addresses(name)]
    shown.append(everything.hinggan())
    left = [name for name in left if not shown[1].addresses(name)]
    assert not left, f"no object for {', '.join(left)}: add one to tests/console/everything.py"


@pytest.mark.parametrize("address", ["/sign-in/", "/nowhere/"])
def test_the_pages_before_signing_in_keep_nobody_out(address, open_page):
    page = open_page("desktop")
    page.emulate_media(reduced_motion="reduce")
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
