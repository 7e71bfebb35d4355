"""Posts that end before their time, and the yearly look at each."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.models import Post, PostReview
from yibao.apps.access.operations.accounts import NotToOneself
from yibao.apps.access.post_rules import PostOver, check_reason, record
from yibao.apps.access.posts import end
from yibao.apps.access.queries.lookups import operator_in
from yibao.apps.access.roles import is_same_person
from yibao.apps.access.scope import NotThere, Scope
from yibao.core.refusal import Refusal
from yibao.database.errors import refused


class ReviewedBefore(Refusal):
    """A post is looked at once a year."""

    code = "E909"
    message = "该岗位 {year} 年度已经复核"
    remedy = "如需结束，请在人员页面结束岗位"
    message_en = "This post was reviewed for {year} already"
    remedy_en = "End it on the person's page where that is wanted"


@transaction.atomic
def end_post(*, scope: Scope, post_id: int, reason: str, at: datetime) -> Post:
    """End a post from today on; whoever works in it is out at the next request.

    Raises NotAllowed, NotThere, NotToOneself, GrantReasonMissing, PostOver.
    """
    scope.require("access.end_post")
    post = _post(scope, post_id)
    check_reason(reason)
    _end(scope, post, reason, at)
    return post


@transaction.atomic
def review_post(
    *, scope: Scope, post_id: int, year: int, keeps: bool, because: str, at: datetime
) -> PostReview:
    """Write down that a post stays for this year's review, or end it.

    Raises NotAllowed, NotThere, NotToOneself, ReviewedBefore, GrantReasonMissing for an end
    without a reason, PostOver.
    """
    scope.require("access.review_posts")
    post = _post(scope, post_id)
    with refused({"a_post_is_reviewed_once_a_year": ReviewedBefore(year=year)}):
        with transaction.atomic():
            made = PostReview.objects.create(
                post=post,
                year=year,
                keeps=keeps,
                because=because.strip(),
                decided_by_id=scope.operator_id,
                decided_at=at,
            )
    if not keeps:
        check_reason(because)
        _end(scope, post, because, at)
    record(
        scope,
        "access.review_posts",
        "post",
        post.id,
        post.organisation,
        post.operator,
        at,
        role=post.role,
        year=year,
        keeps=keeps,
    )
    return made


def _end(scope: Scope, post: Post, reason: str, at: datetime) -> None:
    if post.valid_until is not None and post.valid_until <= at.date():
        raise PostOver(until=post.valid_until)
    end(post, by=scope.operator_id, because=reason, at=at)
    record(
        scope,
        "access.end_post",
        "post",
        post.id,
        post.organisation,
        post.operator,
        at,
        role=post.role,
        reason=reason,
    )


def _post(scope: Scope, post_id: int) -> Post:
    """Return somebody else's post in the scope, locked."""
    posts = Post.objects.select_related("organisation", "operator__organisation")
    found = posts.select_for_update(of=("self",)).filter(id=post_id).first()
    if found is None:
        raise NotThere(what=_("该岗位"))
    operator_in(found.operator_id, scope)
    if is_same_person(found.operator_id, scope.operator_id):
        raise NotToOneself
    return found
