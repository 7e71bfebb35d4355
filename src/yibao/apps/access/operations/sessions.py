"""Sessions: begun with both factors, in one post at a time, and asked again at every request."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit
from yibao.apps.access.models import Operator, OperatorSession, Post, SessionEnd
from yibao.apps.access.operations import factors, tries
from yibao.apps.access.operations.factors import FactorMissing
from yibao.apps.access.operations.signing import SessionLocked, sign_in_refused
from yibao.apps.access.passwords import is_expired
from yibao.apps.access.posts import in_force
from yibao.apps.access.roles import ROLE_ACTIONS
from yibao.apps.access.scope import NotThere, Scope
from yibao.apps.access.training import require_training
from yibao.core.identity import mask_within
from yibao.core.refusal import Refusal
from yibao.rulebook.regions import signing_in

# Written at most once in this time: a session is no reason to write at every request.
_SEEN_EVERY = timedelta(seconds=30)


class SessionEnded(Refusal):
    """Signed out, closed, or out of time: the person signs in again."""

    code = "E932"
    message = "登录已失效"
    remedy = "请重新登录"
    message_en = "You are signed out"
    remedy_en = "Sign in again"


class PostTaken(SessionEnded):
    """Somebody signed in with the same post: one post, one session."""

    code = "E939"
    message = "{who} 于 {when} 在 {address} 以同一岗位登录，此处的登录已结束"
    remedy = "如不是您本人所为，请立即联系安全管理员；否则请在一处使用"
    message_en = "{who} signed in with this post at {when} from {address}; this session is over"
    remedy_en = "If that was not you, call the security administrator at once"


class ForcedOut(SessionEnded):
    """The security administrator ended the session."""

    code = "E941"
    message = "安全管理员 {who} 于 {when} 结束了此处的登录，原因：{reason}"
    remedy = "请联系安全管理员，或重新登录"
    message_en = "The security administrator {who} ended this session at {when}: {reason}"
    remedy_en = "Ask the security administrator, or sign in again"


class PostEnded(Refusal):
    """The post is not the operator's, has not begun or is over."""

    code = "E933"
    message = "该岗位不在有效期内"
    remedy = "请选择其他岗位，或向安全管理员申请续期"
    message_en = "This post is not in force"
    remedy_en = "Choose another post, or ask the security administrator to grant it again"


class PasswordMustChange(Refusal):
    """A one-time password opens nothing but the page that replaces it."""

    code = "E934"
    message = "首次登录须先修改一次性密码"
    remedy = "请设置您自己的密码"
    message_en = "The one-time password has to be replaced first"
    remedy_en = "Choose a password of your own"


class PasswordExpired(PasswordMustChange):
    """The password had its days."""

    code = "E942"
    message = "密码已超过使用期限"
    remedy = "请设置新密码"
    message_en = "The password has had its days"
    remedy_en = "Choose a new one"


@dataclass(frozen=True, slots=True)
class Presence:
    """A session at a request: its scope, and when its operator last showed a code."""

    session_id: int
    scope: Scope
    confirmed_at: datetime


@transaction.atomic
def begin_session(*, operator_id: int, address: str, at: datetime) -> OperatorSession:
    """Begin a session of an operator who showed both factors; it has no post yet."""
    operator = Operator.objects.get(id=operator_id)
    return OperatorSession.objects.create(
        operator=operator,
        generation=operator.session_generation,
        address=address,
        started_at=at,
        seen_at=at,
        confirmed_at=at,
    )


@transaction.atomic
def choose_post(*, operator_id: int, post_id: int, at: datetime) -> Scope:
    """Return the scope of a post of this operator on the day of `at`.

    Raises PasswordMustChange, FactorMissing, PostEnded, TrainingLacking, SessionEnded for a closed
    account.
    """
    post = _post(operator_id, post_id)
    scope = _scope(post, at.date())
    require_training(operator_id, scope.region, on=at.date())
    if not factors.has_factor(operator_id=operator_id):
        raise FactorMissing
    _record_choice(scope, at)
    return scope


