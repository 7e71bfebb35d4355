"""The second factor of an operator: made known to a device, asked, and taken away when lost."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.db.models import F

from yibao.apps.access import audit, queries
from yibao.apps.access.factors import FACTORS, Offer, Totp
from yibao.apps.access.models import Authenticator, Operator, RecoveryCode
from yibao.apps.access.operations.accounts import NotToOneself
from yibao.apps.access.passwords import hashed, one_time_password
from yibao.apps.access.scope import Scope
from yibao.core.refusal import Refusal
from yibao.rulebook.regions import signing_in


class FactorMissing(Refusal):
    """Without a second factor nothing opens but the page that sets it up."""

    code = "E936"
    message = "尚未设置动态码"
    remedy = "请先绑定动态码设备"
    message_en = "No second factor is set up yet"
    remedy_en = "Set up your code generator first"


class CodeWrong(Refusal):
    """The first code of a new device is not the one that its secret gives now."""

    code = "E937"
    message = "动态码不正确"
    remedy = "请核对设备时间，等下一个 6 位码出现后再输入"
    message_en = "The code is wrong"
    remedy_en = "Check the device's clock and enter the next code of six figures"
    field = "code"


class FactorThere(Refusal):
    """The operator has a second factor; another takes its place only after a reset."""

    code = "E938"
    message = "动态码已经绑定"
    remedy = "如设备遗失或更换，请联系安全管理员重置"
    message_en = "A second factor is set up already"
    remedy_en = "If the device is lost or new, ask the security administrator for a reset"


@transaction.atomic
def begin_factor(*, operator_id: int, at: datetime) -> Offer:
    """Return what the operator's device has to know; the same until a code confirms it.

    Raises FactorThere.
    """
    operator = Operator.objects.select_related("organisation__region").get(id=operator_id)
    found = Authenticator.objects.select_for_update().filter(operator=operator).first()
    if found is not None and found.confirmed_at is not None:
        raise FactorThere
    if found is None:
        kind = Totp.kind
        secret = FACTORS[kind].new_secret()
        found, _ = Authenticator.objects.get_or_create(
            operator=operator, defaults={"kind": kind, "secret": secret, "created_at": at}
        )
    return FACTORS[found.kind].offer(
        found.secret, staff_no=operator.staff_no, issuer=operator.organisation.region.bureau_name
    )


def confirm_factor(*, operator_id: int, code: str, at: datetime) -> list[str]:
    """Take the device's first code as proof; return the recovery codes, to be shown once.

    Raises CodeWrong, FactorThere, FactorMissing; a wrong code is recorded.
    """
    with transaction.atomic():
        found = _authenticator(operator_id)
        if found.confirmed_at is not None:
            raise FactorThere
        step = FACTORS[found.kind].step_of(found.secret, _plain(code), after=0, at=at)
        codes: list[str] = []
        if step is not None:
            found.confirmed_at, found.last_step = at, step
            found.save(update_fields=["confirmed_at", "last_step"])
            codes = _new_codes(found.operator, at)
        refusal = CodeWrong() if step is None else None
        _note(found.operator, "access.confirm_factor", at, refusal=refusal)
    if refusal is not None:
        raise refusal
    return codes


@transaction.atomic
def renew_recovery_codes(*, operator_id: int, at: datetime) -> list[str]:
    """Replace the recovery codes by a new set, to be shown once. Raises FactorMissing."""
    found = _authenticator(operator_id)
    codes = _new_codes(found.operator, at)
    _note(found.operator, "access.renew_recovery_codes", at)
    return codes


@transaction.atomic
def reset_factor(*, scope: Scope, operator_id: int, reason: str, at: datetime) -> str:
    """Take away a lost second factor; return a one-time password, to be handed over in person.

    The password is replaced too: who has only that one must not set up a device of his own. Every
    session ends. Raises NotAllowed, NotThere, NotToOneself.
    """
    scope.require("access.reset_factor")
    assert reason.strip(), "a reset has a reason"
    operator = queries.operator_of(scope, operator_id=operator_id)
    if operator.id == scope.operator_id:
        raise NotToOneself
    Authenticator.objects.filter(operator=operator).delete()
    RecoveryCode.objects.filter(operator=operator).delete()
    password = one_time_password()
    Operator.objects.filter(id=operator.id).update(
        password_hash=hashed(password),
        password_is_one_time=True,
        password_changed_at=None,
        session_generation=F("session_generation") + 1,
    )
    audit.record(
        scope=scope,
        action="access.reset_factor",
        at=at,
        object_kind="operator",
        object_id=operator.id,
        area_no=operator.organisation.area_from,
        detail={"staff_no": operator.staff_no, "reason": reason},
    )
    return password


def accept(*, operator_id: int, answer: str, at: datetime) -> bool:
    """Tell whether a code is right, and use it up: a device's code, or a recovery code.

    Runs in the caller's transaction, which counts what is wrong.
    """
    found = (
        Authenticator.objects.select_for_update()
        .filter(operator_id=operator_id, confirmed_at__isnull=False)
        .first()
    )
    if found is None:
        return False
    plain = _plain(answer)
    step = FACTORS[found.kind].step_of(found.secret, plain, after=found.last_step, at=at)
    if step is not None:
        found.last_step = step
        found.save(update_fields=["last_step"])
        return True
    digest = _digest(operator_id, plain)
    unused = RecoveryCode.objects.filter(operator_id=operator_id, used_at__isnull=True)
    return unused.filter(digest=digest).update(used_at=at) > 0


def has_factor(*, operator_id: int) -> bool:
    """Tell whether the operator's second factor is set up."""
    return Authenticator.objects.filter(
        operator_id=operator_id, confirmed_at__isnull=False
    ).exists()


def _authenticator(operator_id: int) -> Authenticator:
    found = (
        Authenticator.objects.select_for_update(of=("self",))
        .select_related("operator__organisation")
        .filter(operator_id=operator_id)
        .first()
    )
    if found is None:
        raise FactorMissing
    return found


def _new_codes(operator: Operator, at: datetime) -> list[str]:
    RecoveryCode.objects.filter(operator=operator).delete()
    codes = [one_time_password() for _ in range(signing_in().recovery_codes)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(operator=operator, digest=_digest(operator.id, _plain(code)), made_at=at)
        for code in codes
    )
    return codes


def _plain(answer: str) -> str:
    """Return what was typed without the spaces and lines between the groups."""
    return "".join(sign for sign in answer.lower() if sign.isalnum())


def _digest(operator_id: int, code: str) -> str:
    # 79 random bits: a digest is not guessed backwards, and needs no slow hash.
    return hashlib.sha256(f"{operator_id}:{code}".encode()).hexdigest()


def _note(operator: Operator, action: str, at: datetime, *, refusal: Refusal | None = None) -> None:
    audit.record(
        scope=None,
        action=action,
        at=at,
        object_kind="operator",
        object_id=operator.id,
        area_no=operator.organisation.area_from,
        outcome=audit.REFUSED if refusal else audit.DONE,
        detail={"staff_no": operator.staff_no} | ({"code": refusal.code} if refusal else {}),
    )
