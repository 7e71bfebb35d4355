"""The open settings of a region, and one of them with its form."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from yibao.apps.policy import operations, queries
from yibao.apps.policy.models import Proposal
from yibao.apps.policy.queries.settings import SettingRow
from yibao.console.page import ConsoleRequest, console_page, done, page
from yibao.console.policy import words
from yibao.console.policy.forms import BecauseForm, SettingForm
from yibao.console.policy.valuing import ValueFields
from yibao.console.policy.views.deciding import decision_of
from yibao.core.rules.book import Rulebook
from yibao.rulebook.regions import region as region_of


@console_page()
def settings(request: ConsoleRequest) -> HttpResponse:
    """Show what the region's text leaves open, why, and what waits for it."""
    book = words.own_book(request)
    rows = queries.open_settings(scope=request.scope)
    shown = [_shown(book, row, request.year) for row in rows]
    context = {
        "rows": shown,
        "open": sum(row.is_open for row in rows),
        "waiting": sum(row.waits is not None for row in rows),
        "decided": sum(not row.is_open for row in rows),
        "region": region_of(request.scope.region),
    }
    return page(request, "console/policy/settings.html", context)


@console_page()
def setting(request: ConsoleRequest, name: str) -> HttpResponse:
    """Show one open setting; the first person enters a value, the second confirms it."""
    book = words.own_book(request)
    row = queries.setting_row(scope=request.scope, name=name)
    fields = ValueFields(book, row.type, row.axes)
    first = {"since": _first_since(row, request.year), "until": _first_until(row)}
    form = SettingForm(request.POST or None, values=fields, initial=first)
    if request.method == "POST":
        request.scope.require("policy.decide")
        if form.is_valid():
            with form.refusals(request):
                made = _enter(request, name, form)
                said = _("已填报，等待另一人确认（编号 %(number)s）") % {"number": made.number}
                return done(request, said, "policy:setting", name)
    context = {
        "row": row,
        "shown": _shown(book, row, request.year),
        "form": form,
        "may_enter": request.scope.allows("policy.decide") and row.waits is None,
        "decision": decision_of(request, row.waits),
        "because": BecauseForm(),
    }
    return page(request, "console/policy/setting.html", context)


def _enter(request: ConsoleRequest, name: str, form: SettingForm) -> Proposal:
    given = form.cleaned_data
    return operations.enter_setting(
        scope=request.scope,
        parameter=name,
        value=form.values.value(given),
        since=given["since"].strip(),
        until=given["until"].strip(),
        known=given["known"],
        paper=form.paper(),
        article=given["article"],
        at=request.at,
    )


def _shown(book: Rulebook, row: SettingRow, year: int) -> dict[str, object]:
    blocked = [
        (one, words.rule_words(book, one.rule), words.outcome_words(book, one, year))
        for one in row.blocked
    ]
    decided = [
        {
            "one": one,
            "span": words.span_words(one.since, one.until),
            "rows": words.decided_words(book, row, one),
        }
        for one in row.decided
    ]
    span = words.span_words(row.open_from, row.open_until) if row.open_from else ""
    return {
        "row": row,
        "label": words.labelled(row.label, row.name),
        "blocked": blocked,
        "decided": decided,
        "span": span,
    }


def _first_since(row: SettingRow, year: int) -> str:
    return str(row.open_from.year if row.open_from and row.open_from.year > 1 else year)


def _first_until(row: SettingRow) -> str:
    return str(row.open_until.year) if row.open_until else ""
