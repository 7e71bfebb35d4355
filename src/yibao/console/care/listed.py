"""The list of institutions. It names nobody: it leaves as a file at once."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.scope import Scope
from yibao.apps.care.listed import INSTITUTIONS
from yibao.apps.care.operations import KINDS, LEVELS
from yibao.apps.desk.sources import DAY
from yibao.apps.desk.tables import Row
from yibao.console.care.forms import LEVELS_ZH
from yibao.console.desk.forms import ListForm
from yibao.console.listing import MARK, Column, List, Narrowed, register
from yibao.console.narrowing import both, equal


class InstitutionsForm(ListForm):
    """Which institutions: called how, of which kind and level, designated or not."""

    q = forms.CharField(label=_("名称或编码"), required=False, max_length=80)
    kind = forms.ChoiceField(
        label=_("种类"), required=False, choices=[("", _("全部")), *KINDS.items()]
    )
    level = forms.TypedChoiceField(
        label=_("等级"),
        required=False,
        choices=[("", _("全部")), *((level, LEVELS_ZH[level]) for level in LEVELS)],
        coerce=int,
        empty_value=None,
    )
    designated = forms.ChoiceField(
        label=_("定点"),
        required=False,
        choices=[("", _("全部")), ("1", _("只看定点")), ("0", _("只看非定点"))],
    )


def _institutions(given: dict[str, Any], scope: Scope) -> Narrowed:
    where, values = equal(given, "kind", "level")
    if given["designated"]:
        where = [*where, "t.is_designated" if given["designated"] == "1" else "not t.is_designated"]
    if given["q"]:
        where = [*where, "t.code = %(q)s or position(%(q)s in t.name) > 0"]
        values |= {"q": given["q"]}
    return where, values


def _in_area(scope: Scope) -> Narrowed:
    return both(
        (["t.region = %(region)s"], {"region": scope.region}),
        (
            ["t.area_no >= %(area_from)s", "t.area_no < %(area_until)s"],
            {"area_from": scope.area_from, "area_until": scope.area_until},
        ),
    )


def _designated(row: Row, scope: Scope) -> tuple[str, str]:
    return ("done", gettext("定点")) if row.is_designated else ("open", gettext("非定点"))


def _place(row: Row, scope: Scope) -> str:
    return (row.place or "") if row.in_region else gettext("统筹区以外")


INSTITUTIONS_LIST = register(
    List(
        "institutions",
        _("机构名录"),
        route="care:institutions",
        action="care.read",
        table=INSTITUTIONS,
        columns=(
            Column("name", _("名称"), to="care:institution", sorts=True),
            Column("code", _("编码"), sorts=True),
            Column(
                "kind",
                _("种类"),
                words=lambda row, scope: str(KINDS.get(row.kind, row.kind)),
                opt=True,
            ),
            Column(
                "level",
                _("等级"),
                words=lambda row, scope: str(LEVELS_ZH.get(row.level, row.level)),
                opt=True,
                sorts=True,
            ),
            Column("place", _("所在地"), words=_place, needs=("place", "in_region"), opt=True),
            Column(
                "is_designated",
                _("定点"),
                MARK,
                mark=_designated,
            ),
            Column("designated_from", _("自"), DAY, opt=True),
            Column("designated_until", _("至（当日起失效）"), DAY, opt=True),
            Column("document", _("协议或文件"), opt=True, shown=False),
        ),
        order=("code",),
        form=InstitutionsForm,
        narrow=_institutions,
        always=_in_area,
        first=4,
        persons=False,
        picks=False,
        empty=(_("没有找到机构"), _("请换一个区划；还没有登记的，请点“登记机构”。")),
    )
)
