"""S1: every route, asked by every post from its own area, another village, another county, and by
whoever has no session that is worth anything; the answer is the one that the policy declares."""

import contextlib
from collections.abc import Iterator

import pytest
from django.urls import reverse

from tests.proof import probed
from tests.proof.probed import (
    OWN,
    WITH_SESSION,
    WITHOUT,
    asked,
    pages,
    undone,
    wrong,
)
from yibao.apps.access.roles import ROLE_ACTIONS
from yibao.apps.access.scope import Scope
from yibao.console import page, routes
from yibao.console.routes import persons_posts

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST")


@contextlib.contextmanager
def _require_passes() -> Iterator[None]:
    """Every post is let into every page, and into every operation."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Scope, "require", lambda self, action: None)
        yield


@contextlib.contextmanager
def _page_asks_nothing() -> Iterator[None]:
    """A page whose right nobody asks for: the policy's line is not read."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(routes.Route, "right_for", lambda self, method: routes.POST)
        yield


@contextlib.contextmanager
def _no_wall() -> Iterator[None]:
    """Objects are looked up in the whole country, not in the post's area."""
    from yibao.database import scope as database_scope

    whole = database_scope.scoped
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(database_scope, "scoped", lambda *_, **plan: whole(0, 10**12, **plan))
        yield


@contextlib.contextmanager
def _undeclared_route() -> Iterator[None]:
    """A page whose line in the policy was lost."""
    declared = dict(routes.routes())
    del declared["registry:person"]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(routes, "routes", lambda: declared)
        yield


@contextlib.contextmanager
def _expired_goes_on() -> Iterator[None]:
    """A session that is over goes on."""
    from yibao.apps.access.models import OperatorSession
    from yibao.apps.access.operations import sessions

    def still_open(*, session_id: int, **asked: object) -> OperatorSession:
        rows = OperatorSession.objects.select_related(
            "operator", "post__organisation", "post__operator"
        )
        return rows.get(id=session_id)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sessions, "open_session", still_open)
        yield


FAULTS = {
    "require_passes": _require_passes,
    "page_asks_nothing": _page_asks_nothing,
    "no_wall": _no_wall,
    "undeclared_route": _undeclared_route,
    "expired_goes_on": _expired_goes_on,
}


def probes(small: bool) -> Iterator[tuple[routes.Route, str]]:
    """Every route with each method; in the ordinary suite every one still, by fewer posts."""
    for route in pages():
        for method in METHODS:
            yield route, method


@pytest.mark.proof(
    "S1",
    "every route by every post from everywhere answers as the policy declares",
    unit="probes",
    landing=10_000,
    small=800,
    late=True,
)
def test_every_route_answers_each_post_as_the_policy_declares(proof):
    world, found, seen = probed.world(), [], set()
    chance = proof.random("S1")
    with proof.broken():
        assert routes.faults() == []
        for route, method in probes(not proof.is_landing):
            shown, addresses = world.of(route.name)
            roles = persons_posts() if proof.is_landing else _two_of(route, method, chance)
            for role in roles:
                for standing in (*WITH_SESSION, *WITHOUT):
                    found += _probed(world, shown, route, method, role, standing, addresses[0])
                    proof.count()
            seen.add(route.name)
        for name in (one.name for one in routes.routes().values() if one.right == routes.ACCOUNT):
            answer = probed.Client().get(reverse(name))
            if answer.status_code != 302:
                found.append(f"{name} is open to anybody: {answer.status_code}")
            seen.add(name)
    proof.note(f"{len(seen)} routes × {len(persons_posts())} posts")
    assert len(seen) == sum(1 for one in routes.routes().values() if one.right != routes.ANYONE)
    assert not found, "\n".join(found[:80]) + f"\n{len(found)} in all"


def _two_of(route: routes.Route, method: str, chance: object) -> list[str]:
    """Return a post that may and one that may not, where there are such."""
    may = list(route.posts(method))
    others = [role for role in persons_posts() if role not in may]
    return [chance.choice(some) for some in (may, others) if some]  # type: ignore[attr-defined]


def _probed(world, shown, route, method, role, standing, address) -> list[str]:
    place = standing if standing in WITH_SESSION else OWN
    client = world.client(shown, role, place)
    same_region = (shown.region == "hengshan") == probed.PLACES[shown.region][place].startswith(
        "43"
    )
    has_object = world.has(route.name)
    if standing in WITHOUT:
        with probed.standing_of(client, standing) as other, undone():
            answer = asked(other, method, address)
    else:
        with undone():
            answer = asked(client, method, address)
    said = wrong(
        route, method, role, standing, answer, same_region=same_region, has_object=has_object
    )
    return [said] if said else []


def test_the_policy_leaves_no_post_without_a_page_and_no_page_without_a_post():
    for role in persons_posts():
        assert any(role in route.posts() for route in pages() if route.right != page.POST), role
    for route in pages():
        for method in route.methods:
            assert route.posts(method), (route.name, method)
    assert set(persons_posts()) | {"system"} == set(ROLE_ACTIONS)
