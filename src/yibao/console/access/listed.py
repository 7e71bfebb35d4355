"""The lists of rights: accounts, posts ever held, requests for posts, organisations, sessions.

Those that name staff leave by the door of exports; who may not ask for one reads and prints.
"""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.models import GrantState, OrganisationKind, Role
from yibao.apps.access.queries import listed as asked
from yibao.apps.access.queries.words import in_words
from yibao.apps.access.scope import Scope
from yibao.apps.desk.sources import COUNT, DAY, MOMENT
from yibao.apps.desk.tables import Row, Table
from yibao.console.access.forms import ROLES
from yibao.console.desk.forms import ListForm
from yibao.console.listing import ACT, MARK, Column, List, Narrowed, register
from yibao.console.narrowing import both, equal
from yibao.core.identity import mask_within
from yibao.rulebook.regions import signing_in

_EVERY_ROLE = [("", _("全部")), *ROLES]
_SCOPE_NEEDS = ("office", "office_kind", "place", "below")
_REQUEST_MARKS = {GrantState.WAITING: "open", GrantState.APPROVED: "done"}


class _StaffForm(ListForm):
    """Conditions of which the first is a staff number's beginning or a part of the name."""

    q = forms.CharField(label=_("工号或姓名"), required=False, max_length=40)


class OperatorsForm(_StaffForm):
    """Which accounts: whose, in which post now, in which state."""

    role = forms.ChoiceField(label=_("在任岗位"), required=False, choices=_EVERY_ROLE)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[
            ("", _("全部")),
            ("active", _("在用")),
            ("closed", _("已停用")),
            ("none", _("没有岗位")),
        ],
    )


class PostsForm(_StaffForm):
    """Which posts: those that last where nothing is said."""

    role = forms.ChoiceField(label=_("岗位"), required=False, choices=_EVERY_ROLE)
    which = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("在岗")), ("past", _("已结束")), ("all", _("全部"))],
    )


class SessionsForm(_StaffForm):
    """Which of the open sessions: whose, in which post."""

    role = forms.ChoiceField(label=_("岗位"), required=False, choices=_EVERY_ROLE)


class RequestsForm(_StaffForm):
    """Which requests: those that wait where nothing is said."""

    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[
            ("", GrantState.WAITING.label),
            *(one for one in GrantState.choices if one[0] != GrantState.WAITING),
            ("all", _("全部")),
        ],
    )
    role = forms.ChoiceField(label=_("岗位"), required=False, choices=_EVERY_ROLE)


class OrganisationsForm(ListForm):
    """Which organisations: called how, of which kind."""

    q = forms.CharField(label=_("名称或区划代码"), required=False, max_length=60)
    kind = forms.ChoiceField(
        label=_("种类"), required=False, choices=[("", _("全部")), *OrganisationKind.choices]
    )


def _staff(given: dict[str, Any]) -> Narrowed:
    if not given["q"]:
        return [], {}
    return ["position(%(q)s in t.staff_no) = 1 or position(%(q)s in t.name) > 0"], {"q": given["q"]}


def _operators(given: dict[str, Any], scope: Scope) -> Narrowed:
    where: list[str] = []
    if given["role"]:
        where.append(f"exists ({asked.HOLDS} and h.role = %(role)s)")
    if given["state"] == "none":
        where.append(f"t.is_active and not exists ({asked.HOLDS})")
    elif given["state"]:
        where.append("t.is_active" if given["state"] == "active" else "not t.is_active")
    return both(_staff(given), (where, {"role": given["role"]}))


def _posts(given: dict[str, Any], scope: Scope) -> Narrowed:
    which = {"": ["t.lasts"], "past": ["not t.lasts"], "all": []}[given["which"]]
    return both(_staff(given), equal(given, "role"), (which, {}))


def _requests(given: dict[str, Any], scope: Scope) -> Narrowed:
    state = given["state"] or GrantState.WAITING.value
    return both(
        _staff(given), equal({**given, "state": "" if state == "all" else state}, "role", "state")
    )


