"""The session of a signed-in operator: what it keeps, and when it is over.

The session keeps who, in which post, of which generation; rights are looked up at every request.
It ends after a time without a request, after a longest time, and at the very next request when
the account is closed or somebody signed in anew.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from yibao.apps.access.models import Operator
from yibao.apps.access.operations.sessions import SessionEnded
from yibao.rulebook.regions import signing_in

# Written at most once in this time: a session is no reason to write at every request.
_SEEN_EVERY = timedelta(seconds=30)


@dataclass(frozen=True)
class SignedIn:
    """Who a session belongs to; without a post yet, 0."""

    operator_id: int
    generation: int
    post_id: int
    region: str


def begin(request: HttpRequest, operator: Operator, *, now: datetime) -> None:
    """Start a new session under a new key: one that was set before signing in is worth nothing."""
    request.session.flush()
    _remember(request, operator, now=now)
    rotate_token(request)


def renew(request: HttpRequest, operator: Operator, *, now: datetime) -> None:
    """Go on as the operator's new generation, after a change of password."""
    request.session.cycle_key()
    _remember(request, operator, now=now)


def _remember(request: HttpRequest, operator: Operator, *, now: datetime) -> None:
    request.session["operator_id"] = operator.id
    request.session["generation"] = operator.session_generation
    request.session["signed_in_at"] = request.session["seen_at"] = now.isoformat()


def choose(request: HttpRequest, *, post_id: int, region: str) -> None:
    """Keep the chosen post."""
    request.session["post_id"] = post_id
    request.session["region"] = region


def end(request: HttpRequest) -> None:
    """Forget everything."""
    request.session.flush()


def signed_in(request: HttpRequest) -> SignedIn | None:
    """Return whom the session belongs to, or None; its times are not looked at."""
    if "operator_id" not in request.session:
        return None
    return SignedIn(
        operator_id=request.session["operator_id"],
        generation=request.session["generation"],
        post_id=request.session.get("post_id", 0),
        region=request.session.get("region", ""),
    )


def keep_alive(request: HttpRequest, *, now: datetime) -> None:
    """Note that the session is used. Raises SessionEnded when it was idle or lasted too long."""
    limits = signing_in()
    started = datetime.fromisoformat(request.session["signed_in_at"])
    seen = datetime.fromisoformat(request.session["seen_at"])
    if now - started >= limits.longest or now - seen >= limits.idle_for:
        end(request)
        raise SessionEnded
    if now - seen >= _SEEN_EVERY:
        request.session["seen_at"] = now.isoformat()
