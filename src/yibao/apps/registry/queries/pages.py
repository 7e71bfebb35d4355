"""A person's page and a household's, in a fixed number of queries whatever they hold."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.registry.models import Household, IdentityDocument, Person, PersonIdentity
from yibao.apps.registry.names import masked
from yibao.apps.registry.queries.areas import area_names
from yibao.core.identity import mask_number, mask_phone


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document of a person, its number masked."""

    kind: str
    number_masked: str
    valid_from: date | None
    valid_until: date | None
    source: str


@dataclass(frozen=True, slots=True)
class IdentityLine:
    """A standing that a department certified, and for how long."""

    code: str
    valid_from: date
    valid_until: date | None
    source: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a household as its table shows one."""

    person_id: int
    person_no: str
    name_masked: str
    number_masked: str
    relation: str
    sex: str
    born: date
    died_on: date | None
    moved_away_on: date | None
    student: str
    identities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HouseholdPage:
    """A household and its members, the head first."""

    household_id: int
    household_no: str
    village_no: str
    address: str
    area_no: int
    area_name: str
    head_id: int | None
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class PersonPage:
    """What the register knows of a person; whole numbers are not among it."""

    person_id: int
    person_no: str
    name_masked: str
    sex: str
    born: date
    died_on: date | None
    moved_away_on: date | None
    area_no: int
    area_name: str
    relation: str
    phone_masked: str
    residence: str
    hukou: str
    student: str
    disability_level: int | None
    registered_at: datetime
    documents: tuple[DocumentLine, ...]
    identities: tuple[IdentityLine, ...]
    household: HouseholdPage | None


def person_page(*, scope: Scope, person_id: int) -> PersonPage:
    """Return the person with documents, standings and household. Raises NotAllowed, NotThere."""
    scope.require("registry.read")
    with scoped(scope):
        person = Person.objects.filter(pk=person_id).first()
        if person is None:
            raise NotThere(what=_("人员"))
        documents = IdentityDocument.objects.filter(person=person).order_by("valid_until", "id")
        identities = PersonIdentity.objects.filter(person=person).order_by("-valid_from", "id")
        household = None
        if person.household_id:
            household = household_page(scope=scope, household_id=person.household_id)
        return PersonPage(
            person_id=person.pk,
            person_no=person.person_no,
            name_masked=masked(person.name),
            sex=person.sex,
            born=person.born,
            died_on=person.died_on,
            moved_away_on=person.moved_away_on,
            area_no=person.area_no,
            area_name=area_names([person.area_no]).get(person.area_no, ""),
            relation=person.relation,
            phone_masked=mask_phone(person.phone),
            residence=person.residence,
            hukou=person.hukou,
            student=person.student,
            disability_level=person.disability_level,
            registered_at=person.registered_at,
            documents=tuple(_document(one) for one in documents),
            identities=tuple(_identity(one) for one in identities),
            household=household,
        )


def household_page(*, scope: Scope, household_id: int) -> HouseholdPage:
    """Return the household with its members. Raises NotAllowed, NotThere. Five queries."""
    scope.require("registry.read")
    with scoped(scope):
        household = Household.objects.filter(pk=household_id).first()
        if household is None:
            raise NotThere(what=_("家庭"))
        members = list(Person.objects.filter(household=household).order_by("born", "id"))
        ids = [member.pk for member in members]
        documents = IdentityDocument.objects.filter(person_id__in=ids, valid_until=None)
        numbers = {one.person_id: one.number for one in documents.order_by("-id")}
        identities: dict[int, list[str]] = {}
        for one in PersonIdentity.objects.filter(person_id__in=ids, valid_until=None):
            identities.setdefault(one.person_id, []).append(one.code)
        members.sort(key=lambda member: member.pk != household.head_id)
        return HouseholdPage(
            household_id=household.pk,
            household_no=household.household_no,
            village_no=household.village_no,
            address=household.address,
            area_no=household.area_no,
            area_name=area_names([household.area_no]).get(household.area_no, ""),
            head_id=household.head_id,
            members=tuple(
                _member(one, numbers.get(one.pk, ""), identities.get(one.pk, ())) for one in members
            ),
        )


def _document(document: IdentityDocument) -> DocumentLine:
    return DocumentLine(
        kind=document.kind,
        number_masked=mask_number(document.number),
        valid_from=document.valid_from,
        valid_until=document.valid_until,
        source=document.source,
    )


def _identity(identity: PersonIdentity) -> IdentityLine:
    return IdentityLine(
        code=identity.code,
        valid_from=identity.valid_from,
        valid_until=identity.valid_until,
        source=identity.source,
        recorded_at=identity.recorded_at,
    )


def _member(person: Person, number: str, identities: list[str] | tuple[str, ...]) -> Member:
    return Member(
        person_id=person.pk,
        person_no=person.person_no,
        name_masked=masked(person.name),
        number_masked=mask_number(number),
        relation=person.relation,
        sex=person.sex,
        born=person.born,
        died_on=person.died_on,
        moved_away_on=person.moved_away_on,
        student=person.student,
        identities=tuple(identities),
    )