def _organisations(given: dict[str, Any], scope: Scope) -> Narrowed:
    where, values = equal(given, "kind")
    if given["q"]:
        where = [*where, "position(%(q)s in t.division) = 1 or position(%(q)s in t.name) > 0"]
        values |= {"q": given["q"]}
    return where, values


def _in_area(scope: Scope) -> Narrowed:
    where = ["t.region = %(region)s", "t.area_from >= %(area_from)s"]
    return [*where, "t.area_until <= %(area_until)s"], {
        "region": scope.region,
        "area_from": scope.area_from,
        "area_until": scope.area_until,
    }


def _open_in_area(scope: Scope) -> Narrowed:
    """Sessions that are open now, by the database's clock as whoever began them."""
    limits, now = signing_in(), "statement_timestamp()"
    where = [f"t.seen_at > {now} - %(idle_for)s", f"t.started_at > {now} - %(longest)s"]
    values = {"idle_for": limits.idle_for, "longest": limits.longest, "own_post": scope.post_id}
    return both((where, values), _in_area(scope))


def _sessions(given: dict[str, Any], scope: Scope) -> Narrowed:
    return both(_staff(given), equal(given, "role"))


def _session_post(row: Row, scope: Scope) -> str:
    if not row.role:
        return gettext("未选岗位")
    return f"{row.office}　{Role(row.role).label}"


def _role(row: Row, scope: Scope) -> str:
    return str(Role(row.role).label)


def _where(row: Row, scope: Scope) -> str:
    return in_words(row)


def _held(row: Row, scope: Scope) -> str:
    """Say the posts that last, each with its place and its end."""
    held = json.loads(row.posts) if row.posts else []
    said = [
        f"{place}　{Role(role).label}" + (gettext("　至 %(day)s") % {"day": until} if until else "")
        for place, role, until in held
    ]
    return "；".join(said) or gettext("无")


def _account(row: Row, scope: Scope) -> tuple[str, str]:
    if not row.is_active:
        return "stopped", gettext("停用")
    if row.password_is_one_time:
        return "open", gettext("未首次登录")
    return "done", gettext("正常")


def _post(row: Row, scope: Scope) -> tuple[str, str]:
    if row.ended_at:
        return "stopped", gettext("已结束")
    if row.is_in_force:
        return "done", gettext("在岗")
    return ("open", gettext("未到任")) if row.lasts else ("stopped", gettext("已到期"))


def _ended(row: Row, scope: Scope) -> str:
    if not row.ended_at:
        return ""
    return f"{row.ender or gettext('系统')}：{mask_within(row.ended_because)}"


def _request(row: Row, scope: Scope) -> tuple[str, str]:
    state = GrantState(row.state)
    return _REQUEST_MARKS.get(state, "stopped"), str(state.label)


def _by_system(name: str) -> Any:
    return lambda row, scope: getattr(row, name) or gettext("系统")


