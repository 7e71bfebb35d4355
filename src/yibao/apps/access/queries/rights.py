"""Reads of rights: requests and what they would open, posts that run out, the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.models import (
    GrantRequest,
    GrantState,
    Operator,
    OperatorSession,
    Organisation,
    Post,
    PostReview,
    Role,
)
from yibao.apps.access.posts import excluded_by, in_force_on
from yibao.apps.access.queries.words import scope_in_words, scopes_in_words
from yibao.apps.access.roles import (
    ACTIONS,
    ROLE_ACTIONS,
    exclude_each_other,
    is_same_person,
)
from yibao.apps.access.scope import NotThere, Scope
from yibao.apps.access.training import article_asking_for_training
from yibao.rulebook.regions import signing_in

_SESSIONS = 10


@dataclass(frozen=True)
class Group:
    """Actions of one subsystem, in words; those that the person has already are told apart."""

    subsystem: str
    new: tuple[str, ...]
    held: tuple[str, ...]


@dataclass(frozen=True)
class Consequence:
    """What a post would open, and what speaks against it: the internal check, in words."""

    scope_words: str
    days: int
    groups: tuple[Group, ...]
    # Roles that the person could hold no longer beside it, in words.
    excludes: tuple[str, ...]
    # Posts of the person that exclude it: with one of these it cannot be approved.
    conflicts: tuple[str, ...]
    other_accounts: tuple[str, ...]
    training: str
    trained: bool

    @property
    def opens(self) -> int:
        """How many rights are new to the person."""
        return sum(len(group.new) for group in self.groups)


@dataclass(frozen=True)
class HeldPost:
    """A post with its scope in words, and how many days it still has on a day."""

    post: Post
    scope_words: str
    days_left: int | None
    is_in_force: bool


def persons_roles() -> list[str]:
    """Return the roles that persons hold, in their order."""
    return [role.value for role in Role if role in ROLE_ACTIONS and role != Role.SYSTEM]


def consequence(
    *, operator: Operator, organisation_id: int, role: str, valid_from: date, valid_until: date
) -> Consequence:
    """Return what a post would open and what speaks against it."""
    organisation = Organisation.objects.get(id=organisation_id)
    held = Post.objects.filter(in_force_on(valid_from), operator__person_id=operator.person_id)
    known = {action for post in held for action in ROLE_ACTIONS[post.role]}
    conflicts = excluded_by(operator, role, valid_from, valid_until)
    others = Operator.objects.filter(person_id=operator.person_id).exclude(id=operator.id)
    training = article_asking_for_training(organisation.region_id, on=valid_from)
    return Consequence(
        scope_words=scope_in_words(organisation),
        days=(valid_until - valid_from).days,
        groups=_groups(ROLE_ACTIONS[role], known),
        excludes=tuple(
            str(Role(one).label) for one in persons_roles() if exclude_each_other(one, role)
        ),
        conflicts=tuple(
            f"{Role(post.role).label}（{post.organisation.name}，{post.operator.staff_no}）"
            for post in conflicts
        ),
        other_accounts=tuple(others.order_by("staff_no").values_list("staff_no", flat=True)),
        training=training,
        trained=not training or is_trained(operator, on=valid_from),
    )


def is_trained(operator: Operator, *, on: date) -> bool:
    """Tell whether a training of the operator is valid on the day."""
    valid = Q(valid_until__isnull=True) | Q(valid_until__gt=on)
    return operator.certificates.filter(valid, passed_on__lte=on).exists()


def _groups(actions: Iterable[str], known: set[str]) -> tuple[Group, ...]:
    by_subsystem: dict[str, tuple[list[str], list[str]]] = {}
    for action in (one for one in ACTIONS if one in set(actions)):
        new, held = by_subsystem.setdefault(action.partition(".")[0], ([], []))
        (held if action in known else new).append(ACTIONS[action])
    return tuple(
        Group(subsystem=name, new=tuple(new), held=tuple(held))
        for name, (new, held) in by_subsystem.items()
    )


def requests(scope: Scope, *, state: str = "") -> QuerySet[GrantRequest]:
    """Return the requests for posts in the scope, those that wait first, the newest first."""
    scope.require("access.grant_post")
    rows = GrantRequest.objects.filter(
        organisation__region_id=scope.region,
        organisation__area_from__gte=scope.area_from,
        organisation__area_until__lte=scope.area_until,
    )
    if state:
        rows = rows.filter(state=state)
    return rows.select_related(
        "operator__organisation", "organisation", "drafted_by", "decided_by"
    ).order_by("-id")


def request_of(scope: Scope, *, request_id: int) -> GrantRequest:
    """Return one request of the scope. Raises NotAllowed, NotThere."""
    found = requests(scope).filter(id=request_id).first()
    if found is None:
        raise NotThere(what=_("该申请"))
    return found


def waiting_requests(scope: Scope) -> list[GrantRequest]:
    """Return the requests that wait for this post's holder: those of other people."""
    scope.require("access.approve_grant")
    own = Operator.objects.filter(id=scope.operator_id).values("person_id")
    rows = requests(scope, state=GrantState.WAITING).exclude(drafted_by__person_id__in=own)
    return list(rows.exclude(operator__person_id__in=own))


