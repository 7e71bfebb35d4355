"""A family at the counter: its members registered and put on the year's list, all or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from yibao.apps.access.scope import Scope, scoped
from yibao.apps.enrolment.ledgers.faults import Told, fault, told
from yibao.apps.enrolment.ledgers.forms import NEW_ENTRANTS
from yibao.apps.enrolment.ledgers.reading import form_of
from yibao.apps.enrolment.ledgers.rows import ReadRow, read_row
from yibao.apps.enrolment.operations.enrolling import Entry, enrol
from yibao.apps.registry.operations import AlreadyRegistered, RegisteredElsewhere, register_many
from yibao.apps.registry.people import NewDocument, NewPerson
from yibao.apps.registry.relations import HEAD
from yibao.core.identity import mask_number, read_document
from yibao.core.identity.documents import RESIDENT
from yibao.core.refusal import Refusal
from yibao.rulebook.national import code_label

# What a counter types of a member; sex and birth are read from the number.
MEMBER = ("relation", "name", "number", "phone")
_HEADLESS = (
    Told("这一户没有户主", "请把一人的关系改为户主"),
    Told("This household has no head", "Change the relation of one person to head"),
)
_TWO_HEADS = (
    Told("这一户有两个户主", "按户口簿保留一个户主"),
    Told("This household has two heads", "Keep one, as the household booklet has it"),
)


class LinesRefused(Refusal):
    """Raised where lines of the family are wrong; `faults` says of each which cell and why."""

    code = "E222"
    message = "有 {count} 处需要改正，没有登记任何人"
    remedy = "请按每一格下面的提示改正后再提交"
    message_en = "{count} cells have to be corrected; nobody was registered"
    remedy_en = "Correct each cell as it says and send the form again"


class NobodyGiven(Refusal):
    """Raised for a family without a member."""

    code = "E223"
    message = "没有填写任何成员"
    remedy = "请至少填写户主一行"
    message_en = "No member was given"
    remedy_en = "Fill in at least the head of the household"


@dataclass(frozen=True, slots=True)
class MemberFault:
    """What is wrong in a cell: the member's place in the list (from 0), column, code.

    Cause and cure are told in Chinese or, for "en", in English.
    """

    at: int
    column: str
    code: str
    chinese: Told
    english: Told

    def told(self, language: str = "zh") -> Told:
        """Return cause and cure in the language."""
        return self.english if language.startswith("en") else self.chinese


def enrol_household(
    *,
    scope: Scope,
    year: int,
    area_no: int,
    household_no: str,
    members: Sequence[Mapping[str, str]],
    at: datetime,
) -> list[int]:
    """Register the members of a family and put them on the list of a year; return their ids.

    `members` hold the texts of MEMBER, as typed. `household_no` is the village's own number of
    the family, which is found by it or made. Raises NotAllowed, OutsideScope, YearNotOpen,
    NobodyGiven, LinesRefused, AlreadyEnrolled.
    """
    scope.require("registry.register")
    scope.require("enrolment.enrol")
    scope.narrowed(area_no, area_no + 1)
    if not members:
        raise NobodyGiven()
    lines = [_read(n, given) for n, given in enumerate(members)]
    faults = [one for n, line in enumerate(lines) for one in _faults(n, line)]
    faults += _about_the_family(lines)
    if faults:
        raise LinesRefused(count=len(faults), faults=tuple(faults))
    with scoped(scope):
        persons = [_person(line, area_no, household_no) for line in lines]
        try:
            ids = register_many(scope=scope, persons=persons, at=at)
        except (AlreadyRegistered, RegisteredElsewhere) as refusal:
            named = _whose(refusal, lines)
            raise LinesRefused(count=len(named), faults=tuple(named)) from refusal
        entries = [Entry(person_id=one, first_time=True) for one in ids]
        enrol(scope=scope, year=year, entries=entries, at=at)
    return ids


def _read(n: int, given: Mapping[str, str]) -> ReadRow:
    form = form_of(NEW_ENTRANTS)
    values = {column.key: given.get(column.key, "") for column in form.columns}
    values["sex"] = _sex_of(values["number"])
    return read_row(form=form, sheet="", row_no=n + 1, values=values, family="1")


def _faults(n: int, line: ReadRow) -> list[MemberFault]:
    """What the line says by itself, of the columns that a counter types."""
    titles = {form_of(NEW_ENTRANTS).column(key).title: key for key in MEMBER}
    return [
        MemberFault(n, titles[one["column"]], one["code"], told(one), told(one, "en"))
        for one in line.faults
        if one["column"] in titles
    ]


def _about_the_family(lines: Sequence[ReadRow]) -> list[MemberFault]:
    heads = [n for n, line in enumerate(lines) if line.relation == HEAD]
    if not heads:
        return [MemberFault(0, "relation", "E501", *_HEADLESS)]
    twice = [MemberFault(n, "relation", "E502", *_TWO_HEADS) for n in heads[1:]]
    seen: dict[str, int] = {}
    for n, line in enumerate(lines):
        if line.number and line.number in seen:
            same = fault("E402", column="", row=seen[line.number] + 1, sheet="")
            twice.append(MemberFault(n, "number", "E402", told(same), told(same, "en")))
        seen.setdefault(line.number, n)
    return twice


def _person(line: ReadRow, area_no: int, family: str) -> NewPerson:
    assert line.born is not None, "a line without faults has a birth date"
    return NewPerson(
        name=line.name,
        sex=line.sex,
        born=line.born,
        area_no=area_no,
        household_no=family,
        relation=line.relation,
        documents=(NewDocument(kind=RESIDENT, number=line.number, source="户口簿"),),
        phone=line.cells.get("phone_read", ""),
        source_kind="counter",
    )


def _sex_of(number: str) -> str:
    """Return the word for the sex that a number tells; "" for one that cannot be read."""
    try:
        sex = read_document(RESIDENT, number).sex
    except Refusal:
        return ""
    return code_label("sex", sex) if sex else ""


def _whose(refusal: Refusal, lines: Sequence[ReadRow]) -> list[MemberFault]:
    """Put a refusal of the register at the lines whose number it names."""
    return [
        MemberFault(
            n,
            "number",
            refusal.code,
            Told(refusal.message, refusal.remedy),
            Told(refusal.message_en, refusal.remedy_en),
        )
        for n, line in enumerate(lines)
        if mask_number(line.number) in refusal.message
    ]
