from django.urls import path

from yibao.console.policy.views import (
    cells,
    deciding,
    editing,
    history,
    proposals,
    rules,
    settings,
    simulations,
    trying,
)

app_name = "policy"
urlpatterns = [
    path("", rules.rules, name="rules"),
    path("rules/<slug:name>/", rules.rule, name="rule"),
    path("rules/<slug:name>/prove/", rules.proving, name="prove"),
    path("rules/<slug:name>/try/", trying.typed, name="try"),
    path("rules/<slug:name>/person/<int:person_id>/", trying.registered, name="person"),
    path("rules/<slug:name>/outcomes/", cells.cells, name="cells"),
    path("rules/<slug:name>/outcomes/sign/", cells.sign, name="sign"),
    path("settings/", settings.settings, name="settings"),
    path("settings/<slug:name>/", settings.setting, name="setting"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/new/", proposals.new, name="new"),
    path("proposals/<int:proposal_id>/", proposals.proposal, name="proposal"),
    path("proposals/<int:proposal_id>/edit/", editing.edit, name="edit"),
    path("proposals/<int:proposal_id>/check/", editing.checked, name="check"),
    path("proposals/<int:proposal_id>/value/", editing.value, name="value"),
    path("proposals/<int:proposal_id>/clause/", editing.clause, name="clause"),
    path("proposals/<int:proposal_id>/activate/", deciding.activate, name="activate"),
    path("proposals/<int:proposal_id>/reject/", deciding.reject, name="reject"),
    path("proposals/<int:proposal_id>/withdraw/", deciding.withdraw, name="withdraw"),
    path("proposals/<int:proposal_id>/simulate/", simulations.ask, name="simulate"),
    path("proposals/simulations/<int:simulation_id>/", simulations.simulation, name="simulation"),
    path("proposals/simulations/<int:simulation_id>/run/", simulations.run, name="run"),
    path(
        "proposals/simulations/<int:simulation_id>/groups.csv",
        simulations.groups_file,
        name="groups_file",
    ),
    path("history/", history.history, name="history"),
    path("history/<int:before>/<int:after>/", history.difference, name="difference"),
]