def waiting_count(scope: Scope, year: int) -> int:
    """Return how many requests wait for this post's holder, for the menu; `year` is no matter."""
    return len(waiting_requests(scope))


def requests_for(scope: Scope, *, operator_id: int) -> list[GrantRequest]:
    """Return the newest requests for one person's posts; none for who may not read them."""
    if not scope.allows("access.grant_post"):
        return []
    return list(requests(scope).filter(operator_id=operator_id)[:_SESSIONS])


def other_accounts(operator: Operator) -> list[Operator]:
    """Return the other accounts of the same person."""
    rows = Operator.objects.filter(person_id=operator.person_id).exclude(id=operator.id)
    return list(rows.select_related("organisation").order_by("staff_no"))


def sessions_of(operator: Operator) -> list[OperatorSession]:
    """Return the newest sessions of an account."""
    rows = operator.sessions.select_related("post__organisation", "ended_by")
    return list(rows.order_by("-id")[:_SESSIONS])


def is_own(scope: Scope, operator: Operator) -> bool:
    """Tell whether the account is of the person who looks."""
    return is_same_person(operator.id, scope.operator_id)


def posts_in(scope: Scope) -> QuerySet[Post]:
    """Return every post of the scope that was ever held, the newest first: the ledger of rights."""
    scope.require("access.read")
    return (
        Post.objects.filter(
            organisation__region_id=scope.region,
            organisation__area_from__gte=scope.area_from,
            organisation__area_until__lte=scope.area_until,
        )
        .select_related("operator", "organisation", "granted_by", "ended_by", "request__drafted_by")
        .order_by("-id")
    )


def post_of(scope: Scope, *, post_id: int) -> Post:
    """Return one post of the scope. Raises NotAllowed, NotThere."""
    found = posts_in(scope).filter(id=post_id).first()
    if found is None:
        raise NotThere(what=_("该岗位"))
    return found


def expiring(scope: Scope, *, on: date) -> list[Post]:
    """Return the posts that end within the days of the data, and that no later one follows."""
    until = on + signing_in().expiring_for
    follows = Post.objects.filter(
        operator=OuterRef("operator"),
        organisation=OuterRef("organisation"),
        role=OuterRef("role"),
        valid_until__gt=until,
    )
    rows = posts_in(scope).filter(in_force_on(on), valid_until__lte=until, ended_at__isnull=True)
    return list(rows.exclude(Exists(follows)).order_by("valid_until", "id"))


def to_review(scope: Scope, *, on: date) -> list[Post]:
    """Return the posts in force that nobody looked at this year, one's own left out."""
    scope.require("access.review_posts")
    own = Operator.objects.filter(id=scope.operator_id).values("person_id")
    done = PostReview.objects.filter(post=OuterRef("pk"), year=on.year)
    rows = posts_in(scope).filter(in_force_on(on)).exclude(operator__person_id__in=own)
    return list(rows.exclude(Exists(done)).order_by("organisation__area_from", "id"))


def reviewed(scope: Scope, *, year: int) -> list[PostReview]:
    """Return what was decided of the scope's posts in a year, the newest first."""
    scope.require("access.review_posts")
    rows = PostReview.objects.filter(year=year, post__in=posts_in(scope))
    return list(
        rows.select_related("post__operator", "post__organisation", "decided_by").order_by("-id")
    )


def held_posts(posts: Iterable[Post], *, on: date) -> list[HeldPost]:
    """Return posts with their scopes in words; two statements for all of them."""
    rows = list(posts)
    words = scopes_in_words(post.organisation for post in rows)
    return [
        HeldPost(
            post=post,
            scope_words=words[post.organisation_id],
            days_left=(post.valid_until - on).days if post.valid_until else None,
            is_in_force=post.valid_from <= on
            and (post.valid_until is None or post.valid_until > on),
        )
        for post in rows
    ]
