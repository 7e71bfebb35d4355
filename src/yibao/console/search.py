"""Finding people, and whatever bears a code, from every page; what was looked for is recorded."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect

from yibao.apps.access import audit
from yibao.apps.registry import queries
from yibao.apps.registry.queries import Found
from yibao.apps.registry.queries.areas import area_names
from yibao.apps.registry.queries.search import names_one
from yibao.console.finders import LONGEST, Asked, Hit, finders_for, is_prefixed
from yibao.console.page import ConsoleRequest, address, console_page, page

_SIZE = 20
_PERSON, _HOUSEHOLD = "person", "household"


@dataclass(frozen=True)
class PersonHit:
    """A person found, and the address of the person's page where the post may open it."""

    row: Found
    address: str


@dataclass(frozen=True)
class Group:
    """Things of one kind, each with the name of its place; `more` is where the others are."""

    kind: str
    words: Any
    hits: list[tuple[Hit, str]]
    more: str


@console_page()
def search(request: ConsoleRequest) -> HttpResponse:
    """Show what a number, name, initials, telephone or code finds in the scope, by kind.

    A whole code that only one thing bears goes straight to it.
    """
    text = request.GET.get("q", "").strip()[:LONGEST]
    only = request.GET.get("of", "")
    people, more = _people(request, text, only)
    groups = _groups(request, text, only)
    if text:
        counts = {one.kind: len(one.hits) for one in groups}
        audit.record(
            scope=request.scope,
            action="registry.search",
            at=request.at,
            object_kind="search",
            detail={"text": text, "found": len(people), **counts},
        )
    if to := _straight(text, people, groups, is_first=not only):
        return HttpResponseRedirect(to)
    context = {
        "found": people,
        "groups": groups,
        "found_by": text,
        "more": more,
        "many": len(people) + sum(len(one.hits) for one in groups),
    }
    return page(request, "console/search.html", context)


def _people(request: ConsoleRequest, text: str, only: str) -> tuple[list[PersonHit], str]:
    """Return a page of people and the way to the next; none where the text names another kind."""
    kinds = {finder.kind for finder, _code in finders_for(request, text)} if text else set()
    if not text or only not in ("", _PERSON) or is_prefixed(text) or _HOUSEHOLD in kinds:
        return [], ""
    after = _after(request, _PERSON)
    rows = queries.search(scope=request.scope, text=text, after_id=after, limit=_SIZE + 1)
    more = ""
    if len(rows) > _SIZE:
        rows = rows[:_SIZE]
        more = _more(request, text, _PERSON, rows[-1].person_id)
    is_open = request.scope.allows("registry.read")
    return [
        PersonHit(one, address(request, "registry:person", one.person_id) if is_open else "")
        for one in rows
    ], more


def _groups(request: ConsoleRequest, text: str, only: str) -> list[Group]:
    """Return what bears the text as its code, by kind. A query a kind that it may be."""
    found: list[tuple[Any, list[Hit], str]] = []
    for finder, code in finders_for(request, text) if text else ():
        if only in ("", finder.kind):
            asked = Asked(request, code, _after(request, finder.kind), _SIZE + 1)
            hits = finder.find(asked)
            more = _more(request, text, finder.kind, hits[-2].id) if len(hits) > _SIZE else ""
            found.append((finder, hits[:_SIZE], more))
    names = _places(hit for _finder, hits, _more in found for hit in hits)
    return [
        Group(finder.kind, finder.words, [(hit, names.get(hit.area_no, "")) for hit in hits], more)
        for finder, hits, more in found
        if hits
    ]


def _places(hits: Iterable[Hit]) -> dict[int, str]:
    numbers = {hit.area_no for hit in hits}
    return area_names(numbers) if numbers else {}


def _straight(text: str, people: list[PersonHit], groups: list[Group], *, is_first: bool) -> str:
    """Return the page of the only thing found, where the text is its whole code."""
    codes = [hit.address for one in groups for hit, _place in one.hits]
    if not is_first or len(people) + len(codes) != 1:
        return ""
    if codes:
        return codes[0]
    return people[0].address if names_one(text) else ""


def _after(request: ConsoleRequest, kind: str) -> int:
    asked = request.GET.get("after", "")
    is_one = asked.isascii() and asked.isdigit() and len(asked) < _SIZE
    return int(asked) if is_one and request.GET.get("of", "") == kind else 0


def _more(request: ConsoleRequest, text: str, kind: str, after: int) -> str:
    return address(request, "console:search", q=text, of=kind, after=after)
