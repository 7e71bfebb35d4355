"""Events of money in words: dues, payments, cash, support, visits. One function a kind."""

from django.utils.translation import gettext as _

from yibao.apps.collection.operations.receipts import CASH_RECEIPT
from yibao.apps.collection.policy import channel_label, voucher_label
from yibao.apps.registry.timeline import Happened
from yibao.apps.subsidy.sheets import category_label
from yibao.console.registry.telling import Document, Facts, Teller, Told, paid_words, typed


def due(teller: Teller, one: Happened, facts: Facts) -> Told:
    paper = teller.listed("collection:dues", _("应缴 %(id)s") % {"id": one.place.id}, one)
    title = _("核定应缴 %(year)s 年度") % facts
    return Told(title, label=_("应缴"), fen=facts["owed"], documents=(paper,))


def due_settled(teller: Teller, one: Happened, facts: Facts) -> Told:
    paper = teller.listed("collection:dues", _("应缴 %(id)s") % {"id": one.place.id}, one)
    title = _("缴费结清 %(year)s 年度") % facts
    said = paid_words(facts["subsidised"], facts["paid"])
    return Told(title, said, documents=(paper,))


def due_cancelled(teller: Teller, one: Happened, facts: Facts) -> Told:
    paper = teller.listed("collection:dues", _("应缴清单"), one)
    title = _("应缴取消 %(year)s 年度") % facts
    return Told(title, label=_("应缴"), fen=facts["owed"], documents=(paper,))


def payment(teller: Teller, one: Happened, facts: Facts) -> Told:
    region = teller.request.scope.region
    voucher = f"{voucher_label(region, facts['voucher_kind'])} {facts['voucher']}"
    papers = [teller.document(voucher, "collection:payment", one.place.id)]
    if facts["file"] is not None:
        words = _("缴费文件 %(file)s 第 %(row)s 行") % facts
        papers.append(teller.document(words, "collection:file", facts["file"]))
    about = channel_label(region, facts["channel"])
    if facts["waits"]:
        about = f"{about}，{_('待查')}"
    title = _("缴费 %(year)s 年度") % facts
    return Told(title, about, _("缴费"), facts["amount"], tuple(papers))


def taken_back(teller: Teller, one: Happened, facts: Facts) -> Told:
    words = _("缴费 %(payment)s") % facts
    paper = teller.document(words, "collection:payment", facts["payment"])
    title = _("缴费入账冲回 %(year)s 年度") % facts
    return Told(title, typed(facts["because"]), _("冲回"), facts["amount"], (paper,))


def cash(teller: Teller, one: Happened, facts: Facts) -> Told:
    words = _("收据 %(receipt)s") % facts
    paper = teller.document(words, "collection:receipt", facts["receipt"])
    about = _("%(name)s代收") % {"name": facts["by"] or ""}
    title = _("现金代收 %(year)s 年度") % facts
    return Told(title, about, _("现金"), facts["amount"], (paper,))


def handed_in(teller: Teller, one: Happened, facts: Facts) -> Told:
    words = _("缴款凭证 %(voucher)s") % facts
    paper = teller.document(words, "collection:payment", facts["payment"])
    about = _("收据 %(receipt)s") % facts
    return Told(_("现金入库"), about, _("现金"), facts["amount"], (paper,))


def receipt(teller: Teller, one: Happened, facts: Facts) -> Told:
    words = f"{receipt_words(facts['kind'])} {facts['number']}"
    paper = teller.document(words, "collection:payment", facts["payment"])
    title = _("票据作废") if facts["spoilt"] else _("开具票据")
    return Told(title, typed(facts["spoilt"]), _("票面"), facts["amount"], (paper,))


def request(teller: Teller, one: Happened, facts: Facts) -> Told:
    title = _("申请变更参保地") if facts["kind"] == "change" else _("申请退费")
    if facts["decision"] == "refused":
        title = f"{title}（{_('未予办理')}）"
    words = _("答复 %(id)s") % {"id": one.place.id}
    paper = teller.document(words, "collection:answered", one.place.id)
    return Told(title, typed(facts["reason"]), documents=(paper,))


def roster(teller: Teller, one: Happened, facts: Facts) -> Told:
    title = _("列入死亡核对名单") if facts["kind"] == "deceased" else _("列入部门名单")
    parts = (facts["department"], _category(teller, facts), facts["as_of"])
    about = "，".join(part for part in parts if part)
    return Told(title, about, documents=teller.roster(facts))


def support(teller: Teller, one: Happened, facts: Facts) -> Told:
    title = _("确定为 %(year)s 年度资助对象") % facts
    parts = (facts["department"], _category(teller, facts))
    about = "，".join(part for part in parts if part)
    return Told(title, about, _("资助"), facts["amount"], teller.roster(facts))


def support_ended(teller: Teller, one: Happened, facts: Facts) -> Told:
    title = _("移出 %(year)s 年度资助对象") % facts
    words = _("资助比对 %(year)s 年度") % facts
    paper = teller.document(words, "subsidy:match", year=facts["year"])
    return Told(title, typed(facts["because"]), documents=(paper,))


def listed(teller: Teller, one: Happened, facts: Facts) -> Told:
    words = _("资助名单 %(list)s") % facts
    is_open = facts["sent"] or facts["area"] >= teller.request.scope.area_from
    paper = teller.document(words, "subsidy:list", facts["list"]) if is_open else Document(words)
    title = _("列入 %(year)s 年度资助名单") % facts
    return Told(title, _category(teller, facts), _("资助"), facts["amount"], (paper,))


def grant(teller: Teller, one: Happened, facts: Facts) -> Told:
    title = _("申请资助资金 %(year)s 年度") % facts
    papers = (_grant_paper(teller, facts),)
    return Told(title, _category(teller, facts), _("资助"), facts["amount"], papers)


def grant_paid(teller: Teller, one: Happened, facts: Facts) -> Told:
    title = _("资助资金到账 %(year)s 年度") % facts
    about = _("%(category)s，凭证 %(voucher)s") % {
        "category": _category(teller, facts),
        "voucher": facts["voucher"],
    }
    return Told(title, about, documents=(_grant_paper(teller, facts),))


def _grant_paper(teller: Teller, facts: Facts) -> Document:
    words = _("资助资金 %(grant)s") % facts
    paper = teller.document(words, "subsidy:grant", facts["grant"])
    return paper if paper.address else teller.document(words, "subsidy:grants", year=facts["year"])


def visit(teller: Teller, one: Happened, facts: Facts) -> Told:
    words = _("就诊 %(number)s") % facts
    title = teller.label("visit_kind", facts["kind"]) or _("就诊")
    paper = teller.document(words, "claims:settlement", facts["settlement"])
    return Told(title, facts["institution"], _("总费用"), facts["total"], (paper,))


def settlement(teller: Teller, one: Happened, facts: Facts) -> Told:
    title = {"reversed": _("冲正"), "adjusted": _("更正结算")}.get(facts["kind"], _("医疗费用结算"))
    words = _("结算 %(number)s") % facts
    about = "，".join(part for part in (facts["institution"], typed(facts["because"])) if part)
    paper = teller.document(words, "claims:settlement", one.place.id)
    return Told(title, about, _("统筹支付"), facts["fund"], (paper,))


def receipt_words(kind: str) -> str:
    """Return what a receipt is called: given for cash, or by the tax hall."""
    return _("收据") if kind == CASH_RECEIPT else _("纸质票据")


def _category(teller: Teller, facts: Facts) -> str:
    return category_label(teller.request.scope.region, facts["category"] or "")
