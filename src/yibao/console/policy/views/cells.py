"""All outcomes of a rule as a table, read and signed by two persons."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from yibao.apps.policy import operations, queries
from yibao.console.page import ConsoleRequest, address, console_page, done, page
from yibao.console.policy import words
from yibao.console.policy.forms import SignForm
from yibao.console.policy.outcomes import outcomes_of


@console_page()
def cells(request: ConsoleRequest, name: str) -> HttpResponse:
    """Show all outcomes of a rule, each with what it asks, its articles and its signatures."""
    return page(request, "console/policy/cells.html", _context(request, name, SignForm()))


@console_page()
def sign(request: ConsoleRequest, name: str) -> HttpResponse:
    """Sign a row, or the whole table, as read and right."""
    if request.method != "POST":
        return HttpResponseRedirect(address(request, "policy:cells", name))
    form = SignForm(request.POST)
    if form.is_valid():
        with form.refusals(request):
            given = form.cleaned_data
            operations.sign_cells(
                scope=request.scope,
                rule=name,
                year=request.year,
                sense_hash=given["sense"],
                cell=given["cell"],
                note=given["note"],
                at=request.at,
            )
            return done(request, _("已签字"), "policy:cells", name)
    return page(request, "console/policy/cells.html", _context(request, name, form))


def _context(request: ConsoleRequest, name: str, form: SignForm) -> dict[str, object]:
    book = words.own_book(request)
    edition = book.bind(name, year=request.year)
    signed = queries.signatures(
        scope=request.scope, rule=name, year=request.year, sense_hash=edition.sense_hash
    )
    table = outcomes_of(book, edition)
    own = request.scope.operator_id
    heads = table.heads if table else ()
    rows = [
        (
            row,
            tuple(zip(heads, row.values)),
            signed.of(row.digest),
            any(one.by_id == own for one in signed.of(row.digest)),
        )
        for row in (table.rows if table else ())
    ]
    return {
        "name": name,
        "label": words.rule_words(book, name),
        "edition": edition,
        "table": table,
        "rows": rows,
        "signed": signed,
        "form": form,
        "may_sign": request.scope.allows("policy.review_cells"),
        "signed_whole": any(one.by_id == own for one in signed.whole),
    }
