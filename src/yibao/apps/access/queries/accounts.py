"""Reads of accounts and the posts that they hold."""

from datetime import date

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.models import Operator, Post
from yibao.apps.access.posts import in_force_on
from yibao.apps.access.scope import NotThere, Scope


def posts_of(operator_id: int, on: date) -> list[Post]:
    """Return the posts that an operator holds on a day."""
    held = Post.objects.select_related("organisation__region", "operator")
    return list(held.filter(in_force_on(on), operator_id=operator_id).order_by("id"))


def operators_of(scope: Scope) -> QuerySet[Operator]:
    """Return the operators of the scope's offices with posts and certificates."""
    posts = Post.objects.select_related("organisation").order_by("id")
    return (
        Operator.objects.filter(
            organisation__region_id=scope.region,
            organisation__area_from__gte=scope.area_from,
            organisation__area_until__lte=scope.area_until,
        )
        .select_related("organisation")
        .prefetch_related(Prefetch("posts", posts), "certificates")
        .order_by("staff_no")
    )


def operator_of(scope: Scope, *, operator_id: int) -> Operator:
    """Return one operator of the scope. Raises NotThere."""
    found = operators_of(scope).filter(id=operator_id).first()
    if found is None:
        raise NotThere(what=_("该账号"))
    return found
