"""A visit's case as the registers have it on the day: person, cover, institution, sub-ledger."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from yibao.apps.access.scope import NotThere
from yibao.apps.care.queries import InstitutionUnknown
from yibao.apps.claims.benefit import Rule
from yibao.apps.claims.request import VisitRequest, person_facts
from yibao.apps.claims.year import NewVisit
from yibao.apps.fund.models import BookKind
from yibao.apps.fund.queries import BooksNotOpened
from yibao.core.refusal import Refusal


class VisitSettledAlready(Refusal):
    """Raised for a visit's number that the institution has settled for this person."""

    code = "E651"
    field = "number"
    message = "该机构的就诊编号 {number} 已结算，结算号 {settlement_no}"
    remedy = "如需更正，请先冲正原结算"
    message_en = "Visit {number} of this institution is settled already as {settlement_no}"
    remedy_en = "Reverse that settlement first if it is wrong"


class PersonDeceased(Refusal):
    """Raised for an admission after the person's recorded death."""

    code = "E652"
    message = "登记显示参保人于 {died_on} 去世，入院日期 {admitted_on} 在此之后"
    remedy = "请核对身份与日期；如登记有误请先更正"
    message_en = "The person is recorded as deceased on {died_on}, the admission is {admitted_on}"
    remedy_en = "Check the identity and the day; correct the record first if it is wrong"


@dataclass(frozen=True, slots=True)
class Case:
    """A row of the settlement path's READ, with what the rule asks of the registers."""

    region: str
    area_no: int
    institution_name: str
    book_id: int
    new: NewVisit


def read_case(row: Sequence[Any] | None, request: VisitRequest, rule: Rule) -> Case:
    """Return the case of a row of READ.

    Raises InstitutionUnknown, PersonDeceased, VisitSettledAlready, BooksNotOpened,
    FactBelongsToRegister.
    """
    if row is None:
        raise InstitutionUnknown(institution_id=request.institution_id)
    region, area_no, born, sex, student, died_on, *rest = row
    witness, years, years_before, level, in_region, name, designated, settled_as, book_id = rest
    if died_on is not None and request.admitted_on > died_on:
        raise PersonDeceased(died_on=died_on, admitted_on=request.admitted_on)
    if settled_as is not None:
        raise VisitSettledAlready(number=request.number, settlement_no=settled_as)
    if book_id is None:
        raise BooksNotOpened(region=region, kind=BookKind.INSTITUTIONS.label)
    coverage = None
    if witness is not None:
        decided_by = json.loads(witness).get("facts", {})
        coverage = rule.known_facts({**decided_by, "consecutive_years": years})
    person = {"born": born.isoformat(), "sex": sex, "student": student}
    new = NewVisit(
        person=person_facts(
            person=person, coverage=coverage, years_before=years_before, year=request.year
        ),
        visit=request.visit_facts(
            {"hospital_level": level, "designated": designated, "in_region": in_region}
        ),
    )
    return Case(region, area_no, name, book_id, new)


def nobody() -> NotThere:
    """Return the refusal for a person whom the scope does not see."""
    return NotThere(what=_("该参保人"))
