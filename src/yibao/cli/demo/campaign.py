"""Xinqiao, September to December 2020: rosters, ledgers, dues; who is supported, who is listed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from yibao.apps.access.models import Organisation
from yibao.apps.access.rulebooks import book_of
from yibao.apps.collection import operations as collection
from yibao.apps.enrolment import operations as enrolment
from yibao.apps.enrolment.ledgers import forms
from yibao.apps.registry import operations as registry
from yibao.apps.registry.operations import NewDocument, NewPerson
from yibao.apps.subsidy import operations as subsidy
from yibao.cli.demo import ledgers, rosters
from yibao.cli.demo.clock import at
from yibao.cli.demo.fates import Town
from yibao.cli.demo.ledgers import Ledger
from yibao.cli.demo.lookups import open_rows, persons_of
from yibao.cli.demo.offices import Office
from yibao.cli.demo.people import Human
from yibao.cli.demo.progress import Progress
from yibao.cli.demo.workbooks import FileBox
from yibao.core.money import Fen

YEAR = 2021
REGION_NAME, TOWN_NAME = "衡山县", "新桥镇"
REGISTERED_ON = date(2020, 9, 21)
LISTED_ON = date(2020, 9, 30)
MATCHED_ON = date(2020, 10, 9)
LEDGERS_FROM = date(2020, 10, 20)
DUES_ON = date(2020, 10, 30)
ADDED_ON = date(2020, 11, 27)
DECEASED_ON, FINAL_ON = date(2020, 12, 18), date(2020, 12, 21)
_KNOWN_BEFORE = (
    "died_early", "died", "left", "cash_held", "paid_wrong", "unwilling", "unproven",
    "employee", "elsewhere", "graduate", "employee_cover_ended", "found_uninsured_poor",
    "newly_poor", "december",
)  # fmt: skip


@dataclass
class Campaign:
    """The campaign's state: the town, its offices, and what was registered under which id."""

    town: Town
    office: Office
    progress: Progress
    files: FileBox
    persons: dict[int, int] = field(default_factory=dict)  # key → person id
    poor_roster: int = 0

    def person(self, human: Human) -> int:
        """Return the id under which somebody is registered."""
        return self.persons[human.key]

    def village_name(self, division: str) -> str:
        """Return a village's name."""
        return self.office.village(division).name

    def area_no(self, human: Human) -> int:
        """Return the area number of somebody's village."""
        return self.office.village(human.village).area_from

    def learn(self, humans: Sequence[Human], on: date) -> None:
        """Look up the ids of people whom a ledger registered."""
        scope = self.office.staff.scope("clerk", at(on))
        found = persons_of(scope, [human.number for human in humans])
        self.persons.update({one.key: found[one.number] for one in humans if one.number in found})


def register_known(campaign: Campaign) -> None:
    """Load the register of earlier years: everybody whom the villages have insured before."""
    moment = at(REGISTERED_ON)
    scope = campaign.office.staff.scope("town", moment)
    known = sorted(
        campaign.town.rest() + campaign.town.of(*_KNOWN_BEFORE), key=lambda human: human.key
    )
    ids = registry.register_many(
        scope=scope, persons=[new_person(campaign, human) for human in known], at=moment
    )
    campaign.persons.update({human.key: pk for human, pk in zip(known, ids)})
    campaign.progress.say("registered from the years before", len(ids))


def new_person(campaign: Campaign, human: Human, *, household_id: int | None = None) -> NewPerson:
    """Return what the register is told of somebody."""
    return NewPerson(
        name=human.name,
        sex=human.sex,
        born=human.born,
        area_no=campaign.area_no(human),
        household_no=ledgers.household_no(human) if household_id is None else None,
        household_id=household_id,
        relation=human.relation,
        documents=(NewDocument(kind="resident", number=human.number, source="户口簿"),),
        phone=human.phone,
        residence="rural",
        student=human.student,
        disability_level=human.disability_level,
    )


def price_list(campaign: Campaign) -> Callable[[Human], str]:
    """Return what each person pays, in yuan, once the departments' lists are in."""
    book = book_of(campaign.office.region)
    share = book.value_of("individual_share", on=date(YEAR, 1, 1))
    marginal = book.value_of("marginal_support", on=date(YEAR, 1, 1))

    def owed(human: Human) -> str:
        categories = rosters.categories_of(human)
        if any(category != "marginal" for category in categories):
            return "0"
        left = share - marginal if categories else share
        return Fen(left).yuan().removesuffix(".00")

    return owed


def is_late(human: Human) -> bool:
    """Tell whether only November's lists name him."""
    return bool(rosters.categories_of(human)) and rosters.comes_late(human)


# -- Rosters ---------------------------------------------------------------------------------------


def first_rosters(campaign: Campaign) -> None:
    """Hand in the lists of the end of September, confirm them, match, answer, fix the list."""
    _hand_in(campaign, LISTED_ON, addition=False)
    _match(campaign, MATCHED_ON, "initial")


def added_rosters(campaign: Campaign) -> None:
    """Hand in what November adds."""
    _hand_in(campaign, ADDED_ON, addition=True)
    _match(campaign, ADDED_ON, "addition")


def final_list(campaign: Campaign) -> None:
    """Take the deceased out of the list and fix the final one."""
    dead = [human for human in campaign.town.of("died_early") if rosters.categories_of(human)]
    days = {human.key: campaign.town.days[human.key] for human in dead}
    content = rosters.deceased_file(dead, days, campaign.village_name)
    department = next(iter(name for name in rosters.DEPARTMENTS if "民政" in name))
    _one_roster(campaign, department, DECEASED_ON, "deceased", content)
    _match(campaign, FINAL_ON, "final")


