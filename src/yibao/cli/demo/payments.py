"""What the tax side sends: payments by channel and fortnight, and the mistakes that payers make."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from yibao.cli.demo.clock import at, within
from yibao.cli.demo.fates import Town
from yibao.cli.demo.people import COUNTED_ON, Human
from yibao.cli.demo.workbooks import PAYMENT_COLUMNS, Cell, workbook
from yibao.core.identity.resident import make_resident_number

OPENED, CLOSED = date(2020, 10, 20), date(2020, 12, 28)
# The days on which the tax side sends what came since the last one.
SENT_ON = (date(2020, 10, 31), date(2020, 11, 15), date(2020, 11, 30), date(2020, 12, 15),
           date(2020, 12, 31))  # fmt: skip
CHANNELS = {
    "app": ("税务手机 APP", 45),
    "mini_program": ("微信小程序", 20),
    "pos": ("村级 POS 机", 24),
    "bank_counter": ("银行柜台", 11),
}
PLACE = "衡山"
_ELSEWHERE = "衡东"
# Of a thousand payers.
_CASH, _NAME_TYPED_WRONG, _TWICE = 14, 4, 3


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment as the tax side reports it; `amount` in yuan."""

    human: Human
    name: str
    number: str
    amount: str
    paid_at: datetime
    channel: str
    voucher: str
    place: str = PLACE
    mistake: str = ""  # name amount place twice employee unknown unreadable


@dataclass(frozen=True, slots=True)
class Collected:
    """Who pays how in the window: by channel, or in cash to an agent."""

    paid: tuple[Paid, ...]
    cash: tuple[Human, ...]


def collected(town: Town, owed: Callable[[Human], str], *, agents: Sequence[str]) -> Collected:
    """Return the payments of the window. `agents`: the villages whose agent takes cash."""
    source = town.population.source
    payers = [
        human
        for human in town.rest() + town.of("entrant", "listed_entrant", "died", "left")
        if owed(human) != "0"
    ]
    aged = [
        human
        for human in payers
        if human.village in agents
        and human.age_on(COUNTED_ON) >= 60
        and not town.fate.get(human.key)
    ]
    taken = source.sample(aged, min(len(aged), max(2, len(payers) * _CASH // 1000)))
    in_cash = {human.key for human in taken}
    habits: dict[int, tuple[str, datetime]] = {}
    paid = [
        _paid(town, human, owed(human), habits)
        for human in sorted(payers, key=lambda one: one.key)
        if human.key not in in_cash
    ]
    typed = source.sample(range(len(paid)), max(1, len(paid) * _NAME_TYPED_WRONG // 1000))
    for place in sorted(typed):
        paid[place] = _mistyped(paid[place])
    paid += _twice(town, paid, max(1, len(paid) * _TWICE // 1000))
    paid += _wrong(town, owed, habits)
    return Collected(tuple(paid), tuple(sorted(taken, key=lambda one: one.key)))


def payment_file(paid: Sequence[Paid], *, year: int) -> bytes:
    """Return payments as the tax side's Excel file."""
    rows: list[list[Cell]] = [
        [
            one.name,
            one.number,
            one.amount,
            one.paid_at.strftime("%Y-%m-%d %H:%M:%S"),
            CHANNELS[one.channel][0] if one.channel in CHANNELS else "",
            one.voucher,
            one.place,
            str(year),
        ]
        for one in paid
    ]
    return workbook("缴费明细", PAYMENT_COLUMNS, rows)


def by_file(paid: Sequence[Paid]) -> Mapping[tuple[date, str], list[Paid]]:
    """Return the payments of each file: by the day it was sent and the channel, in order."""
    files: dict[tuple[date, str], list[Paid]] = {
        (day, channel): [] for day in SENT_ON for channel in CHANNELS
    }
    for one in sorted(paid, key=lambda one: (one.paid_at, one.voucher)):
        day = next(day for day in SENT_ON if one.paid_at.date() <= day)
        files[day, one.channel].append(one)
    return {key: rows for key, rows in files.items() if rows}


def _paid(town: Town, human: Human, amount: str, habits: dict[int, tuple[str, datetime]]) -> Paid:
    """A family pays on one day through one channel."""
    if human.household not in habits:
        habits[human.household] = _habit(town)
    channel, moment = habits[human.household]
    return Paid(
        human=human,
        name=human.name,
        number=human.number,
        amount=amount,
        paid_at=moment + timedelta(seconds=human.key % 3000),
        channel=channel,
        voucher=f"{channel[:3].upper()}{human.key:08d}",
    )


def _habit(town: Town) -> tuple[str, datetime]:
    source = town.population.source
    words, weights = list(CHANNELS), [weight for _, weight in CHANNELS.values()]
    channel = source.choices(words, weights)[0]
    # Most pay when the village reminds them, a few in the last days.
    day = within(OPENED, CLOSED, source.betavariate(1.6, 2.2))
    return channel, at(day, source.randrange(8, 20), source.randrange(60))


def _mistyped(one: Paid) -> Paid:
    """A payer who cannot write the name: the number is right, a clerk finds out and claims."""
    return replace(one, name=one.name[:1] + "某", mistake="name")


def _twice(town: Town, paid: Sequence[Paid], count: int) -> list[Paid]:
    right = [one for one in paid if not one.mistake]
    chosen = town.population.source.sample(right, min(count, len(right)))
    return [
        replace(
            one,
            paid_at=one.paid_at + timedelta(days=1),
            voucher=f"{one.voucher}-2",
            mistake="twice",
        )
        for one in chosen
    ]


def _wrong(
    town: Town, owed: Callable[[Human], str], habits: dict[int, tuple[str, datetime]]
) -> list[Paid]:
    """Money that pays nothing: another amount, another place; an employee's, a supported one's."""
    found = []
    for nth, human in enumerate(town.of("paid_wrong")):
        one = _paid(town, human, owed(human), habits)
        wrong = {"amount": "250", "mistake": "amount"} if nth % 2 == 0 else None
        found.append(replace(one, **(wrong or {"place": _ELSEWHERE, "mistake": "place"})))
    for human in town.of("employee")[:2]:
        found.append(replace(_paid(town, human, "280", habits), mistake="employee"))
    one = found[0]
    nobody = make_resident_number("430426", date(1975, 8, 19), "female", 23)
    found.append(
        replace(one, name="周不详", number=nobody, voucher=f"{one.voucher}-9", mistake="unknown")
    )
    found.append(
        replace(one, number=one.number[:-1], voucher=f"{one.voucher}-8", mistake="unreadable")
    )
    return found
