"""A region where everything has happened once, so that each route has a real object to show.

    shown = hengshan()            # or hinggan()
    shown.addresses("fund:book")  # addresses of that route, with arguments that exist

Tests that look at every page (axe, scripts off, the words) walk `addresses_of_all`, which takes the
routes from the console's own policy: a new page cannot be forgotten, it has an address here or
the walk fails by name.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.urls import get_resolver, reverse

from tests.apps.access.offices import AT, Staff, by_a_person, hire
from tests.apps.access.offices import open_office as open_region
from tests.apps.claims import insured
from tests.apps.collection.town import dues, payments
from tests.apps.enrolment.ledger_files import line, upload
from tests.apps.policy.bureau import LEAGUE, Bureau
from tests.apps.registry.people import CHAQUAN
from tests.apps.subsidy import rosters
from tests.console.season import late_season
from yibao.apps.access import operations as access
from yibao.apps.access.models import GrantRequest
from yibao.apps.access.queries import clock, organisation_by_division
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.care import operations as care
from yibao.apps.claims import operations as claims
from yibao.apps.claims.models import Settlement
from yibao.apps.collection import operations as collection
from yibao.apps.collection.models import Receipt, UnmatchedPayment
from yibao.apps.desk import operations as desk
from yibao.apps.desk.models import Export, Job
from yibao.apps.desk.queries import job_of
from yibao.apps.enrolment import operations as enrolment
from yibao.apps.fund.models import Book, Entry, Leg
from yibao.apps.policy import operations as policy
from yibao.apps.registry import operations as registry
from yibao.apps.registry.models import Erasure, Household, Person
from yibao.apps.subsidy import operations as subsidy
from yibao.apps.subsidy.models import Grant, RosterRow
from yibao.console.routes import Route, routes

Arguments = tuple[Any, ...]


@dataclass(frozen=True)
class Shown:
    """A region with what there is to see: what a route's first argument names → arguments."""

    region: str
    division: str  # of its county, where posts sit
    objects: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    # Routes whose arguments are more than one object, or another one than usual.
    routes: dict[str, tuple[Arguments, ...]] = field(default_factory=dict)
    # What an address must ask for beside its arguments.
    queries: dict[str, str] = field(default_factory=dict)
    # Who holds a post whose pages are for whoever made the thing.
    makers: dict[str, Staff] = field(default_factory=dict)

    def addresses(self, name: str) -> list[str]:
        """Return the addresses of a route; none where the region has no such object."""
        given = self.routes.get(name)
        if given is None:
            objects = self.objects.get(routes()[name].of, ())
            given = tuple((one,) for one in objects) if arguments_of(name) else ((),)
        return [reverse(name, args=one) + self.queries.get(name, "") for one in given]


def arguments_of(name: str) -> list[str]:
    """Return the names of a route's arguments."""
    namespace, _, own = name.rpartition(":")
    resolver = get_resolver()
    for part in namespace.split(":"):
        resolver = resolver.namespace_dict[part][1]
    return resolver.reverse_dict.getlist(own)[0][0][0][1]


def seen_routes() -> Iterator[tuple[str, Route]]:
    """Yield every route that shows something to who is signed in, in the order declared."""
    for name, route in routes().items():
        if "GET" in route.methods and not route.is_before_a_post:
            yield name, route


def hengshan() -> Shown:
    """A week before the season's end: ledgers, payments, cash, rosters, lists, grants, books."""
    county = late_season()
    staff = hire(role="township_clerk", division="430423105", name="罗文书")
    ledger = upload(staff.scope, line(61), line(62, sex="M"), line(63, claimed=1), at=AT)
    confirmed = upload(staff.scope, line(71), line(72), area_no=CHAQUAN, at=AT)
    enrolment.confirm_ledger(scope=staff.scope, import_id=confirmed.id, at=AT)
    department = rosters.office(county)
    rosters.confirmed(county, (20, "低保"), department=department)
    rosters.match(county)
    listed = rosters.fix(county, kind="final")
    subsidy.claim_grants(scope=county, year=2021, at=AT)
    lines, clerk = ((1, "低保"), (2, "边缘人口"), (88, "低保")), by_a_person(county)
    waiting = rosters.upload(clerk, *lines, department=department, kind="addition")
    paid = payments(county)
    answered = collection.request_refund(
        scope=county, payment_id=paid[0].id, reason="重复缴费", at=AT
    )
    export, job = _exported(staff.scope)
    wanted, erasure = _wanted(staff.operator.id)
    with scoped(county):
        # Read here: outside the scope nothing is seen.
        unmatched = list(
            UnmatchedPayment.objects.filter(closed_at=None).values_list("payment_id", flat=True)
        )
        leg = Leg.objects.exclude(party_id=None).order_by("id").first()
        found = {
            "person": tuple(Person.objects.order_by("id").values_list("id", flat=True)[:1]),
            "household": tuple(Household.objects.order_by("id").values_list("id", flat=True)[:1]),
            "grant": tuple(Grant.objects.values_list("id", flat=True)[:1]),
            "roster_row": tuple(RosterRow.objects.values_list("id", flat=True)[:1]),
            "receipt": tuple(Receipt.objects.values_list("number", flat=True)[:1]),
            "entry": tuple(Entry.objects.values_list("id", flat=True)[:1]),
        }
    book = Book.objects.get(unit__division="430423", kind="main")
    with scoped(county):
        code = Leg.objects.filter(entry__book=book).values_list("account", flat=True).first()
    session = access.begin_session(
        operator_id=staff.operator.id, address="10.1.2.3", at=clock().now
    )
    institution = _institution("hengshan", "H430423001", "衡山县人民医院", 430423000000)
    return Shown(
        region="hengshan",
        division="430423",
        objects=found
        | {
            "operator": (staff.operator.id,),
            "session": (session.id,),
            "ledger_import": (ledger.id, confirmed.id),
            "roster": (waiting.id,),
            "support_list": (listed.id,),
            "payment_file": (paid[0].file_id,),
            "payment": (paid[0].id,),
            "refund_request": (answered.id,),
            # Still owed in full, and nobody holds its cash.
            "due": tuple(
                one.id for one in dues(county) if not one.paid_fen and not one.subsidised_fen
            )[-1:],
            "institution": (institution,),
            "book": (book.id,),
            "job": (job.id,),
            "export": (export.id,),
            "post": (staff.post.id,),
            "grant_request": (wanted.id,),
            "erasure": (erasure.pk,),
        },
        routes={
            "collection:claim": tuple((one,) for one in unmatched[:1]),
            "enrolment:undo": ((confirmed.id,),),
            "enrolment:template": (("payment_ledger", CHAQUAN),),
            "subsidy:template": (("initial",),),
            "fund:balance_file": ((book.id, "csv"),),
            "fund:days_file": ((book.id, "csv"),),
            "fund:reconcile_file": (("csv",),),
            "fund:account": ((book.id, code),),
            "fund:parties": ((leg.book_id,),),
            "fund:party": ((leg.party_id, leg.party_kind, leg.book_id),),
            "policy:person": (("contribution", found["person"][0]),),
            "policy:difference": (),
            "console:pick": (("person",),),
            "desk:ask_export": (("unpaid",),),
            "console:help_page": (("desk-exports",),),
            "console:help_picture": (("desk-ask_export-1440.jpg",),),
        },
    )


