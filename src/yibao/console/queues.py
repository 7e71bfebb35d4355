"""Work that waits in a row: the one before and after what a page shows, the next one when done.

here = place_of(request, GRANTS, request_id)    before the act: what is decided leaves the queue
return go_on(request, here, said)               after it: the next one, else the list
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from yibao.apps.access.queries import rights
from yibao.apps.desk import queries as desk
from yibao.apps.desk.tables import page_of, reading
from yibao.apps.enrolment import queries as enrolment
from yibao.apps.policy import queries as policy
from yibao.apps.registry import queries as registry
from yibao.console.collection.listed import UNMATCHED_LIST
from yibao.console.listing import List
from yibao.console.page import ConsoleRequest, address, done
from yibao.console.subsidy.listed import WAITING_LIST

# A queue is walked as far as this; who decided so many opens the list again.
_AT_MOST = 1000


@dataclass(frozen=True)
class Queue:
    """A queue: its list, the page of one, the right to decide, the ids in the list's order."""

    listed: str
    one: str
    action: str
    ids: Callable[[ConsoleRequest], list[int]]


@dataclass(frozen=True)
class Place:
    """Where something stands in its queue; a neighbour that is not there has no address."""

    queue: Queue
    previous: str = ""
    next: str = ""
    # From 1; 0 where this one does not wait.
    number: int = 0
    waiting: int = 0


def place_of(request: ConsoleRequest, queue: Queue, asked: int) -> Place:
    """Return the place of one; of one that does not wait, or for who may not decide, none."""
    if not request.scope.allows(queue.action):
        return Place(queue)
    ids = queue.ids(request)
    if asked not in ids:
        return Place(queue, waiting=len(ids))
    at = ids.index(asked)
    near = [ids[n] if 0 <= n < len(ids) else 0 for n in (at - 1, at + 1)]
    before, after = (address(request, queue.one, one) if one else "" for one in near)
    return Place(queue, before, after, at + 1, len(ids))


def go_on(request: ConsoleRequest, here: Place, said: str) -> HttpResponse:
    """Say that it is decided, and show the next one of the queue, else the list."""
    if not here.next:
        return done(request, said, here.queue.listed)
    words = _("%(said)s；这是下一件，还有 %(count)s 件") % {
        "said": said,
        "count": here.waiting - 1,
    }
    response = done(request, words, here.queue.listed)
    response["Location"] = here.next
    return response


def _of_list(one: List, key: str) -> Callable[[ConsoleRequest], list[int]]:
    """Return what reads a list's first keys, in its own order. One statement."""

    def ids(request: ConsoleRequest) -> list[int]:
        scope, nothing = request.area_scope, QueryDict("")
        ask, _form = one.asked(nothing, scope=scope, year=request.year, at=request.at)
        with reading(scope) as cursor:
            rows = page_of(
                cursor, table=one.table, ask=ask, columns=["id", key], limit=_AT_MOST
            ).rows
        return [getattr(row, key) for row in rows]

    return ids


CLAIMS = Queue(
    "collection:unmatched",
    "collection:claim",
    "collection.claim",
    _of_list(UNMATCHED_LIST, "payment_id"),
)
ROSTER_ROWS = Queue(
    "subsidy:waiting", "subsidy:row", "subsidy.answer", _of_list(WAITING_LIST, "id")
)
EXPORTS = Queue(
    "desk:exports",
    "desk:export",
    "export.approve",
    # The list shows the newest first.
    lambda request: [one.pk for one in desk.exports_to_approve(scope=request.scope)][::-1],
)
# Batches: the lines of one are mended in its grid, those that stay wrong come again by themselves.
LEDGERS = Queue(
    "enrolment:imports",
    "enrolment:mend",
    "enrolment.import",
    lambda request: enrolment.imports_to_mend(
        scope=request.area_scope, year=request.year, limit=_AT_MOST
    ),
)
PROPOSALS = Queue(
    "policy:proposals",
    "policy:proposal",
    "policy.activate",
    lambda request: policy.to_decide(scope=request.scope, limit=_AT_MOST),
)
GRANTS = Queue(
    "access:grants",
    "access:grant",
    "access.approve_grant",
    lambda request: [one.pk for one in rights.waiting_requests(request.area_scope)],
)
ERASURES = Queue(
    "registry:erasures",
    "registry:erasure",
    "registry.erase",
    lambda request: [
        one.erasure_id
        for one in registry.erasures(scope=request.area_scope, limit=_AT_MOST)
        if one.decided_at is None
    ],
)
