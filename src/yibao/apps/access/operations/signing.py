"""The two factors of signing in: the password, and the code. How: docs/decisions/0009."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from yibao.apps.access import audit
from yibao.apps.access.models import ChosenPassword, Operator
from yibao.apps.access.operations import factors, tries
from yibao.apps.access.passwords import (
    PasswordNotNew,
    check_new,
    check_strength,
    hashed,
    is_right,
    profile_of,
)
from yibao.core.refusal import Refusal
from yibao.rulebook.regions import signing_in

_MINUTE = timedelta(minutes=1)
_LONGEST_NUMBER = 20
# What a step is recorded as.
_STEPS = {"password": "access.enter_password", "code": "access.sign_in"}


class SignInRefused(Refusal):
    """Unknown number, wrong password, closed account or wrong code: one sentence for all."""

    code = "E930"
    message = "工号、密码或动态码不正确"
    remedy = "请核对后再试；连续失败 {failures} 次将锁定 {minutes} 分钟"
    message_en = "Staff number, password or code is wrong"
    remedy_en = "Check them; after {failures} failures in a row the number is locked for {minutes}"


class SessionLocked(Refusal):
    """The operator went away for a moment: nothing opens before the password is given."""

    code = "E964"
    message = "屏幕已锁定"
    remedy = "请输入密码解锁"
    message_en = "The screen is locked"
    remedy_en = "Enter the password to unlock it"


def enter_password(*, staff_no: str, password: str, address: str, at: datetime) -> Operator:
    """Return the operator whose number and password these are: the first of two factors.

    Nothing is open yet. Failures are counted in the database under the staff number, existing or
    not, and under the address; a right password takes no failure back, a right code does. Raises
    SignInRefused, AccountLocked, TooManyTries; all are recorded.
    """
    staff_no = staff_no.strip()[:_LONGEST_NUMBER]
    operator: Operator | None = None
    refusal: Refusal | None = tries.take_a_try(address=address, at=at)
    with transaction.atomic():
        if refusal is None:
            operator, refusal = _password_judged(staff_no, password, at)
        if not (isinstance(refusal, tries.TooManyTries) and not refusal.is_first):
            _record(operator, staff_no, "password", refusal, at, address)
    if refusal is not None:
        raise refusal
    assert operator is not None, "who is not refused is somebody"
    tries.give_back_a_try(address=address)
    return operator


def enter_code(*, operator_id: int, code: str, address: str, at: datetime) -> Operator:
    """Return the operator whose code this is: a device's, or one of the recovery codes.

    A code is accepted once. Failures count with those of the password. Raises SignInRefused,
    AccountLocked, TooManyTries; all are recorded.
    """
    refusal: Refusal | None = tries.take_a_try(address=address, at=at)
    with transaction.atomic():
        operator = Operator.objects.select_related("organisation").get(id=operator_id)
        if refusal is None:
            refusal = _code_judged(operator, code, at)
        if refusal is None:
            operator.last_signed_in_at = at
            operator.save(update_fields=["last_signed_in_at"])
        if not (isinstance(refusal, tries.TooManyTries) and not refusal.is_first):
            _record(operator, operator.staff_no, "code", refusal, at, address)
    if refusal is not None:
        raise refusal
    tries.give_back_a_try(address=address)
    return operator


def change_password(*, operator_id: int, old: str, new: str, at: datetime) -> Operator:
    """Replace the password; every session but the one that asks ends.

    A wrong old one counts as a failure of signing in. Raises SignInRefused, AccountLocked,
    PasswordTooWeak, PasswordGuessable, PasswordNotNew; all are recorded.
    """
    with transaction.atomic():
        operator = (
            Operator.objects.select_related("organisation__region")
            .select_for_update(of=("self",))
            .get(id=operator_id)
        )
        refusal = _old_password_judged(operator, old, at)
        if refusal is None:
            refusal = _new_password_judged(operator, old, new)
        if refusal is None:
            _replace_password(operator, new, at)
        _note(operator, "access.change_password", at, {"staff_no": operator.staff_no}, refusal)
    if refusal is not None:
        raise refusal
    return operator


def _password_judged(
    staff_no: str, password: str, at: datetime
) -> tuple[Operator | None, Refusal | None]:
    """Compare number and password and count a failure, under a lock on the number."""
    counted = tries.failures_of(staff_no=staff_no)
    operator = (
        Operator.objects.select_related("organisation__region", "authenticator")
        .filter(staff_no=staff_no)
        .first()
    )
    locked = tries.lock_of(tries=counted, at=at)
    if locked is not None:
        return operator, locked
    stored = operator.password_hash if operator and operator.is_active else ""
    if is_right(password, stored) and operator:
        return operator, None
    tries.count_failure(tries=counted, at=at)
    return operator, sign_in_refused()


def _code_judged(operator: Operator, code: str, at: datetime) -> Refusal | None:
    counted = tries.failures_of(staff_no=operator.staff_no)
    locked = tries.lock_of(tries=counted, at=at)
    if locked is not None:
        return locked
    if operator.is_active and factors.accept(operator_id=operator.id, answer=code, at=at):
        counted.delete()
        return None
    tries.count_failure(tries=counted, at=at)
    return sign_in_refused()


def _old_password_judged(operator: Operator, old: str, at: datetime) -> Refusal | None:
    counted = tries.failures_of(staff_no=operator.staff_no)
    locked = tries.lock_of(tries=counted, at=at)
    if locked is not None:
        return locked
    if is_right(old, operator.password_hash):
        return None
    tries.count_failure(tries=counted, at=at)
    return sign_in_refused()


def _new_password_judged(operator: Operator, old: str, new: str) -> Refusal | None:
    profile = profile_of(operator)
    try:
        check_strength(new, operator=operator)
        if new == old:
            raise PasswordNotNew(remembered=profile.remembered)
        kept = operator.chosen_passwords.order_by("-id")[: profile.remembered]
        check_new(new, hashes=[one.password_hash for one in kept], profile=profile)
    except Refusal as refusal:
        return refusal
    return None


def _replace_password(operator: Operator, new: str, at: datetime) -> None:
    operator.password_hash = hashed(new)
    ChosenPassword.objects.create(
        operator=operator, password_hash=operator.password_hash, chosen_at=at
    )
    operator.password_is_one_time = False
    operator.password_changed_at = at
    operator.session_generation += 1
    operator.save(
        update_fields=[
            "password_hash",
            "password_is_one_time",
            "password_changed_at",
            "session_generation",
        ]
    )


def sign_in_refused() -> SignInRefused:
    """Return the one sentence for whatever was wrong."""
    limits = signing_in()
    minutes = limits.locked_for // _MINUTE
    return SignInRefused(failures=limits.failures_until_locked, minutes=minutes)


def _record(
    operator: Operator | None,
    staff_no: str,
    step: str,
    refusal: Refusal | None,
    at: datetime,
    address: str,
) -> None:
    """Record a step; the whole signing in is done with its code."""
    action = _STEPS[step]
    detail = {"staff_no": staff_no}
    if operator is None:
        audit.record(
            scope=None,
            action=action,
            at=at,
            object_kind="operator",
            outcome=audit.REFUSED,
            detail=detail | ({"code": refusal.code} if refusal else {}),
            address=address,
        )
        return
    _note(operator, action, at, detail, refusal, address)


def _note(
    operator: Operator,
    action: str,
    at: datetime,
    detail: dict[str, Any],
    refusal: Refusal | None = None,
    address: str = "",
) -> None:
    audit.record(
        scope=None,
        action=action,
        at=at,
        object_kind="operator",
        object_id=operator.id,
        area_no=operator.organisation.area_from,
        outcome=audit.REFUSED if refusal else audit.DONE,
        detail=detail | ({"code": refusal.code} if refusal else {}),
        address=address,
    )
