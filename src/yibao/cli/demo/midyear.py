"""Xinqiao in 2021: newborns, those who come in by an event, deaths, departures, and the close."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from yibao.apps.collection import operations as collection
from yibao.apps.enrolment import operations as enrolment
from yibao.apps.fund import operations as fund
from yibao.apps.fund import queries as books
from yibao.apps.fund.models import BookKind
from yibao.apps.registry import operations as registry
from yibao.apps.subsidy import operations as subsidy
from yibao.cli.demo import rosters, window
from yibao.cli.demo.campaign import YEAR, Campaign, new_person
from yibao.cli.demo.clock import at
from yibao.cli.demo.fates import ARRIVALS, RESIDENTS
from yibao.cli.demo.lookups import dues_of, household_of, open_rows
from yibao.cli.demo.payments import Paid
from yibao.cli.demo.people import Human
from yibao.core.money import Fen

_REGISTERED_AFTER, _TOO_LATE_AFTER = 25, 104
_PAID_AFTER = 2
_FOUND_ON = date(2021, 3, 18)
_POOR_LISTED = date(2021, 11, 10)
_DECEMBER, _LAST_FILE = date(2021, 12, 8), date(2021, 12, 20)
CLOSED_ON = date(2022, 1, 5)


@dataclass(frozen=True, slots=True)
class Entrant:
    """Somebody who comes in on a day of 2021, by what event."""

    human: Human
    event: str
    event_on: date
    enters_on: date


def entrants(campaign: Campaign) -> list[Entrant]:
    """Return everybody who comes in during the year, in the order of their days."""
    town, found = campaign.town, []
    for human in town.of("newborn"):
        found.append(_newborn(human, _REGISTERED_AFTER + human.key % 40))
    for human in town.of("late_newborn"):
        found.append(_newborn(human, _TOO_LATE_AFTER))
    for event in ("foundling", *ARRIVALS, *RESIDENTS):
        if event != "newly_poor":
            for human in town.of(event):
                day = town.days[human.key]
                found.append(Entrant(human, event, day - timedelta(days=12), day))
    for human in town.of("december"):
        found.append(Entrant(human, "graduate", date(2021, 11, 29), _DECEMBER))
    return sorted(found, key=lambda one: (one.enters_on, one.human.key))


def _newborn(human: Human, after: int) -> Entrant:
    return Entrant(human, "newborn", human.born, human.born + timedelta(days=after))


def run_months(campaign: Campaign) -> None:
    """Let 2021 pass month by month: who comes in registers, is priced and pays."""
    coming = entrants(campaign)
    for month in range(1, 13):
        first = date(YEAR, month, 1)
        last = _last_day(first)
        here = [one for one in coming if first <= one.enters_on <= last]
        _enter(campaign, here, min(last, _LAST_FILE))
        _leave(campaign, first, last)
        if first <= _FOUND_ON <= last:
            window.record_found_elsewhere(campaign, _FOUND_ON)
        if first <= _POOR_LISTED <= last:
            _newly_poor(campaign)


def _last_day(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _enter(campaign: Campaign, coming: Sequence[Entrant], last: date) -> None:
    """Register, enrol and price each on the day, then take the month's payments."""
    paid = [_one(campaign, entrant) for entrant in coming]
    if not paid:
        return
    day = max(last, *(one.paid_at.date() for one in paid))
    window.take_file(campaign, paid, day, "bank_counter")
    window.match_all(campaign, day)


def _one(campaign: Campaign, entrant: Entrant) -> Paid:
    human, moment = entrant.human, at(entrant.enters_on)
    town = campaign.office.staff.scope("town", moment)
    clerk = campaign.office.staff.scope("clerk", moment)
    if human.key not in campaign.persons:
        _register(campaign, entrant)
    person_id = campaign.person(human)
    entry = enrolment.Entry(
        person_id=person_id,
        event=entrant.event,
        event_on=entrant.event_on,
        first_time=entrant.event in ("newborn", "foundling", *ARRIVALS),
    )
    enrolment.enrol(scope=town, year=YEAR, entries=[entry], at=moment)
    collection.raise_dues(
        scope=clerk, year=YEAR, at=at(entrant.enters_on, 10), person_ids=[person_id]
    )
    due = dues_of(clerk, YEAR, [person_id])[person_id]
    return Paid(
        human=human,
        name=human.name,
        number=human.number,
        amount=Fen(due.open_fen).yuan(),
        paid_at=at(entrant.enters_on + timedelta(days=_PAID_AFTER), 11, human.key % 60),
        channel="bank_counter",
        voucher=f"MID{human.key:08d}",
    )


def _register(campaign: Campaign, entrant: Entrant) -> None:
    """Register somebody new: into the family where it is known, with a permit where it counts."""
    human, moment = entrant.human, at(entrant.enters_on)
    scope = campaign.office.staff.scope("town", moment)
    family = [
        one
        for one in campaign.town.population.family(human)
        if one.key in campaign.persons and one.key != human.key
    ]
    known = household_of(scope, campaign.person(family[0])) if family else None
    person = new_person(campaign, human, household_id=known)
    if entrant.event == "new_employment_form":
        person = _permit_holder(person)
    registered = registry.register_person(scope=scope, person=person, at=moment)
    campaign.persons[human.key] = registered.id


