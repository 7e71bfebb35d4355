"""The audit log for the auditor: looked through, taken as a sheet, and as a pack of evidence."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from yibao.apps.access import evidence
from yibao.apps.access.models import AuditRecord, Role
from yibao.apps.access.queries import audit_search
from yibao.apps.access.queries.audit_search import Search
from yibao.apps.desk.sheets import plain
from yibao.console.access.acts import act_words, all_acts
from yibao.console.forms import ConsoleForm, DayField, WordsField
from yibao.console.page import ConsoleRequest, address, console_page, page
from yibao.web.figures import moment

_SIZE, _DIGITS, _MOST = 50, 19, 20_000

# What a record is of: its words, the page that shows it, the table that it lies in.
OBJECTS: dict[str, tuple[Any, str, str]] = {
    "person": (_l("人员"), "registry:person", "registry_person"),
    "identity_document": (_l("证件"), "", "registry_identitydocument"),
    "person_identity": (_l("身份标识"), "", "registry_personidentity"),
    "settlement": (_l("结算"), "claims:settlement", "claims_settlement"),
    "enrolment": (_l("参保"), "", "enrolment_enrolment"),
    "coverage": (_l("待遇期"), "", "enrolment_coverage"),
    "ledger_import": (_l("台账"), "enrolment:import", "enrolment_ledgerimport"),
    "payment": (_l("缴费"), "collection:payment", "collection_payment"),
    "payment_file": (_l("缴费文件"), "collection:file", "collection_paymentfile"),
    "cash_collection": (_l("代收现金"), "", "collection_cashcollection"),
    "receipt": (_l("收据"), "", ""),
    "cash_deposit": (_l("现金入库"), "", "collection_cashdeposit"),
    "roster": (_l("资助名单"), "subsidy:roster", "subsidy_roster"),
    "roster_row": (_l("名单行"), "subsidy:row", "subsidy_rosterrow"),
    "support_list": (_l("锁定名单"), "subsidy:list", "subsidy_supportlist"),
    "grant": (_l("资助资金"), "subsidy:grant", "subsidy_grant"),
    "entry": (_l("凭证"), "fund:entry", "fund_entry"),
    "book": (_l("账簿"), "fund:book", ""),
    "institution": (_l("医疗机构"), "care:institution", "care_institution"),
    "operator": (_l("账号"), "access:operator", ""),
    "post": (_l("岗位"), "", ""),
    "proposal": (_l("政策提案"), "policy:proposal", ""),
    "simulation": (_l("试算"), "policy:simulation", ""),
    "export": (_l("导出"), "desk:export", ""),
    "job": (_l("任务"), "desk:job", ""),
    "audit": (_l("审计日志"), "", ""),
    "due": (_l("应缴"), "", "collection_due"),
    "household": (_l("家庭"), "registry:household", "registry_household"),
    "cash_declaration": (_l("现金申报"), "", "collection_cashdeclaration"),
    "other_cover": (_l("其他参保"), "", ""),
    "rule": (_l("政策规则"), "", ""),
    "verification": (_l("独立校验"), "", ""),
    "notice": (_l("通知公告"), "", ""),
    "organisation": (_l("机构"), "", ""),
    "region": (_l("统筹地区"), "", ""),
    "insured_year": (_l("参保年度"), "", ""),
    "year": (_l("参保年度"), "", ""),
    "draft": (_l("草稿"), "", ""),
    # Lists, and what was looked for: many people at once.
    "people": (_l("花名册"), "", ""),
    "households": (_l("家庭名单"), "", ""),
    "unpaid": (_l("未缴名单"), "", ""),
    "coverages": (_l("参保记录"), "", ""),
    "dues": (_l("应缴台账"), "", ""),
    "looks": (_l("查询记录"), "", ""),
    "search": (_l("查人"), "", ""),
    "page": (_l("页面"), "", ""),
}
_KINDS = [(kind, words) for kind, (words, _to, _table) in OBJECTS.items()]
_OUTCOMES = [("done", _l("完成")), ("refused", _l("拒绝"))]


class SearchForm(ConsoleForm):
    """The conditions above the log; all may be left out."""

    who = forms.CharField(label=_l("工号或姓名"), max_length=40, required=False)
    role = forms.ChoiceField(label=_l("岗位"), required=False)
    action = forms.ChoiceField(label=_l("做了什么"), required=False)
    kind = forms.ChoiceField(label=_l("对象"), required=False)
    number = forms.CharField(label=_l("对象编号"), max_length=40, required=False)
    outcome = forms.ChoiceField(label=_l("结果"), required=False)
    first = DayField(label=_l("从"), required=False)
    last = DayField(label=_l("到"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [("", _("全部"))]
        choices = {
            "role": [(role.value, role.label) for role in Role],
            "action": all_acts(),
            "kind": _KINDS,
            "outcome": _OUTCOMES,
        }
        for name, given in choices.items():
            self.fields[name].choices = every + [(code, words) for code, words in given]

    def search(self) -> Search:
        """Return what is asked; a field that cannot be read asks nothing."""
        if self.is_bound:
            self.is_valid()
        given = self.cleaned_data if self.is_bound else {}
        return Search(
            who=given.get("who", ""),
            role=given.get("role", ""),
            action=given.get("action", ""),
            object_kind=given.get("kind", ""),
            object_id=given.get("number", ""),
            outcome=given.get("outcome", ""),
            first=given.get("first"),
            last=given.get("last"),
        )


class EvidenceForm(ConsoleForm):
    """What the evidence is of, and why it is taken."""

    kind = forms.ChoiceField(label=_l("对象"), required=False)
    number = forms.CharField(label=_l("对象编号"), max_length=18, required=False)
    who = forms.CharField(label=_l("经办人工号或姓名"), max_length=40, required=False)
    first = DayField(label=_l("从"), required=False)
    last = DayField(label=_l("到"), required=False)
    reason = WordsField(label=_l("事由"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("不限")), *_KINDS]

    def clean(self) -> dict[str, Any]:
        """Ask for a thing, a person or a range of days: not for everything."""
        given = super().clean() or {}
        thing = bool(given.get("kind") and given.get("number"))
        days = bool(given.get("first") and given.get("last"))
        if not (thing or given.get("who") or days):
            self.add_error(None, _("请指定对象与编号、经办人，或起止日期"))
        return given


@console_page()
def log(request: ConsoleRequest) -> HttpResponse:
    """Show the newest records of the area that fit, or a sheet of them."""
    form = SearchForm(request.GET if _asks(request) else None)
    search = form.search()
    if "csv" in request.GET:
        return _sheet(audit_search.every_record(request.area_scope, search, most=_MOST))
    asked = request.GET.get("before", "")
    before_id = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < _DIGITS else 0
    found = audit_search.search_audit(request.area_scope, search, before_id=before_id, limit=_SIZE)
    state = {name: request.GET[name] for name in form.fields if request.GET.get(name)}
    more = ""
    if found.has_more:
        more = address(request, "access:audit", **state, before=found.rows[-1].id)
    context = {
        "filter": form,
        "rows": [_shown(request, row, found.roles) for row in found.rows],
        "more": more,
        "newest": address(request, "access:audit", **state) if before_id else "",
        "sheet": address(request, "access:audit", **state, csv=1),
        "is_filtered": search.is_narrow,
    }
    return page(request, "console/access/audit.html", context)


@console_page()
def take_evidence(request: ConsoleRequest) -> HttpResponse:
    """Ask for a pack of evidence, and answer with it."""
    begun = {name: request.GET.get(name, "") for name in ("kind", "number", "who", "first", "last")}
    form = EvidenceForm(request.POST or None, initial=begun)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            pack = _packed(request, form.cleaned_data)
            name = f"evidence-{request.served_on.isoformat()}-{pack.digest[:8]}.zip"
            response = HttpResponse(pack.content, content_type="application/zip")
            response.headers["Content-Disposition"] = f"attachment; filename={name}"
            return response
    return page(request, "console/access/evidence.html", {"form": form})


def _packed(request: ConsoleRequest, given: dict[str, Any]) -> evidence.Pack:
    begin, end = Search(first=given["first"], last=given["last"]).bounds()
    who = given["who"]
    operator = audit_search.operator_called(request.scope, who) if who else None
    if who and operator is None:
        raise evidence.NothingFound()
    kind, number = given["kind"], given["number"]
    table = OBJECTS[kind][2] if kind else ""
    tables = [(table, int(number))] if table and number.isascii() and number.isdigit() else []
    return evidence.make_pack(
        scope=request.area_scope,
        asked=evidence.Asked(
            object_kind=kind,
            object_id=number,
            operator_id=operator,
            begin=begin,
            end=end,
        ),
        reason=given["reason"],
        tables=tables,
        at=request.at,
    )


def _asks(request: ConsoleRequest) -> bool:
    return bool(SearchForm.base_fields.keys() & request.GET.keys())


def _shown(request: ConsoleRequest, row: AuditRecord, roles: dict[int, str]) -> dict[str, Any]:
    words, to, _table = OBJECTS.get(row.object_kind, (row.object_kind, "", ""))
    role = roles.get(row.post_id or 0, "")
    return {
        "row": row,
        "action": act_words(row.action),
        "role": Role(role).label if role else "",
        "object": words,
        "link": _link(request, to, row.object_id),
    }


def _link(request: ConsoleRequest, to: str, number: str) -> str:
    """Return the address of the thing's page; whether the post may open it that page says."""
    if not to or not (number.isascii() and number.isdigit()):
        return ""
    try:
        return address(request, to, int(number))
    except NoReverseMatch:
        return ""


def _sheet(rows: Iterable[AuditRecord]) -> HttpResponse:
    """Return the records as a sheet whose cells start no formula."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(
        [_("时间"), _("谁"), _("做了什么"), _("对象"), _("编号"), _("结果"), _("来自"), _("说明")]
    )
    for row in rows:
        kind = OBJECTS.get(row.object_kind, (row.object_kind,))[0]
        cells = [moment(row.at), row.operator_name, act_words(row.action), kind]
        cells += [row.object_id, row.outcome, row.address, row.detail or ""]
        out.writerow([plain(cell) for cell in cells])
    response = HttpResponse(
        text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = "attachment; filename=audit.csv"
    return response
