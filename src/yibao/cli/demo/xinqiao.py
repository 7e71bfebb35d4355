"""Xinqiao's insured year 2021 from the opened offices to the closed books."""

from datetime import date
from enum import StrEnum

from yibao.apps.enrolment import operations as enrolment
from yibao.apps.fund import operations as fund
from yibao.cli.demo import campaign as campaigns
from yibao.cli.demo import leftovers, midyear, payments, window
from yibao.cli.demo.campaign import YEAR, Campaign
from yibao.cli.demo.clock import at
from yibao.cli.demo.fates import make_town
from yibao.cli.demo.offices import open_xinqiao
from yibao.cli.demo.payments import Collected
from yibao.cli.demo.progress import Progress
from yibao.cli.demo.workbooks import FileBox
from yibao.database.service import refresh_statistics

OPENED_ON, YEAR_OPENED_ON = date(2020, 9, 1), date(2020, 9, 20)
_AREA = "430423"


class Stop(StrEnum):
    """How far a run goes: to a day of the campaign, to the year's last month, or to its close."""

    CAMPAIGN = "campaign"
    YEAR = "year"
    CLOSE = "close"


# The day that a filled console serves, where the run stops before the close.
SERVED_ON = {Stop.CAMPAIGN: date(2020, 12, 18), Stop.YEAR: date(2021, 12, 20)}


def run_xinqiao(
    *, people: int, seed: int, progress: Progress, files: FileBox, stop: Stop
) -> Campaign:
    """Run the year as far as `stop` says; what stays undone there waits for a clerk."""
    office = open_xinqiao(seed=seed, at=at(OPENED_ON))
    progress.say("villages", len(office.villages))
    town = make_town(
        people=people, villages=[one.division for one in office.villages], area=_AREA, seed=seed
    )
    campaign = Campaign(town, office, progress, files)
    _prepare(campaign)
    collected = _collect(campaign)
    if stop == Stop.CAMPAIGN:
        leftovers.leave_campaign(campaign, collected, SERVED_ON[stop])
        return campaign
    _finish_campaign(campaign, collected)
    midyear.run_months(campaign)
    if stop == Stop.YEAR:
        leftovers.leave_ledger(campaign, SERVED_ON[stop])
        midyear.close_months(campaign, until=date(2021, 12, 1), on=SERVED_ON[stop])
    else:
        midyear.close(campaign)
    return campaign


def _prepare(campaign: Campaign) -> None:
    """September and October: books and year opened, the register, rosters, ledgers, dues."""
    staff, moment = campaign.office.staff, at(YEAR_OPENED_ON)
    fund.open_books(
        scope=staff.scope("accountant", moment),
        unit_id=campaign.office.agency.id,
        on=OPENED_ON,
        at=moment,
    )
    enrolment.open_year(scope=staff.scope("clerk", moment), year=YEAR, on=YEAR_OPENED_ON, at=moment)
    campaigns.register_known(campaign)
    refresh_statistics()
    campaigns.first_rosters(campaign)
    campaigns.import_ledgers(campaign)
    campaigns.raise_dues(campaign)


def _collect(campaign: Campaign) -> Collected:
    """The window up to the middle of December: files, cash, November's lists, deaths."""
    window.give_receipts(campaign)
    collected = window.plan(campaign)
    first, second, third, fourth, _ = payments.SENT_ON
    window.take_fortnight(campaign, collected, first)
    refresh_statistics()
    window.take_cash(campaign, collected)
    window.take_fortnight(campaign, collected, second)
    campaigns.added_rosters(campaign)
    window.take_fortnight(campaign, collected, third)
    window.take_fortnight(campaign, collected, fourth)
    window.early_deaths(campaign)
    return collected


def _finish_campaign(campaign: Campaign, collected: Collected) -> None:
    """The last days of the window, and January's grants."""
    campaigns.final_list(campaign)
    window.hold_cash(campaign)
    window.take_fortnight(campaign, collected, payments.SENT_ON[-1])
    refresh_statistics()
    window.claim_by_hand(campaign, collected)
    window.claim_grants(campaign)
    window.issue_invoices(campaign)
