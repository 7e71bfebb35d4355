"""The demonstration's staff: named accounts with posts, through the operations of access.

Everybody changes the one-time password before acting, as at the first sign-in. The administrator
hands out new ones at the end, so that whoever opens the console begins as on a first day.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from yibao.apps.access import operations as access
from yibao.apps.access.factors import code_at
from yibao.apps.access.models import Post, Role
from yibao.apps.access.operations import Certificate
from yibao.apps.access.scope import Scope

_A_YEAR = timedelta(days=365)
_ADMIN, _DEPUTY = "admin", "deputy"
_HANDED_OVER = "演示账号交付使用"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody to be hired: a key for the demonstration, and what the account says."""

    key: str
    staff_no: str
    name: str
    role: str
    organisation_id: int


@dataclass(slots=True)
class _Hired:
    member: Member
    operator_id: int
    password: str
    changed: bool = False
    post_id: int = 0
    post_until: date = date.min
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it is printed for whoever opens the console."""

    staff_no: str
    name: str
    role: str
    place: str
    password: str


class Staff:
    """The people of one region's offices, each acting in his own post."""

    def __init__(self, region: str, *, certificate: Certificate | None = None) -> None:
        self._region = region
        self._certificate = certificate
        self._hired: dict[str, _Hired] = {}

    def found(self, admin: Member, deputy: Member, *, first: bool, at: datetime) -> None:
        """Open the accounts of the two security administrators, who open all the others.

        The first of a database is opened by nobody; a further region's by the system.
        """
        by = None if first else Scope.system(self._region)
        operator, password = self._open(by, admin, at)
        hired = _Hired(admin, operator, password)
        self._hired[_ADMIN] = hired
        if first:
            hired.post_id, hired.post_until = self._first_post(operator, at)
        else:
            assert by is not None, "a further region is opened by the system"
            self._grant(hired, by, at)
        self.hire(deputy, key=_DEPUTY, at=at)

    def hire(self, member: Member, *, at: datetime, key: str = "") -> int:
        """Open an account by the administrator and grant its post; return the operator's id."""
        admin = self.scope(_ADMIN, at)
        operator, password = self._open(admin, member, at)
        hired = _Hired(member, operator, password)
        self._hired[key or member.key] = hired
        self._grant(hired, admin, at)
        return operator

    @property
    def system(self) -> Scope:
        """The office above, which installs departments, schools and banks."""
        return Scope.system(self._region)

    def operator(self, key: str) -> int:
        """Return an operator's id."""
        return self._hired[key].operator_id

    def scope(self, key: str, at: datetime) -> Scope:
        """Return the scope of somebody's post at a moment, granted anew when its year is over."""
        hired = self._hired[key]
        if at.date() >= hired.post_until:
            self._grant(hired, self._granter(key, at), at)
        if hired.scope is None:
            if not hired.changed:
                self._change(hired, at)
            hired.scope = access.choose_post(
                operator_id=hired.operator_id, post_id=hired.post_id, at=at
            )
        return hired.scope

    def accounts(self, at: datetime) -> list[Account]:
        """Give everybody a new one-time password and return the list to hand over."""
        for key in self._hired:
            if self._hired[key].changed:
                by = self._granter(key, at)
                operator_id = self._hired[key].operator_id
                # Whoever opens the console binds a device of his own, as on a first day.
                password = access.reset_factor(
                    scope=by, operator_id=operator_id, reason=_HANDED_OVER, at=at
                )
                self._hired[key].password = password
        self._keep_posts(at)
        return [self._account(hired, at) for hired in self._hired.values()]

    def _keep_posts(self, at: datetime) -> None:
        for key in self._hired:
            if at.date() >= self._hired[key].post_until:
                self._grant(self._hired[key], self._granter(key, at), at)

    def _account(self, hired: _Hired, at: datetime) -> Account:
        from yibao.apps.access.models import Organisation

        place = Organisation.objects.get(id=hired.member.organisation_id)
        role = Role(hired.member.role).label
        return Account(
            hired.member.staff_no, hired.member.name, str(role), place.name, hired.password
        )

    def _granter(self, key: str, at: datetime) -> Scope:
        """An administrator other than the person: nobody grants to himself."""
        other = _DEPUTY if key == _ADMIN else _ADMIN
        hired = self._hired[other]
        if at.date() >= hired.post_until:
            # Both year-long posts of the administrators end together: the office above renews.
            self._grant(hired, Scope.system(self._region), at)
        return self.scope(other, at)

    def _open(self, by: Scope | None, member: Member, at: datetime) -> tuple[int, str]:
        operator, password = access.open_account(
            scope=by,
            staff_no=member.staff_no,
            name=member.name,
            organisation_id=member.organisation_id,
            certificate=self._certificate,
            at=at,
        )
        return operator.id, password

    def _first_post(self, operator_id: int, at: datetime) -> tuple[int, date]:
        from yibao.apps.access.queries import posts_of

        (post,) = posts_of(operator_id, at.date())
        return post.id, post.valid_until or at.date() + _A_YEAR

    def _grant(self, hired: _Hired, by: Scope, at: datetime) -> None:
        until = at.date() + _A_YEAR
        post = self._granted(hired, by, valid_from=at.date(), valid_until=until, at=at)
        hired.post_id, hired.post_until, hired.scope = post.id, until, None

    def _granted(self, hired: _Hired, by: Scope, **when: Any) -> Post:
        """Two administrators grant a post; the office above where it is one of theirs."""
        what = {
            "operator_id": hired.operator_id,
            "organisation_id": hired.member.organisation_id,
            "role": hired.member.role,
        }
        if not by.operator_id or hired in (self._hired[_ADMIN], self._hired.get(_DEPUTY)):
            return access.grant_post(scope=Scope.system(self._region), **what, **when)
        other = _DEPUTY if by.operator_id == self.operator(_ADMIN) else _ADMIN
        approver = self.scope(other, when["at"])
        return access.grant_by_two(
            drafter=by, approver=approver, reason="演示人员上岗", **what, **when
        )

    def _change(self, hired: _Hired, at: datetime) -> None:
        """Choose a password of one's own and bind a device, as the first sign-in asks."""
        chosen = f"Yb-{secrets.token_urlsafe(12)}-1"
        access.change_password(operator_id=hired.operator_id, old=hired.password, new=chosen, at=at)
        offer = access.begin_factor(operator_id=hired.operator_id, at=at)
        code = code_at(offer.key.replace(" ", ""), at)
        access.confirm_factor(operator_id=hired.operator_id, code=code, at=at)
        hired.password, hired.changed = chosen, True
