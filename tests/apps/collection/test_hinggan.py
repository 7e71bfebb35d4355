"""Hinggan collects otherwise: four prices, agents by rule, an assessment before paying in."""

from datetime import date

import pytest

from tests.apps.access.offices import hire, open_office
from tests.apps.books import moment
from tests.apps.collection.town import Line, dues, payment_file
from yibao.apps.access import operations as access
from yibao.apps.access import queries as offices
from yibao.apps.access.scope import scoped
from yibao.apps.collection import operations
from yibao.apps.collection.operations.declarations import AssessmentRefused, DeclaredBefore
from yibao.apps.collection.operations.deposits import DepositLate, NotAssessed
from yibao.apps.enrolment import operations as enrolment
from yibao.apps.enrolment.models import Coverage
from yibao.apps.fund import operations as fund
from yibao.apps.registry.operations import register_many
from yibao.apps.registry.people import NewDocument, NewIdentity, NewPerson
from yibao.apps.subsidy import operations as subsidy
from yibao.apps.subsidy import queries as grants_of
from yibao.core.identity import make_resident_number

# Monday; the third working day after it is Thursday.
AT = moment("2009-04-20 09:00")
TOWN, YEAR = "152221", 2009


@pytest.fixture
def league(db):
    scope = open_office("xingan", at=AT)
    place = offices.organisation_by_division("1522")
    fund.open_books(scope=scope, unit_id=place.id, on=date(2008, 1, 1), at=AT)
    enrolment.open_year(scope=scope, year=YEAR, on=date(2008, 10, 1), at=AT)
    return scope


def number(n, born):
    return make_resident_number("152221", born, "male", n)


def settle_in(scope, *people):
    """Register (born, identities) in the banner and put them on the list."""
    area = offices.organisation_by_division(TOWN).area_from
    new = [
        NewPerson(
            name="白音",
            sex="male",
            born=born,
            area_no=area,
            residence="urban",
            documents=(NewDocument("resident", number(n, born)),),
            identities=tuple(NewIdentity(code, date(2009, 1, 1)) for code in codes),
        )
        for n, (born, *codes) in enumerate(people, start=1)
    ]
    ids = register_many(scope=scope, persons=new, at=AT)
    entries = [enrolment.Entry(person_id=one, first_time=True) for one in ids]
    enrolment.enrol(scope=scope, year=YEAR, entries=entries, at=AT)
    return ids


OLD, CHILD = date(1945, 3, 1), date(2000, 3, 1)


def test_each_owes_the_personal_share_of_its_class_and_finance_the_rest(league):
    settle_in(league, (OLD,), (OLD, "minimum_living"), (CHILD,), (CHILD, "minimum_living"))
    operations.raise_dues(scope=league, year=YEAR, at=AT)
    assert [(one.price_class, one.owed_fen) for one in dues(league)] == [
        ("adult", 130_00),
        ("adult_aided", 70_00),
        ("child", 40_00),
        ("child_aided", 30_00),
    ]
    assert dues(league)[0].shares == {
        "central": 40_00,
        "region": 25_00,
        "league": 15_00,
        "county": 15_00,
    }


def test_a_payment_at_the_tax_office_covers_from_its_moment(league):
    settle_in(league, (OLD,))
    operations.raise_dues(scope=league, year=YEAR, at=AT)
    line = Line(
        name="白音",
        number=number(1, OLD),
        amount="130",
        paid_at="2009-04-20 10:15:00",
        channel="",
        place="兴安",
        year="2009",
    )
    operations.take_payment_file(
        scope=league, file_name="地税.xlsx", content=payment_file(line), channel="local_tax", at=AT
    )
    assert operations.match_payments(scope=league, year=YEAR, at=AT).matched == 1
    with scoped(league):
        assert Coverage.objects.get().period.lower == moment("2009-04-20 10:15")


def test_finance_is_asked_for_its_shares_of_settled_dues(league):
    test_a_payment_at_the_tax_office_covers_from_its_moment(league)
    place = offices.organisation_by_division("1522")
    access.add_organisation(
        scope=league, kind="finance", name="兴安盟财政局", parent_id=place.id, at=AT
    )
    subsidy.claim_grants(scope=league, year=YEAR, at=AT)
    owed = {one.category: one.expected_fen for one in grants_of.grants(scope=league, year=YEAR)}
    assert owed == {"central": 40_00, "region": 25_00, "league": 15_00, "county": 15_00}


@pytest.fixture
def collected(league):
    """An agent who took the 130.00 of one person on Monday."""
    settle_in(league, (OLD,))
    operations.raise_dues(scope=league, year=YEAR, at=AT)
    staff = hire(role="village_agent", division=TOWN, region="xingan", at=AT)
    operations.give_receipt_range(
        scope=league, holder_id=staff.operator.id, prefix="XA", first=1, last=9, at=AT
    )
    cash = operations.collect_cash(
        scope=staff.scope,
        due_id=dues(league)[0].id,
        amount_fen=130_00,
        special_reason="",
        confirmed=operations.Confirmed(
            identity=True, special_payer=False, employee=False, place=True
        ),
        at=AT,
    )
    return staff.scope, cash


def pay_in(agent, cash, at, late_reason="按规定申报核定"):
    return operations.deposit_cash(
        scope=agent,
        collection_ids=[cash.id],
        channel="agent",
        voucher_no="T-1",
        late_reason=late_reason,
        at=at,
    )


@pytest.mark.requirement("HX-01-13-1")
def test_an_agent_declares_in_three_working_days_and_pays_with_the_assessment(league, collected):
    agent, cash = collected
    assert cash.deposit_by == date(2009, 4, 23)
    with pytest.raises(NotAssessed):
        pay_in(agent, cash, AT)
    declared = operations.declare_cash(scope=agent, collection_ids=[cash.id], at=AT)
    with pytest.raises(NotAssessed):
        pay_in(agent, cash, AT)
    assessed = operations.assess_declaration(
        scope=league, declaration_id=declared.id, assessment_no="核 2009-017", at=AT
    )
    assert (assessed.amount_fen, assessed.assessment_no) == (130_00, "核 2009-017")
    later = moment("2009-04-21 09:00")
    with pytest.raises(DepositLate):
        pay_in(agent, cash, later, late_reason="")
    assert pay_in(agent, cash, later).amount_fen == 130_00
    assert dues(league)[0].settled_at == later


def test_cash_is_declared_once_and_by_who_took_it(league, collected):
    agent, cash = collected
    with pytest.raises(DeclaredBefore):
        operations.declare_cash(scope=league, collection_ids=[cash.id], at=AT)
    operations.declare_cash(scope=agent, collection_ids=[cash.id], at=AT)
    with pytest.raises(DeclaredBefore):
        operations.declare_cash(scope=agent, collection_ids=[cash.id], at=AT)


def test_a_declaration_is_assessed_once(league, collected):
    agent, cash = collected
    declared = operations.declare_cash(scope=agent, collection_ids=[cash.id], at=AT)
    given = {"scope": league, "declaration_id": declared.id, "at": AT}
    operations.assess_declaration(assessment_no="核 1", **given)
    with pytest.raises(AssessmentRefused, match="已核定"):
        operations.assess_declaration(assessment_no="核 2", **given)
