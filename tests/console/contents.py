"""What each form of `everything` is filled with so that it is taken: by route, and by region.

    given = contents("hengshan", "collection:invoice")   # {"number": "湘税 0099887"}

A word is typed or chosen, several are ticked, `Found` is looked for in a picker, `Label` is chosen by
what the list shows, `File` is uploaded. Fields that are not named here stay as they are drawn.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.apps.collection.town import Line, payment_file
from tests.apps.enrolment.ledger_files import file_of, line
from tests.apps.policy.bureau import PAPER
from tests.apps.registry.people import number
from tests.apps.subsidy.rosters import roster_file
from tests.journeys.papers import HEAD_ROW, cells_of, corrected
from tests.proof.page_forms import Field, Form
from yibao.apps.enrolment.ledgers.reading import ORIGIN
from yibao.core.identity import make_resident_number


@dataclass(frozen=True)
class File:
    """A file that is chosen from the disk."""

    name: str
    content: Callable[[], bytes]


@dataclass(frozen=True)
class Found:
    """What a picker is asked to find; the first that it lists is taken."""

    words: str


@dataclass(frozen=True)
class Label:
    """A line of a list, by what it shows."""

    words: str


@dataclass(frozen=True)
class Mended:
    """The error file at an address beside the form's, with its lines put right."""

    of: str
    changes: dict[str, object]

    def mended(self, errors: bytes) -> bytes:
        """Return the file with the changes in each of its lines."""
        cells = cells_of(errors)
        origin = cells[HEAD_ROW].index(ORIGIN)
        lines = [n for n, one in enumerate(cells[HEAD_ROW + 1 :], start=1) if one[origin]]
        told = [(n, *one) for n in lines for one in self.changes.items()]
        return corrected(errors, *told)


Content = str | tuple[str, ...] | File | Found | Label | Mended
ALL = ("*",)
VILLAGE = Label("查泉村")
REASON = "核对原件后更正"
_DOCUMENT = {"document": PAPER.number, "document_on": PAPER.published.isoformat()}
_CERTIFICATE = {"certificate_number": "P-2020-077", "issuer": "医保信息中心"}

# Words of a field that says the same wherever it stands.
_USUAL: dict[str, Content] = {
    "reason": REASON,
    "because": REASON,
    "q": "王建华",
}
_CONTENTS: dict[str, dict[str, Content]] = {
    "access:open_account": {
        "staff_no": "990001",
        "name": "李敏",
        "identity_number": make_resident_number("430423", date(1988, 5, 6), "female", 77),
        **_CERTIFICATE,
        "passed_on": "2020-09-01",
    },
    "access:grant_post": {"role": "county_clerk", "valid_until": "2021-03-18"},
    "access:certificate": {**_CERTIFICATE, "passed_on": "2020-09-01"},
    # A number that no person has: which has a record depends on what was opened before.
    "access:evidence": {"kind": "person", "number": "987654321"},
    "registry:reveal": {"what": ("phone",), "purpose": "verify"},
    "registry:erasure": {"decision": "approve", "answer": "同意"},
    "enrolment:upload": {
        "area": VILLAGE,
        "file": File("查泉村台账.xlsx", lambda: file_of(line(91), line(92))),
    },
    "enrolment:mend": {"g-1-sex": "男", "g-2-claimed": "280"},
    "enrolment:mend_file": {"file": Mended("../../errors/", {"性别": "男", "个人缴费": 280})},
    "enrolment:household": {
        "area": VILLAGE,
        "household_no": "0999",
        "g-1-relation": "户主",
        "g-1-name": "查大明",
        "g-1-number": number(94),
        "g-1-phone": "13800001234",
    },
    "subsidy:upload": {
        "kind": "addition",
        "as_of": "2020-11-30",
        "file": File("名单.xlsx", lambda: roster_file((3, "低保"))),
        "paper_sealed": ("on",),
    },
    "subsidy:row": {"answer": "match"},
    "subsidy:lists": {"kind": "initial"},
    "subsidy:grant": {"amount_fen": "100.00", "voucher_no": "BK-001"},
    "collection:upload": {
        "file": File("缴费1118.xlsx", lambda: payment_file(Line(18), Line(19))),
    },
    "collection:request": {"kind": "refund"},
    "collection:invoice": {"number": "湘税0099887"},
    "collection:collect": {
        "special_reason": "老人无手机，子女不在家",
        "identity": ("on",),
        "special_payer": "no",
        "employee": "no",
        "place": ("on",),
    },
    "collection:ranges": {"prefix": "HS", "first": "9001", "last": "9050"},
    "collection:cash": {
        "collections": ALL,
        "voucher_no": "P-889901",
        "late_reason": "银行系统升级",
    },
    "village:hand_in": {
        "collections": ALL,
        "voucher_no": "P-889902",
        "late_reason": "银行系统升级",
    },
    "village:collect": {
        "special_reason": "老人无手机，子女不在家",
        "identity": ("on",),
        "place": ("on",),
    },
    "care:register": {"code": "H430423777", "name": "衡山县新桥镇卫生院"},
    "care:designate": {"document": "协议 2020-18"},
    "claims:visit": {
        "institution": Found("医院"),
        "number": "F90001",
        "discharged_on": "2020-12-10",
        "admitted_on": "2020-12-01",
        "total_fen": "5000.00",
        "eligible_cost": "4200.00",
    },
    "policy:new": {"title": "提高门诊支付比例"},
    "policy:setting": {
        "value_0": "90",
        "paper_title": PAPER.title,
        **_DOCUMENT,
    },
    "policy:value": {"value_0": "100.00"},
    "policy:activate": _DOCUMENT,
    "desk:save_list": {"name": "本周要看的"},
    "desk:ask_export": {"purpose": "check", "purpose_words": "第二次排查核对", "kind": "csv"},
    "desk:write_notice": {"title": "本周五集中核对", "text": "请各乡镇当日完成第二次排查。"},
}
_ELSEWHERE: dict[str, dict[str, dict[str, Content]]] = {
    "xingan": {
        "access:open_account": {"passed_on": "2009-09-01"},
        "subsidy:upload": {"as_of": "2009-11-30"},
        "care:register": {"code": "H152221777", "name": "科右前旗卫生院"},
        "claims:visit": {"discharged_on": "2009-12-10", "admitted_on": "2009-12-01"},
    },
}


