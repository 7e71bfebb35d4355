"""The lines of an account, and the parties of a sub-ledger, as lists."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.scope import Scope
from yibao.apps.desk.sources import COUNT, DAY, FEN, NAME
from yibao.apps.desk.tables import Row, Table
from yibao.apps.fund.listed import LINES, LINES_WITH_BALANCE, PARTIES
from yibao.apps.fund.models import BookKind
from yibao.console.desk.forms import ListForm
from yibao.console.fund import words
from yibao.console.fund.asked import Opened
from yibao.console.fund.period import period_of
from yibao.console.fund.shown import memo, on_its_side, voucher
from yibao.console.listing import Column, List, Narrowed, register
from yibao.console.narrowing import both, by_person
from yibao.console.page import said
from yibao.core.books.chart import Account
from yibao.core.books.subledgers import PERSON
from yibao.core.refusal import Refusal

BALANCE = "balance_fen"
# Who a party is lies in later apps than the books.
_NAMED = """
select n.*,
       case when n.party_kind = 'person'
            then (select p.name from registry_person p where p.id = n.party_id) end as person,
       case n.party_kind
         when 'institution' then (select i.name from care_institution i where i.id = n.party_id)
         when 'operator' then (select o.name from access_operator o where o.id = n.party_id)
       end as party
  from ({lines}) n"""
# Books whose parties are persons or staff: their lists leave by the door of exports.
_NAMING = (BookKind.DUES, BookKind.CUSTODY)
_TO_PARTY = ("party_id", "party_kind", "book_id")


class LinesForm(ListForm):
    """Which lines of an account: of which month or year, on which side, with which words."""

    month = forms.CharField(label=_("月份"), required=False, widget=forms.Select)
    side = forms.ChoiceField(
        label=_("借贷"),
        required=False,
        choices=[("", _("全部")), ("debit", _("借方")), ("credit", _("贷方"))],
    )
    text = forms.CharField(label=_("摘要或凭证号"), required=False, max_length=40)

    def __init__(self, *args: Any, at: Opened | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if at is not None:
            months = [(one.key, one.label) for one in at.choices]
            self.fields["month"].widget.choices = months  # type: ignore[attr-defined]
        self.dress()

    def clean_month(self) -> Any:
        """Return the time, nothing for all of it."""
        try:
            given = self.cleaned_data["month"]
            return period_of(given) if given else None
        except Refusal as refusal:
            raise ValidationError(said(refusal), code=refusal.code) from refusal


class PartiesForm(ListForm):
    """Which parties: called how, and whether those too whose account is settled."""

    who = forms.CharField(label=_("姓名或名称"), required=False, max_length=40)
    # What an empty choice means is asked most often.
    open = forms.ChoiceField(
        label=_("范围"), required=False, choices=[("", _("只看有余额")), ("0", _("全部"))]
    )


def _lines(given: dict[str, Any], scope: Scope) -> Narrowed:
    where: list[str] = []
    values: dict[str, Any] = {}
    if given["month"]:
        where = ["t.posted_on >= %(month_from)s and t.posted_on < %(month_until)s"]
        values = {"month_from": given["month"].from_, "month_until": given["month"].until}
    if given["side"]:
        where = [*where, f"t.{given['side']}_fen > 0"]
    if text := given["text"].strip():
        where = [*where, "position(%(text)s in t.memo) > 0 or t.voucher_no::text = %(number)s"]
        values |= {"text": text, "number": text.lstrip("0")}
    return where, values


def _parties(given: dict[str, Any], scope: Scope) -> Narrowed:
    left = [] if given["open"] else ["t.debit_fen <> t.credit_fen"]
    return both((left, {}), _called(given["who"]))


def _called(text: str) -> Narrowed:
    """By a person's number or the beginning of the name, or by a part of any other name."""
    where, values = by_person(text, person="t.id", name="p.name")
    if not where:
        return [], {}
    person = where[0]
    if "name" in values:
        person = f"t.id in (select p.id from registry_person p where {person})"  # noqa: S608 - fixed text
    found = f"t.party_kind = 'person' and {person} or position(%(part)s in t.party) > 0"
    return [found], {**values, "part": "".join(text.split())}


def _voucher(row: Row, scope: Scope) -> str:
    return voucher(row.voucher_no, row.entry_id)


