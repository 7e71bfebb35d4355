"""S9: each sensitive read and each changing route leaves exactly one matching record, done or refused.

What must match is the policy's own line: a read is recorded under the route's right with the kind of
object it names, a change under one of the actions it declares, a refusal under the right that was
asked, with the route and the refusal's code.
"""

import contextlib
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve

from tests.console.contents import posted
from tests.console.everything import Shown
from tests.journeys.unfinished import leave_unfinished
from tests.proof import probed
from tests.proof.page_forms import forms_of
from tests.proof.probed import OWN, World, asked, pages, undone
from yibao.apps.access import audit
from yibao.apps.access.models import AuditRecord
from yibao.console import page
from yibao.console.routes import POST, Route, persons_posts
from yibao.database import scope as database_scope

pytestmark = pytest.mark.django_db
NOBODY = (0, 10**12)


@contextlib.contextmanager
def _reads_unrecorded() -> Iterator[None]:
    """A page that shows a person leaves no record."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(page, "_record_read", lambda *_: None)
        yield


@contextlib.contextmanager
def _refusals_unrecorded() -> Iterator[None]:
    """Who was refused leaves no record."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(page, "_record_refused", lambda *_: None)
        yield


@contextlib.contextmanager
def _recorded_twice() -> Iterator[None]:
    """Every record is written twice."""
    once = audit.record

    def twice(**given: object) -> None:
        once(**given)  # type: ignore[arg-type]
        once(**given)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(audit, "record", twice)
        yield


FAULTS = {
    "reads_unrecorded": _reads_unrecorded,
    "refusals_unrecorded": _refusals_unrecorded,
    "recorded_twice": _recorded_twice,
}


@pytest.mark.proof(
    "S9",
    "each sensitive read and each change leaves exactly one matching record, done or refused",
    unit="requests",
    landing=165,
    small=165,
    late=True,
)
def test_every_sensitive_read_and_every_change_leaves_exactly_one_record(proof):
    world, wrong, cases = leave_unfinished(probed.world()), [], list(_cases())
    done: set[str] = set()
    with proof.broken():
        for route, method, may in cases:
            said = _recorded(world, route, method, may, done)
            if said is not None:
                wrong += [said] * bool(said)
                proof.count()
    reads = sum(1 for route in pages() if route.reads)
    changes = {route.name for route in pages() if route.writes and "POST" in route.methods}
    print("refused with their own contents:", ", ".join(sorted(changes - done)))
    proof.note(f"{reads} sensitive reads, {len(changes)} changing routes: all of them")
    proof.note(f"{len(changes & done)} of the changes done, the others refused")
    assert not wrong, "\n".join(wrong)


def _cases() -> Iterator[tuple[Route, str, bool]]:
    """Each read and each change, by a post that may and by one that may not."""
    for route in pages():
        methods = ("GET",) * bool(route.reads and "GET" in route.methods)
        methods += ("POST",) * bool(route.writes and "POST" in route.methods)
        for method in methods:
            yield route, method, True
            if set(persons_posts()) - set(route.posts(method)):
                yield route, method, False


def _recorded(world: World, route: Route, method: str, may: bool, done: set[str]) -> str | None:
    """Return what is wrong with the records of one request; None where there is no object.

    A change that was done by who may is noted in `done`.
    """
    if not world.has(route.name):
        return None
    shown, addresses = world.of(route.name)
    allowed = set(route.posts(method))
    role = next(one for one in persons_posts() if (one in allowed) == may)
    client = world.client(shown, role, OWN)
    with undone():
        given = _filled_in(client, shown, route, addresses[0]) if may and method == "POST" else {}
        before = _newest()
        status = asked(client, method, addresses[0], given).status_code
        rows = _after(before)
    who = f"{method} {route.name} by {role}: {status}"
    matching = [row for row in rows if _matches(row, route, method)]
    if status == 302 and not rows and method == "POST":
        # A button without a form that had nothing to do: sent back, nothing changed.
        return None
    # Registering a family and putting it on the list are two acts of one form.
    acts = [row.action for row in matching]
    if not acts or len(acts) != len(set(acts)):
        found = [(row.action, row.object_kind, row.outcome) for row in rows]
        return f"{who}: {len(matching)} matching records of {found}"
    if may and method == "POST" and matching[0].outcome == "done":
        done.add(route.name)
    if not may and (matching[0].outcome != "refused" or status != 403):
        return f"{who}: {matching[0].outcome}"
    return ""


def _filled_in(client: Client, shown: Shown, route: Route, address: str) -> dict[str, object]:
    """Return the contents of the page's own form, filled in; none where it has no form."""
    page = client.get(address) if "GET" in route.methods else HttpResponse(status=405)
    if page.status_code != 200:
        return {}
    path = address.partition("?")[0]
    for form in forms_of(page.content.decode()):
        if resolve(form.action.partition("?")[0] or path).view_name == route.name:
            return posted(shown.region, route.name, form)
    return {}


def _matches(row: AuditRecord, route: Route, method: str) -> bool:
    if row.outcome == "refused":
        # A page of every post asks for no right of its own.
        right = route.right_for(method)
        asked_for = "console" if right == POST else right
        return row.action == asked_for and row.detail.get("route") == route.name
    if method == "GET":
        return (row.action, row.object_kind) == (route.right, route.reads)
    is_read = bool(route.reads) and (row.action, row.object_kind) == (route.right, route.reads)
    return row.action in route.writes or is_read


def _newest() -> int:
    with database_scope.scoped(*NOBODY):
        return AuditRecord.objects.order_by("-id").values_list("id", flat=True).first() or 0


def _after(before: int) -> list[AuditRecord]:
    with database_scope.scoped(*NOBODY):
        return list(AuditRecord.objects.filter(id__gt=before).order_by("id"))


def test_every_sensitive_read_and_every_change_of_a_page_is_declared():
    """A page that shows numbers unmasked, or changes anything by a POST, says what is written down."""
    for route in pages():
        unmasked = [what for what, how in route.shows if how != "masked" and what != "name"]
        assert not unmasked or route.reads or route.writes, route.name
