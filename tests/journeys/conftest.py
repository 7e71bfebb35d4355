"""A real browser against a real server: Debian's Chromium, at desktop and phone width.

Set YIBAO_SCREENSHOTS to a directory to keep a picture of every page that a journey looks at.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import arriving

CHROMIUM = "/usr/bin/chromium"
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {"desktop": (1440, 900), "phone": (390, 844)}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Start the browser once; without one the journeys fail, they are not left out."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"There is no {CHROMIUM}: install chromium (make setup does)", pytrace=False)
    # The browser's own loop would make Django refuse the synchronous calls of this thread.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=_ARGUMENTS, timeout=arriving.PATIENCE_MS
        )
        with arriving.clicks_arrive():
            yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about: refused styles and scripts, errors, missing files."""
    return []


@pytest.fixture
def open_page(chromium: Any, live_server: Any, complaints: list[str]) -> Iterator[Callable]:
    """Return a function that opens a window of a width: `open_page("phone", scripts=False)`."""
    contexts = []

    def open_(width: str = "desktop", *, scripts: bool = True) -> Any:
        across, down = WIDTHS[width]
        context = chromium.new_context(
            viewport={"width": across, "height": down},
            base_url=live_server.url,
            java_script_enabled=scripts,
            locale="zh-CN",
            accept_downloads=True,
        )
        context.set_default_timeout(arriving.PATIENCE_MS)
        contexts.append(context)
        page = arriving.watch(context.new_page())
        page.on("console", lambda said: _note(said, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_
    for context in contexts:
        context.close()


def _note(said: Any, complaints: list[str]) -> None:
    """Keep errors and warnings; that a page answers 4xx is looked at by the test itself."""
    if said.type in ("error", "warning") and "the server responded with a status" not in said.text:
        complaints.append(f"{said.type}: {said.text}")


@pytest.fixture
def picture() -> Callable:
    """Return a function that keeps a picture of the whole page where YIBAO_SCREENSHOTS is set."""
    place = os.environ.get("YIBAO_SCREENSHOTS")

    def take(page: Any, name: str) -> None:
        if place:
            Path(place).mkdir(parents=True, exist_ok=True)
            page.wait_for_load_state("load")
            page.screenshot(path=f"{place}/{name}.png", full_page=True)

    return take


@pytest.fixture(params=["hengshan", "hinggan"])
def walk(request: Any, chromium: Any, live_server: Any) -> Iterator[Any]:
    """A walk through one of the two regions in which everything happened once."""
    from tests.console import everything
    from tests.journeys.walking import Walk
    from yibao.apps.access.models import PoolingRegion

    made = Walk(chromium, live_server.url, getattr(everything, request.param)())
    PoolingRegion.objects.exclude(code=made.shown.region).delete()
    yield made
    made.close()
