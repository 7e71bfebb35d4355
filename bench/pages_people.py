"""A county of a million people in a database of its own, and the clerks who ask for its pages.

People, households and documents go through the register's own writer. The year's list, the dues
and the cover are inserted as they would stand late in the season, set-wise by the owner: nine of
ten have paid. No vouchers are made: no page that is measured reads the books.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

AT = datetime(2020, 12, 18, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
YEAR, REGION, COUNTY = 2021, "hengshan", "430423"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚英华玉建文辉红建国志海燕云峰小梅香连保宝"
_BATCH = 20_000
_SEASON = (
    """
    insert into enrolment_enrolment (region, area_no, person_id, year, event, first_time,
           notice_method, unpaid_reason, enrolled_at, source_kind, source_id)
    select region, area_no, id, %(year)s, '', false, '', '', %(at)s, 'bench', 0
      from registry_person order by id""",
    """
    insert into collection_due (region, area_no, person_id, year, price_class, owed_fen,
           subsidised_fen, paid_fen, shares, witness, raised_at, settled_at)
    select region, area_no, id, %(year)s, 'adult', %(owed)s, 0,
           case when id %% 10 = 0 then 0 else %(owed)s end, '{}', '{}', %(at)s,
           case when id %% 10 <> 0
                then %(at)s::timestamptz - (id %% 60) * interval '1 day' end
      from registry_person order by id""",
    """
    insert into enrolment_coverage (region, area_no, person_id, year, period, reason,
           consecutive_years, witness, source_kind, source_id, recorded_at, cancelled_because)
    select region, area_no, id, %(year)s, tstzrange('2021-01-01 00:00+08', '2022-01-01 00:00+08'),
           'in_window', 1 + id %% 8, '{}', 'bench', 0, %(at)s, ''
      from registry_person where id %% 10 <> 0 order by id""",
)


@dataclass(frozen=True, slots=True)
class Clerk:
    """Who signs in: number, password, the second factor's secret, and the office's own area."""

    staff_no: str
    password: str
    secret: str
    area_from: int
    area_until: int


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody whose pages are asked for."""

    person_id: int
    household_id: int
    area_no: int
    name: str
    number: str
    phone: str


