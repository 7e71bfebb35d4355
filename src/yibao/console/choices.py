"""Choosing the area and the year that the pages work in; both stand in the address."""

from django.http import HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from yibao.apps.access import queries
from yibao.apps.enrolment.models import InsuredYear
from yibao.console.page import ConsoleRequest, console_page, page
from yibao.console.picker import chosen_from

_TEXT = 40


@console_page()
def areas(request: ConsoleRequest) -> HttpResponse:
    """Show the way down to the area, and the places below it."""
    text = request.GET.get("q", "").strip()[:_TEXT]
    context = {
        "text": text,
        "found": chosen_from(request, "place", text) if text else (),
        "go": f"{_back(request)}?year={request.year}&area={{code}}",
        "path": queries.path_to(request.scope, area=request.area),
        "below": queries.places_below(request.scope, area=request.area),
        "back": _back(request),
    }
    return page(request, "console/areas.html", context)


@console_page()
def years(request: ConsoleRequest) -> HttpResponse:
    """Show the insured years that the region has opened."""
    opened = InsuredYear.objects.filter(region=request.scope.region).order_by("-year")
    return page(request, "console/years.html", {"opened": opened, "back": _back(request)})


def _back(request: ConsoleRequest) -> str:
    """Return the page of ours that led here, without its query: year and area are chosen anew."""
    wanted = request.GET.get("back", "").partition("?")[0]
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if wanted.startswith("/") and own else "/"
