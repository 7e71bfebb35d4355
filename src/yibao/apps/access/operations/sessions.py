"""Signing in, choosing a post, and what each request asks again."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F

from yibao.apps.access import audit
from yibao.apps.access.models import Operator, Post, SignInFailures
from yibao.apps.access.passwords import PasswordNotNew, check_strength, hashed, is_right
from yibao.apps.access.posts import in_force
from yibao.apps.access.roles import ROLE_ACTIONS
from yibao.apps.access.scope import Scope
from yibao.core.refusal import Refusal
from yibao.rulebook.regions import signing_in

_MINUTE = timedelta(minutes=1)
_LONGEST_NUMBER = 20


class SignInRefused(Refusal):
    """Unknown number, wrong password or closed account: one sentence, so that nobody can tell."""

    code = "E930"
    message = "工号或密码不正确"
    remedy = "请核对后再试；连续失败 {failures} 次将锁定 {minutes} 分钟"
    message_en = "Staff number or password is wrong"
    remedy_en = "Check both; after {failures} failures in a row the number is locked for {minutes}"


class AccountLocked(Refusal):
    """Too many failures under this staff number, whether anybody has it or not."""

    code = "E931"
    message = "该工号连续失败 {failures} 次，已锁定"
    remedy = "请在 {minutes} 分钟后再试，或联系安全管理员"
    message_en = "This staff number is locked after {failures} failures in a row"
    remedy_en = "Try again in {minutes} minutes, or ask the security administrator"


class SessionEnded(Refusal):
    """Signed in elsewhere, closed, or out of time: the person signs in again."""

    code = "E932"
    message = "登录已失效"
    remedy = "请重新登录"
    message_en = "You are signed out"
    remedy_en = "Sign in again"


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


def sign_in(*, staff_no: str, password: str, address: str, at: datetime) -> Operator:
    """Return the operator whose number and password these are; earlier sessions end.

    Failures are counted in the database under the staff number, existing or not, and survive a
    restart. Raises SignInRefused, AccountLocked; both are recorded.
    """
    staff_no = staff_no.strip()[:_LONGEST_NUMBER]
    with transaction.atomic():
        operator, refusal = _judged(staff_no, password, at)
        audit.record(
            scope=None,
            action="access.sign_in",
            at=at,
            object_kind="operator",
            object_id=operator.id if operator else "",
            area_no=operator.organisation.area_from if operator else 0,
            outcome=audit.REFUSED if refusal else audit.DONE,
            detail={"staff_no": staff_no} | ({"code": refusal.code} if refusal else {}),
            address=address,
        )
    if refusal is not None:
        raise refusal
    assert operator is not None, "who is not refused is somebody"
    return operator


def _judged(staff_no: str, password: str, at: datetime) -> tuple[Operator | None, Refusal | None]:
    """Compare number and password and write the count, under a lock on the number."""
    tries, _ = SignInFailures.objects.select_for_update().get_or_create(staff_no=staff_no)
    operator = Operator.objects.select_related("organisation").filter(staff_no=staff_no).first()
    limits = signing_in()
    if tries.locked_until is not None and at < tries.locked_until:
        left = -((at - tries.locked_until) // _MINUTE)
        return operator, AccountLocked(failures=limits.failures_until_locked, minutes=left)
    stored = operator.password_hash if operator and operator.is_active else ""
    if is_right(password, stored) and operator:
        tries.delete()
        operator.session_generation = F("session_generation") + 1
        operator.last_signed_in_at = at
        operator.save(update_fields=["session_generation", "last_signed_in_at"])
        operator.refresh_from_db(fields=["session_generation"])
        return operator, None
    tries.failures = 1 if tries.locked_until else tries.failures + 1
    is_locked = tries.failures >= limits.failures_until_locked
    tries.locked_until = at + limits.locked_for if is_locked else None
    tries.save()
    return operator, _sign_in_refused()


def _sign_in_refused() -> SignInRefused:
    limits = signing_in()
    minutes = limits.locked_for // _MINUTE
    return SignInRefused(failures=limits.failures_until_locked, minutes=minutes)


@transaction.atomic
def change_password(*, operator_id: int, old: str, new: str, at: datetime) -> Operator:
    """Replace the password; every session but the one that asks ends.

    Raises SignInRefused for a wrong old one, PasswordTooWeak, PasswordNotNew.
    """
    operator = Operator.objects.select_for_update().get(id=operator_id)
    if not is_right(old, operator.password_hash):
        raise _sign_in_refused()
    check_strength(new, staff_no=operator.staff_no)
    if new == old:
        raise PasswordNotNew
    operator.password_hash = hashed(new)
    operator.password_is_one_time = False
    operator.session_generation += 1
    operator.save(update_fields=["password_hash", "password_is_one_time", "session_generation"])
    audit.record(
        scope=None,
        action="access.change_password",
        at=at,
        object_kind="operator",
        object_id=operator.id,
        area_no=operator.organisation.area_from,
        detail={"staff_no": operator.staff_no},
    )
    return operator


@transaction.atomic
def choose_post(*, operator_id: int, post_id: int, at: datetime) -> Scope:
    """Return the scope of a post of this operator on the day of `at`.

    Raises PasswordMustChange, PostEnded, SessionEnded for a closed account.
    """
    scope = _scope(operator_id, post_id, at.date())
    audit.record(
        scope=scope,
        action="access.choose_post",
        at=at,
        object_kind="post",
        object_id=post_id,
        area_no=scope.area_from,
    )
    return scope


@transaction.atomic
def sign_out(*, operator_id: int, at: datetime) -> None:
    """End every session of the operator."""
    operator = Operator.objects.select_related("organisation").get(id=operator_id)
    Operator.objects.filter(id=operator_id).update(session_generation=F("session_generation") + 1)
    audit.record(
        scope=None,
        action="access.sign_out",
        at=at,
        object_kind="operator",
        object_id=operator_id,
        area_no=operator.organisation.area_from,
        detail={"staff_no": operator.staff_no},
    )


def scope_of(*, operator_id: int, post_id: int, generation: int, on: date) -> Scope:
    """Return the scope of a session's post, looked up anew for every request.

    So a closed account, an ended post or a changed password ends the session at its very next
    request. Raises SessionEnded, PasswordMustChange, PostEnded.
    """
    return _scope(operator_id, post_id, on, generation=generation)


def _scope(operator_id: int, post_id: int, on: date, generation: int | None = None) -> Scope:
    post = (
        Post.objects.select_related("operator", "organisation")
        .filter(id=post_id, operator_id=operator_id)
        .first()
    )
    if post is None:
        raise PostEnded
    operator, organisation = post.operator, post.organisation
    if not operator.is_active or generation not in (None, operator.session_generation):
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