def contents(region: str, route: str) -> dict[str, Content]:
    """Return what a form that is sent to the route is filled with, by field."""
    elsewhere = _ELSEWHERE.get(region, {}).get(route, {})
    return _USUAL | _CONTENTS.get(route, {}) | elsewhere


def posted(region: str, route: str, form: Form) -> dict[str, Any]:
    """Return what a browser sends of the form when it is filled in; of its buttons the last."""
    given, sent = contents(region, route), {}
    for one in form.fields:
        content = given.get(one.name)
        if one.kind == "file":
            sent |= _file(one.name, content)
        elif one.kind in ("radio", "checkbox"):
            _ticked(sent, one, content)
        elif one.kind == "select":
            sent[one.name] = _chosen(one, content)
        elif one.kind != "submit":
            found = given.get(one.name.removesuffix("_q"))
            content = found.words if isinstance(found, Found) else content
            typed = isinstance(content, str) and one.kind != "hidden"
            sent.setdefault(one.name, content if typed else one.value)
    return sent | {name: value for name, value in form.buttons[-1:] if name}


def _file(name: str, content: Content | None) -> dict[str, SimpleUploadedFile]:
    if not isinstance(content, File):
        return {}
    return {name: SimpleUploadedFile(content.name, content.content())}


def _ticked(sent: dict[str, Any], one: Field, content: Content | None) -> None:
    """Add what is ticked: what is wanted, else what is drawn so; of a choice of one the first."""
    wanted = content == ALL or (isinstance(content, tuple) and (one.value or "on") in content)
    if one.kind == "checkbox":
        if wanted or one.is_checked:
            sent.setdefault(one.name, []).append(one.value or "on")
    elif content == one.value or (not isinstance(content, str) and one.name not in sent):
        sent[one.name] = one.value


def _chosen(one: Field, content: Content | None) -> str:
    if isinstance(content, Label):
        lines = zip(one.choices, one.labels, strict=True)
        content = next((value for value, label in lines if content.words in label), None)
    if isinstance(content, str) and content in one.choices:
        return content
    # Lines of an entry grid that nobody fills in stay empty.
    first = "" if one.name.startswith("g-") else next((c for c in one.choices if c), "")
    return one.value or first
