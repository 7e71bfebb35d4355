"""Lists of rosters and of fixed lists, of the lines of both, and of what waits for an answer."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.queries import offices_of
from yibao.apps.access.scope import Scope
from yibao.apps.access.spoken import language
from yibao.apps.desk.sources import COUNT, DAY, FEN, MOMENT, NAME, NUMBER
from yibao.apps.desk.tables import Row
from yibao.apps.registry.cells import NUMBER_READ, whole
from yibao.apps.subsidy.faults import told
from yibao.apps.subsidy.queries.listed import LINES, LISTS, ROSTER_ROWS, ROSTERS, WAITING
from yibao.apps.subsidy.sheets import category_choices, category_label
from yibao.console.desk.forms import ListForm
from yibao.console.listing import ACT, MARK, Column, List, Narrowed, register
from yibao.console.narrowing import PersonForm, both, by_person, equal
from yibao.console.subsidy.forms import GIVERS, LIST_KINDS, ROSTER_KINDS
from yibao.core.identity import mask_within
from yibao.database.sealing import NUMBER as NUMBERS
from yibao.database.sealing import index_of
from yibao.web import figures

STATES = {
    "matched": ("done", _("对应到人")),
    "unmatched": ("near", _("待答复")),
    "faulty": ("refused", _("有错误")),
    "rejected": ("stopped", _("已退回")),
}
ROSTER_STATES = {
    "open": ("open", _("待确认")),
    "confirmed": ("done", _("已确认")),
    "dropped": ("stopped", _("已作废")),
}


class RostersForm(ListForm):
    """Which rosters: whose, of which kind, how far."""

    department_id = forms.ChoiceField(label=_("部门"), required=False)
    kind = forms.ChoiceField(
        label=_("种类"), required=False, choices=[("", _("全部")), *ROSTER_KINDS]
    )
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), *((key, word) for key, (_glyph, word) in ROSTER_STATES.items())],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = [(str(one.id), one.name) for one in offices_of(self.scope, kinds=GIVERS)]
        self.fields["department_id"].choices = [("", _("全部")), *offices]  # type: ignore[attr-defined]
        self.dress()


class ListsForm(ListForm):
    """Which fixed lists."""

    # The form beside the list, which fixes another, has a field `kind`.
    which = forms.ChoiceField(
        label=_("名单"), required=False, choices=[("", _("全部")), *LIST_KINDS]
    )
    sent = forms.ChoiceField(
        label=_("下发"),
        required=False,
        choices=[("", _("全部")), ("yes", _("已下发")), ("no", _("未下发"))],
    )


class RowsForm(ListForm):
    """Which lines: whose, of which state and category."""

    number = forms.CharField(label=_("证件号码"), required=False, max_length=30)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), *((key, word) for key, (_glyph, word) in STATES.items())],
    )
    category = forms.ChoiceField(label=_("类别"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("全部")), *category_choices(self.scope.region)]
        self.fields["category"].choices = choices  # type: ignore[attr-defined]
        self.dress()


class WaitingForm(RowsForm):
    """Which of the lines that wait."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["state"]


class LinesForm(PersonForm):
    """Which lines of a fixed list."""

    category = forms.ChoiceField(label=_("类别"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("全部")), *category_choices(self.scope.region)]
        self.fields["category"].choices = choices  # type: ignore[attr-defined]
        self.dress()


def _rosters(given: dict[str, Any], scope: Scope) -> Narrowed:
    where, values = equal(given, "kind", "state")
    if given["department_id"]:
        where = [*where, "t.department_id = %(department_id)s"]
        values |= {"department_id": int(given["department_id"])}
    return where, values


def _lists(given: dict[str, Any], scope: Scope) -> Narrowed:
    where, values = equal({"kind": given["which"]}, "kind")
    if given["sent"]:
        where = [*where, "t.is_sent" if given["sent"] == "yes" else "not t.is_sent"]
    return where, values


def _rows(given: dict[str, Any], scope: Scope) -> Narrowed:
    where, values = equal(given, "state", "category")
    if given["number"]:
        where = [*where, "t.number_index = %(index)s"]
        values |= {"index": index_of("".join(given["number"].split()).upper(), of=NUMBERS)}
    return where, values


def _lines(given: dict[str, Any], scope: Scope) -> Narrowed:
    return both(by_person(given["who"]), equal(given, "category"))


def _number(row: Row, scope: Scope) -> str:
    return whole({}, row.secret_cells).get(NUMBER_READ, "")


def _category(row: Row, scope: Scope) -> str:
    return category_label(row.region, row.category)


def _state(row: Row, scope: Scope) -> tuple[str, str]:
    glyph, word = STATES[row.state]
    return glyph, str(word)


def _roster_kind(row: Row, scope: Scope) -> str:
    return str(dict(ROSTER_KINDS)[row.kind])


def _roster_state(row: Row, scope: Scope) -> tuple[str, str]:
    glyph, word = ROSTER_STATES[row.state]
    return glyph, str(word)


def _paper(row: Row, scope: Scope) -> tuple[str, str]:
    return ("done", gettext("已收到")) if row.paper_sealed else ("open", gettext("未收到"))


def _list_kind(row: Row, scope: Scope) -> str:
    return f"{dict(LIST_KINDS)[row.kind]} {row.id}"


def _sent(row: Row, scope: Scope) -> tuple[str, str]:
    if row.sent_at is None:
        return "open", gettext("未下发")
    return "done", figures.iso(row.sent_at)


