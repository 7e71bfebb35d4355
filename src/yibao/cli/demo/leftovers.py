"""What a filled database leaves undone, so that whoever opens the console has something to do."""

from datetime import date, timedelta

from yibao.apps.enrolment import operations as enrolment
from yibao.apps.subsidy import operations as subsidy
from yibao.cli.demo import ledgers, rosters, window
from yibao.cli.demo.campaign import REGION_NAME, TOWN_NAME, YEAR, Campaign
from yibao.cli.demo.clock import at
from yibao.cli.demo.payments import Collected
from yibao.cli.demo.people import Human
from yibao.cli.demo.rosters import RosterLine

_WAITING = 2


def leave_campaign(campaign: Campaign, collected: Collected, on: date) -> None:
    """Leave 18 December as it may be found: cash overdue and cash of yesterday, rows unanswered."""
    window.hold_cash(campaign, on - timedelta(days=5))
    _cash_of_yesterday(campaign, collected, on - timedelta(days=1))
    _december_roster(campaign, on - timedelta(days=1))
    leave_ledger(campaign, on)
    campaign.progress.say("left for a clerk on " + on.isoformat())


def leave_ledger(campaign: Campaign, on: date) -> None:
    """A village hands in people insured elsewhere without their vouchers; nobody has answered."""
    unproven = campaign.town.of("unproven")
    village = campaign.office.village(unproven[-1].village)
    ledger = ledgers.unproven_ledger(campaign.town, village.division)
    content = ledgers.file_of(
        ledger, region=REGION_NAME, year=YEAR, township=TOWN_NAME, village=village.name
    )
    name = campaign.files.keep(f"台账/{village.name}-补报异地参保.xlsx", content)
    enrolment.upload_ledger(
        scope=campaign.office.staff.scope("town", at(on)),
        kind=ledger.kind,
        year=YEAR,
        area_no=village.area_from,
        file_name=name,
        content=content,
        at=at(on, 9, 40),
    )


def _cash_of_yesterday(campaign: Campaign, collected: Collected, day: date) -> None:
    """An agent took cash yesterday and has two days left to pay it in."""
    villages = window.cash_villages(campaign)
    late = [
        one.human
        for one in collected.paid
        if one.paid_at.date() > day
        and not one.mistake
        and one.human.village in villages
        and one.human.key not in campaign.town.fate
    ]
    chosen: list[Human] = late[:_WAITING]
    for human in chosen:
        window.collect(campaign, human.village, [human], at(day, 15))


def _december_roster(campaign: Campaign, on: date) -> None:
    """A department adds people in December: one is registered, one nobody knows."""
    department = next(name for name in rosters.DEPARTMENTS if "民政" in name)
    poor = campaign.town.of("unwilling")[0]
    line = RosterLine(poor, "minimum_living")
    content = rosters.roster_file([line], campaign.village_name, spoil=True)
    name = campaign.files.keep(f"部门名单/{department}{on:%m%d}.xlsx", content)
    staff = campaign.office.staff
    roster = subsidy.upload_roster(
        scope=staff.scope("clerk", at(on)),
        year=YEAR,
        department_id=campaign.office.departments[department],
        kind="addition",
        category=None,
        as_of=on,
        file_name=name,
        content=content,
        paper_sealed=True,
        at=at(on, 10),
    )
    subsidy.confirm_roster(scope=staff.scope("second", at(on)), roster_id=roster.id, at=at(on, 16))
