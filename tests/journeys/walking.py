"""A walk through every page of the console, each in a post that may open it.

Tests that look at all pages (axe, scripts off, the pictures of the guide) walk with this one, so
that a new page is looked at by all of them or by none, and none is loud.
"""

from collections.abc import Collection, Iterator
from typing import Any

from tests.apps.access.offices import hire
from tests.console import everything
from tests.console.signed_in import sign_in_as
from tests.journeys import arriving
from yibao.apps.access import queries
from yibao.apps.access.models import OperatorSession


class Walk:
    """Opens the pages of a region in the posts that may, each with a browser of its own."""

    def __init__(self, chromium: Any, address: str, shown: everything.Shown) -> None:
        self._chromium, self._address, self.shown = chromium, address, shown
        self._pages: dict[str, Any] = {}
        self._contexts: list[Any] = []
        self.missing: list[str] = []
        self.first: list[str] = []  # posts to open a page in before the others

    def pages(
        self, *, scripts: bool = True, only: Collection[str] = ()
    ) -> Iterator[tuple[str, Any]]:
        """Yield (route, page) for each address that answers with a page; no files or parts of pages.

        `only` names the routes that are wanted, where not all are.
        """
        for name, route in everything.seen_routes():
            if only and name not in only:
                continue
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
        """Ask in the posts that may until one sees the page: some are for their makers only."""
        self._keep_fresh()
        for role in self._in_order(posts):
            page = self._page_of(role, scripts)
            answer = page.request.get(address, max_redirects=0, timeout=arriving.PATIENCE_MS)
            if answer.status not in (302, 403, 404):
                break
        return page, answer

    def _keep_fresh(self) -> None:
        """Let no session grow idle, nor its code old, however long the walk takes."""
        now = queries.clock().now
        OperatorSession.objects.filter(ended_at=None).update(seen_at=now, confirmed_at=now)

    def _in_order(self, posts: tuple[str, ...]) -> list[str]:
        """Return the posts with those to be first in front."""
        wanted = [role for role in self.first if role in posts]
        return wanted + [role for role in reversed(posts) if role not in wanted]

    def _page_of(self, role: str, scripts: bool) -> Any:
        if role not in self._pages:
            client, _scope = sign_in_as(
                role="",
                division="",
                staff=self.shown.makers.get(role)
                or hire(role=role, division=self.shown.division, at=self._hired_at()),
            )
            context = self._chromium.new_context(
                base_url=self._address,
                java_script_enabled=scripts,
                locale="zh-CN",
                reduced_motion="reduce",
            )
            context.set_default_timeout(arriving.PATIENCE_MS)
            cookies = [
                {"name": one.key, "value": one.value, "url": self._address}
                for one in client.cookies.values()
            ]
            context.add_cookies(cookies)
            self._contexts.append(context)
            self._pages[role] = arriving.watch(context.new_page())
        return self._pages[role]

    def _hired_at(self) -> Any:
        from tests.apps.access.offices import AT
        from tests.apps.claims import insured

        return insured.AT if self.shown.region == "xingan" else AT

    def close(self) -> None:
        """Close the browsers."""
        for context in self._contexts:
            context.close()