def _wanted(operator_id: int) -> tuple[GrantRequest, Erasure]:
    """A post that is asked for, and an erasure; both wait for another person."""
    asked = access.request_post(
        scope=hire(role="security_admin", division="430423", name="安管理").scope,
        operator_id=operator_id,
        organisation_id=organisation_by_division("430423104").id,
        role="township_clerk",
        valid_from=AT.date(),
        valid_until=AT.date() + timedelta(days=60),
        reason="轮岗",
        at=AT,
    )
    clerk = hire(role="county_clerk", division="430423", name="罗经办").scope
    with scoped(clerk):
        person = Person.objects.order_by("-id").first()
    return asked, registry.ask_erasure(scope=clerk, person_id=person.id, reason="本人申请", at=AT)


def _exported(scope: Scope) -> tuple[Export, Job]:
    """A list that was asked for, and the job that makes its file."""
    made = desk.ask_export(
        scope=scope,
        of="unpaid",
        title="未缴名单",
        given={"query": "", "year": 2021, "arguments": {}},
        purpose="check",
        purpose_words="第二次排查核对",
        whole=[],
        kind="csv",
        at=AT,
    )
    job = job_of(scope=scope, kind="export", object_id=made.id)
    assert job is not None
    return made, job


def hinggan() -> Shown:
    """A league in December 2009: stays that were settled, one taken back, proposals, a what-if."""
    open_region("xingan", at=insured.AT)
    office = insured.open_office()
    enrolment.open_year(scope=office.scope, year=2009, on=date(2009, 1, 1), at=insured.AT)
    people = [insured.insure(office.scope, no=no, born=date(1940 + no, 1, 1)) for no in range(1, 5)]
    for no, person in enumerate(people, start=1):
        claims.settle(
            scope=office.scope,
            client="H",
            key=f"k{no}",
            person_id=person,
            institution_id=office.hospitals[1 + no % 3],
            number=f"F{no}",
            facts=insured.stay(),
            at=insured.AT,
        )
    with scoped(office.scope):
        settled = list(Settlement.objects.order_by("id").values_list("id", flat=True))
    officer = hire(role="policy_officer", division=LEAGUE, name="孟和", at=insured.AT)
    bureau = Bureau(
        officer.scope,
        hire(role="county_reviewer", division=LEAGUE, name="谭丽娟", at=insured.AT).scope,
    )
    active = bureau.lowered()
    draft = bureau.draft(title="再降一次")
    asked = policy.ask_simulation(
        scope=bureau.officer,
        proposal_id=draft.id,
        year=2010,
        population="registered",
        at=insured.AT,
    )
    return Shown(
        region="xingan",
        division=LEAGUE,
        makers={"policy_officer": officer},
        objects={
            "person": (people[0],),
            "settlement": (settled[0],),
            "institution": (office.hospitals[3],),
            "proposal": (draft.id,),
            "simulation": (asked.id,),
            "rule": ("contribution", "benefit"),
            "setting": ("newborn_time",),
        },
        routes={
            "policy:person": (("benefit", people[0]),),
            "policy:difference": ((0, 1),),
            "policy:proposal": ((active.id,),),
        },
        queries={
            "policy:value": "?parameter=deductible_base",
            "policy:clause": "?clause=benefit/verdict/stay",
        },
    )


def _institution(region: str, code: str, name: str, area_no: int) -> int:
    return care.register_institution(
        scope=Scope.system(region),
        code=code,
        name=name,
        kind="hospital",
        level=2,
        area_no=area_no,
        at=AT - timedelta(days=300),
    ).id
