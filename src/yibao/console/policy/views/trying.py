"""One person explained: from facts that were typed, or as the person stands in the register."""

from django.http import HttpResponse, QueryDict

from yibao.apps.enrolment.queries.facts import facts_for_rules
from yibao.apps.registry import queries as registry
from yibao.console.page import ConsoleRequest, console_page, page
from yibao.console.policy import words
from yibao.console.policy.trying import TryForm, answered, facts_of
from yibao.core.rules.book import Rulebook
from yibao.core.rules.edition import Edition
from yibao.core.rules.facts import read_facts


@console_page()
def typed(request: ConsoleRequest, name: str) -> HttpResponse:
    """Explain what a rule says of the facts that were filled in; nothing is written."""
    book = words.own_book(request)
    edition = book.bind(name, year=request.year)
    form = TryForm(_given(request), book=book, facts=facts_of(edition))
    answer = None
    if request.method == "POST" and form.is_valid():
        answer = answered(book, edition, form.facts())
    context = {
        "name": name,
        "label": words.rule_words(book, name),
        "edition": edition,
        "form": form,
        "answer": answer,
        "who": None,
        **_searched(request),
    }
    return page(request, "console/policy/try.html", context)


@console_page()
def registered(request: ConsoleRequest, name: str, person_id: int) -> HttpResponse:
    """Explain a rule for a registered person, by what the register knows of the year."""
    book = words.own_book(request)
    edition = book.bind(name, year=request.year)
    who = registry.person_page(scope=request.scope, person_id=person_id)
    recorded = facts_for_rules(
        scope=request.scope, person_ids=[person_id], year=request.year, on=request.served_on
    )[person_id]
    known = {key: value for key, value in recorded.items() if key in edition.facts}
    asked = facts_of(edition)
    form = TryForm(_given(request), book=book, facts=asked)
    if request.method == "POST" and form.is_valid():
        known |= form.facts()
    context = {
        "name": name,
        "label": words.rule_words(book, name),
        "edition": edition,
        "form": form,
        "answer": answered(book, edition, known),
        "who": who,
        "known": _known(book, edition, known),
    }
    return page(request, "console/policy/try.html", context)


def _searched(request: ConsoleRequest) -> dict[str, object]:
    """People of the register by what was asked, for whoever may look for them."""
    text = request.GET.get("q", "").strip()
    may = request.scope.allows("registry.search") and request.scope.allows("registry.read")
    found = registry.search(scope=request.scope, text=text) if text and may else []
    return {"may_search": may, "text": text, "found": found}


def _given(request: ConsoleRequest) -> QueryDict | None:
    """What was posted; a form that was left empty is an answer too."""
    return request.POST if request.method == "POST" else None


def _known(book: Rulebook, edition: Edition, given: dict[str, object]) -> list[tuple[str, str]]:
    """What the register knows, in words."""
    read = read_facts(edition, given).values
    return [
        (
            words.labelled(edition.facts[name].label, name),
            words.value_words(book, value, edition.facts[name].type),
        )
        for name, value in read.items()
        if name != "year"
    ]
