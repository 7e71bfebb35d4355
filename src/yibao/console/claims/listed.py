"""The list of settlements."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.scope import Scope
from yibao.apps.access.spoken import region_words
from yibao.apps.care.queries import institution_choices
from yibao.apps.claims.listed import SETTLEMENTS
from yibao.apps.desk.sources import DAY, FEN, MOMENT, NAME
from yibao.apps.desk.tables import Row
from yibao.console.forms import DayField
from yibao.console.listing import MARK, Column, List, Narrowed, register
from yibao.console.narrowing import PersonForm, between, both, by_person, equal

_MOST_INSTITUTIONS = 500


class SettlementsForm(PersonForm):
    """Which settlements: whose, where, of which kind, in which days."""

    institution_id = forms.ChoiceField(label=_("医疗机构"), required=False)
    kind = forms.ChoiceField(
        label=_("类别"),
        required=False,
        choices=[
            ("", _("全部")),
            ("settled", _("结算")),
            ("adjusted", _("补差")),
            ("reversed", _("冲正")),
        ],
    )
    settlement_no = forms.CharField(label=_("结算号"), required=False, max_length=24)
    settled_from = DayField(label=_("结算日期自"), required=False)
    settled_last = DayField(label=_("至"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = institution_choices(region=self.scope.region, most=_MOST_INSTITUTIONS)
        names = [(str(number), name) for number, name in found]
        self.fields["institution_id"].choices = [("", _("全部")), *names]  # type: ignore[attr-defined]
        self.dress()


def _settlements(given: dict[str, Any], scope: Scope) -> Narrowed:
    where, values = both(
        by_person(given["who"]),
        equal(given, "kind", "settlement_no"),
        between("settled_at", given["settled_from"], given["settled_last"]),
    )
    if given["institution_id"]:
        where = [*where, "t.institution_id = %(institution_id)s"]
        values |= {"institution_id": int(given["institution_id"])}
    return where, values


def _stands(row: Row, scope: Scope) -> tuple[str, str]:
    if row.kind == "reversed":
        return "refused", gettext("冲正")
    if row.kind == "adjusted":
        return "near", gettext("补差")
    return ("stopped", gettext("已冲正")) if row.is_reversed else ("done", gettext("已结算"))


def _visit(row: Row, scope: Scope) -> str:
    return region_words(row.region, "visit_kind", row.visit_kind or "")


SETTLEMENTS_LIST = register(
    List(
        "settlements",
        _("结算记录"),
        route="claims:settlements",
        action="claims.read",
        table=SETTLEMENTS,
        columns=(
            Column("settlement_no", _("结算号"), to="claims:settlement"),
            Column("name", _("参保人"), NAME),
            Column("institution", _("医疗机构"), opt=True),
            Column("visit_kind", _("就诊"), words=_visit, needs=("visit_kind", "region"), opt=True),
            Column("discharged_on", _("出院日期"), DAY, opt=True),
            Column("total_fen", _("总费用"), FEN, unit=_("元"), sums=True, opt=True),
            Column("fund_pay_fen", _("基金支付"), FEN, unit=_("元"), sums=True, sorts=True),
            Column(
                "self_pay_fen", _("个人负担"), FEN, unit=_("元"), sums=True, opt=True, shown=False
            ),
            Column("kind", _("状态"), MARK, mark=_stands, needs=("kind", "is_reversed")),
            Column("settled_at", _("结算时间"), MOMENT, opt=True, shown=False),
        ),
        order=("id",),
        descending=True,
        form=SettlementsForm,
        narrow=_settlements,
        empty=(_("没有结算记录"), _("请换一个年度、区划或条件；新就诊请点“新就诊结算”。")),
    )
)
