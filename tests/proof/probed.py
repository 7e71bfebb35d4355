"""Every route asked by every post from everywhere: the world that it is asked in, and what to expect.

What is expected follows from `console/routes.yaml` and the roles alone; `tests/console/everything`
has an object for each route.
"""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.apps.access.offices import AT, ON, Staff, hire
from tests.apps.claims import insured
from tests.console import everything
from tests.console.everything import Shown
from yibao.apps.access import operations, queries
from yibao.apps.access.models import Operator, OperatorSession
from yibao.console.routes import ABOVE, ALL, REGION, SCOPE, Route, routes
from yibao.console.routes import OWN as OWNERS

_FRESH_SECONDS = 120
# A number that no object has.
NOBODYS = 987654321
_COOKIE = settings.SESSION_COOKIE_NAME
OWN, VILLAGE, COUNTY = "own scope", "other village", "other county"
ANONYMOUS, EXPIRED, CLOSED, LOCKED = "anonymous", "expired session", "closed account", "forced out"
WITH_SESSION = (OWN, VILLAGE, COUNTY)
WITHOUT = (ANONYMOUS, EXPIRED, CLOSED, LOCKED)

# Where each region's objects lie, and where they do not: a village, and a county.
PLACES = {
    "hengshan": {OWN: "430423", VILLAGE: "430423104", COUNTY: "152221"},
    "xingan": {OWN: "1522", VILLAGE: "152224100", COUNTY: "430423"},
}


@dataclass(frozen=True)
class World:
    """Two regions with everything, and a signed-in browser for each post and place."""

    shown: tuple[Shown, ...]
    clients: dict[tuple[str, str], Client]
    staff: dict[tuple[str, str], Staff]
    refreshed: list[float] = field(default_factory=lambda: [time.monotonic()])

    def of(self, name: str) -> tuple[Shown, list[str]]:
        """Return the region that has something for the route, and the addresses there."""
        for shown in self.shown:
            if addresses := shown.addresses(name):
                return shown, addresses
        arguments = [NOBODYS] * len(everything.arguments_of(name))
        return self.shown[0], [reverse(name, args=arguments)]

    def has(self, name: str) -> bool:
        """Tell whether the route's object exists somewhere; else nobody finds it."""
        return any(shown.addresses(name) for shown in self.shown)

    def keep_fresh(self) -> None:
        """Let no session grow idle, nor its code old, while a slow machine asks on."""
        if time.monotonic() - self.refreshed[0] > _FRESH_SECONDS:
            self.refreshed[0] = time.monotonic()
            now = queries.clock().now
            OperatorSession.objects.filter(ended_at=None).update(seen_at=now, confirmed_at=now)

    def client(self, shown: Shown, role: str, standing: str) -> Client:
        """Return the browser of a post in its own area, another village or another county."""
        self.keep_fresh()
        division = PLACES[shown.region][standing]
        found = self.clients.get((role, division))
        if found is None:
            at = AT if division.startswith("43") else insured.AT
            staff = hire(role=role, division=division, at=at)
            found = browser(staff)
            self.clients[role, division] = found
            self.staff[role, division] = staff
        return found


def browser(staff: Staff) -> Client:
    """Return a browser with a session as signing in leaves it, which other tests look at."""
    now = queries.clock().now
    one = operations.begin_session(operator_id=staff.operator.id, address="127.0.0.1", at=now)
    operations.take_post(
        session_id=one.id,
        post_id=staff.post.id,
        at=queries.clock(region=staff.scope.region).at,
        now=now,
    )
    client = Client(raise_request_exception=True)
    session = client.session
    session.update(
        {
            "operator_id": staff.operator.id,
            "session_id": one.id,
            "post_id": staff.post.id,
            "region": staff.scope.region,
        }
    )
    session.save()
    client.cookies[_COOKIE] = session.session_key
    return client


