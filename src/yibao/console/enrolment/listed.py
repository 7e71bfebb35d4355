"""Lists of ledgers that were imported, and of coverages."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.scope import Scope
from yibao.apps.collection.policy import cover_label
from yibao.apps.desk.sources import COUNT, FEN, MOMENT, NAME, NUMBER
from yibao.apps.desk.tables import Led, Row
from yibao.apps.enrolment.ledgers import forms as ledger_forms
from yibao.apps.enrolment.queries.listed import COVERAGES, IMPORTS
from yibao.console.desk.forms import ListForm
from yibao.console.listing import MARK, Column, List, Narrowed, register
from yibao.console.narrowing import PersonForm, by_person, equal

_STATES = {
    "uploaded": ("open", _("已上传")),
    "checked": ("open", _("待核对")),
    "writing": ("progress", _("入库中")),
    "done": ("done", _("已入库")),
    "undone": ("refused", _("已撤销")),
    "dropped": ("stopped", _("已放弃")),
}
_COVERS = {
    "now": ("done", _("参保中")),
    "later": ("open", _("未开始")),
    "over": ("stopped", _("已结束")),
    "suspended": ("near", _("暂停")),
    "cancelled": ("refused", _("已撤销")),
}

# States that few are in, with whom an index leads to; others may be in them too.
_OF_THE_YEAR = "select c.id from enrolment_coverage c where c.year = %(year)s and "
_LEADS = {
    "suspended": f"{_OF_THE_YEAR} c.suspended_from is not null",
    "cancelled": f"{_OF_THE_YEAR} c.cancelled_at is not null",
}


class ImportsForm(ListForm):
    """Which ledgers."""

    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), *((key, word) for key, (_glyph, word) in _STATES.items())],
    )
    kind = forms.ChoiceField(label=_("台账"), required=False)
    faulty = forms.BooleanField(label=_("只看有错误行的"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(kind, form.name) for kind, form in ledger_forms().items()]
        self.fields["kind"].choices = [("", _("全部")), *names]  # type: ignore[attr-defined]
        self.dress()


class CoveragesForm(PersonForm):
    """Which coverages."""

    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), *((key, word) for key, (_glyph, word) in _COVERS.items())],
    )


def _imports(given: dict[str, Any], scope: Scope) -> Narrowed:
    where, values = equal(given, "state", "kind")
    return ([*where, "t.rows_bad > 0"] if given["faulty"] else where), values


def _coverages(given: dict[str, Any], scope: Scope) -> Narrowed:
    where, values = by_person(given["who"])
    if given["state"]:
        lead = _LEADS.get(given["state"])
        state = "t.state = %(state)s"
        where = [*where, Led(state, lead=lead, column="t.id", is_exact=False) if lead else state]
        values |= {"state": given["state"]}
    return where, values


def _kind(row: Row, scope: Scope) -> str:
    found = ledger_forms().get(row.kind)
    return gettext("附件 %(n)s %(name)s") % {"n": found.annex, "name": found.name} if found else ""


def _state(row: Row, scope: Scope) -> tuple[str, str]:
    if row.undoes:
        return "stopped", gettext("冲回")
    glyph, word = _STATES[row.state]
    return glyph, str(word)


def _cover(row: Row, scope: Scope) -> tuple[str, str]:
    glyph, word = _COVERS[row.state]
    return glyph, str(word)


def _why(row: Row, scope: Scope) -> str:
    return cover_label(row.region, row.reason) if row.reason else ""


IMPORTS_LIST = register(
    List(
        "imports",
        _("台账批次"),
        route="enrolment:imports",
        action="enrolment.read",
        table=IMPORTS,
        columns=(
            Column("id", _("批次"), to="enrolment:import"),
            Column("area_name", _("村")),
            Column("kind", _("台账"), words=_kind, opt=True),
            Column("file_name", _("文件"), opt=True),
            Column("uploaded_at", _("上传时间"), MOMENT, opt=True),
            Column("uploaded_by", _("上传人"), opt=True),
            Column("rows_total", _("行数"), COUNT),
            Column("rows_good", _("可入库"), COUNT),
            Column("rows_to_decide", _("待决定"), COUNT, opt=True),
            Column("rows_bad", _("错误"), COUNT),
            Column("claimed_fen", _("个人缴费"), FEN, unit=_("元"), sums=True, opt=True),
            Column("state", _("状态"), MARK, mark=_state, needs=("state", "undoes")),
        ),
        order=("id",),
        descending=True,
        form=ImportsForm,
        narrow=_imports,
        persons=False,
        empty=(_("还没有台账"), _("下载模板交村里填写，收回后在这里上传。")),
    )
)
COVERAGES_LIST = register(
    List(
        "coverages",
        _("参保记录"),
        route="enrolment:coverages",
        action="enrolment.read",
        table=COVERAGES,
        columns=(
            Column("name", _("姓名"), NAME, to="registry:person", of="person_id"),
            Column("number", _("证件号码"), NUMBER, opt=True),
            Column("area_name", _("村（社区）"), opt=True),
            Column("insured_from", _("待遇起"), MOMENT),
            Column("insured_until", _("待遇止"), MOMENT, opt=True),
            Column("reason", _("参保情形"), words=_why, needs=("reason", "region"), opt=True),
            Column("consecutive_years", _("连续年数"), COUNT, opt=True),
            Column("state", _("状态"), MARK, mark=_cover),
            Column("recorded_at", _("登记时间"), MOMENT, opt=True, shown=False),
            Column("cancelled_because", _("撤销原因"), opt=True, shown=False),
        ),
        order=("area_no",),
        form=CoveragesForm,
        narrow=_coverages,
        empty=(_("没有参保记录"), _("缴费入账或资助后列在这里；请确认所选年度和区划。")),
    )
)
