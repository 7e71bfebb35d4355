"""Values, rows and rules as people read them, in the language of the page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from yibao.apps.access.rulebooks import book_of
from yibao.apps.access.spoken import language
from yibao.apps.policy.drafts import Change, ClauseChange
from yibao.apps.policy.queries.settings import Blocked, Decided, SettingRow
from yibao.console.page import ConsoleRequest
from yibao.core.rules import nearest
from yibao.core.rules.book import Rulebook
from yibao.core.rules.declarations import Label
from yibao.core.rules.prose import Speaker
from yibao.core.rules.types import Type

NOTHING = "—"


def labelled(label: Label, name: str = "") -> str:
    """Return a label in the language of the page; the name where there is none."""
    return label.in_language(language()) or name


def speaker_of(book: Rulebook) -> Speaker:
    """Return who says the values of a rulebook in the language of the page."""
    return Speaker(book.enumerations, language())


def value_words(book: Rulebook, value: object, type_: Type) -> str:
    """Return a value with its unit; a dash for none."""
    return NOTHING if value is None else speaker_of(book).value(value, type_)


def row_words(book: Rulebook, key: Iterable[tuple[object, Type]]) -> str:
    """Return the row of a table by the words of its keys."""
    return "，".join(speaker_of(book).value(part, type_) for part, type_ in key)


def span_words(since: date, until: date | None) -> str:
    """Return from when until when."""
    if until is None:
        return _("%(since)s 起") % {"since": since.isoformat()}
    return _("%(since)s 至 %(until)s") % {"since": since.isoformat(), "until": until.isoformat()}


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A changed value in words."""

    change: Change
    label: str
    row: str
    before: str
    after: str
    span: str


def shown_changes(book: Rulebook, changes: Iterable[Change]) -> list[ShownChange]:
    """Return changed values in words."""
    return [
        ShownChange(
            one,
            labelled(one.label, one.parameter),
            row_words(book, one.key),
            value_words(book, one.before, one.type),
            value_words(book, one.after, one.type),
            span_words(one.since, one.until),
        )
        for one in changes
    ]


def how_words(change: ClauseChange) -> str:
    """Return what a draft does to a clause."""
    said = {"adds": _("新增"), "replaces": _("改写"), "repeals": _("删去")}
    return said[change.how]


def decided_words(book: Rulebook, row: SettingRow, decided: Decided) -> list[tuple[str, str]]:
    """Return a decided value as rows of (which, value); one row without a name for no table."""
    if not decided.rows:
        return [("", value_words(book, decided.value, row.type))]
    axes = [axis.type for axis in row.axes]
    return [
        (row_words(book, zip(key, axes)), value_words(book, value, row.type))
        for key, value in decided.rows
    ]


# The rules that every region answers by one name (design 3.2), where a rulebook gives no label.
_RULES = {
    "contribution": _lazy("缴费标准"),
    "eligibility": _lazy("参保资格"),
    "subsidy": _lazy("参保资助"),
    "coverage": _lazy("参保与待遇期"),
    "benefit": _lazy("待遇支付"),
    "review": _lazy("审核级别"),
    "payment_days": _lazy("支付期限"),
    "transfer": _lazy("转诊转院"),
    "prior_approval": _lazy("事前审批"),
    "claim_materials": _lazy("报销材料"),
    "sanction": _lazy("违规处理"),
    "fraud_suspension": _lazy("欺诈暂停待遇"),
    "enrolment_place": _lazy("参保登记地点"),
    "payment_place": _lazy("缴费地点"),
    "materials": _lazy("办理材料"),
    "collection_days": _lazy("征缴期限"),
    "make_up": _lazy("补缴"),
    "deposit": _lazy("质量保证金"),
    "fund_days": _lazy("基金拨付期限"),
    "suspension": _lazy("暂停待遇"),
    "card": _lazy("医保卡"),
    "change": _lazy("信息变更"),
    "certifier": _lazy("身份认定部门"),
    "bearer": _lazy("缴费由谁承担"),
    "payment": _lazy("缴费"),
    "entry_deadline": _lazy("录入期限"),
    "tier": _lazy("职责层级"),
    "duty_holder": _lazy("职责单位"),
    "claim_route": _lazy("申报途径"),
    "grant": _lazy("资助"),
    "scope": _lazy("保障范围"),
    "institution_standing": _lazy("机构资格"),
}


def rule_words(book: Rulebook, name: str) -> str:
    """Return the name of a rule: its label, or the words for its name."""
    rule = book.rules.get(name)
    label = labelled(rule.label) if rule else ""
    return label if label and label != name else str(_RULES.get(name, name))


def own_book(request: ConsoleRequest) -> Rulebook:
    """Return the rulebook that the request's region decides by."""
    return book_of(request.scope.region)


def outcome_words(book: Rulebook, blocked: Blocked, year: int) -> list[str]:
    """Return the outcomes of a rule that wait for a setting, by their labels."""
    labels = nearest.outcome_labels(book.bind(blocked.rule, year=year))
    return [labelled(labels[name], name) for name in blocked.outcomes]
