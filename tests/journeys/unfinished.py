"""What lies on people's desks half done, so that the buttons that only then stand there are seen.

`everything` has an object for each route; here each is left in the state in which a page offers
the next act: cash that is held, an export that waits, a job that is held, a draft of a form.
"""

from datetime import timedelta
from typing import Any

from tests.apps.access.offices import AT, Staff, hire
from tests.apps.claims import insured
from tests.apps.collection.town import FULL
from tests.apps.desk import desks
from tests.apps.enrolment.ledger_files import line, upload
from tests.apps.policy.bureau import LEAGUE, LOWERED, Bureau
from tests.console.everything import Shown
from tests.proof.probed import OWN, PLACES, World
from yibao.apps.access import operations as access
from yibao.apps.access import queries as offices
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.collection import operations as collection
from yibao.apps.collection.models import CashCollection, Due
from yibao.apps.desk import jobs
from yibao.apps.desk import operations as desk
from yibao.apps.desk.operations.drafts import FormPlace, keep_draft
from yibao.apps.enrolment import operations as enrolment
from yibao.apps.enrolment.tasks import LEDGER
from yibao.apps.policy.models import Proposal
from yibao.apps.registry.models import Person
from yibao.rulebook import desk as limits

MANY = limits.exports().rows_without_approval + 1


def leave_unfinished(world: World) -> World:
    """Leave something half done on the desk of everybody; return the world."""
    hengshan, hinggan = world.shown
    _cash(world, hengshan)
    _grant(world, hengshan)
    _desk(world, hengshan)
    _ledgers(world, hengshan)
    # Nobody proved a rule of this region yet.
    hengshan.routes["policy:rule"] = (("contribution",),)
    _proposals(world, hinggan)
    return world


def _staff(world: World, shown: Shown, role: str) -> Staff:
    """Return who holds the post in the region's own place, and signs in there later."""
    world.client(shown, role, OWN)
    return world.staff[role, PLACES[shown.region][OWN]]


def _cash(world: World, shown: Shown) -> None:
    """Households that owe, and an agent with receipts who holds the cash of somebody."""
    county = Scope.system(shown.region)
    collection.raise_dues(scope=county, year=2021, at=AT)
    for number, role in enumerate(("village_agent", "township_clerk"), start=1):
        collection.give_receipt_range(
            scope=county,
            holder_id=_staff(world, shown, role).operator.id,
            prefix="HS",
            first=1000 * number,
            last=1000 * number + 99,
            at=AT,
        )
    with scoped(county):
        held = CashCollection.objects.values_list("due_id", flat=True)
        owed = Due.objects.filter(paid_fen=0, subsidised_fen=0).exclude(id__in=held)
        at_home = {one.person_id: one for one in owed.order_by("id")}
        people = Person.objects.filter(id__in=list(at_home), household__isnull=False)
        first, second = people.order_by("id")[:2]
    collection.collect_cash(
        scope=_staff(world, shown, "village_agent").scope,
        due_id=at_home[first.id].id,
        amount_fen=FULL,
        special_reason="老人无手机，子女不在家",
        confirmed=collection.Confirmed(
            identity=True, special_payer=False, employee=False, place=True
        ),
        at=AT,
    )
    shown.routes["village:collect"] = ((second.household_id,),)


def _ledgers(world: World, shown: Shown) -> None:
    """One with warnings, one that a job writes, one whose job is held."""
    clerk = _staff(world, shown, "county_clerk").scope
    township = hire(role="township_clerk", division="430423105").scope
    # New entrants after the twentieth of December wait for a word.
    warned = upload(clerk, line(121), at=AT + timedelta(days=4))
    ids = [warned.id]
    for first, is_held in ((101, False), (111, True)):
        ledger = upload(clerk, line(first), line(first + 1), at=AT)
        job = jobs.enqueue(
            scope=clerk, kind=LEDGER, title="查泉村台账入库", object_id=ledger.id, total=2, at=AT
        )
        if is_held:
            jobs.hold(scope=clerk, job_id=job.id, at=AT)
        ids.append(ledger.id)
        shown.routes[f"enrolment:{'resume' if is_held else 'pause'}"] = ((ledger.id,),)
    # Nobody of these has paid: they may be taken back.
    written = upload(township, line(131), at=AT)
    enrolment.confirm_ledger(scope=township, import_id=written.id, at=AT)
    shown.routes["enrolment:undo"] = ((written.id,),)
    known = tuple((one,) for one in shown.objects["ledger_import"])
    shown.routes["enrolment:import"] = known + tuple((one,) for one in ids)


