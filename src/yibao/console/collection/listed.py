"""Lists of payments and their files, of what waits for a due, and of dues."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.scope import Scope
from yibao.apps.collection import matching
from yibao.apps.collection.policy import channel_label, voucher_label
from yibao.apps.collection.queries.listed import DUES, FILES, PAYMENTS, UNMATCHED
from yibao.apps.desk.sources import COUNT, FEN, MOMENT, NAME, NUMBER
from yibao.apps.desk.tables import LED, Led, Row
from yibao.apps.registry.queries.search import above
from yibao.apps.subsidy.sheets import category_label
from yibao.console.collection.forms import channel_choices
from yibao.console.desk.forms import ListForm
from yibao.console.forms import DayField
from yibao.console.listing import ACT, MARK, Column, List, Narrowed, register
from yibao.console.narrowing import PersonForm, between, both, by_person, equal
from yibao.database.sealing import NUMBER as NUMBERS
from yibao.database.sealing import index_of


class PaymentsForm(ListForm):
    """Which payments: whose, by which channel, how far, in which days."""

    text = forms.CharField(label=_("证件号或姓名"), required=False, max_length=30)
    channel = forms.ChoiceField(label=_("渠道"), required=False)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[
            ("", _("全部")),
            ("matched", _("已入账")),
            ("unmatched", _("待查")),
            ("new", _("未匹配")),
        ],
    )
    paid_from = DayField(label=_("缴费日期自"), required=False)
    paid_last = DayField(label=_("至"), required=False)
    voucher_no = forms.CharField(label=_("凭证号"), required=False, max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("全部")), *channel_choices(self.scope, self.year)]
        self.fields["channel"].choices = choices  # type: ignore[attr-defined]
        self.dress()


class FilesForm(ListForm):
    """Which files: of which days, with or without what could not be read."""

    received_from = DayField(label=_("导入日期自"), required=False)
    received_last = DayField(label=_("至"), required=False)
    faulty = forms.BooleanField(label=_("只看有错误行的"), required=False)


class UnmatchedForm(ListForm):
    """Which of the payments that wait: whose, and why."""

    text = forms.CharField(label=_("证件号或姓名"), required=False, max_length=30)
    reason = forms.ChoiceField(
        label=_("原因"), required=False, choices=[("", _("全部")), *matching.REASONS.items()]
    )


class DuesForm(PersonForm):
    """Which dues: whose, settled or open."""

    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), ("open", _("未缴清")), ("settled", _("已缴清"))],
    )


def _whose(text: str, *, payment: str) -> Narrowed:
    """By the number that was paid for, or by the beginning of the name that the channel wrote.

    `payment` is the table's column of the payment.
    """
    text = "".join(text.split()).upper()
    if not text:
        return [], {}
    called = "{t}.name >= %(text)s and {t}.name < %(text_end)s".format
    words = f"t.number_index = %(index)s or ({called(t='t')})"
    lead = f"""(select y.id from collection_payment y
         where y.year = %(year)s and y.number_index = %(index)s)
        union (select y.id from collection_payment y
         where y.year = %(year)s and {called(t="y")} limit {LED + 1})"""  # noqa: S608 - fixed texts
    return [Led(words, lead=lead, column=payment)], {
        "index": index_of(text, of=NUMBERS),
        "text": text,
        "text_end": above(text),
    }


_STATES = {
    # Most are: said so that the planner takes many for matched, and walks.
    "matched": "case t.state when %(state)s then true else false end",
    "unmatched": Led(
        "t.state = %(state)s",
        lead="select u.payment_id from collection_unmatchedpayment u where u.closed_at is null",
        column="t.id",
        is_exact=False,
    ),
    "new": Led(
        "t.state = %(state)s",
        lead="""select y.id from collection_payment y where y.year = %(year)s and not exists (
            select from collection_paymentmatch m where m.payment_id = y.id)""",
        column="t.id",
        is_exact=False,
        looks_at_all=True,
        merges=True,
    ),
}


def _payments(given: dict[str, Any], scope: Scope) -> Narrowed:
    return both(
        _whose(given["text"], payment="t.id"),
        equal(given, "channel", "voucher_no"),
        ([_STATES.get(given["state"], "t.state = %(state)s")], {"state": given["state"]})
        if given["state"]
        else ([], {}),
        between("paid_at", given["paid_from"], given["paid_last"]),
    )


def _files(given: dict[str, Any], scope: Scope) -> Narrowed:
    where, values = between("received_at", given["received_from"], given["received_last"])
    return ([*where, "t.is_faulty"] if given["faulty"] else where), values


def _unmatched(given: dict[str, Any], scope: Scope) -> Narrowed:
    where, values = _whose(given["text"], payment="t.payment_id")
    if given["reason"]:
        # A refusal of the coverage rule has its own words behind a colon.
        where = [*where, "split_part(t.reason, ':', 1) = %(reason)s"]
        values |= {"reason": given["reason"]}
    return where, values


def _dues(given: dict[str, Any], scope: Scope) -> Narrowed:
    where, values = by_person(given["who"])
    if given["state"]:
        where = [*where, "t.is_settled" if given["state"] == "settled" else "not t.is_settled"]
    return where, values


def _channel(row: Row, scope: Scope) -> str:
    return channel_label(row.region, row.channel)


def _voucher(row: Row, scope: Scope) -> str:
    return f"{voucher_label(row.region, row.voucher_kind)} {row.voucher_no}"


def _reason(row: Row, scope: Scope) -> str:
    return matching.label(row.reason, row.region)


def _paid(row: Row, scope: Scope) -> tuple[str, str]:
    if row.state == "matched":
        return "done", gettext("已入账")
    if row.reason:
        return "near", _reason(row, scope)
    return "open", gettext("未匹配")


def _read(row: Row, scope: Scope) -> tuple[str, str]:
    return ("near", gettext("有错误行")) if row.is_faulty else ("done", gettext("全部可读"))


def _of_channel(row: Row, scope: Scope) -> str:
    return channel_label(row.region, row.channel) if row.channel else gettext("按文件中的列")


def _by(row: Row, scope: Scope) -> str:
    return row.received_by or gettext("系统任务")


def _settled(row: Row, scope: Scope) -> tuple[str, str]:
    return ("done", gettext("已缴清")) if row.is_settled else ("open", gettext("未缴清"))


def _category(row: Row, scope: Scope) -> str:
    return category_label(row.region, row.category)


_PAYER = (
    Column("name", _("姓名"), NAME),
    Column("number", _("证件号码"), NUMBER, opt=True),
)
_CHANNEL = Column("channel", _("渠道"), words=_channel, needs=("region", "channel"), opt=True)
PAYMENTS_LIST = register(
    List(
        "payments",
        _("缴费记录"),
        route="collection:payments",
        action="collection.read",
        table=PAYMENTS,
        columns=(
            Column("paid_at", _("缴费时间"), MOMENT, to="collection:payment", sorts=True),
            *_PAYER,
            _CHANNEL,
            Column(
                "voucher_no",
                _("凭证"),
                words=_voucher,
                needs=("region", "voucher_kind", "voucher_no"),
                opt=True,
            ),
            Column("amount_fen", _("金额"), FEN, unit=_("元"), sums=True, sorts=True),
            Column("state", _("状态"), MARK, mark=_paid, needs=("state", "reason", "region")),
            Column("insured_place", _("参保地"), opt=True, shown=False),
        ),
        order=("paid_at",),
        descending=True,
        grouped="channel",
        form=PaymentsForm,
        narrow=_payments,
        empty=(_("没有符合条件的缴费"), _("请放宽条件，或由县级经办导入税务的缴费文件。")),
    )
)
FILES_LIST = register(
    List(
        "payment_files",
        _("缴费文件"),
        route="collection:files",
        action="collection.read",
        table=FILES,
        columns=(
            Column("file_name", _("文件"), to="collection:file"),
            Column("received_at", _("导入时间"), MOMENT),
            Column("received_by", _("导入人"), words=_by, needs=("received_by",), opt=True),
            Column(
                "channel",
                _("渠道"),
                words=_of_channel,
                needs=("region", "channel"),
                opt=True,
                shown=False,
            ),
            Column("rows_total", _("行数"), COUNT),
            Column("rows_taken", _("入库"), COUNT),
            Column("rows_known", _("此前已入"), COUNT, opt=True),
            Column("rows_faulty", _("有误"), COUNT),
            Column("amount_fen", _("金额"), FEN, unit=_("元"), sums=True, sorts=True),
            Column("is_faulty", _("状态"), MARK, mark=_read),
        ),
        order=("id",),
        descending=True,
        form=FilesForm,
        narrow=_files,
        persons=False,
        # A file is the whole post's, whatever part of its area is looked at.
        whole_scope=True,
        empty=(_("还没有导入过缴费文件"), _("请从税务取得缴费明细，按模板整理后导入。")),
    )
)
UNMATCHED_LIST = register(
    List(
        "unmatched",
        _("待查缴费"),
        route="collection:unmatched",
        action="collection.read",
        table=UNMATCHED,
        columns=(
            Column("name", _("姓名"), NAME, to="collection:payment", of="payment_id"),
            Column("paid_at", _("缴费时间"), MOMENT, opt=True),
            Column("number", _("证件号码"), NUMBER, opt=True),
            Column("amount_fen", _("金额"), FEN, unit=_("元"), sums=True, sorts=True),
            Column("reason", _("原因"), words=_reason, needs=("reason", "region")),
            _CHANNEL,
            Column(
                "act",
                _("操作"),
                ACT,
                words=lambda row, scope: gettext("核对认领"),
                needs=("payment_id",),
                to="collection:claim",
                of="payment_id",
                action="collection.claim",
            ),
        ),
        form=UnmatchedForm,
        narrow=_unmatched,
        empty=(_("没有待查的缴费"), _("所有到账的款项都已对应到人。")),
    )
)
DUES_LIST = register(
    List(
        "dues",
        _("应缴台账"),
        route="collection:dues",
        action="collection.read",
        table=DUES,
        columns=(
            Column("name", _("姓名"), NAME, to="registry:person", of="person_id"),
            Column("number", _("证件号码"), NUMBER, opt=True),
            Column("area_name", _("村（社区）"), opt=True),
            Column("owed_fen", _("应缴"), FEN, unit=_("元"), sums=True),
            Column("subsidised_fen", _("资助"), FEN, unit=_("元"), sums=True, opt=True),
            Column("paid_fen", _("已缴"), FEN, unit=_("元"), sums=True),
            Column("open_fen", _("未缴"), FEN, unit=_("元"), sums=True, sorts=True),
            Column("is_settled", _("状态"), MARK, mark=_settled),
            Column(
                "category", _("资助类别"), words=_category, needs=("category", "region"), opt=True
            ),
            Column("settled_at", _("缴清时间"), MOMENT, opt=True, shown=False),
            Column("raised_at", _("核定时间"), MOMENT, opt=True, shown=False),
        ),
        order=("area_no",),
        form=DuesForm,
        narrow=_dues,
        empty=(_("没有应缴"), _("县级经办在“核定与匹配”核定后列在这里。")),
    )
)