def _faults(row: Row, scope: Scope) -> str:
    """Say what is wrong with a line and how it is cured."""
    spoken = language()
    mark, end = (". ", ".") if spoken == "en" else ("；", "")
    words = [told(one, spoken) for one in json.loads(row.faults)]
    said = [f"{one.reason}{mark}{one.remedy}{end}" for one in words]
    if not said and row.state == "unmatched":
        said = [gettext("登记中没有这个号码；核对号码，未登记的先登记")]
    return "　".join([*said, *([mask_within(row.answer)] if row.answer else [])])


_CATEGORY = ("category", "region")
_WHY = ("faults", "state", "answer")
_WHO = (
    Column("name", _("姓名"), NAME),
    Column("number", _("证件号码"), NUMBER, words=_number, needs=("secret_cells",), opt=True),
    Column("category", _("类别"), words=_category, needs=_CATEGORY),
)
_ANSWER = Column(
    "act",
    _("操作"),
    ACT,
    words=lambda row, scope: "" if row.state == "faulty" else gettext("答复"),
    needs=("state",),
    to="subsidy:row",
    action="subsidy.answer",
)
ROSTERS_LIST = register(
    List(
        "rosters",
        _("部门名单"),
        route="subsidy:rosters",
        action="subsidy.read",
        table=ROSTERS,
        columns=(
            Column("department", _("部门"), to="subsidy:roster"),
            Column("kind", _("种类"), words=_roster_kind),
            Column("category", _("类别"), words=_category, needs=_CATEGORY, opt=True, shown=False),
            Column("as_of", _("数据截止日"), DAY, opt=True, sorts=True),
            Column("uploaded_at", _("上传时间"), MOMENT, opt=True, sorts=True),
            Column("uploaded_by", _("上传人"), opt=True, shown=False),
            Column("rows_total", _("行数"), COUNT),
            Column("rows_good", _("对应到人"), COUNT),
            Column("paper_sealed", _("盖章纸质名单"), MARK, mark=_paper, opt=True, shown=False),
            Column("state", _("状态"), MARK, mark=_roster_state),
            Column("confirmed_by", _("确认人"), opt=True, shown=False),
            Column("confirmed_at", _("确认时间"), MOMENT, opt=True, shown=False),
        ),
        order=("id",),
        descending=True,
        form=RostersForm,
        narrow=_rosters,
        persons=False,
        # A roster concerns every place below its own.
        whole_scope=True,
        empty=(
            _("还没有部门名单"),
            _("请各部门按模板提供名单（纸质盖章和电子各一份），由经办上传。"),
        ),
    )
)
LISTS_LIST = register(
    List(
        "support_lists",
        _("锁定的名单"),
        route="subsidy:lists",
        action="subsidy.read",
        table=LISTS,
        columns=(
            Column("kind", _("名单"), words=_list_kind, to="subsidy:list"),
            Column("fixed_at", _("锁定时间"), MOMENT, opt=True),
            Column("fixed_by", _("锁定人"), opt=True, shown=False),
            # Lists of a year name the same persons again: no sum of them means anything.
            Column("persons", _("人数"), COUNT),
            Column("subsidy_fen", _("资助金额"), FEN, unit=_("元"), sorts=True),
            Column("is_sent", _("下发"), MARK, mark=_sent, needs=("sent_at",)),
        ),
        order=("id",),
        descending=True,
        form=ListsForm,
        narrow=_lists,
        persons=False,
        whole_scope=True,
        empty=(_("还没有锁定名单"), _("比对之后锁定，再下发各乡镇。")),
    )
)
WAITING_LIST = register(
    List(
        "waiting",
        _("名单差异"),
        route="subsidy:waiting",
        action="subsidy.answer",
        table=WAITING,
        columns=(
            *_WHO,
            Column("department", _("部门"), opt=True),
            Column("faults", _("差异"), words=_faults, needs=_WHY),
            _ANSWER,
        ),
        form=WaitingForm,
        narrow=lambda given, scope: _rows({"state": "", **given}, scope),
        empty=(_("没有等待答复的行"), _("所有名单行都已对应到人、退回或有错误。")),
    )
)
ROSTER_ROWS_LIST = register(
    List(
        "roster_rows",
        _("名单行"),
        route="subsidy:roster",
        action="subsidy.read",
        table=ROSTER_ROWS,
        arguments=("roster_id",),
        whole_scope=True,
        columns=(
            *_WHO,
            Column("state", _("状态"), MARK, mark=_state),
            Column("faults", _("原因和改法"), words=_faults, needs=_WHY, opt=True),
            Column("row_no", _("行号"), COUNT, opt=True),
            Column("sheet", _("工作表"), opt=True, shown=False),
            _ANSWER,
        ),
        order=("sheet", "row_no"),
        form=RowsForm,
        narrow=_rows,
        empty=(_("没有这样的行"), ""),
    )
)
LINES_LIST = register(
    List(
        "support_lines",
        _("资助对象"),
        route="subsidy:list",
        action="subsidy.read",
        table=LINES,
        arguments=("list_id",),
        columns=(
            Column("name", _("姓名"), NAME, to="registry:person", of="person_id"),
            Column("number", _("证件号码"), NUMBER, opt=True),
            Column("area_name", _("村（社区）")),
            Column(
                "category",
                _("类别"),
                MARK,
                mark=lambda row, scope: ("aid", _category(row, scope)),
                needs=_CATEGORY,
            ),
            Column("department", _("出资"), opt=True),
            Column("subsidy_fen", _("资助"), FEN, unit=_("元"), sums=True),
            Column("personal_fen", _("个人缴"), FEN, unit=_("元"), sums=True, opt=True),
        ),
        order=("area_no", "category"),
        form=LinesForm,
        narrow=_lines,
        empty=(_("此区划内没有资助对象"), ""),
    )
)
