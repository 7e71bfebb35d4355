"""Xinqiao's insured year 2021 from the opened offices to the closed books."""

from datetime import date

from yibao.apps.enrolment import operations as enrolment
from yibao.apps.fund import operations as fund
from yibao.cli.demo import campaign as campaigns
from yibao.cli.demo import midyear, payments, window
from yibao.cli.demo.campaign import YEAR, Campaign
from yibao.cli.demo.clock import at
from yibao.cli.demo.fates import make_town
from yibao.cli.demo.offices import open_xinqiao
from yibao.cli.demo.progress import Progress
from yibao.cli.demo.workbooks import FileBox
from yibao.database.service import refresh_statistics

OPENED_ON, YEAR_OPENED_ON = date(2020, 9, 1), date(2020, 9, 20)
# The day that the filled console serves: the year's last month, with work left to do.
SERVED_ON = date(2021, 12, 20)
_AREA = "430423"


def run_xinqiao(
    *, people: int, seed: int, progress: Progress, files: FileBox, close: bool
) -> Campaign:
    """Run the year; without `close` it stays open on the served day of December 2021."""
    office = open_xinqiao(seed=seed, at=at(OPENED_ON))
    progress.say("villages", len(office.villages))
    town = make_town(
        people=people, villages=[one.division for one in office.villages], area=_AREA, seed=seed
    )
    campaign = Campaign(town, office, progress, files)
    _open(campaign)
    campaigns.register_known(campaign)
    refresh_statistics()
    campaigns.first_rosters(campaign)
    campaigns.import_ledgers(campaign)
    campaigns.raise_dues(campaign)
    _collect(campaign)
    window.claim_grants(campaign)
    window.issue_invoices(campaign)
    midyear.run_months(campaign, until=SERVED_ON)
    if close:
        midyear.close(campaign)
    else:
        midyear.close_months(campaign, until=date(2021, 12, 1), on=SERVED_ON)
    return campaign


def _open(campaign: Campaign) -> None:
    staff, moment = campaign.office.staff, at(YEAR_OPENED_ON)
    fund.open_books(
        scope=staff.scope("accountant", moment),
        unit_id=campaign.office.agency.id,
        on=OPENED_ON,
        at=moment,
    )
    enrolment.open_year(scope=staff.scope("clerk", moment), year=YEAR, on=YEAR_OPENED_ON, at=moment)


def _collect(campaign: Campaign) -> None:
    """The window, in the order of its days: files, cash, November's lists, the final list."""
    window.give_receipts(campaign)
    collected = window.plan(campaign)
    first, second, third, fourth, last = payments.SENT_ON
    window.take_fortnight(campaign, collected, first)
    refresh_statistics()
    window.take_cash(campaign, collected)
    window.take_fortnight(campaign, collected, second)
    campaigns.added_rosters(campaign)
    window.take_fortnight(campaign, collected, third)
    window.take_fortnight(campaign, collected, fourth)
    window.early_deaths(campaign)
    campaigns.final_list(campaign)
    window.hold_cash(campaign)
    window.take_fortnight(campaign, collected, last)
    window.claim_by_hand(campaign, collected)
