"""Xinqiao, October to December 2020: money in by four channels, and cash that agents hold."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from yibao.apps.collection import operations as collection
from yibao.apps.collection.operations.cash import Confirmed
from yibao.apps.enrolment import operations as enrolment
from yibao.apps.registry import operations as registry
from yibao.apps.subsidy import operations as subsidy
from yibao.cli.demo import payments
from yibao.cli.demo.campaign import YEAR, Campaign, is_late, price_list
from yibao.cli.demo.clock import at
from yibao.cli.demo.lookups import dues_of, matched_payments, payments_of
from yibao.cli.demo.payments import Collected, Paid
from yibao.cli.demo.people import Human
from yibao.cli.demo.rosters import categories_of

AGENTS = 3
RANGES_ON = date(2020, 10, 19)
CLAIMED_ON, REFUND_ON = date(2020, 12, 31), date(2020, 12, 30)
GRANTS_CLAIMED_ON, GRANTS_FROM = date(2020, 12, 31), date(2021, 1, 12)
_HELD_ON = date(2020, 12, 30)
_CASH_FROM = date(2020, 11, 3)
_FEWEST_RECEIPTS, _PEOPLE_FOR_ONE, _RANGE_STEP = 50, 40, 10_000
_BLANK = date(2020, 12, 16)
_WHY_CASH = ("高龄独居，不会使用手机", "行动不便，家中无智能手机", "临时外出，委托代办员代缴")
_SAME_DAY, _SOON, _TOO_LATE = 0, 2, 5
_WHY_LATE = {_SOON: "村部网络故障，次日恢复", _TOO_LATE: "代办员住院，出院后即缴库"}


def plan(campaign: Campaign) -> Collected:
    """Return who pays how, and which villages' agents take cash."""
    owed = price_list(campaign)

    def pays(human: Human) -> str:
        return "0" if is_late(human) else owed(human)

    return payments.collected(campaign.town, pays, agents=cash_villages(campaign))


def cash_villages(campaign: Campaign) -> tuple[str, ...]:
    """Return the villages where cash is taken: that of the cash never paid in, and two more."""
    (held,) = campaign.town.of("cash_held")
    others = [one.division for one in campaign.office.villages if one.division != held.village]
    return (held.village, *others[: AGENTS - 1])


