"""The day book of a book as a list."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.scope import Scope
from yibao.apps.desk.sources import DAY, FEN, MOMENT
from yibao.apps.desk.tables import Row
from yibao.apps.fund.charts import account_name, chart_of
from yibao.apps.fund.listed import ENTRIES
from yibao.console.desk.forms import ListForm
from yibao.console.fund import words
from yibao.console.fund.asked import Opened
from yibao.console.fund.shown import memo, several, voucher
from yibao.console.listing import MARK, Column, List, register

RUNNING = "running_fen"


class EntriesForm(ListForm):
    """Which entries of an open book: of which month or year, account, business and source."""

    month = forms.ChoiceField(label=_("月份"), required=False)
    account = forms.ChoiceField(label=_("科目"), required=False)
    kind = forms.ChoiceField(label=_("业务"), required=False)
    source = forms.ChoiceField(label=_("来源"), required=False)

    def __init__(self, data: Any, *, at: Opened, **kwargs: Any) -> None:
        given = data.copy()
        given.setdefault("month", at.period.key)
        super().__init__(given, **kwargs)
        chart = [(one.code, f"{one.code} {account_name(one)}") for one in chart_of(at.book.kind)]
        choices: dict[str, Sequence[tuple[str, Any]]] = {
            "month": [(one.key, one.label) for one in at.choices],
            "account": [("", _("全部科目")), *chart],
            "kind": [("", _("全部业务")), *words.KINDS_OF_BOOK[at.book.kind].items()],
            "source": [("", _("全部来源")), *words.SOURCES.items()],
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]
        self.dress()


def _voucher(row: Row, scope: Scope) -> str:
    return voucher(row.voucher_no, row.id)


def _names(row: Row, codes: Sequence[str]) -> str:
    chart = chart_of(row.book_kind)
    return several([account_name(chart.account(code)) for code in codes])


def _debited(row: Row, scope: Scope) -> str:
    return _names(row, row.debited)


def _credited(row: Row, scope: Scope) -> str:
    return _names(row, row.credited)


def _kind(row: Row, scope: Scope) -> str:
    return words.entry_kind(row.kind)


def _source(row: Row, scope: Scope) -> str:
    return f"{words.source(row.source_kind)} {row.source_id}"


def _by(row: Row, scope: Scope) -> str:
    return row.posted_by or gettext("系统任务")


def _reversal(row: Row, scope: Scope) -> tuple[str, str]:
    if row.reverses:
        return "stopped", gettext("冲销")
    return ("refused", gettext("已被冲销")) if row.is_reversed else ("done", "")


ENTRIES_LIST = register(
    List(
        "fund_entries",
        _("凭证"),
        route="fund:days",
        action="fund.read",
        table=ENTRIES,
        arguments=("book_id", "from_", "until", "account", "kind", "source"),
        columns=(
            Column("voucher_no", _("凭证"), words=_voucher, to="fund:entry"),
            Column("posted_on", _("日期"), DAY),
            Column("memo", _("摘要"), words=memo),
            Column("kind", _("业务"), words=_kind, opt=True, shown=False),
            Column(
                "debited", _("借方科目"), words=_debited, needs=("book_kind", "debited"), opt=True
            ),
            Column(
                "credited",
                _("贷方科目"),
                words=_credited,
                needs=("book_kind", "credited"),
                opt=True,
            ),
            Column("amount_fen", _("金额"), FEN, unit=_("元"), sums=True, sorts=True),
            Column(RUNNING, _("累计"), FEN, unit=_("元"), opt=True, shown=False),
            Column("reverses", _("冲销"), MARK, mark=_reversal, needs=("reverses", "is_reversed")),
            Column(
                "source_id",
                _("来源"),
                words=_source,
                needs=("source_kind", "source_id"),
                opt=True,
                shown=False,
            ),
            Column(
                "posted_by", _("记账人"), words=_by, needs=("posted_by",), opt=True, shown=False
            ),
            Column("posted_at", _("录入时间"), MOMENT, opt=True, shown=False),
        ),
        order=("posted_on",),
        descending=True,
        grouped="kind",
        first=4,
        persons=False,
        whole_scope=True,
        empty=(_("没有凭证"), _("请换一个月份，或清空查询条件。")),
    )
)
