"""A banner of Hinggan, 2008 to 2010: who may join, three years of payments, the count of 1 May."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from yibao.apps.access.rulebooks import book_of
from yibao.apps.collection import operations as collection
from yibao.apps.enrolment import operations as enrolment
from yibao.apps.fund import operations as fund
from yibao.apps.registry import operations as registry
from yibao.apps.registry.operations import NewDocument, NewIdentity, NewPerson
from yibao.cli.demo.clock import at, within
from yibao.cli.demo.lookups import dues_of
from yibao.cli.demo.offices import BANNER, Office
from yibao.cli.demo.payments import Paid, payment_file
from yibao.cli.demo.people import Human, Population, make_population
from yibao.cli.demo.progress import Progress
from yibao.cli.demo.workbooks import FileBox
from yibao.core.money import Fen
from yibao.core.rules.facts import read_facts
from yibao.core.rules.scalar import decide
from yibao.rulebook.national import surnames

OPENED_ON = date(2008, 8, 11)
YEARS = (2008, 2009, 2010)
VISIT_YEAR = 2010
# The day that the filled console serves.
SERVED_ON = date(2010, 12, 20)
PLACE = "兴安"
COUNTED_ON = date(2008, 6, 30)
# When each year is paid: the first and last day (参保 8).
_PAID = {
    2008: (date(2008, 9, 1), date(2008, 11, 28)),
    2009: (date(2009, 1, 12), date(2009, 4, 29)),
    2010: (date(2009, 9, 7), date(2009, 11, 27)),
}
_ENROLLED_ON = {2008: date(2008, 8, 20), 2009: date(2009, 1, 5), 2010: date(2009, 8, 31)}
_COUNT_ON = date(2010, 5, 1)
_MADE_UP_ON = date(2010, 6, 8)
_FEWEST, _PEOPLE_IN_ONE = 24, 8
_DRAWN_FOR_ONE = 4
_MONGOLIAN_PARTS = 45
_TOWNS = 10
# In a thousand: who joins only in the second year, who stops before the third, who makes it up.
_JOIN_LATER, _STOP, _MAKE_UP_EVERY = 180, 40, 3
_STOP_LEAST = 4
HAN, MONGOL = "01", "02"
_FAMILY_NAMES = frozenset("".join(surnames().weights))


@dataclass
class Banner:
    """The banner's insured: people, their ids, and who paid for which year."""

    office: Office
    progress: Progress
    files: FileBox
    population: Population
    people: list[Human] = field(default_factory=list)
    persons: dict[int, int] = field(default_factory=dict)  # key → person id
    unpaid: list[Human] = field(default_factory=list)  # for 2010, at the count

    def person(self, human: Human) -> int:
        """Return the id under which somebody is registered."""
        return self.persons[human.key]