def _grant(world: World, shown: Shown) -> None:
    """A post that the administrator asked for and may take back, and one that came back."""
    asked, returned = (_wanted(world, shown) for _ in range(2))
    other = hire(role="security_admin", division="430423", name="刘管理").scope
    access.return_request(scope=other, request_id=returned, because="期限太长", at=AT)
    known = tuple((one,) for one in shown.objects["grant_request"])
    shown.routes["access:grant"] = (*known, (asked,))
    shown.routes["access:revise_grant"] = ((returned,),)
    shown.routes["access:withdraw_grant"] = ((asked,),)


def _wanted(world: World, shown: Shown) -> int:
    return access.request_post(
        scope=_staff(world, shown, "security_admin").scope,
        operator_id=hire(role="village_agent", division="430423105").operator.id,
        organisation_id=offices.organisation_by_division("430423105").id,
        role="township_clerk",
        valid_from=AT.date(),
        valid_until=AT.date() + timedelta(days=60),
        reason="轮岗",
        at=AT,
    ).id


def _desk(world: World, shown: Shown) -> None:
    """Exports in three states, a job, a notice, a saved list, a form that was not finished."""
    desks.declare()
    clerk = _staff(world, shown, "county_clerk")
    ready = _asked(clerk.scope, people=3)
    desks.run_all()
    waiting = [
        _asked(clerk.scope, people=MANY),
        _asked(hire(role="township_clerk", division="430423105").scope, people=MANY),
    ]
    job = jobs.enqueue(scope=clerk.scope, kind="counting", title="数数", given={"to": 9}, at=AT)
    shown.routes["desk:export"] = tuple((one.id,) for one in (ready, *waiting))
    shown.routes["desk:job"] = ((job.id,),)
    notice = desk.write_notice(
        scope=_staff(world, shown, "system_admin").scope,
        title="本周五集中核对",
        text="请各乡镇当日完成第二次排查。",
        shown_from=AT - timedelta(hours=1),
        shown_until=AT + timedelta(days=3),
        roles=[],
        is_public=True,
        is_urgent=True,
        at=AT,
    )
    shown.routes["desk:withdraw_notice"] = ((notice.id,),)
    desk.save_list(
        scope=clerk.scope,
        of="unpaid",
        name="没有告知的",
        query="",
        columns=[],
        is_default=False,
        at=AT,
    )
    page = "/care/institutions/new/"
    keep_draft(
        place=FormPlace(clerk.operator.id, clerk.post.id, page, 2021, page),
        address=page,
        fields={"name": ["新桥镇卫生院"]},
        at=offices.clock().now,
    )


def _asked(scope: Scope, *, people: int) -> Any:
    return desk.ask_export(
        scope=scope,
        of="made_up",
        title="人员",
        given={"people": people},
        purpose="check",
        purpose_words="第二次排查核对",
        whole=[],
        kind="csv",
        at=AT,
    )


def _proposals(world: World, shown: Shown) -> None:
    """A draft of the officer's own, and one that waits for the reviewer."""
    officer = _staff(world, shown, "policy_officer")
    own = _lowered(Bureau(officer.scope, officer.scope), "再降一次")
    other = hire(role="policy_officer", division=LEAGUE, name="孟和", at=insured.AT).scope
    bureau = Bureau(other, other)
    submitted = bureau.submit(_lowered(bureau, "降低起付标准"))
    for route in ("edit", "value", "clause", "simulate", "withdraw"):
        shown.routes[f"policy:{route}"] = ((own.id,),)
    for route in ("activate", "reject"):
        shown.routes[f"policy:{route}"] = ((submitted.id,),)
    shown.routes["policy:proposal"] = (*shown.routes["policy:proposal"], (submitted.id,), (own.id,))


def _lowered(bureau: Bureau, title: str) -> Proposal:
    """A draft that changes one value."""
    made = bureau.draft("", title=title)
    text = LOWERED.replace("150", "100").replace("proposal_1", f"proposal_{made.number}")
    return bureau.save(made, text, title=title)
