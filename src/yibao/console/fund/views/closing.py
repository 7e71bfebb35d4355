"""The months of a book and their closing; the independent verification."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from yibao.apps.fund import operations, overview, verification
from yibao.apps.fund.models import BookKind
from yibao.apps.fund.overview import MonthLine
from yibao.console.fund.asked import sees_all
from yibao.console.fund.forms import CloseForm
from yibao.console.fund.period import month_of
from yibao.console.page import ConsoleRequest, address, console_page, done, page


@console_page()
def months(request: ConsoleRequest, book_id: int) -> HttpResponse:
    """Show the months of a book, and close the oldest that is open."""
    book = overview.book_of(scope=request.scope, book_id=book_id)
    form = CloseForm(request.POST or None)
    if request.method == "POST":
        request.scope.require("fund.close")
        if form.is_valid():
            with form.refusals(request):
                closed = operations.close_month(
                    scope=request.scope,
                    book_id=book.id,
                    month=form.cleaned_data["month"],
                    at=request.at,
                )
                said = _("%(month)s已结账") % {"month": month_of(closed.month).label}
                return done(request, said, "fund:months", book_id)
    found = overview.months_in_full(scope=request.scope, book_id=book_id)
    lines = [(line, month_of(line.month)) for line in found]
    coming = _to_close(found)
    context = {
        "book": book,
        "is_main": book.kind == BookKind.MAIN,
        "lines": lines,
        "coming": coming,
        "coming_period": month_of(coming.month) if coming else None,
        "is_over": coming is not None and month_of(coming.month).until <= request.served_on,
        "may_close": request.scope.allows("fund.close"),
        "whole": sees_all(request),
        "verification": verification.last(scope=request.scope),
        "form": form,
    }
    return page(request, "console/fund/months.html", context)


@console_page()
def verify(request: ConsoleRequest) -> HttpResponse:
    """Show the last run of the independent verifier, with every check."""
    context = {"verification": verification.last(scope=request.scope)}
    return page(request, "console/fund/verify.html", context)


@console_page()
def run_verification(request: ConsoleRequest) -> HttpResponse:
    """Run the independent verifier over the served database."""
    if request.method != "POST":
        return HttpResponseRedirect(address(request, "fund:verify"))
    found = verification.run(scope=request.scope, at=request.at)
    if found.faulty:
        said = _("校验完成，%(count)s 项有不符") % {"count": found.faulty}
    else:
        said = _("校验完成，%(count)s 项全部通过") % {"count": len(found.checks)}
    return done(request, said, "fund:verify")


def _to_close(lines: list[MonthLine]) -> MonthLine | None:
    """Return the oldest open month: months close in their order."""
    still = [line for line in lines if line.closed_at is None]
    return min(still, key=lambda line: line.month, default=None)
