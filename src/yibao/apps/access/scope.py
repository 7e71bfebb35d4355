"""Who acts, in which area, with which rights: handed to every query and operation."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from yibao.apps.access.models import Role
from yibao.apps.access.roles import ACTIONS, ROLE_ACTIONS
from yibao.core.refusal import Refusal
from yibao.database import scope as database_scope
from yibao.rulebook.regions import region as region_of


class NotAllowed(Refusal):
    """The post has not got this right."""

    code = "E900"
    message = "您的岗位“{post}”不能{action}"
    remedy = "如工作需要，请向安全管理员申请相应岗位"
    message_en = 'Your post "{post}" may not do this: {action}'
    remedy_en = "Ask the security administrator for a post that may"


class OutsideScope(Refusal):
    """The area lies outside the post's own."""

    code = "E901"
    message = "该区划不在您的范围“{area}”之内"
    remedy = "请选择您范围内的区划"
    message_en = 'This area lies outside your scope "{area}"'
    remedy_en = "Choose an area inside your scope"


class NotThere(Refusal):
    """No such record in the scope. One elsewhere is answered alike: it is nobody's business."""

    code = "E902"
    message = "您的范围内没有{what}"
    remedy = "请核对编号，或从列表中选择"
    message_en = "There is no such record in your scope: {what}"
    remedy_en = "Check the number, or choose from the list"


@dataclass(frozen=True)
class Scope:
    """An operator in a post: the half-open area [area_from, area_until) and the rights there."""

    operator_id: int
    operator_name: str
    post_id: int
    organisation_id: int
    role: str
    region: str
    area_from: int
    area_until: int
    area_name: str
    actions: frozenset[str]
    address: str = ""

    def require(self, action: str) -> None:
        """Refuse an act that the post may not do. Raises NotAllowed."""
        assert action in ACTIONS, f"{action} is not declared in yibao.apps.access.roles"
        if action not in self.actions:
            raise NotAllowed(post=Role(self.role).label, action=ACTIONS[action])

    def allows(self, action: str) -> bool:
        """Tell whether the post may do this, for menus and buttons."""
        return action in self.actions

    def holds(self, area_no: int) -> bool:
        """Tell whether an area lies inside."""
        return self.area_from <= area_no < self.area_until

    def narrowed(self, area_from: int, area_until: int, area_name: str = "") -> "Scope":
        """Return the same post for a part of its area. Raises OutsideScope."""
        if not self.area_from <= area_from < area_until <= self.area_until:
            raise OutsideScope(area=self.area_name)
        name = area_name or self.area_name
        return replace(self, area_from=area_from, area_until=area_until, area_name=name)

    @classmethod
    def system(cls, region: str) -> "Scope":
        """Return the scope of tasks that no person starts: the whole region, every right."""
        found = region_of(region)
        return cls(
            operator_id=0,
            operator_name=str(Role.SYSTEM.label),
            post_id=0,
            organisation_id=0,
            role=Role.SYSTEM,
            region=region,
            area_from=found.area_from,
            area_until=found.area_until,
            area_name=found.name,
            actions=ROLE_ACTIONS[Role.SYSTEM],
        )


@contextlib.contextmanager
def scoped(scope: Scope, *, walks: bool = False) -> Iterator[None]:
    """Run the block in one transaction that sees and writes the scope's rows only.

    `walks` is for the first rows of many (yibao.database.scope).
    """
    with database_scope.scoped(scope.area_from, scope.area_until, walks=walks):
        yield