def _hand_in(campaign: Campaign, on: date, *, addition: bool) -> None:
    kind = "addition" if addition else "initial"
    rows = 0
    for department in rosters.DEPARTMENTS:
        lines = rosters.lines_of(campaign.town, department, addition=addition)
        if lines:
            content = rosters.roster_file(lines, campaign.village_name, spoil=not addition)
            _one_roster(campaign, department, on, kind, content)
            rows += len(lines)
    campaign.progress.say(f"{kind} rosters of the departments, people", rows)


def _one_roster(campaign: Campaign, department: str, on: date, kind: str, content: bytes) -> None:
    """Upload by one clerk, confirm by another, answer the rows that name nobody."""
    staff = campaign.office.staff
    name = campaign.files.keep(f"部门名单/{department}{on:%m%d}.xlsx", content)
    roster = subsidy.upload_roster(
        scope=staff.scope("clerk", at(on)),
        year=YEAR,
        department_id=campaign.office.departments[department],
        kind=kind,
        category=None,
        as_of=on,
        file_name=name,
        content=content,
        paper_sealed=True,
        at=at(on, 10),
    )
    second = staff.scope("second", at(on, 14))
    subsidy.confirm_roster(scope=second, roster_id=roster.id, at=at(on, 14))
    for row_id in open_rows(second, roster.id):
        subsidy.answer_row(
            scope=second, row_id=row_id, answer="reject", note="本县无此人", at=at(on, 15)
        )


def _match(campaign: Campaign, on: date, kind: str) -> None:
    staff = campaign.office.staff
    clerk, reviewer = staff.scope("clerk", at(on)), staff.scope("reviewer", at(on, 16))
    subsidy.match(scope=clerk, year=YEAR, at=at(on, 11))
    fixed = subsidy.fix_list(scope=reviewer, year=YEAR, kind=kind, at=at(on, 16))
    campaign.progress.say(f"{kind} list of the supported fixed, people", fixed.persons)


# -- Ledgers ---------------------------------------------------------------------------------------


def import_ledgers(campaign: Campaign) -> None:
    """Import every village's three ledgers, correct what was refused, import that again."""
    owed, town = _owed_by_october(campaign), campaign.town
    for turn, village in enumerate(campaign.office.villages):
        on = LEDGERS_FROM + timedelta(days=turn // 2)
        made = (
            ledgers.elsewhere_ledger(town, village.division),
            ledgers.entrants_ledger(town, village.division, owed),
            ledgers.payment_ledger(town, village.division, owed, turn=turn),
        )
        for hour, ledger in enumerate(made, start=9):
            if ledger.lines:
                _import(campaign, village, ledger, on, hour)
        campaign.progress.say(f"ledgers of {village.name}, lines", sum(len(m.lines) for m in made))
    campaign.learn(town.of("entrant", "listed_entrant"), DUES_ON)


def _owed_by_october(campaign: Campaign) -> Callable[[Human], str]:
    """In October a village knows only the first lists: who comes later still owes in full."""
    after = price_list(campaign)
    book = book_of(campaign.office.region)
    share = Fen(book.value_of("individual_share", on=date(YEAR, 1, 1))).yuan()

    def owed(human: Human) -> str:
        return share.removesuffix(".00") if is_late(human) else after(human)

    return owed


def _import(campaign: Campaign, village: Organisation, ledger: Ledger, on: date, hour: int) -> None:
    names = {"region": REGION_NAME, "township": TOWN_NAME, "village": village.name}
    content = ledgers.file_of(ledger, year=YEAR, **names)
    import_id, bad, good = _take(campaign, village, ledger.kind, content, on, hour)
    if not bad:
        return
    scope = campaign.office.staff.scope("town", at(on, hour))
    errors = enrolment.error_file(scope=scope, import_id=import_id, at=at(on, hour, 20))
    campaign.files.keep(f"台账/{village.name}-{_file_word(ledger.kind)}-错误行.xlsx", errors)
    if not good:
        enrolment.drop_ledger(scope=scope, import_id=import_id, at=at(on, hour, 25))
    mended, left = ledgers.mended_file(ledger, errors, year=YEAR, **names)
    if left:
        _take(campaign, village, ledger.kind, mended, on, hour, again="-更正")


def _take(
    campaign: Campaign,
    village: Organisation,
    kind: str,
    content: bytes,
    on: date,
    hour: int,
    again: str = "",
) -> tuple[int, int, int]:
    """Upload, confirm the good lines; return the import, and how many were refused and good."""
    scope = campaign.office.staff.scope("town", at(on, hour))
    name = campaign.files.keep(f"台账/{village.name}-{_file_word(kind)}{again}.xlsx", content)
    minute = 30 if again else 5
    made = enrolment.upload_ledger(
        scope=scope,
        kind=kind,
        year=YEAR,
        area_no=village.area_from,
        file_name=name,
        content=content,
        at=at(on, hour, minute),
    )
    if made.rows_total > made.rows_good + made.rows_bad:
        made = enrolment.decide_warnings(
            scope=scope, import_id=made.id, at=at(on, hour, minute + 5)
        )
    if made.rows_good:
        enrolment.confirm_ledger(scope=scope, import_id=made.id, at=at(on, hour, minute + 10))
    return made.id, made.rows_bad, made.rows_good


def _file_word(kind: str) -> str:
    """How a village calls the ledger."""
    form = forms()[kind]
    return f"附件{form.annex}{form.name.removeprefix('城乡居民')}"


def raise_dues(campaign: Campaign) -> None:
    """Raise what everybody on the list owes."""
    moment = at(DUES_ON, 18)
    scope = campaign.office.staff.scope("clerk", moment)
    raised = collection.raise_dues(scope=scope, year=YEAR, at=moment)
    campaign.progress.say("dues raised", raised)
