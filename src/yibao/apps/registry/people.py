"""What somebody brings to the counter to be registered, before it is a row."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from yibao.core.identity import read_document
from yibao.core.refusal import Refusal
from yibao.rulebook.national import codes


class PersonIncomplete(Refusal):
    """Raised for a person without a name, or with a sex or relation that no list has."""

    code = "E180"
    message = "登记信息不完整：{what}"
    remedy = "请按户口簿补全后再登记"
    message_en = "The registration is incomplete: {what}"
    remedy_en = "Complete it from the household booklet"


class DocumentContradictsPerson(Refusal):
    """Raised where the number tells another birth date or sex than the clerk entered."""

    code = "E181"
    message = "证件号码所示的{what}与填写的不一致"
    remedy = "对照证件原件，改正号码或{what}"
    message_en = "The number tells another {what} than was entered"
    remedy_en = "Compare with the document and correct the number or the {what}"


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document that names the person from a day on."""

    kind: str
    number: str
    valid_from: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class NewIdentity:
    """A standing that a department certifies (`minimum_living` …), from a day on."""

    code: str
    valid_from: date
    valid_until: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to be registered in a village. Facts left out mean: nothing recorded.

    `household_no` is the family's number in the village's own ledger (家庭编号): the household is
    found by it or made. `household_id` names an existing one instead.
    """

    name: str
    sex: str
    born: date
    area_no: int
    household_no: str | None = None
    household_id: int | None = None
    relation: str = ""
    documents: tuple[NewDocument, ...] = ()
    identities: tuple[NewIdentity, ...] = ()
    phone: str = ""
    ethnic_group: str = ""
    residence: str = ""
    hukou: str = ""
    hukou_kind: str = ""
    origin: str = ""
    residence_permit: bool = False
    resident_since: date | None = None
    student: str = ""
    school_owner: str = ""
    employed: bool = False
    disability_level: int | None = None
    low_income_family: bool = False
    migrant_child: bool = False
    died_on: date | None = None
    moved_away_on: date | None = None
    source_kind: str = ""
    source_id: int | None = None


def checked(person: NewPerson) -> NewPerson:
    """Return the person with every document read into its one form.

    Raises PersonIncomplete, DocumentContradictsPerson, or the refusal of what is wrong with a
    number (`yibao.core.identity`).
    """
    if not person.name.strip():
        raise PersonIncomplete(what=_("姓名未填写"))
    if person.sex not in codes("sex"):
        raise PersonIncomplete(what=_("性别未填写"))
    if person.relation and person.relation not in codes("relation"):
        raise PersonIncomplete(
            what=_("与户主关系“%(word)s”不在代码表中") % {"word": person.relation}
        )
    documents = tuple(_read(person, document) for document in person.documents)
    if documents == person.documents:
        return person
    values = {name: getattr(person, name) for name in person.__dataclass_fields__}
    return NewPerson(**(values | {"documents": documents}))


def _read(person: NewPerson, document: NewDocument) -> NewDocument:
    read = read_document(document.kind, document.number)
    if read.born is not None and read.born != person.born:
        raise DocumentContradictsPerson(what=_("出生日期"))
    if read.sex is not None and read.sex != person.sex:
        raise DocumentContradictsPerson(what=_("性别"))
    return NewDocument(read.kind, read.number, document.valid_from, document.source)
