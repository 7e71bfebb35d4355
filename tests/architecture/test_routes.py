"""Every route of the console is declared in one policy, and nothing is declared that is not there."""

from dataclasses import replace

import pytest
from django.core.checks import run_checks
from django.http import HttpResponse
from django.urls import path

from yibao.apps.access.roles import ACTIONS, ROLE_ACTIONS
from yibao.console import routes as policy
from yibao.console.routes import Route, faults, read, routes, there


def ours():
    """What the console's own check says when the program starts."""
    return [str(one.msg) for one in run_checks() if str(one.id).startswith("yibao.")]


def test_every_route_is_declared_and_every_declared_one_is_there():
    assert faults() == []
    assert ours() == []


def test_an_undeclared_route_stops_the_program(monkeypatch):
    declared = dict(routes())
    del declared["registry:person"]
    monkeypatch.setattr(policy, "routes", lambda: declared)
    assert ours() == ["route registry:person is not declared in routes.yaml"]


def test_a_declared_route_without_an_address_stops_the_program():
    extra = routes() | {"registry:nobody": Route(name="registry:nobody", right="registry.read")}
    assert faults(extra) == ["routes.yaml declares registry:nobody, which no address has"]


@pytest.mark.parametrize(
    ("name", "changed", "said"),
    [
        ("registry:person", {"right": "registry.reads"}, "registry.reads is no right"),
        ("registry:person", {"right": ""}, "nothing is no right"),
        ("subsidy:match", {"change": "subsidy.matching"}, "subsidy.matching is no right"),
        ("registry:person", {"methods": ("FETCH",)}, "FETCH are no methods"),
        ("registry:person", {"within": "house"}, "nothing is looked up within house"),
        ("registry:person", {"shows": (("hair", "masked"),)}, "hair cannot be shown masked"),
        ("registry:person", {"step_up": True}, "a step up is asked of a change"),
        (
            "collection:unmatched",
            {"shows": (("phone", "whole"),)},
            "phone unmasked, and nothing is written down",
        ),
        (
            "console:home",
            {"right": "anyone"},
            "a page asks for a post, anything else is open before one is chosen",
        ),
        ("console:home", {"of": "person"}, "its address names no person"),
    ],
)
def test_what_is_declared_wrongly_is_said(name, changed, said):
    declared = routes() | {name: replace(routes()[name], **changed)}
    assert f"{name}: {said}" in faults(declared)


def test_a_view_that_is_no_page_may_not_ask_for_a_post():
    def bare(request):
        return HttpResponse()

    standing = {**there(), "registry:person": path("", bare, name="person")}
    said = faults(standing=standing)
    assert (
        "registry:person: a page asks for a post, anything else is open before one is chosen"
        in said
    )


def test_a_key_that_is_none_is_refused_when_the_policy_is_read():
    with pytest.raises(ValueError, match="console:home declares rights, which is no key"):
        read("console:\n  home: {rights: post}\n")


def test_the_posts_of_a_route_follow_from_its_right():
    route = routes()["subsidy:match"]
    reading = [role for role in policy.persons_posts() if "subsidy.read" in ROLE_ACTIONS[role]]
    changing = [role for role in policy.persons_posts() if "subsidy.match" in ROLE_ACTIONS[role]]
    assert route.posts("GET") == tuple(reading)
    assert route.posts("POST") == tuple(changing)
    assert set(changing) < set(reading)
    assert "system" not in policy.persons_posts()


def test_every_right_of_a_post_opens_something_or_is_asked_by_an_operation():
    asked = {route.right_for(method) for route in routes().values() for method in ("GET", "POST")}
    assert asked - {"anyone", "account", "post"} <= ACTIONS.keys()
