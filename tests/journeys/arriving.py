"""After a click or a key, wait for the page that it leads to.

The browser answers a click as soon as it is done, not when the next page stands; what reads the
page then reads the old one on a slow machine. `watch(page)` notes every navigation that is asked
for, and `Arriving.wait` waits until it has come to an end: a page, a file, or a failure.

That a page was asked to leave, the browser says before it answers a question that is put to the
page after the key: no time has to pass until it is sure.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

STEP_MS = 50
# How long a page may take on a machine that is busy with other things. Nothing waits longer than
# it must: only a test that fails has waited so long.
PATIENCE_MS = 120_000
STEPS = PATIENCE_MS // STEP_MS


class Arriving:
    """Whether a page is on its way to another address."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._is_leaving = False
        self._browser = page.context.new_cdp_session(page)
        self._browser.send("Page.enable")
        self._browser.on("Page.frameRequestedNavigation", self._is_asked)
        page.on("request", self._leaves)
        page.on("requestfailed", self._fails)
        for ended in ("load", "download"):
            page.on(ended, self._arrives)

    def wait(self) -> None:
        """Let what was pressed begin, then wait for where it leads."""
        for _ in range(STEPS):
            if self._page.is_closed():
                return
            self._browser.send("Runtime.evaluate", {"expression": "0"})
            self._page.wait_for_timeout(STEP_MS)
            if not self._is_leaving:
                return
        raise AssertionError(f"{self._page.url} does not answer")

    def _is_asked(self, asked: Any) -> None:
        if asked["disposition"] == "currentTab":
            self._is_leaving = True

    def _leaves(self, request: Any) -> None:
        if request.is_navigation_request():
            self._is_leaving = True

    def _fails(self, request: Any) -> None:
        # What else the old page was still fetching is broken off when it is left.
        if request.is_navigation_request():
            self._is_leaving = False

    def _arrives(self, _event: Any) -> None:
        self._is_leaving = False


@contextmanager
def clicks_arrive() -> Iterator[None]:
    """Let each click and each pressed key on a watched page return only where it led."""
    from playwright.sync_api import Keyboard, Locator

    with pytest.MonkeyPatch.context() as patch:
        for kind, name in ((Locator, "click"), (Locator, "press"), (Keyboard, "press")):
            patch.setattr(kind, name, _followed(getattr(kind, name)))
        yield


def _followed(act: Any) -> Any:
    def done(one: Any, *given: Any, **named: Any) -> Any:
        arriving = getattr(getattr(one, "page", one), "arriving", None)
        act(one, *given, **named)
        if arriving is not None:
            arriving.wait()

    return done


def watch(page: Any) -> Any:
    """Note from now on where this page is going."""
    page.arriving = page.keyboard.arriving = Arriving(page)
    return page
