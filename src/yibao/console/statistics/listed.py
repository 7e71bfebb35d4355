"""Lists of people and households: who is registered, how each stands, who is to be reached."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.scope import Scope
from yibao.apps.access.spoken import national_words
from yibao.apps.desk.sources import COUNT, DAY, FEN, MOMENT, NAME, NUMBER, PHONE
from yibao.apps.desk.tables import LED, Led, Row
from yibao.apps.statistics.queries.listed import BY_HOUSEHOLD, HOUSEHOLDS, PEOPLE, UNPAID
from yibao.console.desk.forms import ListForm
from yibao.console.forms import DayField
from yibao.console.listing import MARK, Column, List, Narrowed, register
from yibao.console.narrowing import PersonForm, between, both, by_person, equal
from yibao.rulebook.national import codes

NONE_GIVEN, COVERED = "none", "covered"
STANDS = {
    "own": ("done", _("本人缴费")),
    "supported": ("aid", _("资助参保")),
    "elsewhere": ("done", _("在他处参保")),
    "unpaid": ("open", _("未参保")),
}
_SEXES = {"male": _("男"), "female": _("女")}


def _code(listed: str, key: str) -> Any:
    def said(row: Row, scope: Scope) -> str:
        return national_words(listed, getattr(row, key))

    return said


def _stands(row: Row, scope: Scope) -> tuple[str, str]:
    glyph, word = STANDS[row.kind]
    return glyph, str(word)


def _reasons() -> list[tuple[str, Any]]:
    found = [(code, national_words("unpaid_reason", code)) for code in codes("unpaid_reason")]
    return [("", _("全部")), (NONE_GIVEN, _("村里未填写")), *found]


class UnpaidForm(PersonForm):
    """Who is to be reached: name or number, reason, whether there is a telephone."""

    reason = forms.ChoiceField(label=_("未缴原因"), required=False)
    owes = forms.ChoiceField(
        label=_("应缴"),
        required=False,
        choices=[("", _("全部")), ("yes", _("已核定应缴")), ("no", _("尚未核定"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = _reasons()  # type: ignore[attr-defined]
        self.dress()


class PeopleForm(PersonForm):
    """Who is registered: name or number, how the year stands, sex, age."""

    kind = forms.ChoiceField(
        label=_("参保状态"),
        required=False,
        choices=[
            ("", _("全部")),
            *((key, word) for key, (_glyph, word) in STANDS.items()),
            (COVERED, _("已参保（含资助、他处）")),
        ],
    )
    village_no = forms.CharField(label=_("户号"), required=False, max_length=20)
    sex = forms.ChoiceField(
        label=_("性别"), required=False, choices=[("", _("全部")), *_SEXES.items()]
    )
    since_first = DayField(label=_("参保时间自"), required=False)
    since_last = DayField(label=_("参保时间至"), required=False)
    born_from = forms.IntegerField(
        label=_("出生年份起"), required=False, min_value=1880, max_value=2200
    )
    born_last = forms.IntegerField(
        label=_("出生年份止"), required=False, min_value=1880, max_value=2200
    )


class HouseholdsForm(ListForm):
    """Which households: by number, or with somebody who is not insured."""

    village_no = forms.CharField(label=_("户号"), required=False, max_length=20)
    household_no = forms.CharField(label=_("家庭编号"), required=False, max_length=24)
    open = forms.BooleanField(label=_("只看有人未参保的"), required=False)


def _by(lead: str, *, words: str = "", **how: bool) -> Led:
    """Narrow to the persons that a selection gives, or leads to."""
    return Led(words or f"t.person_id in ({lead})", lead=lead, **how)


_GIVES_THE_REASON = _by("""select e.person_id from enrolment_enrolment e
    where e.year = %(year)s and e.unpaid_reason = %(reason)s and e.unpaid_reason <> ''
      and e.withdrawn_at is null""")
_HAS_NO_DUE = _by(
    """select p.id from registry_person p where not exists (
       select from collection_due d
        where d.person_id = p.id and d.year = %(year)s and d.cancelled_at is null)""",
    words="t.open_fen is null",
    looks_at_all=True,
)
_OF_THE_NUMBER = _by(
    """select m.id from registry_household r join registry_person m on m.household_id = r.id
        where r.village_no = %(village_no)s""",
    words="t.village_no = %(village_no)s",
)
_NUMBERED = Led(
    "t.village_no = %(village_no)s",
    lead="select r.id from registry_household r where r.village_no = %(village_no)s",
    column="t.id",
)
# Kinds that few are of, with whom an index leads to.
_LEADS = {
    "elsewhere": """select o.person_id from enrolment_othercover o
        where o.year = %(year)s and o.cancelled_at is null""",
    "supported": """select d.person_id from collection_due d
        where d.year = %(year)s and d.cancelled_at is null
          and d.paid_fen = 0 and d.subsidised_fen > 0""",
}


def _since(first: date | None, last: date | None) -> Narrowed:
    """By the day on which somebody was reached: paid, recorded, or proven elsewhere."""
    where, values = between("since", first, last)
    if not where:
        return where, values
    words = " and ".join(where)

    def days(column: str) -> str:
        return words.replace("t.since", column)

    lead = f"""(select d.person_id from collection_due d
         where d.year = %(year)s and d.cancelled_at is null and d.settled_at is not null
           and {days("d.settled_at")} limit {LED + 1})
        union all (select c.person_id from enrolment_coverage c
         where c.year = %(year)s and {days("c.recorded_at")} limit {LED + 1})
        union all (select o.person_id from enrolment_othercover o
         where o.year = %(year)s and o.cancelled_at is null and {days("o.recorded_at")}
         limit {LED + 1})"""  # noqa: S608 - fixed texts
    return [_by(lead, is_exact=False, words=words)], values


def _born(first: int | None, last: int | None) -> Narrowed:
    """By the year of birth, both included."""
    where, values = [], {}
    if first:
        where.append("{born} >= make_date(%(born_from)s, 1, 1)")
        values["born_from"] = first
    if last:
        where.append("{born} < make_date(%(born_last)s + 1, 1, 1)")
        values["born_last"] = last
    if not where:
        return [], {}
    words = " and ".join(where)
    lead = f"select o.id from registry_person o where {words.format(born='o.born')}"  # noqa: S608 - fixed texts
    return [_by(lead, words=words.format(born="t.born"))], values


def _unpaid(given: dict[str, Any], scope: Scope) -> Narrowed:
    where, values = by_person(given["who"])
    if given["reason"] == NONE_GIVEN:
        where = [*where, "t.unpaid_reason = ''"]
    elif given["reason"]:
        where, values = [*where, _GIVES_THE_REASON], values | {"reason": given["reason"]}
    if given["owes"]:
        where = [*where, "t.open_fen is not null" if given["owes"] == "yes" else _HAS_NO_DUE]
    return where, values


def _people(given: dict[str, Any], scope: Scope) -> Narrowed:
    where, values = both(
        by_person(given["who"]),
        equal(given, "sex"),
        _since(given["since_first"], given["since_last"]),
        _born(given["born_from"], given["born_last"]),
    )
    if given["village_no"]:
        where, values = [*where, _OF_THE_NUMBER], values | {"village_no": given["village_no"]}
    if given["kind"] == COVERED:
        where = [*where, "t.kind <> 'unpaid'"]
    elif given["kind"]:
        kind = "t.kind = %(kind)s"
        lead = _LEADS.get(given["kind"])
        where = [*where, _by(lead, is_exact=False, words=kind) if lead else kind]
        values |= {"kind": given["kind"]}
    return where, values


def _households(given: dict[str, Any], scope: Scope) -> Narrowed:
    where, values = equal(given, "household_no")
    if given["village_no"]:
        where, values = [*where, _NUMBERED], values | {"village_no": given["village_no"]}
    return ([*where, "t.members > t.insured"] if given["open"] else where), values


def _home(row: Row, scope: Scope) -> str:
    return row.village_no or ("—" if row.household_id else "")


_WHO = (
    Column("name", _("姓名"), NAME, to="registry:person", of="person_id"),
    Column("number", _("证件号码"), NUMBER, opt=True),
)
_WHERE = (
    Column("area_name", _("村（社区）"), opt=True, one_line=True),
    Column(
        "village_no",
        _("户号"),
        words=_home,
        needs=("village_no", "household_id"),
        to="statistics:household",
        of="household_id",
    ),
)
_TOLD = (
    Column("unpaid_reason", _("未缴原因"), words=_code("unpaid_reason", "unpaid_reason")),
    Column("notice_method", _("告知方式"), words=_code("notice_method", "notice_method"), opt=True),
)
UNPAID_LIST = register(
    List(
        "unpaid",
        _("未缴名单"),
        route="statistics:unpaid",
        action="statistics.export",
        table=UNPAID,
        columns=(
            *_WHO,
            Column("phone", _("电话"), PHONE, opt=True),
            *_WHERE,
            *_TOLD,
            Column("open_fen", _("应缴未缴"), FEN, unit=_("元"), sums=True),
            Column("born", _("出生日期"), DAY, shown=False, sorts=True, opt=True),
        ),
        order=BY_HOUSEHOLD,
        form=UnpaidForm,
        narrow=_unpaid,
        is_dated=True,
        empty=(_("没有未缴人员"), _("应参保的人都已缴费、受资助或在他处参保。")),
    )
)
PEOPLE_LIST = register(
    List(
        "people",
        _("花名册"),
        route="statistics:people",
        action="statistics.people",
        table=PEOPLE,
        columns=(
            *_WHO,
            Column(
                "sex", _("性别"), words=lambda row, scope: str(_SEXES.get(row.sex, "")), opt=True
            ),
            Column("born", _("出生日期"), DAY, sorts=True, opt=True),
            *_WHERE,
            Column("relation", _("与户主关系"), words=_code("relation", "relation"), opt=True),
            Column("kind", _("参保状态"), MARK, mark=_stands),
            Column("since", _("参保时间"), MOMENT, opt=True, shown=False),
            Column("open_fen", _("应缴未缴"), FEN, unit=_("元"), sums=True),
            Column("phone", _("电话"), PHONE, opt=True, shown=False),
            *(Column(one.key, one.label, words=one.words, opt=True, shown=False) for one in _TOLD),
        ),
        order=BY_HOUSEHOLD,
        form=PeopleForm,
        narrow=_people,
        is_dated=True,
        empty=(_("没有登记人员"), _("导入台账或登记人员后列在这里；请确认所选区划。")),
    )
)
HOUSEHOLDS_LIST = register(
    List(
        "households",
        _("家庭"),
        route="statistics:households",
        action="statistics.people",
        table=HOUSEHOLDS,
        columns=(
            Column(
                "village_no",
                _("户号"),
                words=lambda row, scope: row.village_no or row.household_no or gettext("未编号"),
                needs=("village_no", "household_no"),
                to="statistics:household",
            ),
            Column("head", _("户主"), NAME),
            Column("area_name", _("村（社区）"), opt=True),
            Column("members", _("人数"), COUNT),
            Column("insured", _("已参保"), COUNT),
            Column("open_fen", _("应缴未缴"), FEN, unit=_("元"), sums=True),
            Column("household_no", _("家庭编号"), opt=True, shown=False),
            Column("address", _("住址"), opt=True, shown=False),
        ),
        order=("area_no", "village_no"),
        form=HouseholdsForm,
        narrow=_households,
        empty=(_("没有家庭"), _("导入台账后按户列在这里；请确认所选区划。")),
    )
)
