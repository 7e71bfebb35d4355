"""Accounts and posts: who may sign in, and as what."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from yibao.apps.access import audit
from yibao.apps.access.models import (
    Operator,
    Organisation,
    Post,
    Role,
    SignInFailures,
    TrainingCertificate,
)
from yibao.apps.access.passwords import hashed, one_time_password
from yibao.apps.access.roles import ROLE_ACTIONS, exclude_each_other
from yibao.apps.access.scope import NotThere, Scope
from yibao.apps.access.training import article_asking_for_training
from yibao.core.refusal import Refusal
from yibao.database.errors import refused
from yibao.rulebook.regions import region as region_of
from yibao.rulebook.regions import signing_in


class NoTrainingCertificate(Refusal):
    """The region opens no account without a passed training (网络 7)."""

    code = "E910"
    message = "{region}规定，未登记培训合格证明的人员不能开立账号（{cite}）"
    remedy = "请先登记培训合格证明的编号、发证单位和日期"
    message_en = "In {region} nobody gets an account without a recorded training ({cite})"
    remedy_en = "Record the certificate's number, issuer and date first"
    field = "certificate_number"


class StaffNumberTaken(Refusal):
    """Somebody has this staff number."""

    code = "E911"
    message = "工号 {staff_no} 已有人使用"
    remedy = "一人一号，请核对工号"
    message_en = "Staff number {staff_no} is taken"
    remedy_en = "One person, one number: check it"
    field = "staff_no"


class NotTheFirst(Refusal):
    """Only an empty database takes an account from nobody."""

    code = "E912"
    message = "已有账号，新账号须由安全管理员开立"
    remedy = "请以安全管理员登录后办理"
    message_en = "There are accounts already; the security administrator opens further ones"
    remedy_en = "Sign in as the security administrator"


class NotToOneself(Refusal):
    """Nobody grants a post to oneself."""

    code = "E913"
    message = "不能给自己授予岗位"
    remedy = "请由另一名安全管理员办理"
    message_en = "Nobody grants a post to oneself"
    remedy_en = "Ask another security administrator"


class PostsExclude(Refusal):
    """The person holds a post that may not be combined with this one."""

    code = "E914"
    message = "“{held}”与“{wanted}”不能由同一人担任"
    remedy = "请先结束原岗位，或另派人员"
    message_en = "One person may not hold both posts: {held}, {wanted}"
    remedy_en = "End the first post, or choose somebody else"
    field = "role"


class PostTooLong(Refusal):
    """A post ends before it begins, or is granted for longer than a year."""

    code = "E915"
    message = "岗位期限须晚于 {valid_from}，且不超过 {days} 天"
    remedy = "请改期限；到期可再授予"
    message_en = "A post ends after {valid_from} and lasts at most {days} days"
    remedy_en = "Change its end; it can be granted again"
    field = "valid_until"


class PostTwice(Refusal):
    """The same post was granted from the same day."""

    code = "E916"
    message = "该岗位已自同一天授予此人"
    remedy = "无需再次授予"
    message_en = "This post was granted from the same day already"
    remedy_en = "Nothing is to be done"


@dataclass(frozen=True)
class Certificate:
    """A passed training: the certificate's number, who issued it, and when it was passed."""

    number: str
    issuer: str
    passed_on: date


@transaction.atomic
def open_account(
    *,
    scope: Scope | None,
    staff_no: str,
    name: str,
    organisation_id: int,
    certificate: Certificate | None,
    at: datetime,
) -> tuple[Operator, str]:
    """Open an account; return it and the password to hand over once.

    Without a scope only the very first account is opened, as security administrator of its
    organisation. A region whose text asks for a recorded training gets none without (网络 7); what
    a silent text means is said in `article_asking_for_training`.
    Raises NotAllowed, NotTheFirst, NoTrainingCertificate, StaffNumberTaken, NotThere.
    """
    organisation = _organisation(organisation_id, scope)
    if scope is None and Operator.objects.exists():
        raise NotTheFirst
    if scope is not None:
        scope.require("access.open_account")
    article = article_asking_for_training(organisation.region_id, on=at.date())
    if article and certificate is None:
        raise NoTrainingCertificate(region=region_of(organisation.region_id).name, cite=article)
    password = one_time_password()
    with refused({"access_operator_staff_no_key": StaffNumberTaken(staff_no=staff_no)}):
        with transaction.atomic():
            operator = Operator.objects.create(
                staff_no=staff_no,
                name=name,
                organisation=organisation,
                password_hash=hashed(password),
                created_at=at,
            )
    if certificate is not None:
        _add_certificate(operator, certificate)
    if scope is None:
        today = at.date()
        _add_post(operator, organisation, Role.SECURITY_ADMIN, today, None, granted_by=None)
    audit.record(
        scope=scope,
        action="access.open_account",
        at=at,
        object_kind="operator",
        object_id=operator.id,
        area_no=organisation.area_from,
        detail={"staff_no": staff_no, "name": name, "trained": certificate is not None},
    )
    return operator, password


