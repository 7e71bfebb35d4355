"""Simulations: asked for, run, shown with charts beside their tables, taken away as a file."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from yibao.apps.desk import jobs
from yibao.apps.desk.queries import job_of
from yibao.apps.policy import operations, queries
from yibao.apps.policy.drafts import check
from yibao.apps.policy.models import Simulation
from yibao.apps.policy.populations import REGISTERED, stored_snapshots
from yibao.apps.policy.queries.simulations import simulation_page
from yibao.apps.policy.standing import draft_of
from yibao.apps.statistics.tasks import SIMULATION
from yibao.console.fund import sheets
from yibao.console.page import ConsoleRequest, address, attachment, console_page, done, page
from yibao.console.policy import words
from yibao.console.policy.forms import SimulateForm
from yibao.console.policy.simulated import groups_of, sections_of, shown


@console_page()
def ask(request: ConsoleRequest, proposal_id: int) -> HttpResponse:
    """Ask over whom and for which year a proposal is to be simulated."""
    found = queries.proposal_page(
        scope=request.scope, proposal_id=proposal_id, on=request.served_on
    )
    stored = stored_snapshots(request.scope.region)
    form = SimulateForm(request.POST or None, stored=stored, year=request.year)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            given = form.cleaned_data
            made = operations.ask_simulation(
                scope=request.scope,
                proposal_id=proposal_id,
                year=given["year"],
                population=given["population"],
                at=request.at,
            )
            _enqueue(request, made)
            return done(request, _("已排队试算"), "policy:simulation", made.id)
    context = {"found": found, "form": form, "one": found.proposal}
    return page(request, "console/policy/simulate.html", context)


@console_page()
def simulation(request: ConsoleRequest, simulation_id: int) -> HttpResponse:
    """Show a simulation: how far it is, or what came out."""
    found = simulation_page(scope=request.scope, simulation_id=simulation_id)
    one = found.simulation
    rules = sections_of(one)
    asked = request.GET.get("rule", "")
    rule = asked if asked in rules else next(iter(rules), "")
    book = words.own_book(request)
    draft = draft_of(found.proposal, found.version)
    checked = check(draft, on=request.served_on)
    context = {
        "found": found,
        "one": one,
        "rules": rules,
        "shown": shown(checked.book or book, one, rule) if rule else None,
        "changes": words.shown_changes(checked.base, checked.changes),
        "clauses": [(change, words.how_words(change)) for change in checked.clauses],
        "others": len(checked.base.parameters) - len({c.parameter for c in checked.changes}),
        "is_stale": one.result is not None and one.base_hash != checked.base.text_hash,
        "is_made_up": _made_by(one) == "synthetic",
        "population": population_words(one),
        "job": job_of(scope=request.scope, kind=SIMULATION, object_id=one.id),
    }
    return page(request, "console/policy/simulation.html", context)


@console_page()
def run(request: ConsoleRequest, simulation_id: int) -> HttpResponse:
    """Run a simulation that waits, or that did not finish."""
    if request.method == "POST":
        found = simulation_page(scope=request.scope, simulation_id=simulation_id)
        _enqueue(request, found.simulation)
        return done(request, _("已排队试算"), "policy:simulation", simulation_id)
    return HttpResponseRedirect(address(request, "policy:simulation", simulation_id))


@console_page()
def groups_file(request: ConsoleRequest, simulation_id: int) -> HttpResponse:
    """Send the groups of a simulation as a file, towns included."""
    found = simulation_page(scope=request.scope, simulation_id=simulation_id)
    result = found.simulation.result or {}
    heads = [
        _("规则"),
        _("分类"),
        _("人群"),
        _("人数"),
        _("负担增加"),
        _("负担减少"),
        _("人均变化（元）"),
    ]
    rows: list[list[sheets.Cell]] = []
    for rule in sections_of(found.simulation):
        section = result[rule]
        rows += [
            [
                section[words.language()],
                one.by,
                one.label,
                one.persons,
                one.lose,
                one.gain,
                sheets.yuan(one.mean_fen, blank=False),
            ]
            for one in groups_of(section, places=True)
        ]
    name = f"P-{found.proposal.number}-{found.simulation.year}.csv"
    return attachment(request, name=name, content=sheets.as_csv(heads, rows), kind="csv")


def _enqueue(request: ConsoleRequest, made: Simulation) -> None:
    """Have it run by a worker; one that is in the queue stays there."""
    jobs.enqueue(
        scope=request.scope,
        kind=SIMULATION,
        title=_("提案试算 %(year)s 年度") % {"year": made.year},
        object_id=made.id,
        at=request.at,
    )


def population_words(one: Simulation) -> str:
    """Return over whom it was run."""
    if one.population == REGISTERED:
        return _("登记在册的参保人")
    return _("快照 %(name)s") % {"name": one.population}


def _made_by(one: Simulation) -> str:
    return str(((one.result or {}).get("snapshot") or {}).get("made_by", ""))