@transaction.atomic
def take_post(*, session_id: int, post_id: int, at: datetime, now: datetime) -> Scope:
    """Put a session into a post; another session in the same post ends.

    `at` is the moment of the served day, `now` the database's. Raises as `choose_post`, and
    PasswordExpired.
    """
    one = OperatorSession.objects.select_for_update(of=("self",)).get(id=session_id)
    if one.ended_at is not None:
        raise SessionEnded
    post = _post(one.operator_id, post_id, locked=True)
    scope = _scope(post, at.date())
    require_training(one.operator_id, scope.region, on=at.date())
    if not factors.has_factor(operator_id=one.operator_id):
        raise FactorMissing
    if is_expired(post.operator, now=now):
        raise PasswordExpired
    others = OperatorSession.objects.filter(post=post, ended_at__isnull=True)
    others.exclude(id=one.id).update(
        ended_at=now, ended_why=SessionEnd.TAKEN, ended_by=one.operator_id, successor=one
    )
    one.post = post
    one.save(update_fields=["post"])
    _record_choice(scope, at)
    return scope


def present(*, session_id: int, on: date, now: datetime, used: bool = True) -> Presence:
    """Return the scope of a session's post, looked up anew for every request.

    So a closed account, an ended post or a changed password ends the session at its very next
    request. Raises SessionEnded, PostTaken, ForcedOut, SessionLocked, PasswordMustChange,
    PostEnded.
    """
    one = open_session(session_id=session_id, now=now, used=used)
    if one.post is None:
        raise PostEnded
    return Presence(session_id=one.id, scope=_scope(one.post, on), confirmed_at=one.confirmed_at)


def scope_of(*, operator_id: int, post_id: int, on: date) -> Scope:
    """Return the scope of somebody's post on a day, for work that goes on while he is away.

    Raises SessionEnded for a closed account, PasswordMustChange, PostEnded.
    """
    return _scope(_post(operator_id, post_id), on)


def open_session(*, session_id: int, now: datetime, used: bool = True) -> OperatorSession:
    """Return a session that is open; note that it is `used` by a person. Raises as `present`."""
    one = _open(session_id=session_id, now=now)
    if one.locked_at is not None:
        raise SessionLocked
    if used and now - one.seen_at >= _SEEN_EVERY:
        OperatorSession.objects.filter(id=one.id).update(seen_at=now)
    return one


def locked_session(*, session_id: int, now: datetime) -> OperatorSession | None:
    """Return a session that is locked, or None for one that is not; its idle time goes on.

    Raises SessionEnded, PostTaken, ForcedOut.
    """
    one = _open(session_id=session_id, now=now)
    return one if one.locked_at is not None else None


def _open(*, session_id: int, now: datetime) -> OperatorSession:
    one = (
        OperatorSession.objects.select_related(
            "operator", "post__organisation", "post__operator", "successor", "ended_by"
        )
        .filter(id=session_id)
        .first()
    )
    if one is None:
        raise SessionEnded
    if one.ended_at is not None:
        raise _why_ended(one)
    if not one.operator.is_active or one.generation != one.operator.session_generation:
        raise SessionEnded
    limits = signing_in()
    for why, over in (
        (SessionEnd.TOO_LONG, now - one.started_at >= limits.longest),
        (SessionEnd.IDLE, now - one.seen_at >= limits.idle_for),
    ):
        if over:
            end_those(which=Q(id=one.id), why=why, now=now)
            raise SessionEnded
    return one


def keep_session(*, session_id: int, operator: Operator) -> None:
    """Let a session go on as its operator's new generation, after a change of password."""
    OperatorSession.objects.filter(id=session_id, operator=operator).update(
        generation=operator.session_generation
    )


def confirm_again(*, session_id: int, code: str, at: datetime, address: str) -> datetime:
    """Take a code for a dangerous act; return when it was confirmed.

    Failures count with those of signing in; the one that locks the number ends the session.
    Raises SignInRefused, AccountLocked; recorded either way.
    """
    with transaction.atomic():
        one = OperatorSession.objects.select_related("operator__organisation").get(id=session_id)
        counted = tries.failures_of(staff_no=one.operator.staff_no)
        refusal: Refusal | None = tries.lock_of(tries=counted, at=at)
        if refusal is None:
            if factors.accept(operator_id=one.operator_id, answer=code, at=at):
                counted.delete()
                OperatorSession.objects.filter(id=one.id).update(confirmed_at=at)
            else:
                refusal = sign_in_refused()
                if tries.count_failure(tries=counted, at=at):
                    end_those(which=Q(id=one.id), why=SessionEnd.LOCKED, now=at)
        note(
            operator=one.operator,
            action="access.confirm_again",
            at=at,
            refusal=refusal,
            address=address,
        )
    if refusal is not None:
        raise refusal
    return at