def give_receipts(campaign: Campaign) -> None:
    """Hand each agent who may take cash a range of receipts."""
    staff, moment = campaign.office.staff, at(RANGES_ON)
    people = len(campaign.town.population.humans)
    receipts = max(_FEWEST_RECEIPTS, people // _PEOPLE_FOR_ONE)
    for nth, village in enumerate(cash_villages(campaign)):
        collection.give_receipt_range(
            scope=staff.scope("town", moment),
            holder_id=staff.operator(village),
            prefix="HS2020-",
            first=(nth + 1) * _RANGE_STEP + 1,
            last=(nth + 1) * _RANGE_STEP + receipts,
            at=moment,
        )


def take_file(
    campaign: Campaign, rows: Sequence[Paid], day: date, channel: str, *, hour: int = 20
) -> None:
    """Take one file of the tax side."""
    moment = at(day, hour)
    content = payments.payment_file(rows, year=YEAR)
    name = campaign.files.keep(f"缴费明细/{day:%Y%m%d}-{channel}.xlsx", content)
    scope = campaign.office.staff.scope("clerk", moment)
    collection.take_payment_file(
        scope=scope, file_name=name, content=content, at=moment, channel=channel
    )


def match_all(campaign: Campaign, day: date) -> None:
    """Match everything that has come by this day."""
    moment = at(day, 21)
    scope = campaign.office.staff.scope("clerk", moment)
    done = collection.match_payments(scope=scope, year=YEAR, at=moment)
    campaign.progress.say(f"payments matched by {day.isoformat()}", done.matched)


def take_fortnight(campaign: Campaign, collected: Collected, day: date) -> None:
    """Take the four files that came on a day, and match."""
    for (sent_on, channel), rows in payments.by_file(collected.paid).items():
        if sent_on == day:
            take_file(campaign, rows, day, channel)
    match_all(campaign, day)


def take_cash(campaign: Campaign, collected: Collected) -> None:
    """Agents take cash by exception and pay it in: that day, in three days, once too late."""
    by_village: dict[str, list[Human]] = {}
    for human in collected.cash:
        by_village.setdefault(human.village, []).append(human)
    lateness = [_TOO_LATE, _SOON, _SAME_DAY, _SAME_DAY]
    taken = 0
    for nth, village in enumerate(sorted(by_village)):
        humans = by_village[village]
        # An agent's people in two visits, the second paid in as the turn says.
        half = (len(humans) + 1) // 2
        for turn, part in enumerate((humans[:half], humans[half:])):
            day = _CASH_FROM + timedelta(days=9 * nth + 4 * turn)
            late = lateness[(2 * nth + turn) % len(lateness)]
            taken += _one_visit(campaign, village, part, day, late)
    campaign.progress.say("paid in cash to agents, people", taken)


def _one_visit(
    campaign: Campaign, village: str, humans: Sequence[Human], day: date, late: int
) -> int:
    if not humans:
        return 0
    scope = campaign.office.staff.scope(village, at(day))
    ids = collect(campaign, village, humans, at(day, 10))
    collection.deposit_cash(
        scope=scope,
        collection_ids=ids,
        channel="pos",
        voucher_no=f"POS{village[-3:]}{day:%m%d}",
        late_reason=_WHY_LATE.get(late, ""),
        at=at(day + timedelta(days=late), 17),
    )
    return len(ids)


def collect(
    campaign: Campaign, village: str, humans: Sequence[Human], moment: datetime
) -> list[int]:
    """Take what is open of each due in cash; return the collections."""
    scope = campaign.office.staff.scope(village, moment)
    dues = dues_of(scope, YEAR, [campaign.person(human) for human in humans])
    made = []
    for nth, human in enumerate(humans):
        due = dues[campaign.person(human)]
        confirmed = Confirmed(
            identity=True, special_payer=due.subsidised_fen > 0, employee=False, place=True
        )
        cash = collection.collect_cash(
            scope=scope,
            due_id=due.due_id,
            amount_fen=due.open_fen,
            special_reason=_WHY_CASH[human.key % len(_WHY_CASH)],
            confirmed=confirmed,
            at=moment + timedelta(minutes=3 * nth),
        )
        made.append(cash.id)
    return made


def hold_cash(campaign: Campaign, on: date = _HELD_ON) -> None:
    """One agent takes cash, usually on the last day but one, and does not pay it in."""
    (human,) = campaign.town.of("cash_held")
    collect(campaign, human.village, [human], at(on, 16))


def claim_by_hand(campaign: Campaign, collected: Collected) -> None:
    """Find out whose money it is where the name was written wrong, and refuse a refund."""
    moment = at(CLAIMED_ON, 22)
    scope = campaign.office.staff.scope("clerk", moment)
    typed = [one for one in collected.paid if one.mistake == "name"]
    found = payments_of(scope, [one.voucher for one in typed])
    dues = dues_of(scope, YEAR, [campaign.person(one.human) for one in typed])
    for one in typed:
        collection.claim_unmatched(
            scope=scope,
            payment_id=found[one.voucher],
            due_id=dues[campaign.person(one.human)].due_id,
            reason="姓名录入不全，经电话核实为本人",
            at=moment,
        )
    twice = [one.voucher for one in collected.paid if one.mistake == "twice"]
    payment_id = payments_of(scope, twice[:1])[twice[0]]
    town = campaign.office.staff.scope("town", at(REFUND_ON))
    collection.request_refund(
        scope=town, payment_id=payment_id, reason="重复缴费，要求退回", at=at(CLAIMED_ON, 23)
    )
    campaign.progress.say("payments claimed by hand", len(typed))


def issue_invoices(campaign: Campaign) -> None:
    """The tax hall gives a few payers a paper invoice, a day after payment at the earliest."""
    moment = at(date(2021, 1, 6))
    scope = campaign.office.staff.scope("clerk", moment)
    for nth, payment_id in enumerate(matched_payments(scope, YEAR, 3), start=1):
        collection.issue_invoice(
            scope=scope, payment_id=payment_id, number=f"湘0463{nth:05d}", at=moment
        )


def early_deaths(campaign: Campaign) -> None:
    """Record those who died before the year began and whom no department lists."""
    clerk = campaign.office.staff.scope("clerk", at(_BLANK))
    town = campaign.office.staff.scope("town", at(_BLANK))
    plain = [one for one in campaign.town.of("died_early") if not categories_of(one)]
    for human in plain:
        registry.record_death(
            scope=town,
            person_id=campaign.person(human),
            died_on=campaign.town.days[human.key],
            source="火化证明",
            at=at(_BLANK),
        )
    ids = [campaign.person(human) for human in plain]
    collection.cancel_dues(
        scope=clerk, year=YEAR, person_ids=ids, reason="缴费前死亡", at=at(_BLANK, 10)
    )


def claim_grants(campaign: Campaign) -> None:
    """Claim what the departments owe by the final list; all but the last pays in January."""
    moment = at(GRANTS_CLAIMED_ON, 15)
    scope = campaign.office.staff.scope("accountant", moment)
    grants = subsidy.claim_grants(scope=scope, year=YEAR, at=moment)
    for nth, grant in enumerate(grants):
        on = GRANTS_FROM + timedelta(days=2 * nth)
        open_fen = grant.expected_fen - grant.received_fen
        if nth == len(grants) - 1 and len(grants) > 1:
            # The last department pays half and still owes the rest.
            open_fen //= 2
        if open_fen > 0:
            subsidy.receive_grant(
                scope=scope,
                grant_id=grant.id,
                amount_fen=open_fen,
                received_on=on,
                voucher_no=f"GK2021-{nth + 1:03d}",
                at=at(on, 11),
            )
    campaign.progress.say("grants received", len(grants))


def record_found_elsewhere(campaign: Campaign, on: date) -> None:
    """Some who had no voucher turn out to be insured elsewhere: it is recorded, no due is left."""
    found = campaign.town.of("unproven")[::3]
    town = campaign.office.staff.scope("town", at(on))
    clerk = campaign.office.staff.scope("clerk", at(on, 10))
    for human in found:
        cover = enrolment.NewOtherCover(
            person_id=campaign.person(human),
            kind="resident",
            place="长沙市",
            voucher_no=f"YB2021{human.key:06d}",
            hukou_place="衡山县新桥镇",
        )
        enrolment.record_other_cover(scope=town, year=YEAR, cover=cover, at=at(on))
    ids = [campaign.person(human) for human in found]
    collection.cancel_dues(
        scope=clerk, year=YEAR, person_ids=ids, reason="已在外地参保", at=at(on, 10)
    )
