"""What every post keeps to, and how it is written and recorded."""

from datetime import date, datetime

from django.db import transaction

from yibao.apps.access import audit
from yibao.apps.access.models import GrantRequest, Operator, Organisation, Post, Role
from yibao.apps.access.posts import excluded_by
from yibao.apps.access.roles import ROLE_ACTIONS
from yibao.apps.access.scope import Scope
from yibao.core.refusal import Refusal
from yibao.database.errors import refused
from yibao.rulebook.regions import signing_in


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


class GrantReasonMissing(Refusal):
    """A post is asked for, returned or ended for a reason that stays with it."""

    code = "E905"
    message = "没有写明原因"
    remedy = "请写明原因，便于年度复核和日后查考"
    message_en = "No reason is given"
    remedy_en = "Say why: the yearly review reads it"
    field = "reason"


class PostOver(Refusal):
    """The post, or the time that was asked for, is over."""

    code = "E907"
    message = "期限已于 {until} 届满"
    remedy = "如仍需要，请提出新的申请"
    message_en = "Its time was over on {until}"
    remedy_en = "Ask anew where it is still needed"


def check_reason(reason: str) -> None:
    """Raises GrantReasonMissing."""
    if not reason.strip():
        raise GrantReasonMissing


def check_time(valid_from: date, valid_until: date) -> None:
    """Refuse a post without a time, or for more than a year. Raises PostTooLong."""
    longest = signing_in().longest_post
    if not valid_from < valid_until <= valid_from + longest:
        raise PostTooLong(valid_from=valid_from, days=longest.days)


def check_held(operator: Operator, role: str, valid_from: date, valid_until: date) -> None:
    """Refuse a post beside one of the same person that excludes it at the same time."""
    held = excluded_by(operator, role, valid_from, valid_until)
    if held:
        raise PostsExclude(held=Role(held[0].role).label, wanted=Role(role).label)


def granted(
    operator: Operator,
    organisation: Organisation,
    role: str,
    valid_from: date,
    valid_until: date,
    *,
    request: GrantRequest | None = None,
) -> Post:
    """Write a post, approved with its request. Raises PostTwice, PostsExclude."""
    assert role in ROLE_ACTIONS and role != Role.SYSTEM, f"{role} is no role of a person"
    laws: dict[str, Refusal] = {
        "one_grant_of_a_post_from_a_day": PostTwice(),
        "posts_exclude_each_other": PostsExclude(held="—", wanted=Role(role).label),
    }
    with refused(laws), transaction.atomic():
        return Post.objects.create(
            operator=operator,
            organisation=organisation,
            role=role,
            valid_from=valid_from,
            valid_until=valid_until,
            granted_by_id=request.decided_by_id if request else None,
            request=request,
        )


def record(
    scope: Scope,
    action: str,
    kind: str,
    object_id: int,
    organisation: Organisation,
    operator: Operator,
    at: datetime,
    **detail: object,
) -> None:
    """Write an act on somebody's rights to the audit log."""
    audit.record(
        scope=scope,
        action=action,
        at=at,
        object_kind=kind,
        object_id=object_id,
        area_no=organisation.area_from,
        detail={"operator": operator.staff_no, **detail},
    )
