"""Posts are asked for by one administrator and approved by another.

Second persons are told apart by person; the database refuses the same past this module
(access/0005_rights, docs/decisions/0010-rights.md).
"""

import hashlib
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.models import GRANT, GrantRequest, GrantState, Operator, Post, Role
from yibao.apps.access.operations.accounts import NotToOneself
from yibao.apps.access.post_rules import (
    PostOver,
    check_held,
    check_reason,
    check_time,
    granted,
    record,
)
from yibao.apps.access.queries.lookups import operator_in, organisation_in
from yibao.apps.access.roles import ROLE_ACTIONS, apart, is_same_person
from yibao.apps.access.scope import NotThere, Scope
from yibao.core.refusal import Refusal
from yibao.database.errors import refused
from yibao.rulebook.regions import signing_in


class RequestNeeded(Refusal):
    """A person grants nothing alone: a post comes of a request that a second person approves."""

    code = "E904"
    message = "岗位不能由一人直接授予"
    remedy = "请提出授权申请，由另一名安全管理员批准"
    message_en = "Nobody grants a post alone"
    remedy_en = "Ask for it; another security administrator approves"


class RequestWaits(Refusal):
    """The same post for the same person waits for a decision."""

    code = "E906"
    message = "此人的同一岗位已有申请在等待批准"
    remedy = "请等待批准，或撤回原申请"
    message_en = "A request for the same post of this person is waiting"
    remedy_en = "Wait for it, or withdraw it"


class RequestChanged(Refusal):
    """The request was changed after the page that approves it was opened."""

    code = "E965"
    message = "这项申请在您打开页面之后改过，没有批准"
    remedy = "请重新打开申请，按现在的岗位、机构和期限核对后再决定"
    message_en = "The request was changed after you opened it; nothing was approved"
    remedy_en = "Open it anew and decide on the post, place and time that it asks for now"


class NotYourRequest(Refusal):
    """Only who drafted a request changes or withdraws it."""

    code = "E908"
    message = "这份申请由 {who} 提出，只有本人可以修改或撤回"
    remedy = "如不同意，请退回并写明原因"
    message_en = "{who} drafted this request; nobody else changes or withdraws it"
    remedy_en = "Return it with a reason"


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
    """Grant a post as the system: when an office is installed, and nobody could approve it yet.

    The area of the organisation is the post's scope. Without an end it lasts a year. Raises
    RequestNeeded for a person, NotThere, PostsExclude, PostTooLong, PostTwice.
    """
    if scope.operator_id:
        raise RequestNeeded
    valid_until = valid_until or valid_from + signing_in().longest_post
    check_time(valid_from, valid_until)
    operator = operator_in(operator_id, scope)
    organisation = organisation_in(organisation_id, scope)
    check_held(operator, role, valid_from, valid_until)
    post = granted(operator, organisation, role, valid_from, valid_until)
    record(scope, "access.grant_post", "post", post.id, organisation, operator, at, role=role)
    return post


@transaction.atomic
def request_post(
    *,
    scope: Scope,
    operator_id: int,
    organisation_id: int,
    role: str,
    valid_from: date,
    valid_until: date,
    reason: str,
    at: datetime,
) -> GrantRequest:
    """Ask for a role in an organisation for [valid_from, valid_until); nothing is in force yet.

    Raises NotAllowed, NotThere, NotToOneself, PostsExclude, PostTooLong, GrantReasonMissing,
    RequestWaits.
    """
    scope.require("access.grant_post")
    operator, organisation = (
        operator_in(operator_id, scope),
        organisation_in(organisation_id, scope),
    )
    _check_asked(scope, operator, role, valid_from, valid_until, reason)
    with refused({"one_request_of_a_post_waits": RequestWaits()}), transaction.atomic():
        made = GrantRequest.objects.create(
            operator=operator,
            organisation=organisation,
            role=role,
            valid_from=valid_from,
            valid_until=valid_until,
            reason=reason.strip(),
            drafted_by_id=scope.operator_id,
            drafted_at=at,
        )
    _record_request(scope, "access.grant_post", made, at)
    return made


@transaction.atomic
def revise_request(
    *,
    scope: Scope,
    request_id: int,
    organisation_id: int,
    role: str,
    valid_from: date,
    valid_until: date,
    reason: str,
    at: datetime,
) -> GrantRequest:
    """Send a returned request again, changed. Raises as `request_post`, and NotYourRequest."""
    scope.require("access.grant_post")
    one = _locked(scope, request_id)
    state = GRANT.next(one.state, "send")
    _check_own(scope, one)
    one.organisation = organisation_in(organisation_id, scope)
    _check_asked(scope, one.operator, role, valid_from, valid_until, reason)
    one.role, one.valid_from, one.valid_until, one.reason = role, valid_from, valid_until, reason
    one.state, one.decided_by, one.decided_at, one.because = state, None, None, ""
    with refused({"one_request_of_a_post_waits": RequestWaits()}), transaction.atomic():
        one.save()
    _record_request(scope, "access.grant_post", one, at)
    return one