def world() -> World:
    """Make both regions, with a request for a post and a post that others hold."""
    hengshan, hinggan = everything.hengshan(), everything.hinggan()
    clerk = hire(role="township_clerk", division="430423105")
    first = hire(role="security_admin", division="430423")
    asked = operations.request_post(
        scope=first.scope,
        operator_id=clerk.operator.id,
        organisation_id=queries.organisation_by_division("430423105").id,
        role="county_clerk",
        valid_from=ON,
        valid_until=ON + timedelta(days=90),
        reason="轮岗",
        at=AT,
    )
    for kind, one in (("grant_request", asked.id), ("post", clerk.post.id)):
        # Of a township that no other place of PLACES holds.
        hengshan.objects[kind] = (one,)
    # Nothing of these runs there.
    hengshan.routes.update({"enrolment:pause": (), "enrolment:resume": ()})
    return World((hengshan, hinggan), {}, {})


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """Run the block and take back whatever it wrote."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def asked(
    client: Client, method: str, address: str, given: dict[str, object] | None = None
) -> HttpResponse:
    """Send the request; for a POST with what is given, else a form with nothing filled in.

    The browser keeps the session it had.
    """
    kept = client.cookies[_COOKIE].value if _COOKIE in client.cookies else ""
    answer = (
        client.get(address) if method == "GET" else client.post(address, given or {"sent": "1"})
    )
    if kept:
        client.cookies[_COOKIE] = kept
    return answer


@contextlib.contextmanager
def standing_of(client: Client, standing: str) -> Iterator[Client]:
    """Make a browser one without a session that is worth anything; it is as before afterwards."""
    if standing == ANONYMOUS:
        yield Client(raise_request_exception=True)
        return
    session = OperatorSession.objects.get(id=client.session["session_id"])
    with undone():
        if standing == EXPIRED:
            moved = session.seen_at - timedelta(hours=1)
            OperatorSession.objects.filter(id=session.id).update(seen_at=moved)
        elif standing == CLOSED:
            Operator.objects.filter(id=session.operator_id).update(is_active=False)
        else:
            OperatorSession.objects.filter(id=session.id).update(
                ended_at=session.seen_at, ended_why="forced", ended_reason="离岗"
            )
        yield client


def wrong(
    route: Route,
    method: str,
    role: str,
    standing: str,
    answer: HttpResponse,
    *,
    same_region: bool,
    has_object: bool,
) -> str:
    """Return how the answer differs from what the policy says, "" where it does not."""
    said = expected(route, method, role, standing, same_region=same_region, has_object=has_object)
    if answer.status_code in said:
        return ""
    who = f"{role} ({standing})"
    return f"{method} {route.name} by {who}: {answer.status_code}, expected {sorted(said)}"


def expected(
    route: Route, method: str, role: str, standing: str, *, same_region: bool, has_object: bool
) -> frozenset[int]:
    """Return the statuses that the policy allows."""
    if not route.allows(method):
        return frozenset({405})
    if standing in WITHOUT:
        # The forced-out hear who ended their session.
        return frozenset({302, 409} if standing == LOCKED else {302})
    if role not in route.posts(method):
        return frozenset({403})
    # A page that asks for more itself may refuse it with a sentence: an empty list to export.
    done = (DONE if method == "GET" else TAKEN) | ({403, 409} if route.more else set())
    missing = not has_object and bool(everything.arguments_of(route.name))
    if not missing and (route.within, standing) in LOOSE:
        return done | LOOSE[route.within, standing]
    if not missing and route.within == OWNERS:
        return done | {404}
    elsewhere = bool(route.of) and _is_elsewhere(route, standing, same_region=same_region)
    if missing or elsewhere:
        # A page that only takes forms leads a reader back without looking anything up.
        back = {302} if "POST" in route.methods and method == "GET" else set()
        back |= {302} if route.within == OWNERS else set()
        return frozenset({403 if route.of == "area" and not missing else 404} | back)
    return done


# A head that was sent down is seen from below, one that was not is not there; a name that another
# region's rulebook has not is refused with a sentence.
LOOSE = {
    (ABOVE, VILLAGE): frozenset({404}),
    (ALL, VILLAGE): frozenset({404, 409}),
    (ALL, COUNTY): frozenset({404, 409}),
}
# A page or a way to it; for a form that is empty also: not taken, or refused with a sentence.
DONE = frozenset({200, 302})
TAKEN = frozenset({200, 302, 409, 422})


def _is_elsewhere(route: Route, standing: str, *, same_region: bool) -> bool:
    if standing == OWN:
        return False
    if route.within == ABOVE:
        return standing == COUNTY
    return route.within == SCOPE or (route.within == REGION and not same_region)


def pages() -> list[Route]:
    """Return every route that asks for a post."""
    return [route for route in routes().values() if not route.is_before_a_post]