def _amount(key: str) -> Any:
    """Return an amount, nothing for none: a line stands on one side."""
    return lambda row, scope: getattr(row, key) or None


def _side(key: str, label: Any) -> Column:
    return Column(
        key, label, FEN, words=_amount(key), needs=(key,), unit=_("元"), sums=True, opt=True
    )


def _kind(row: Row, scope: Scope) -> str:
    return str(words.PARTY_KINDS.get(row.party_kind, row.party_kind))


def _party(row: Row, scope: Scope) -> str:
    """Return what a party is called, by its number where nobody has it; a person stands apart."""
    if not row.party_id or row.party_kind == PERSON:
        return ""
    return row.party or f"{_kind(row, scope)} {row.party_id}"


_PERSON = Column("person", _("参保人"), NAME, to="fund:party", of=_TO_PARTY)
_PARTY = Column(
    "party",
    _("往来对象"),
    words=_party,
    needs=("party", "party_kind", "party_id"),
    to="fund:party",
    of=_TO_PARTY,
)
LINES_LIST = register(
    List(
        "fund_lines",
        _("明细账"),
        route="fund:account",
        action="fund.read",
        table=Table(_NAMED.format(lines=LINES)),
        arguments=("book_id", "account"),
        coded=("account",),
        columns=(
            Column(
                "voucher_no",
                _("凭证"),
                words=_voucher,
                to="fund:entry",
                of="entry_id",
                needs=("voucher_no",),
            ),
            Column("posted_on", _("日期"), DAY),
            Column("memo", _("摘要"), words=memo, opt=True),
            _PERSON,
            _PARTY,
            replace(_side("debit_fen", _("借方")), opt=False),
            replace(_side("credit_fen", _("贷方")), opt=False),
        ),
        order=("posted_on",),
        descending=True,
        form=LinesForm,
        narrow=_lines,
        whole_scope=True,
        empty=(_("本期没有分录"), _("请换一个月份。")),
    )
)
PARTIES_LIST = register(
    List(
        "fund_parties",
        _("往来对象"),
        route="fund:parties",
        action="fund.read",
        table=Table(_NAMED.format(lines=PARTIES)),
        arguments=("book_id",),
        columns=(
            _PERSON,
            _PARTY,
            Column("party_kind", _("种类"), words=_kind, opt=True, shown=False),
            Column("entries", _("凭证"), COUNT, opt=True),
            Column("last_on", _("最近"), DAY, opt=True),
            _side("debit_fen", _("借方")),
            _side("credit_fen", _("贷方")),
            Column(BALANCE, _("余额"), FEN, unit=_("元"), sums=True),
        ),
        order=("party_kind",),
        grouped="party_kind",
        form=PartiesForm,
        narrow=_parties,
        whole_scope=True,
        empty=(_("没有余额"), _("所有往来都已结清；可改看全部。")),
    )
)


def lines_of(at: Opened, account: Account, *, has_balance: bool) -> List:
    """Return the list of an account's lines: whose they are as the book has it, and the balance."""
    columns, table = _told(LINES_LIST, at.book.kind), LINES_LIST.table
    if has_balance:
        table = Table(_NAMED.format(lines=LINES_WITH_BALANCE))
    balance = Column(
        BALANCE,
        _("余额"),
        FEN,
        words=lambda row, scope: on_its_side(account, row.balance_fen),
        needs=(BALANCE,),
        unit=_("元"),
        opt=True,
        shown=has_balance,
    )
    return replace(
        LINES_LIST,
        table=table,
        columns=(*columns, balance),
        form=lambda state, **given: LinesForm(state, at=at, **given),
        persons=at.book.kind in _NAMING,
    )


def parties_of(kind: str) -> List:
    """Return the list of a sub-ledger's parties."""
    return replace(PARTIES_LIST, columns=_told(PARTIES_LIST, kind), persons=kind in _NAMING)


def _told(one: List, kind: str) -> Sequence[Column]:
    """Return the columns without those of parties that a kind of book has not."""
    dropped = {BookKind.MAIN.value: {"person", "party"}, BookKind.DUES.value: {"party"}}
    left = dropped.get(kind, {"person"})
    return tuple(column for column in one.columns if column.key not in left)