def fill(people: int) -> list[Known]:
    """Fill the empty database and return a sample of who is in it."""
    from yibao.apps.access.models import PoolingRegion
    from yibao.apps.access.operations import open_region
    from yibao.apps.access.queries import clock, organisation_by_division
    from yibao.apps.access.scope import Scope
    from yibao.apps.enrolment import operations as enrolment
    from yibao.apps.fund.operations import open_books
    from yibao.apps.registry.operations import register_many
    from yibao.apps.statistics import operations as statistics

    open_region(code=REGION, at=AT)
    PoolingRegion.objects.filter(code=REGION).update(served_on=AT.date())
    scope = Scope.system(REGION)
    enrolment.open_year(scope=scope, year=YEAR, on=date(2020, 9, 1), at=AT)
    county = organisation_by_division(COUNTY)
    open_books(scope=scope, unit_id=county.id, on=date(2020, 9, 1), at=AT)
    sample: list[Known] = []
    for batch in _batches(people):
        ids = register_many(scope=scope, persons=batch, at=AT)
        sample += _noted(list(zip(ids, batch, strict=True))[:: len(batch) // 40])
    _season()
    # As the worker does every few minutes.
    statistics.keep_tallies(scope=scope, year=YEAR, at=clock(region=REGION).at)
    return [*_with_households(sample)]


def _batches(people: int) -> Iterator[list]:
    from yibao.apps.registry.operations import NewDocument, NewPerson
    from yibao.core.identity import make_resident_number

    chance = random.Random(7)
    villages = _villages()
    batch = []
    for n in range(people):
        household, place = n // 4, n % 4
        born = date(1935 + n % 84, 1 + n // 84 % 12, 1 + n // 1008 % 28)
        name = chance.choice(SURNAMES) + chance.choice(GIVEN)
        name += chance.choice(GIVEN) if chance.random() < 0.8 else ""
        batch.append(
            NewPerson(
                name=name,
                sex="male",
                born=born,
                area_no=villages[household % len(villages)],
                household_no=f"{household // len(villages):06}",
                relation="head" if place == 0 else "other",
                documents=(
                    # 28,224 birthdays, 500 orders of a day: none twice below 3,528,000.
                    NewDocument("resident", make_resident_number(COUNTY, born, "male", n % 500)),
                ),
                phone=f"138{n:08}",
            )
        )
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _villages() -> list[int]:
    from yibao.apps.access.models import Organisation

    return list(
        Organisation.objects.filter(kind="village", division__startswith=COUNTY)
        .order_by("id")
        .values_list("area_from", flat=True)
    )


def _noted(rows: list) -> list[Known]:
    return [
        Known(pk, 0, one.area_no, one.name, one.documents[0].number, one.phone) for pk, one in rows
    ]


def _season() -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        for words in _SEASON:
            cursor.execute(words, {"year": YEAR, "at": AT, "owed": 28_000})
        cursor.execute("vacuum analyze")


def _with_households(sample: list[Known]) -> Iterator[Known]:
    from dataclasses import replace

    from yibao.apps.access.scope import Scope, scoped
    from yibao.apps.registry.models import Person

    with scoped(Scope.system(REGION)):
        found = dict(
            Person.objects.filter(id__in=[one.person_id for one in sample]).values_list(
                "id", "household_id"
            )
        )
    for one in sample:
        yield replace(one, household_id=found[one.person_id])


def hire(count: int) -> list[Clerk]:
    """Open an account for each of `count` townships, a quarter of them for the whole county."""
    from yibao.apps.access import queries
    from yibao.apps.access.models import Organisation
    from yibao.apps.access.scope import Scope

    scope = Scope.system(REGION)
    towns = Organisation.objects.filter(kind="township", division__startswith=COUNTY).order_by("id")
    county = queries.organisation_by_division(COUNTY)
    places = [county if n % 4 == 3 else towns[n % len(towns)] for n in range(count)]
    return [_hired(scope, f"B{n:04}", place) for n, place in enumerate(places)]


def _hired(scope, staff_no: str, place) -> Clerk:
    from yibao.apps.access import operations
    from yibao.apps.access.factors import code_at
    from yibao.apps.access.models import Operator
    from yibao.apps.access.operations import Certificate

    operator, password = operations.open_account(
        scope=scope,
        staff_no=staff_no,
        name="曾建华",
        organisation_id=place.id,
        certificate=Certificate("P-1", "信息中心", date(2020, 9, 1)),
        at=AT,
    )
    operations.grant_post(
        scope=scope,
        operator_id=operator.id,
        organisation_id=place.id,
        role="township_clerk" if place.kind == "township" else "county_clerk",
        valid_from=AT.date(),
        valid_until=None,
        at=AT,
    )
    Operator.objects.filter(id=operator.id).update(password_is_one_time=False)
    secret = operations.begin_factor(operator_id=operator.id, at=AT).key.replace(" ", "")
    operations.confirm_factor(operator_id=operator.id, code=code_at(secret, AT), at=AT)
    return Clerk(staff_no, password, secret, place.area_from, place.area_until)


def open_dues(clerks: list[Clerk], *, each: int = 400) -> dict[str, list[int]]:
    """Return unpaid dues for every clerk who may take cash, with receipts to give."""
    from yibao.apps.access.models import Operator
    from yibao.apps.access.scope import Scope, scoped
    from yibao.apps.collection.models import Due
    from yibao.apps.collection.operations import give_receipt_range

    scope = Scope.system(REGION)
    found: dict[str, list[int]] = {}
    taken: set[int] = set()
    for number, clerk in enumerate(clerks):
        holder = Operator.objects.get(staff_no=clerk.staff_no)
        found[clerk.staff_no] = []
        if not holder.posts.filter(role="township_clerk").exists():
            continue
        first = 1 + number * 10_000
        give_receipt_range(
            scope=scope, holder_id=holder.id, prefix="B", first=first, last=first + each, at=AT
        )
        with scoped(scope):
            ids = Due.objects.filter(
                paid_fen=0, area_no__gte=clerk.area_from, area_no__lt=clerk.area_until
            ).order_by("id")[number * each : (number + 1) * each]
            found[clerk.staff_no] = [
                pk for pk in ids.values_list("id", flat=True) if pk not in taken
            ]
            taken |= set(found[clerk.staff_no])
    return found


def initials_of(name: str) -> str:
    """Return the initials that a clerk types for a name."""
    from yibao.apps.registry.names import initials

    return initials(name)