OPERATORS_LIST = register(
    List(
        "operators",
        _("账号"),
        route="access:operators",
        action="access.read",
        table=Table(asked.OPERATORS),
        columns=(
            Column("staff_no", _("工号"), to="access:operator", sorts=True),
            Column("name", _("姓名"), sorts=True),
            Column("office", _("机构"), sorts=True),
            Column("posts", _("岗位"), words=_held),
            Column("certificates", _("培训"), opt=True),
            Column("last_signed_in_at", _("上次登录"), MOMENT, opt=True),
            Column(
                "is_active",
                _("状态"),
                MARK,
                mark=_account,
                needs=("is_active", "password_is_one_time"),
            ),
            Column("created_at", _("开立时间"), MOMENT, opt=True, shown=False),
        ),
        order=("staff_no",),
        form=OperatorsForm,
        narrow=_operators,
        always=_in_area,
        picks=False,
        empty=(_("此区划内没有账号"), _("请换一个区划，或开立账号。")),
    )
)
_WHAT = (
    Column("staff_no", _("工号")),
    Column("role", _("岗位"), words=_role),
    Column("office", _("范围"), words=_where, needs=_SCOPE_NEEDS),
)
POSTS_LIST = register(
    List(
        "posts",
        _("岗位"),
        route="access:posts",
        action="access.read",
        table=Table(asked.POSTS),
        columns=(
            Column("name", _("谁"), to="access:operator", of="operator_id", sorts=True),
            *_WHAT,
            Column("valid_from", _("起始"), DAY, sorts=True),
            Column("valid_until", _("终止"), DAY),
            Column("drafter", _("申请"), words=_by_system("drafter"), opt=True),
            Column("granter", _("批准"), words=_by_system("granter"), opt=True),
            Column(
                "lasts",
                _("状态"),
                MARK,
                mark=_post,
                needs=("lasts", "is_in_force", "ended_at"),
            ),
            Column(
                "ended_because",
                _("结束"),
                words=_ended,
                needs=("ended_at", "ended_because", "ender"),
                opt=True,
            ),
            Column("ended_at", _("结束时间"), MOMENT, opt=True, shown=False),
        ),
        order=("id",),
        descending=True,
        form=PostsForm,
        narrow=_posts,
        always=_in_area,
        picks=False,
        empty=(_("没有岗位"), ""),
    )
)
REQUESTS_LIST = register(
    List(
        "grants",
        _("申请"),
        route="access:grants",
        action="access.grant_post",
        table=Table(asked.REQUESTS),
        columns=(
            Column("name", _("谁"), to="access:grant", sorts=True),
            *_WHAT,
            Column("valid_from", _("起始"), DAY, sorts=True),
            Column("valid_until", _("终止"), DAY, sorts=True),
            Column("drafter", _("申请人"), opt=True),
            Column("drafted_at", _("申请时间"), MOMENT, opt=True),
            Column("state", _("状态"), MARK, mark=_request),
            Column("reason", _("事由"), opt=True, shown=False),
            Column("decider", _("批准"), opt=True, shown=False),
            Column("decided_at", _("批准时间"), MOMENT, opt=True, shown=False),
        ),
        order=("id",),
        descending=True,
        form=RequestsForm,
        narrow=_requests,
        always=_in_area,
        picks=False,
        empty=(_("没有等待批准的申请"), _("岗位在人员页面申请。")),
    )
)
ORGANISATIONS_LIST = register(
    List(
        "organisations",
        _("组织与区划"),
        route="access:organisations",
        action="access.organisations",
        table=Table(asked.ORGANISATIONS),
        columns=(
            Column("name", _("名称"), sorts=True),
            Column(
                "kind", _("种类"), words=lambda row, scope: str(OrganisationKind(row.kind).label)
            ),
            Column("parent", _("上级")),
            Column("division", _("区划代码"), opt=True, sorts=True),
            Column(
                "accounts",
                _("在用账号"),
                COUNT,
                words=lambda row, scope: row.accounts or "",
                needs=("accounts",),
                opt=True,
            ),
            Column("valid_from", _("起始"), DAY, opt=True, shown=False),
        ),
        order=("area_from", "level"),
        form=OrganisationsForm,
        narrow=_organisations,
        always=_in_area,
        persons=False,
        picks=False,
        empty=(_("此区划内没有机构"), ""),
    )
)
SESSIONS_LIST = register(
    List(
        "sessions",
        _("登录会话"),
        route="console:active_sessions",
        action="access.end_session",
        table=Table(asked.SESSIONS),
        columns=(
            Column("name", _("姓名"), to="access:operator", of="operator_id", sorts=True),
            Column("staff_no", _("工号"), sorts=True),
            Column("role", _("岗位"), words=_session_post, needs=("role", "office")),
            Column("started_at", _("开始"), MOMENT, sorts=True),
            Column("seen_at", _("最近操作"), MOMENT, sorts=True),
            Column("address", _("来自"), opt=True),
            Column(
                "act",
                _("办理"),
                ACT,
                words=lambda row, scope: gettext("结束") if row.other_id else gettext("本次"),
                needs=("other_id",),
                to="console:end_session",
                of="other_id",
            ),
        ),
        order=("seen_at",),
        descending=True,
        form=SessionsForm,
        narrow=_sessions,
        always=_open_in_area,
        picks=False,
        empty=(_("此区划内没有人登录"), _("请换一个区划。")),
    )
)
