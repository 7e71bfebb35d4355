"""The region's rules, and one of them beside its articles."""

from django.http import HttpResponse, HttpResponseRedirect

from yibao.apps.policy import queries
from yibao.apps.policy.proofs import kept_proof, prove
from yibao.apps.policy.queries.rules import rule_lines
from yibao.console.page import ConsoleRequest, address, console_page, page
from yibao.console.policy import words
from yibao.console.policy.outcomes import outcomes_of
from yibao.console.policy.proving import proved
from yibao.console.policy.telling import groups_of
from yibao.console.policy.trying import TryForm, facts_of
from yibao.rulebook.regions import region as region_of


@console_page()
def rules(request: ConsoleRequest) -> HttpResponse:
    """Show the rules that the region decides by, and the documents that they rest on."""
    book = words.own_book(request)
    lines = rule_lines(scope=request.scope, year=request.year)
    sources = [source for source in book.sources.values() if not source.ours]
    region = region_of(request.scope.region)
    readings = [source for source in book.sources.values() if source.ours]
    context = {
        "lines": [(line, words.rule_words(book, line.name)) for line in lines],
        "sources": [
            (source, region.documents.get(source.name))
            for source in sorted(sources, key=lambda source: source.published)
        ],
        "scheme": words.labelled(region.scheme),
        "readings": [
            (number, words.labelled(label))
            for source in readings
            for number, label in source.articles.items()
        ],
        "hash": book.text_hash,
        "newest": queries.versions(scope=request.scope)[0],
        "region": region,
        "open": len(book.open_settings()),
    }
    return page(request, "console/policy/rules.html", context)


@console_page()
def rule(request: ConsoleRequest, name: str) -> HttpResponse:
    """Show a rule: sentences and articles, what was proved, all outcomes, one person to try."""
    return page(request, "console/policy/rule.html", rule_context(request, name))


def rule_context(request: ConsoleRequest, name: str) -> dict[str, object]:
    """Return what the page of a rule shows. Raises UnknownRule."""
    book = words.own_book(request)
    edition = book.bind(name, year=request.year)
    table = outcomes_of(book, edition)
    signed = queries.signatures(
        scope=request.scope, rule=name, year=request.year, sense_hash=edition.sense_hash
    )
    line = next(
        one for one in rule_lines(scope=request.scope, year=request.year) if one.name == name
    )
    region = region_of(request.scope.region)
    return {
        "name": name,
        "label": words.rule_words(book, name),
        "edition": edition,
        "groups": groups_of(book, edition),
        "proved": proved(kept_proof(book, name), book, edition, line.steps),
        "table": table,
        "signed": signed,
        "newest": queries.versions(scope=request.scope)[0],
        "sources": [
            (book.sources[source], region.documents.get(source)) for source in line.sources
        ],
        "scheme": words.labelled(region.scheme),
        "form": TryForm(book=book, facts=facts_of(edition)),
        "line": line,
        "region": region,
    }


@console_page()
def proving(request: ConsoleRequest, name: str) -> HttpResponse:
    """Prove a rule; the proof is kept for everybody."""
    book = words.own_book(request)
    if request.method == "POST":
        book.bind(name, year=request.year)
        prove(book, name, at=request.at)
    return HttpResponseRedirect(address(request, "policy:rule", name))
