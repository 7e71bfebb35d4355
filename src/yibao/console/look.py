"""The page of all components: what clerks see everywhere, once, in every theme."""

from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from yibao.console.forms import ConsoleForm, DayField
from yibao.console.page import ConsoleRequest, console_page, page
from yibao.web.figures import percent

# (a token, what it is for)
COLOURS: tuple[tuple[str, Any], ...] = (
    ("brand", _("动作")),
    ("bar", _("办公栏")),
    ("ok", _("完成")),
    ("warn", _("临近")),
    ("bad", _("拒绝、超期")),
    ("aid", _("资助")),
    ("law", _("条文")),
    ("text", _("正文")),
    ("text-2", _("次要")),
    ("text-3", _("说明")),
    ("line-control", _("控件边")),
    ("line", _("细线")),
)
THEMES: tuple[tuple[str, Any], ...] = (
    ("light", _("日间")),
    ("dark", _("夜间")),
    ("contrast", _("高对比")),
)
KEYS: tuple[tuple[str, Any], ...] = (
    ("Enter", _("下一格")),
    ("Shift Enter", _("上一格")),
    ("F2", _("查人")),
    ("Ctrl S", _("保存")),
    ("Ctrl Enter", _("提交")),
    ("Alt N", _("下一件")),
    ("Alt P", _("上一件")),
    ("Esc", _("关闭")),
)
# Made up: no row of a table stands behind these.
PEOPLE: tuple[dict[str, Any], ...] = (
    {"name": "陈明", "number": "430423199001010037", "village": "石仓村", "mark": "open"},
    {"name": "陈建德", "number": "430423198505051619", "village": "茶园台村", "mark": "near"},
    {"name": "陈雪莲", "number": "430423197210108842", "village": "仙鹅村", "mark": "aid"},
)
STATES = {"open": _("未缴"), "near": _("承诺 12-20 缴"), "aid": _("边缘，补 140")}
MASKS = "430423********1026　138****5521　王*梅　李*　欧阳*华"
NAME = "欧阳*华"
FEN = {"open": 28000, "near": 28000, "aid": 14000}


class SampleForm(ConsoleForm):
    """A form whose first two fields are always wrong, to show how that looks."""

    number = forms.CharField(label=_("证件号码"))
    paid_on = DayField(label=_("缴费日期"))
    name = forms.CharField(label=_("姓名"), widget=forms.TextInput(attrs={"readonly": True}))
    case = forms.ChoiceField(
        label=_("特殊情形"),
        widget=forms.RadioSelect,
        choices=[("moved", _("新迁入")), ("veteran", _("复转军人")), ("graduate", _("毕业未就业"))],
    )

    def clean(self) -> dict[str, Any]:
        """Find the two mistakes of the sample."""
        self.add_error("number", ValidationError(_("校验码不符，末位应为 X"), code="E102"))
        self.add_error("paid_on", ValidationError(_("在缴费期之后，须选择特殊情形"), code="E214"))
        return super().clean() or {}


def _sample() -> SampleForm:
    given = {"number": "430423********0912", "paid_on": "20210104", "name": "周*平"}
    return SampleForm(given | {"case": "veteran"})


@console_page()
def look(request: ConsoleRequest) -> HttpResponse:
    """Show every component in the reader's own theme, and the three themes side by side."""
    rows = [
        SimpleNamespace(**one, fen=FEN[one["mark"]], state=STATES[one["mark"]]) for one in PEOPLE
    ]
    days = ["11-15", "11-30", "12-10", "12-18"]
    lines: list[dict[str, Any]] = [
        {"name": str(_("今年")), "data": [672, 800, 877, 938]},
        {"name": str(_("去年")), "data": [610, 724, 803, 883], "muted": True},
    ]
    trend = {
        "kind": "trend",
        "scale": 10,
        "x": days,
        "series": lines,
        "target": 95,
        "said": str(_("目标 95%")),
    }
    context = {
        "colours": COLOURS,
        "themes": THEMES,
        "keys": KEYS,
        "rows": rows,
        "sample_masks": MASKS,
        "sample_name": NAME,
        "owed": sum(row.fen for row in rows),
        "sample": _sample(),
        "trend": trend,
        "points": [
            (day, *(percent(line["data"][at], 1000) for line in lines))
            for at, day in enumerate(days)
        ],
    }
    return page(request, "console/look.html", context, status=200)
