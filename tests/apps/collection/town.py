"""A few people of Xinqiao with dues, and payment files as the tax side sends them."""

import io
from dataclasses import dataclass, field
from datetime import date, datetime

import xlsxwriter

from tests.apps.access.offices import AT, hire, open_office
from tests.apps.books import moment
from tests.apps.registry.people import CHAQUAN, number, person
from yibao.apps.access import queries as offices
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.collection import operations
from yibao.apps.collection.models import Due, Payment
from yibao.apps.enrolment import operations as enrolment
from yibao.apps.fund import operations as fund
from yibao.apps.registry.operations import register_many

YEAR = 2021
HEAD = ("姓名", "身份证号", "金额", "缴费时间", "渠道", "凭证号", "参保地", "年度")
FULL = 280_00


def open_town() -> Scope:
    """Open Hengshan with its books and the insured year 2021."""
    scope = open_office(at=AT)
    county = offices.organisation_by_division("430423")
    fund.open_books(scope=scope, unit_id=county.id, on=date(2020, 9, 1), at=AT)
    enrolment.open_year(scope=scope, year=YEAR, on=date(2020, 9, 20), at=AT)
    return scope


def settle_in(scope: Scope, count: int, *, at: datetime = AT, first: int = 1, **facts) -> list[int]:
    """Register people and put them on the year's list; return their ids."""
    people = [person(n, **facts) for n in range(first, first + count)]
    ids = register_many(scope=scope, persons=people, at=at)
    entries = [enrolment.Entry(person_id=one) for one in ids]
    enrolment.enrol(scope=scope, year=YEAR, entries=entries, at=at)
    return ids


@dataclass
class Line:
    """A row of a payment file; the n-th person of `person()` by default."""

    n: int = 1
    amount: object = "280.00"
    name: str = "王建华"
    paid_at: object = "2020-11-05 10:30:00"
    channel: str = "微信小程序"
    voucher: str = ""
    place: str = "衡山"
    year: object = "2021"
    number: object = None

    def cells(self) -> list[object]:
        return [
            self.name,
            self.number if self.number is not None else number(self.n),
            self.amount,
            self.paid_at,
            self.channel,
            self.voucher or f"V-{str(self.number or number(self.n))[6:]}",
            self.place,
            self.year,
        ]


def payment_file(*lines: Line, head=HEAD, sheet: str = "缴费明细") -> bytes:
    """Return a payment file as the tax side exports it."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        page.write_row(0, 0, head)
        for at, line in enumerate(lines, start=1):
            page.write_row(at, 0, line.cells())
    return packed.getvalue()


def take(scope: Scope, *lines: Line, name: str = "缴费1105.xlsx", at: datetime = AT):
    return operations.take_payment_file(
        scope=scope, file_name=name, content=payment_file(*lines), at=at
    )


def dues(scope: Scope) -> list[Due]:
    with scoped(scope):
        return list(Due.objects.order_by("id"))


def payments(scope: Scope) -> list[Payment]:
    with scoped(scope):
        return list(Payment.objects.order_by("id"))


@dataclass
class Agent:
    """A village agent with a receipt range."""

    scope: Scope
    operator_id: int
    confirmed: operations.Confirmed = field(
        default_factory=lambda: operations.Confirmed(
            identity=True, special_payer=False, employee=False, place=True
        )
    )


def agent(county: Scope, *, first: int = 1, last: int = 50, **facts) -> Agent:
    """Hire a village agent of 查泉村 and hand over receipts."""
    staff = hire(role="village_agent", division=str(CHAQUAN), **facts)
    operations.give_receipt_range(
        scope=county,
        holder_id=staff.operator.id,
        prefix="HS",
        first=first,
        last=last,
        at=AT,
    )
    return Agent(staff.scope, staff.operator.id)


def collect(agent: Agent, due: Due, *, at: datetime = AT, **changes):
    given = {
        "due_id": due.id,
        "amount_fen": FULL,
        "special_reason": "老人无手机，子女不在家",
        "confirmed": agent.confirmed,
    }
    return operations.collect_cash(scope=agent.scope, at=at, **(given | changes))


def is_told_in_both(told, fault) -> bool:
    """Tell whether cause and cure of a fault have their words in both languages."""
    chinese, english = told(fault), told(fault, "en")
    wanting = not all((chinese.reason, chinese.remedy, english.reason, english.remedy))
    return not wanting and chinese.reason != english.reason and chinese.remedy != english.remedy


__all__ = [
    "AT",
    "Agent",
    "Line",
    "agent",
    "collect",
    "dues",
    "is_told_in_both",
    "moment",
    "open_town",
    "take",
]