def make_banner(
    office: Office, *, people: int, seed: int, progress: Progress, files: FileBox
) -> Banner:
    """Return the banner with those of its people who may join by the rules of 2008."""
    wanted = max(_FEWEST, people // _PEOPLE_IN_ONE)
    towns = [town.division for town in office.villages[:_TOWNS]]
    population = make_population(
        people=wanted * _DRAWN_FOR_ONE,
        villages=towns,
        area=BANNER,
        seed=seed + 1,
        mongolian_parts=_MONGOLIAN_PARTS,
        counted_on=COUNTED_ON,
    )
    banner = Banner(office, progress, files, population)
    banner.people = [human for human in population.humans if may_join(human)][:wanted]
    return banner


def may_join(human: Human) -> bool:
    """Ask the region's own rule whether a townsman may join (参保 3)."""
    edition = book_of("xingan").bind("eligibility", year=YEARS[0])
    facts = {"year": YEARS[0], "born": human.born.isoformat(), "sex": human.sex}
    facts |= {"residence": "urban", "hukou_kind": "urban"}
    if human.student:
        facts["student"] = human.student
    if human.disability_level:
        facts["disability_level"] = human.disability_level
    return bool(decide(edition, read_facts(edition, facts)).result["eligible"])


def open_books(banner: Banner) -> None:
    """Open the league's books."""
    moment = at(OPENED_ON)
    scope = banner.office.staff.scope("accountant", moment)
    fund.open_books(scope=scope, unit_id=banner.office.agency.id, on=OPENED_ON, at=moment)


def register_people(banner: Banner) -> None:
    """Register the townspeople with their families, standings and ethnic groups."""
    moment = at(OPENED_ON, 14)
    scope = banner.office.staff.scope("clerk", moment)
    areas = {town.division: town.area_from for town in banner.office.villages}
    ids = registry.register_many(
        scope=scope,
        persons=[_new_person(human, areas) for human in banner.people],
        at=moment,
    )
    banner.persons = {human.key: pk for human, pk in zip(banner.people, ids)}
    banner.progress.say("registered in the banner", len(ids))


def _new_person(human: Human, areas: Mapping[str, int]) -> NewPerson:
    aided = "minimum_living" in human.identities
    standing = NewIdentity("minimum_living", date(2008, 1, 1), source="城市低保证")
    return NewPerson(
        name=human.name,
        sex=human.sex,
        born=human.born,
        area_no=areas[human.village],
        household_no=f"{human.household:05d}",
        relation=human.relation,
        documents=(NewDocument(kind="resident", number=human.number, source="户口簿"),),
        identities=(standing,) if aided else (),
        phone=human.phone,
        ethnic_group=HAN if human.name[0] in _FAMILY_NAMES else MONGOL,
        residence="urban",
        hukou_kind="urban",
        student=human.student,
        disability_level=human.disability_level,
        low_income_family=not aided and human.household % 9 == 0,
    )


def run_years(banner: Banner) -> None:
    """Open, enrol, price and pay 2008 to 2010; count the unpaid; some make up."""
    source = banner.population.source
    later = {one.key for one in banner.people if source.randrange(1000) < _JOIN_LATER}
    stopping = max(_STOP_LEAST, len(banner.people) * _STOP // 1000)
    stopped = {one.key for one in source.sample(banner.people, stopping)}
    for year in YEARS:
        joining = [one for one in banner.people if year > YEARS[0] or one.key not in later]
        paying = [one for one in joining if year < VISIT_YEAR or one.key not in stopped]
        fresh = {one.key for one in joining} if year == YEARS[0] else later
        _enrol(banner, year, joining, fresh if year < VISIT_YEAR else set())
        _pay(banner, year, paying)
    banner.unpaid = [one for one in banner.people if one.key in stopped]
    moment = at(_COUNT_ON)
    clerk = banner.office.staff.scope("clerk", moment)
    count = enrolment.suspend_unpaid(scope=clerk, year=VISIT_YEAR, on=_COUNT_ON, at=moment)
    banner.progress.say("suspended by the count of 1 May 2010", count)
    _settle_payments(banner, VISIT_YEAR, banner.unpaid[::_MAKE_UP_EVERY], _MADE_UP_ON)


def _enrol(banner: Banner, year: int, joining: Sequence[Human], fresh: set[int]) -> None:
    moment = at(_ENROLLED_ON[year])
    clerk = banner.office.staff.scope("clerk", moment)
    enrolment.open_year(scope=clerk, year=year, on=_ENROLLED_ON[year], at=moment)
    entries = [
        enrolment.Entry(person_id=banner.person(one), first_time=one.key in fresh)
        for one in joining
    ]
    enrolment.enrol(scope=clerk, year=year, entries=entries, at=moment)
    collection.raise_dues(scope=clerk, year=year, at=moment)


def _pay(banner: Banner, year: int, paying: Sequence[Human]) -> None:
    first, last = _PAID[year]
    _settle_payments(banner, year, paying, last, first=first)


def _settle_payments(
    banner: Banner, year: int, paying: Sequence[Human], day: date, *, first: date | None = None
) -> None:
    """The tax office reports what it took, voucher by voucher; all of it is matched."""
    if not paying:
        return
    moment = at(day, 20)
    clerk = banner.office.staff.scope("clerk", moment)
    dues = dues_of(clerk, year, [banner.person(one) for one in paying])
    rows = []
    for nth, human in enumerate(paying):
        paid_on = within(first, day, banner.population.source.random()) if first else day
        rows.append(
            Paid(
                human=human,
                name=human.name,
                number=human.number,
                amount=Fen(dues[banner.person(human)].open_fen).yuan(),
                paid_at=at(paid_on, 9 + nth % 8, nth % 60),
                channel="local_tax",
                voucher=f"({year})内地税{nth + 1:06d}" if first else f"({year})补{nth + 1:06d}",
                place=PLACE,
            )
        )
    content = payment_file(rows, year=year)
    name = banner.files.keep(f"兴安/地税缴费{year}-{day:%m%d}.xlsx", content)
    collection.take_payment_file(
        scope=clerk, file_name=name, content=content, at=moment, channel="local_tax"
    )
    done = collection.match_payments(scope=clerk, year=year, at=at(day + timedelta(days=1)))
    banner.progress.say(f"payments of {year} matched in the banner", done.matched)
