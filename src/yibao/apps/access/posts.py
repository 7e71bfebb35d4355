"""When a post is held: from its first day to the one before its end."""

from datetime import date

from django.db.models import Q

from yibao.apps.access.models import Post


def in_force(post: Post, on: date) -> bool:
    """Tell whether the post is held on this day; its last day is the one before `valid_until`."""
    return post.valid_from <= on and (post.valid_until is None or on < post.valid_until)


def in_force_on(on: date) -> Q:
    """Return the same as a condition on posts."""
    return Q(valid_from__lte=on) & (Q(valid_until__isnull=True) | Q(valid_until__gt=on))
