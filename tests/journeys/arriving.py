"""After a click or a key, wait for the page that it leads to.

The browser answers a click as soon as it is done, not when the next page stands; what reads the
page then reads the old one on a slow machine. `watch(page)` notes every navigation that begins,
and `Arriving.wait` waits until it has come to an end: a page, a file, or a failure.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

STEP_MS = 50
STEPS = 600


class Arriving:
    """Whether a page is on its way to another address."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._is_leaving = False
        page.on("request", self._leaves)
        for ended in ("load", "download", "requestfailed"):
            page.on(ended, self._arrives)

    def wait(self) -> None:
        """Let what was pressed begin, then wait for where it leads."""
        for _ in range(STEPS):
            if self._page.is_closed():
                return
            self._page.wait_for_timeout(STEP_MS)
            if not self._is_leaving:
                return
        raise AssertionError(f"{self._page.url} does not answer")

    def _leaves(self, request: Any) -> None:
        if request.is_navigation_request():
            self._is_leaving = True

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
