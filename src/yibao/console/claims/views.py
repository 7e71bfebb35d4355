"""Settlements: the list, a new visit with its trial, one settlement explained, a reversal."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from yibao.apps.access.spoken import region_words
from yibao.apps.claims import operations, queries
from yibao.apps.claims.operations import Outcome
from yibao.apps.claims.request import read_request
from yibao.apps.registry import queries as registry
from yibao.console.claims.forms import ReverseForm, VisitForm
from yibao.console.claims.listed import SETTLEMENTS_LIST
from yibao.console.claims.shown import shown
from yibao.console.lists import list_page
from yibao.console.page import (
    ConsoleRequest,
    address,
    console_page,
    done,
    page,
    record_refusal,
)

CLIENT = "console"


@console_page()
def settlements(request: ConsoleRequest) -> HttpResponse:
    """Show the settlements of the year and the area."""
    return list_page(request, SETTLEMENTS_LIST, template="console/claims/settlements.html")


@console_page()
def who(request: ConsoleRequest) -> HttpResponse:
    """Ask whose visit it is."""
    text = request.GET.get("q", "").strip()
    found = registry.search(scope=request.scope, text=text) if text else []
    go = address(request, "claims:visit", 0).replace("/0/", "/{id}/", 1)
    context = {"text": text, "found": found, "go": go}
    return page(request, "console/claims/who.html", context)


@console_page()
def visit(request: ConsoleRequest, person_id: int) -> HttpResponse:
    """Try a visit and, when the clerk says so, settle it."""
    form = VisitForm(request.POST or None, request=request)
    outcome = None
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            # What was changed after the trial is tried again, never settled unseen.
            if request.POST.get("do") == "settle" and _was_tried(request, person_id, form):
                try:
                    return _settled(request, person_id, form)
                except operations.TrialOutdated as outdated:
                    record_refusal(request, outdated)
                    form.refuse(outdated)
            outcome = operations.trial(**_asked(request, person_id, form))
    context = {"form": form, **_person(request, person_id), **_tried(request, outcome)}
    return page(request, "console/claims/visit.html", context)


@console_page()
def settlement(request: ConsoleRequest, settlement_id: int) -> HttpResponse:
    """Show one settlement with its explanation."""
    found = queries.settlement_page(scope=request.scope, settlement_id=settlement_id)
    told = found.explanation
    region = request.scope.region
    context = {
        "one": found,
        "kind": region_words(region, "visit_kind", str(found.facts["kind"])),
        "shown": shown(told, region=region, facts=found.facts) if told else None,
        "own_settlement": bool(request.scope.operator_id)
        and found.settled_by_id == request.scope.operator_id,
    }
    return page(request, "console/claims/settlement.html", context)


@console_page()
def reverse(request: ConsoleRequest, settlement_id: int) -> HttpResponse:
    """Ask why, say what follows, and take a settlement back."""
    form = ReverseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            reply = operations.reverse(
                scope=request.scope,
                client=CLIENT,
                key=form.cleaned_data["key"],
                settlement_id=settlement_id,
                because=form.cleaned_data["because"],
                at=request.at,
            )
            words = _("已冲正，冲正号 %(number)s") % {"number": reply.settlement_no}
            return done(request, words, "claims:settlement", reply.settlement_id)
    found = queries.settlement_page(scope=request.scope, settlement_id=settlement_id)
    return page(request, "console/claims/reverse.html", {"form": form, "one": found})


def _asked(request: ConsoleRequest, person_id: int, form: VisitForm) -> dict[str, Any]:
    return {
        "scope": request.scope,
        "person_id": person_id,
        "institution_id": int(form.cleaned_data["institution"]),
        "number": form.cleaned_data["number"],
        "facts": form.facts(),
        "at": request.at,
    }


def _settled(request: ConsoleRequest, person_id: int, form: VisitForm) -> HttpResponse:
    reply = operations.settle(
        **_asked(request, person_id, form),
        client=CLIENT,
        key=form.cleaned_data["key"],
        seen=request.POST["seen"],
    )
    words = _("已结算 %(number)s") % {"number": reply.settlement_no}
    return done(request, words, "claims:settlement", reply.settlement_id)


def _was_tried(request: ConsoleRequest, person_id: int, form: VisitForm) -> bool:
    if not request.POST.get("seen"):
        return False
    asked = _asked(request, person_id, form)
    del asked["scope"], asked["at"]
    read = read_request(**asked, today=request.served_on)
    return read.fingerprint() == request.POST.get("tried")


def _person(request: ConsoleRequest, person_id: int) -> dict[str, object]:
    return {
        "who": registry.person_page(scope=request.scope, person_id=person_id),
        "year": queries.year_of(scope=request.scope, person_id=person_id, year=request.year),
    }


def _tried(request: ConsoleRequest, outcome: Outcome | None) -> dict[str, object]:
    if outcome is None:
        return {}
    told = queries.explain_trial(scope=request.scope, outcome=outcome, on=request.served_on)
    facts = {**outcome.request.facts, "number": outcome.request.number}
    facts["hospital_level"] = outcome.hospital_level
    same_days = queries.stays_on_the_same_days(
        scope=request.scope,
        person_id=outcome.request.person_id,
        admitted_on=outcome.request.admitted_on,
        discharged_on=outcome.request.discharged_on,
    )
    return {
        "outcome": outcome,
        "same_days": same_days,
        "tried": outcome.request.fingerprint(),
        "shown": shown(told, region=request.scope.region, facts=facts),
    }