@transaction.atomic
def record_certificate(
    *, scope: Scope, operator_id: int, certificate: Certificate, at: datetime
) -> TrainingCertificate:
    """Record a passed training. Raises NotAllowed, NotThere."""
    scope.require("access.open_account")
    operator = _operator(operator_id, scope)
    made = _add_certificate(operator, certificate)
    audit.record(
        scope=scope,
        action="access.record_certificate",
        at=at,
        object_kind="operator",
        object_id=operator.id,
        detail={"number": certificate.number, "issuer": certificate.issuer},
    )
    return made


@transaction.atomic
def grant_post(
    *,
    scope: Scope,
    operator_id: int,
    organisation_id: int,
    role: str,
    valid_from: date,
    valid_until: date | None,
    at: datetime,
) -> Post:
    """Grant a role in an organisation for [valid_from, valid_until); without an end, a year.

    The area of the organisation is the post's scope. Raises NotAllowed, NotToOneself, NotThere,
    PostsExclude, PostTooLong, PostTwice.
    """
    scope.require("access.grant_post")
    assert role in ROLE_ACTIONS and role != Role.SYSTEM, f"{role} is no role of a person"
    longest = signing_in().longest_post
    valid_until = valid_until or valid_from + longest
    if not valid_from < valid_until <= valid_from + longest:
        raise PostTooLong(valid_from=valid_from, days=longest.days)
    operator = _operator(operator_id, scope)
    if operator.id == scope.operator_id:
        raise NotToOneself
    organisation = _organisation(organisation_id, scope)
    _check_held(operator, role, valid_from, valid_until)
    with refused({"one_grant_of_a_post_from_a_day": PostTwice()}):
        with transaction.atomic():
            post = _add_post(
                operator, organisation, role, valid_from, valid_until, granted_by=scope.operator_id
            )
    audit.record(
        scope=scope,
        action="access.grant_post",
        at=at,
        object_kind="post",
        object_id=post.id,
        area_no=organisation.area_from,
        detail={"operator": operator.staff_no, "role": role, "until": valid_until.isoformat()},
    )
    return post


@transaction.atomic
def renew_password(*, scope: Scope, operator_id: int, at: datetime) -> str:
    """Replace an operator's password by a one-time one and return it, to be handed over once.

    Every session of the operator ends, and a lock-out with it. Not one's own: that is a change of
    password. Raises NotAllowed, NotThere, NotToOneself.
    """
    scope.require("access.open_account")
    operator = _operator(operator_id, scope)
    if operator.id == scope.operator_id:
        raise NotToOneself
    password = one_time_password()
    operator.password_hash = hashed(password)
    operator.password_is_one_time = True
    operator.session_generation = F("session_generation") + 1
    operator.save(update_fields=["password_hash", "password_is_one_time", "session_generation"])
    SignInFailures.objects.filter(staff_no=operator.staff_no).delete()
    audit.record(
        scope=scope,
        action="access.renew_password",
        at=at,
        object_kind="operator",
        object_id=operator.id,
        area_no=operator.organisation.area_from,
        detail={"staff_no": operator.staff_no},
    )
    return password


@transaction.atomic
def close_account(*, scope: Scope, operator_id: int, reason: str, at: datetime) -> Operator:
    """Close an account; its sessions end at their next request. Raises NotAllowed, NotThere."""
    scope.require("access.close_account")
    operator = _operator(operator_id, scope)
    if operator.id == scope.operator_id:
        raise NotToOneself
    operator.is_active = False
    operator.session_generation = F("session_generation") + 1
    operator.save(update_fields=["is_active", "session_generation"])
    operator.refresh_from_db()
    audit.record(
        scope=scope,
        action="access.close_account",
        at=at,
        object_kind="operator",
        object_id=operator.id,
        area_no=operator.organisation.area_from,
        detail={"reason": reason},
    )
    return operator


def _check_held(operator: Operator, role: str, valid_from: date, valid_until: date) -> None:
    """Refuse a post beside one that excludes it at the same time."""
    for held in operator.posts.filter(valid_from__lt=valid_until):
        lasts = held.valid_until is None or held.valid_until > valid_from
        if lasts and exclude_each_other(held.role, role):
            raise PostsExclude(held=Role(held.role).label, wanted=Role(role).label)


def _add_post(
    operator: Operator,
    organisation: Organisation,
    role: str,
    valid_from: date,
    valid_until: date | None,
    *,
    granted_by: int | None,
) -> Post:
    return Post.objects.create(
        operator=operator,
        organisation=organisation,
        role=role,
        valid_from=valid_from,
        valid_until=valid_until,
        granted_by_id=granted_by or None,
    )


def _add_certificate(operator: Operator, certificate: Certificate) -> TrainingCertificate:
    return TrainingCertificate.objects.create(
        operator=operator,
        number=certificate.number,
        issuer=certificate.issuer,
        passed_on=certificate.passed_on,
    )


def _organisation(organisation_id: int, scope: Scope | None) -> Organisation:
    found = Organisation.objects.filter(id=organisation_id).first()
    if found is None or (scope is not None and not _within(found, scope)):
        raise NotThere(what="该机构")
    return found


def _operator(operator_id: int, scope: Scope) -> Operator:
    found = Operator.objects.select_related("organisation").filter(id=operator_id).first()
    if found is None or not _within(found.organisation, scope):
        raise NotThere(what="该账号")
    return found


def _within(organisation: Organisation, scope: Scope) -> bool:
    same_region = organisation.region_id == scope.region
    return same_region and scope.holds(organisation.area_from)