def _permit_holder(person: registry.NewPerson) -> registry.NewPerson:
    values = {name: getattr(person, name) for name in person.__dataclass_fields__}
    return registry.NewPerson(**(values | {"residence_permit": True, "hukou": "other"}))


def _leave(campaign: Campaign, first: date, last: date) -> None:
    """Record the month's deaths and departures."""
    for name in ("died", "left"):
        for human in campaign.town.of(name):
            day = campaign.town.days[human.key]
            if not first <= day <= last:
                continue
            moment = at(min(day + timedelta(days=3), last))
            scope = campaign.office.staff.scope("town", moment)
            person_id = campaign.person(human)
            if name == "died":
                registry.record_death(
                    scope=scope, person_id=person_id, died_on=day, source="死亡证明", at=moment
                )
            else:
                registry.record_departure(
                    scope=scope,
                    person_id=person_id,
                    moved_away_on=day,
                    source="户口迁移证",
                    at=moment,
                )


def _newly_poor(campaign: Campaign) -> None:
    """The department lists the newly poor; what they owe is borne whole. One row stays open."""
    people, moment = campaign.town.of("newly_poor"), at(_POOR_LISTED)
    staff = campaign.office.staff
    entries = [
        enrolment.Entry(person_id=campaign.person(human), event="newly_poor", event_on=_POOR_LISTED)
        for human in people
    ]
    enrolment.enrol(scope=staff.scope("town", moment), year=YEAR, entries=entries, at=moment)
    content = rosters.newly_poor_file(people, campaign.village_name)
    name = campaign.files.keep("部门名单/年中新增贫困人员.xlsx", content)
    department = campaign.office.departments[next(iter(rosters.DEPARTMENTS))]
    roster = subsidy.upload_roster(
        scope=staff.scope("clerk", moment),
        year=YEAR,
        department_id=department,
        kind="addition",
        category="newly_poor",
        as_of=_POOR_LISTED,
        file_name=name,
        content=content,
        paper_sealed=True,
        at=at(_POOR_LISTED, 10),
    )
    second = staff.scope("second", moment)
    subsidy.confirm_roster(scope=second, roster_id=roster.id, at=at(_POOR_LISTED, 14))
    clerk = staff.scope("clerk", moment)
    subsidy.match(scope=clerk, year=YEAR, at=at(_POOR_LISTED, 15))
    ids = [campaign.person(human) for human in people]
    collection.raise_dues(scope=clerk, year=YEAR, at=at(_POOR_LISTED, 16), person_ids=ids)
    campaign.poor_roster = roster.id


def settle_lists(campaign: Campaign, on: date) -> None:
    """Answer the row that was left, fix the last list, and receive what is still owed."""
    staff = campaign.office.staff
    clerk, reviewer = staff.scope("clerk", at(on)), staff.scope("reviewer", at(on))
    for row_id in open_rows(clerk, campaign.poor_roster):
        subsidy.answer_row(
            scope=clerk, row_id=row_id, answer="reject", note="本县无此人", at=at(on)
        )
    subsidy.fix_list(scope=reviewer, year=YEAR, kind="final", at=at(on, 10))
    accountant = staff.scope("accountant", at(on, 11))
    grants = subsidy.claim_grants(scope=accountant, year=YEAR, at=at(on, 11))
    for nth, grant in enumerate(grants):
        if grant.expected_fen > grant.received_fen:
            subsidy.receive_grant(
                scope=accountant,
                grant_id=grant.id,
                amount_fen=grant.expected_fen - grant.received_fen,
                received_on=on,
                voucher_no=f"GK2021-{nth + 101:03d}",
                at=at(on, 12),
            )


def close_months(campaign: Campaign, *, until: date, on: date) -> None:
    """Close every month of every book before a day, in their order."""
    scope = campaign.office.staff.scope("accountant", at(on, 14))
    for kind in BookKind:
        book = books.book(campaign.office.region, kind)
        month = date(2020, 9, 1)
        while month < until:
            fund.close_month(scope=scope, book_id=book.id, month=month, at=at(on, 14))
            month = (month + timedelta(days=31)).replace(day=1)
    campaign.progress.say(f"books closed up to {until.isoformat()}")


def close(campaign: Campaign) -> None:
    """Close the year: lists settled, months closed, nothing more is enrolled."""
    settle_lists(campaign, date(2021, 12, 30))
    close_months(campaign, until=date(2022, 1, 1), on=CLOSED_ON)
    clerk = campaign.office.staff.scope("clerk", at(CLOSED_ON))
    enrolment.close_year(scope=clerk, year=YEAR, on=CLOSED_ON, at=at(CLOSED_ON, 16))
