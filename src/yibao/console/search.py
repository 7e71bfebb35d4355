"""Finding a person from every page; what was looked for is recorded."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import NoReverseMatch

from yibao.apps.access import audit
from yibao.apps.registry import queries
from yibao.apps.registry.queries import Found
from yibao.console.page import ConsoleRequest, address, console_page, page

_SIZE = 20


@dataclass(frozen=True)
class Hit:
    """A person found, and the address of the person's page."""

    row: Found
    address: str


@console_page()
def search(request: ConsoleRequest) -> HttpResponse:
    """Show the people of the scope that a number, name, initials or telephone finds."""
    text = request.GET.get("q", "").strip()[:60]
    asked = request.GET.get("after", "")
    after_id = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < _SIZE else 0
    rows: list[Found] = []
    if text:
        rows = queries.search(scope=request.scope, text=text, after_id=after_id, limit=_SIZE + 1)
        audit.record(
            scope=request.scope,
            action="registry.search",
            at=request.at,
            object_kind="search",
            detail={"text": text, "found": len(rows[:_SIZE])},
        )
    more = ""
    if len(rows) > _SIZE:
        rows = rows[:_SIZE]
        more = address(request, "console:search", q=text, after=rows[-1].person_id)
    found = [Hit(row=row, address=_person(request, row.person_id)) for row in rows]
    return page(request, "console/search.html", {"found": found, "found_by": text, "more": more})


def _person(request: ConsoleRequest, person_id: int) -> str:
    """Return the address of the person's page; without that part there is none."""
    try:
        return address(request, "registry:person", person_id)
    except NoReverseMatch:
        return ""
