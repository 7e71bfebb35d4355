"""When a post is held: from its first day to the one before its end; and which exclude others."""

from datetime import date, datetime

from django.db.models import Q

from yibao.apps.access.models import Operator, Post
from yibao.apps.access.roles import exclude_each_other


def in_force(post: Post, on: date) -> bool:
    """Tell whether the post is held on this day; its last day is the one before `valid_until`."""
    return post.valid_from <= on and (post.valid_until is None or on < post.valid_until)


def in_force_on(on: date) -> Q:
    """Return the same as a condition on posts."""
    return Q(valid_from__lte=on) & (Q(valid_until__isnull=True) | Q(valid_until__gt=on))


def excluded_by(operator: Operator, role: str, valid_from: date, valid_until: date) -> list[Post]:
    """Return the posts, of whatever account of the person, that exclude this one at the time."""
    lasting = Q(valid_until__isnull=True) | Q(valid_until__gt=valid_from)
    posts = Post.objects.filter(
        lasting, operator__person_id=operator.person_id, valid_from__lt=valid_until
    )
    held = posts.select_related("organisation", "operator").order_by("id")
    return [
        post
        for post in held
        if exclude_each_other(post.role, role) and post.valid_until != post.valid_from
    ]


def end(post: Post, *, by: int, because: str, at: datetime) -> None:
    """Let a post be over from the day of `at` on; one that has not begun never begins."""
    post.valid_until = max(at.date(), post.valid_from)
    post.ended_by_id, post.ended_at, post.ended_because = by or None, at, because.strip()
    post.save(update_fields=["valid_until", "ended_by", "ended_at", "ended_because"])
