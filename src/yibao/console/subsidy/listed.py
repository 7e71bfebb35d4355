"""Lists of roster lines, of what waits for an answer, and of the lines of a fixed list."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.scope import Scope
from yibao.apps.desk.sources import COUNT, FEN, NAME, NUMBER
from yibao.apps.desk.tables import Row
from yibao.apps.registry.cells import NUMBER_READ, whole
from yibao.apps.subsidy.queries.listed import LINES, ROSTER_ROWS, WAITING
from yibao.apps.subsidy.sheets import category_choices, category_label
from yibao.console.desk.forms import ListForm
from yibao.console.listing import ACT, MARK, Column, List, Narrowed, register
from yibao.console.narrowing import PersonForm, both, by_person, equal
from yibao.database.sealing import NUMBER as NUMBERS
from yibao.database.sealing import index_of

STATES = {
    "matched": ("done", _("对应到人")),
    "unmatched": ("near", _("待答复")),
    "faulty": ("refused", _("有错误")),
    "rejected": ("stopped", _("已退回")),
}


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
    return category_label(row.region, row.category) if row.category else ""


def _state(row: Row, scope: Scope) -> tuple[str, str]:
    glyph, word = STATES[row.state]
    return glyph, str(word)


def _faults(row: Row, scope: Scope) -> str:
    """Say what is wrong with a line and how it is cured."""
    said = [f"{one['reason']}；{one['remedy']}" for one in json.loads(row.faults)]
    if not said and row.state == "unmatched":
        said = [gettext("登记中没有这个号码；核对号码，未登记的先登记")]
    return "　".join([*said, *([row.answer] if row.answer else [])])


_WHY = ("faults", "state", "answer")
_WHO = (
    Column("name", _("姓名"), NAME),
    Column("number", _("证件号码"), NUMBER, words=_number, needs=("secret_cells",), opt=True),
    Column("category", _("类别"), words=_category, needs=("category", "region")),
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
                needs=("category", "region"),
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