@transaction.atomic
def sign_out(*, session_id: int, at: datetime, everywhere: bool = False) -> None:
    """End a session, or every session of its operator."""
    one = OperatorSession.objects.select_related("operator__organisation").get(id=session_id)
    if everywhere:
        end_those(which=Q(operator=one.operator), why=SessionEnd.EVERYWHERE, now=at)
        Operator.objects.filter(id=one.operator_id).update(
            session_generation=F("session_generation") + 1
        )
    else:
        end_those(which=Q(id=one.id), why=SessionEnd.SIGNED_OUT, now=at)
    note(operator=one.operator, action="access.sign_out", at=at, everywhere=everywhere)


@transaction.atomic
def force_out(*, scope: Scope, session_id: int, reason: str, at: datetime, now: datetime) -> None:
    """End somebody's session; it learns who did it, when and why at its next request.

    Raises NotAllowed, NotThere for a session elsewhere, or one that is over.
    """
    scope.require("access.end_session")
    assert reason.strip(), "a session is ended for a reason"
    found = OperatorSession.objects.select_related("operator__organisation").filter(
        id=session_id,
        ended_at__isnull=True,
        operator__organisation__region_id=scope.region,
        operator__organisation__area_from__gte=scope.area_from,
        operator__organisation__area_from__lt=scope.area_until,
    )
    one = found.first()
    if one is None:
        raise NotThere(what=_("该登录会话"))
    end_those(
        which=Q(id=one.id),
        why=SessionEnd.FORCED,
        now=now,
        by=scope.operator_id or None,
        reason=reason,
    )
    audit.record(
        scope=scope,
        action="access.end_session",
        at=at,
        object_kind="operator",
        object_id=one.operator_id,
        area_no=one.operator.organisation.area_from,
        detail={"staff_no": one.operator.staff_no, "session": one.id, "reason": reason},
    )


def end_those(
    *, which: Q, why: str, now: datetime, by: int | None = None, reason: str = ""
) -> None:
    """End the sessions that fit and are open, and say why."""
    OperatorSession.objects.filter(which, ended_at__isnull=True).update(
        ended_at=now, ended_why=why, ended_by=by, ended_reason=reason
    )


def _why_ended(one: OperatorSession) -> SessionEnded:
    assert one.ended_at is not None
    who = one.ended_by.name if one.ended_by else ""
    when = f"{localtime(one.ended_at):%Y-%m-%d %H:%M}"
    if one.ended_why == SessionEnd.TAKEN and one.successor:
        return PostTaken(who=who, when=when, address=one.successor.address or "-")
    if one.ended_why == SessionEnd.FORCED:
        return ForcedOut(who=who, when=when, reason=mask_within(one.ended_reason))
    return SessionEnded()


def _post(operator_id: int, post_id: int, *, locked: bool = False) -> Post:
    posts = Post.objects.select_related("operator__organisation__region", "organisation")
    if locked:
        posts = posts.select_for_update(of=("self",))
    found = posts.filter(id=post_id, operator_id=operator_id).first()
    if found is None:
        raise PostEnded
    return found


def _scope(post: Post, on: date) -> Scope:
    operator, organisation = post.operator, post.organisation
    if not operator.is_active:
        raise SessionEnded
    if operator.password_is_one_time:
        raise PasswordMustChange
    if not in_force(post, on):
        raise PostEnded
    return Scope(
        operator_id=operator.id,
        operator_name=operator.name,
        post_id=post.id,
        organisation_id=organisation.id,
        role=post.role,
        region=organisation.region_id,
        area_from=organisation.area_from,
        area_until=organisation.area_until,
        area_name=organisation.name,
        actions=ROLE_ACTIONS[post.role],
    )


def _record_choice(scope: Scope, at: datetime) -> None:
    audit.record(
        scope=scope,
        action="access.choose_post",
        at=at,
        object_kind="post",
        object_id=scope.post_id,
        area_no=scope.area_from,
    )


def note(
    *,
    operator: Operator,
    action: str,
    at: datetime,
    refusal: Refusal | None = None,
    address: str = "",
    everywhere: bool = False,
) -> None:
    """Record what an operator did to a session of his own, or tried."""
    detail: dict[str, object] = {"staff_no": operator.staff_no}
    if everywhere:
        detail["everywhere"] = True
    if refusal is not None:
        detail["code"] = refusal.code
    audit.record(
        scope=None,
        action=action,
        at=at,
        object_kind="operator",
        object_id=operator.id,
        area_no=operator.organisation.area_from,
        outcome=audit.REFUSED if refusal else audit.DONE,
        detail=detail,
        address=address,
    )
