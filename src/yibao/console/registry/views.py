"""A person's page and a household's. Reading a person is recorded."""

from django.http import HttpResponse

from yibao.apps.access.spoken import national_words
from yibao.apps.registry import queries
from yibao.console.page import ConsoleRequest, console_page, page
from yibao.console.registry.dossier import Row, age_on, dossier, household_rows, period_words
from yibao.console.registry.private import can_see_looks
from yibao.console.registry.timeline import timeline


@console_page()
def person(request: ConsoleRequest, person_id: int) -> HttpResponse:
    """Show a person: masked facts, covered months, household, what happened, the year."""
    found = queries.person_page(scope=request.scope, person_id=person_id)
    known = dossier(request, found)
    context = {
        "person": found,
        "known": known,
        "age": age_on(found.born, request.served_on),
        "sex": national_words("sex", found.sex),
        "document": next((one for one in found.documents if one.valid_until is None), None),
        "document_kind": national_words("document_kind", found.documents[0].kind)
        if found.documents
        else "",
        "totals": _totals(known.rows),
        **can_see_looks(request, found),
        "timeline": timeline(request, numbers={found.person_id: found.person_no}),
        "period": period_words(known.year_coverage) if known.year_coverage else (),
    }
    return page(request, "console/registry/person.html", context)


@console_page()
def household(request: ConsoleRequest, household_id: int) -> HttpResponse:
    """Show a household with each member's standing of the year, and what happened to them."""
    found = queries.household_page(scope=request.scope, household_id=household_id)
    rows = household_rows(request, found)
    head = next((row for row in rows if row.member.person_id == found.head_id), None)
    members = found.members
    context = {
        "household": found,
        "rows": rows,
        "head": head,
        "totals": _totals(rows),
        "timeline": timeline(
            request,
            numbers={one.person_id: one.person_no for one in members},
            names={one.person_id: one.name_masked for one in members},
        ),
    }
    return page(request, "console/registry/household.html", context)


def _totals(rows: list[Row]) -> dict[str, int | None]:
    """Return the sums of the household's table; blank where nothing was asked of anybody."""
    owing = [row for row in rows if row.paid_fen is not None]
    return {
        "subsidised_fen": sum(row.subsidised_fen or 0 for row in owing) if owing else None,
        "paid_fen": sum(row.paid_fen or 0 for row in owing) if owing else None,
        "people": len(rows),
        "insured": sum(row.state in ("done", "aid") for row in rows),
    }
