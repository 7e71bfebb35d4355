"""The lock of a screen: a session goes on, and opens nothing before its operator is known again."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from yibao.apps.access.models import Operator, OperatorSession, SessionEnd
from yibao.apps.access.operations import factors, sessions, tries
from yibao.apps.access.operations.sessions import SessionEnded, end_those, note
from yibao.apps.access.operations.signing import sign_in_refused
from yibao.apps.access.passwords import is_right, profile_of
from yibao.core.refusal import Refusal


@transaction.atomic
def lock_session(*, session_id: int, at: datetime, now: datetime) -> None:
    """Lock a session from its next request on, in every tab. Recorded.

    `at` is the moment of the served day, `now` the database's. Raises as `sessions.open_session`.
    """
    one = sessions.open_session(session_id=session_id, now=now)
    OperatorSession.objects.filter(id=one.id, locked_at__isnull=True).update(locked_at=now)
    note(operator=_with_place(one.id).operator, action="access.lock", at=at)


def asks_code(*, operator_id: int) -> bool:
    """Tell whether unlocking asks for a code too: the office's profile of passwords says so."""
    operator = Operator.objects.select_related("organisation__region").get(id=operator_id)
    return profile_of(operator).code_to_unlock


def unlock_session(
    *, session_id: int, password: str, code: str, address: str, now: datetime
) -> None:
    """Unlock a session whose operator gives the password, and a code where the profile asks it.

    Failures count with those of signing in, under the number and the address; the one that locks
    the number ends the session. Raises SignInRefused, AccountLocked, TooManyTries, SessionEnded;
    what is refused is recorded too.
    """
    refusal: Refusal | None = tries.take_a_try(address=address, at=now)
    with transaction.atomic():
        one = _with_place(session_id)
        if one.ended_at is not None:
            raise SessionEnded
        if refusal is None:
            refusal = _judged(one, password, code, now)
        if refusal is None:
            OperatorSession.objects.filter(id=one.id).update(locked_at=None, seen_at=now)
        if not (isinstance(refusal, tries.TooManyTries) and not refusal.is_first):
            note(
                operator=one.operator,
                action="access.unlock",
                at=now,
                refusal=refusal,
                address=address,
            )
    if refusal is not None:
        raise refusal
    tries.give_back_a_try(address=address)


def _judged(one: OperatorSession, password: str, code: str, now: datetime) -> Refusal | None:
    """Compare password and code, one after the other, and count a failure of either."""
    operator = one.operator
    counted = tries.failures_of(staff_no=operator.staff_no)
    locked = tries.lock_of(tries=counted, at=now)
    if locked is not None:
        return locked
    asks = profile_of(operator).code_to_unlock
    if is_right(password, operator.password_hash) and (
        not asks or factors.accept(operator_id=operator.id, answer=code, at=now)
    ):
        if asks:
            counted.delete()
            OperatorSession.objects.filter(id=one.id).update(confirmed_at=now)
        return None
    if tries.count_failure(tries=counted, at=now):
        end_those(which=Q(id=one.id), why=SessionEnd.LOCKED, now=now)
    return sign_in_refused()


def _with_place(session_id: int) -> OperatorSession:
    return (
        OperatorSession.objects.select_related("operator__organisation__region")
        .select_for_update(of=("self",))
        .get(id=session_id)
    )