@transaction.atomic
def approve_request(
    *, scope: Scope, request_id: int, at: datetime, shown: str | None = None
) -> Post:
    """Put a requested post in force. Not by who drafted it, and not by whom it concerns.

    `shown` is the mark (`mark_of`) of what the approver read: another request is RequestChanged.

    Raises NotAllowed, NotThere, StepNotAllowed, SecondPersonNeeded, NotToOneself, PostsExclude,
    PostOver, PostTwice.
    """
    scope.require("access.approve_grant")
    one = _locked(scope, request_id)
    state = GRANT.next(one.state, "approve")
    _check_second(scope, one)
    if shown is not None and shown != mark_of(one=one):
        raise RequestChanged
    if one.valid_until <= at.date():
        raise PostOver(until=one.valid_until)
    check_held(one.operator, one.role, one.valid_from, one.valid_until)
    _decided(scope, one, state, at)
    post = granted(
        one.operator, one.organisation, one.role, one.valid_from, one.valid_until, request=one
    )
    _record_request(scope, "access.approve_grant", one, at, post=post.id)
    return post


@transaction.atomic
def return_request(*, scope: Scope, request_id: int, because: str, at: datetime) -> GrantRequest:
    """Give a request back to who drafted it, with the reason. Raises as `approve_request`."""
    scope.require("access.approve_grant")
    one = _locked(scope, request_id)
    state = GRANT.next(one.state, "return")
    _check_second(scope, one)
    check_reason(because)
    _decided(scope, one, state, at, because)
    _record_request(scope, "access.return_grant", one, at)
    return one


@transaction.atomic
def withdraw_request(*, scope: Scope, request_id: int, because: str, at: datetime) -> GrantRequest:
    """Take one's own request back. Raises NotAllowed, NotThere, StepNotAllowed, NotYourRequest."""
    scope.require("access.grant_post")
    one = _locked(scope, request_id)
    state = GRANT.next(one.state, "withdraw")
    _check_own(scope, one)
    _decided(scope, one, state, at, because)
    _record_request(scope, "access.withdraw_grant", one, at)
    return one


@transaction.atomic
def grant_by_two(
    *,
    drafter: Scope,
    approver: Scope,
    operator_id: int,
    organisation_id: int,
    role: str,
    valid_from: date,
    valid_until: date,
    reason: str,
    at: datetime,
) -> Post:
    """Ask for a post as one administrator and approve it as another. Raises as both."""
    asked = request_post(
        scope=drafter,
        operator_id=operator_id,
        organisation_id=organisation_id,
        role=role,
        valid_from=valid_from,
        valid_until=valid_until,
        reason=reason,
        at=at,
    )
    return approve_request(scope=approver, request_id=asked.id, at=at)


def mark_of(*, one: GrantRequest) -> str:
    """Return the mark of what a request asks for: another role, place, time or reason, another."""
    asked = (one.role, one.organisation_id, one.valid_from, one.valid_until, one.reason)
    return hashlib.sha256("\0".join(map(str, asked)).encode()).hexdigest()


def _locked(scope: Scope, request_id: int) -> GrantRequest:
    found = (
        GrantRequest.objects.select_for_update(of=("self",))
        .select_related("operator__organisation", "organisation", "drafted_by")
        .filter(id=request_id)
        .first()
    )
    if found is None:
        raise NotThere(what=_("该申请"))
    organisation_in(found.organisation_id, scope)
    return found


def _decided(scope: Scope, one: GrantRequest, state: str, at: datetime, because: str = "") -> None:
    one.state, one.because = GrantState(state), because.strip()
    one.decided_by_id, one.decided_at = scope.operator_id, at
    one.save(update_fields=["state", "because", "decided_by", "decided_at"])


def _check_asked(
    scope: Scope,
    operator: Operator,
    role: str,
    valid_from: date,
    valid_until: date,
    reason: str,
) -> None:
    assert role in ROLE_ACTIONS and role != Role.SYSTEM, f"{role} is no role of a person"
    if not operator.is_active:
        raise NotThere(what=_("该账号（已停用）"))
    if is_same_person(operator.id, scope.operator_id):
        raise NotToOneself
    check_time(valid_from, valid_until)
    check_reason(reason)
    check_held(operator, role, valid_from, valid_until)


def _check_second(scope: Scope, one: GrantRequest) -> None:
    apart(
        first="access.grant_post",
        second="access.approve_grant",
        first_operator_id=one.drafted_by_id,
        operator_id=scope.operator_id,
    )
    if is_same_person(one.operator_id, scope.operator_id):
        raise NotToOneself


def _check_own(scope: Scope, one: GrantRequest) -> None:
    if not is_same_person(one.drafted_by_id, scope.operator_id):
        raise NotYourRequest(who=one.drafted_by.name)


def _record_request(
    scope: Scope, action: str, one: GrantRequest, at: datetime, **detail: object
) -> None:
    record(
        scope,
        action,
        "grant_request",
        one.id,
        one.organisation,
        one.operator,
        at,
        role=one.role,
        until=one.valid_until.isoformat(),
        **detail,
    )
