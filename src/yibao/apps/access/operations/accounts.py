"""Accounts: who may sign in, and who is the same person."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q

from yibao.apps.access import audit
from yibao.apps.access.models import (
    Operator,
    Post,
    Role,
    SignInFailures,
    StaffPerson,
    TrainingCertificate,
)
from yibao.apps.access.passwords import hashed, one_time_password
from yibao.apps.access.posts import end
from yibao.apps.access.queries.lookups import operator_in, organisation_in
from yibao.apps.access.roles import is_same_person
from yibao.apps.access.scope import Scope
from yibao.apps.access.training import article_asking_for_training
from yibao.core.identity.resident import read_resident_number
from yibao.core.refusal import Refusal
from yibao.database.errors import refused
from yibao.database.sealing import NUMBER, index_of
from yibao.rulebook.regions import region as region_of


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


@dataclass(frozen=True)
class Certificate:
    """A passed training: the certificate's number, who issued it, and when it was passed."""

    number: str
    issuer: str
    passed_on: date
    valid_until: date | None = None


@transaction.atomic
def open_account(
    *,
    scope: Scope | None,
    staff_no: str,
    name: str,
    organisation_id: int,
    certificate: Certificate | None,
    at: datetime,
    identity_number: str = "",
) -> tuple[Operator, str]:
    """Open an account; return it and the password to hand over once.

    By `identity_number` a second account is known to be the same person's: posts that exclude each
    other, and second persons, are told apart by it. Without a scope only the very first account is
    opened, as security administrator of its organisation. A region whose text asks for a recorded
    training gets none without (网络 7); a silent text: `article_asking_for_training`.
    Raises NotAllowed, NotTheFirst, NoTrainingCertificate, StaffNumberTaken, NotThere, and the
    refusals of a resident number.
    """
    organisation = organisation_in(organisation_id, scope)
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
                person=_person(identity_number),
                staff_no=staff_no,
                name=name,
                organisation=organisation,
                password_hash=hashed(password),
                created_at=at,
            )
    if certificate is not None:
        _add_certificate(operator, certificate)
    if scope is None:
        Post.objects.create(
            operator=operator,
            organisation=organisation,
            role=Role.SECURITY_ADMIN,
            valid_from=at.date(),
        )
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
    operator = operator_in(operator_id, scope)
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
def renew_password(*, scope: Scope, operator_id: int, at: datetime) -> str:
    """Replace an operator's password by a one-time one and return it, to be handed over once.

    Every session of the operator ends, and a lock-out with it. Not one's own: that is a change of
    password. Raises NotAllowed, NotThere, NotToOneself.
    """
    scope.require("access.open_account")
    operator = operator_in(operator_id, scope)
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
    """Close the account of somebody who leaves: posts and sessions end the same day.

    Raises NotAllowed, NotThere, NotToOneself.
    """
    scope.require("access.close_account")
    operator = operator_in(operator_id, scope)
    if is_same_person(operator.id, scope.operator_id):
        raise NotToOneself
    posts = operator.posts.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=at.date()))
    ended = 0
    for post in posts.select_for_update():
        end(post, by=scope.operator_id, because=reason, at=at)
        ended += 1
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
        detail={"staff_no": operator.staff_no, "reason": reason, "posts": ended},
    )
    return operator


def _person(identity_number: str) -> StaffPerson:
    """Return the member of staff of this number, a new one where nobody has it or none is given."""
    if not identity_number.strip():
        return StaffPerson.objects.create()
    number = read_resident_number(identity_number).number
    known = StaffPerson.objects.filter(number_index=index_of(number, of=NUMBER)).first()
    return known or StaffPerson.objects.create(number=number)


def _add_certificate(operator: Operator, certificate: Certificate) -> TrainingCertificate:
    return TrainingCertificate.objects.create(
        operator=operator,
        number=certificate.number,
        issuer=certificate.issuer,
        passed_on=certificate.passed_on,
        valid_until=certificate.valid_until,
    )
