"""The session of a signed-in operator: what the cookie leads to, before and after the code.

A browser's session keeps who, the number of the `OperatorSession` and the region. Everything else
(post, generation, idle and longest time, who ended it) is looked up there at every request. Between
the password and the code it keeps only who is to show a code, and for how long.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.urls import reverse

from yibao.apps.access import operations
from yibao.apps.access.models import Operator, OperatorSession
from yibao.database.sealing import KeyMissing, SealBroken, seal, unseal
from yibao.rulebook.regions import signing_in

_PENDING = "pending"
_WANTED = "session.wanted"


@dataclass(frozen=True)
class SignedIn:
    """Who a session belongs to; without a post yet, no region and post 0."""

    operator_id: int
    session_id: int
    post_id: int
    region: str


def pend(request: HttpRequest, operator: Operator, *, now: datetime) -> None:
    """Remember who gave a right password, under a new key; nothing is open yet."""
    request.session.flush()
    request.session[_PENDING] = {
        "operator_id": operator.id,
        "generation": operator.session_generation,
        "since": now.isoformat(),
    }
    rotate_token(request)


def pending(request: HttpRequest, *, now: datetime) -> Operator | None:
    """Return who gave a right password a short while ago and is to show the second factor."""
    kept = request.session.get(_PENDING)
    if kept is None:
        return None
    if now - datetime.fromisoformat(kept["since"]) >= signing_in().steps_for:
        end(request)
        return None
    return (
        Operator.objects.select_related("organisation__region")
        .filter(id=kept["operator_id"], session_generation=kept["generation"], is_active=True)
        .first()
    )


def begin(request: HttpRequest, operator: Operator, *, address: str, now: datetime) -> None:
    """Start a new session under a new key: one that was set before signing in is worth nothing."""
    one = operations.begin_session(operator_id=operator.id, address=address, at=now)
    request.session.flush()
    request.session["operator_id"] = operator.id
    request.session["session_id"] = one.id
    rotate_token(request)


def renew(request: HttpRequest, operator: Operator, *, now: datetime) -> None:
    """Go on as the operator's new generation, after a change of password."""
    if _PENDING in request.session:
        pend(request, operator, now=now)
        return
    request.session.cycle_key()
    operations.keep_session(session_id=request.session["session_id"], operator=operator)


def choose(request: HttpRequest, *, post_id: int, region: str) -> None:
    """Keep the chosen post."""
    request.session["post_id"] = post_id
    request.session["region"] = region


def end(request: HttpRequest) -> None:
    """Forget everything."""
    request.session.flush()


def signed_in(request: HttpRequest) -> SignedIn | None:
    """Return whom the session belongs to, or None; whether it is still open is not looked at."""
    if "session_id" not in request.session:
        return None
    return SignedIn(
        operator_id=request.session["operator_id"],
        session_id=request.session["session_id"],
        post_id=request.session.get("post_id", 0),
        region=request.session.get("region", ""),
    )


def keep_wanted(request: HttpRequest, address: str) -> None:
    """Keep which page a locked session goes on with: sealed, for an address can name a person."""
    request.session[_WANTED] = b64encode(seal(address, of=_WANTED)).decode()


def wanted(request: HttpRequest) -> str:
    """Return the page that a locked session goes on with, once; "" for none."""
    kept = request.session.pop(_WANTED, "")
    try:
        return unseal(b64decode(kept), of=_WANTED) if kept else ""
    except (KeyMissing, SealBroken):  # the keys were turned meanwhile
        return ""


def to_the_lock(request: HttpRequest) -> HttpResponse:
    """Send to the lock's page; a page that was opened is gone on with afterwards."""
    is_opened = request.headers.get("Sec-Fetch-Dest", "document") == "document"
    if request.method == "GET" and is_opened:
        keep_wanted(request, request.get_full_path())
    return HttpResponseRedirect(reverse("console:locked"))


def standing(request: HttpRequest, *, now: datetime) -> OperatorSession:
    """Return the open session behind the cookie. Raises SessionEnded, SessionLocked."""
    who = signed_in(request)
    if who is None:
        raise operations.sessions.SessionEnded
    return operations.open_session(session_id=who.session_id, now=now)
