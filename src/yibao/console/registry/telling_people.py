"""Events of the register and of enrolment in words. One function a kind, named by kinds.KINDS."""

from datetime import datetime

from django.utils.translation import gettext as _

from yibao.apps.access.spoken import national_words
from yibao.apps.registry.timeline import Happened
from yibao.console.registry.strip import CHINA
from yibao.console.registry.telling import Document, Facts, Teller, Told, typed


def day_of(text: str) -> str:
    """Return the day of a moment as the database wrote it."""
    return datetime.fromisoformat(text).astimezone(CHINA).date().isoformat()


def _last_day(text: str) -> str:
    ends = datetime.fromisoformat(text) - datetime.resolution
    return ends.astimezone(CHINA).date().isoformat()


def registered(teller: Teller, one: Happened, facts: Facts) -> Told:
    documents = teller.ledger(facts)
    if facts["household"]:
        home = teller.document(_("家庭页"), "registry:household", facts["household"])
        documents = (*documents, home)
    return Told(_("人员登记"), documents=(*documents, *teller.changes(one.person_id)))


def document(teller: Teller, one: Happened, facts: Facts) -> Told:
    title = _("登记证件：%(kind)s") % {"kind": national_words("document_kind", facts["kind"])}
    about = facts["source"] or ""
    if facts["until"]:
        about = f"{about} {_('至')} {facts['until']}".strip()
    return Told(title, about, documents=teller.changes(one.person_id))


def departure(teller: Teller, one: Happened, facts: Facts) -> Told:
    return Told(_("户口迁出"), documents=teller.changes(one.person_id))


def death(teller: Teller, one: Happened, facts: Facts) -> Told:
    return Told(_("死亡登记"), documents=teller.changes(one.person_id))


def erasure(teller: Teller, one: Happened, facts: Facts) -> Told:
    paper = teller.document(
        _("删除申请 %(id)s") % {"id": one.place.id}, "registry:erasure", one.place.id
    )
    return Told(_("申请删除身份信息"), typed(facts["reason"]), documents=(paper,))


def erased(teller: Teller, one: Happened, facts: Facts) -> Told:
    paper = teller.document(
        _("删除申请 %(id)s") % {"id": one.place.id}, "registry:erasure", one.place.id
    )
    title = _("身份信息已删除") if facts["approved"] else _("不同意删除身份信息")
    return Told(title, facts["answer"], documents=(paper,))


def identity(teller: Teller, one: Happened, facts: Facts) -> Told:
    title = _("困难身份：%(name)s") % {"name": teller.label("identity", facts["code"])}
    documents = (*teller.roster(facts), *teller.changes(one.person_id))
    return Told(title, facts["source"], documents=documents)


def identity_ended(teller: Teller, one: Happened, facts: Facts) -> Told:
    title = _("困难身份终止：%(name)s") % {"name": teller.label("identity", facts["code"])}
    return Told(title, facts["source"], documents=teller.changes(one.person_id))


def enrolled(teller: Teller, one: Happened, facts: Facts) -> Told:
    title = _("登记到 %(year)s 年度名单") % facts
    about = teller.label("life_event", facts["event"])
    return Told(title, about, documents=_papers_or_log(teller, one, teller.ledger(facts)))


def withdrawn(teller: Teller, one: Happened, facts: Facts) -> Told:
    title = _("撤出 %(year)s 年度名单") % facts
    return Told(title, documents=_papers_or_log(teller, one, teller.ledger(facts)))


def _papers_or_log(
    teller: Teller, one: Happened, papers: tuple[Document, ...]
) -> tuple[Document, ...]:
    """Without a ledger it was done at the counter: the audit log shows it."""
    return papers or teller.changes(one.person_id)


def covered(teller: Teller, one: Happened, facts: Facts) -> Told:
    period = f"{day_of(facts['starts'])} — {_last_day(facts['ends'])}"
    paper = teller.listed("enrolment:coverages", _("参保记录"), one)
    return Told(_("参保 %(year)s 年度") % facts, period, documents=(paper,))


def suspended(teller: Teller, one: Happened, facts: Facts) -> Told:
    until = f"{_('至')} {facts['until']}" if facts["until"] else ""
    paper = teller.listed("enrolment:coverages", _("参保记录"), one)
    return Told(_("待遇中断 %(year)s 年度") % facts, until, documents=(paper,))


def uncovered(teller: Teller, one: Happened, facts: Facts) -> Told:
    paper = teller.listed("enrolment:coverages", _("参保记录"), one)
    title = _("参保取消 %(year)s 年度") % facts
    return Told(title, typed(facts["because"]), documents=(paper,))


def elsewhere(teller: Teller, one: Happened, facts: Facts) -> Told:
    employee = facts["kind"] == "employee"
    title = _("职工医保 %(year)s 年度") if employee else _("异地参保 %(year)s 年度")
    about = _("%(place)s，凭证 %(voucher)s") % facts
    return Told(title % facts, about, documents=_papers_or_log(teller, one, teller.ledger(facts)))


def elsewhere_ended(teller: Teller, one: Happened, facts: Facts) -> Told:
    title = _("撤销他处参保 %(year)s 年度") % facts
    documents = _papers_or_log(teller, one, teller.ledger(facts))
    return Told(title, facts["place"], documents=documents)
