"""The pairs of acts that need two persons, each with a first act done and a second to be tried."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tests.apps.access.offices import AT, ON, Staff
from tests.apps.claims import insured
from tests.apps.desk import desks
from tests.apps.enrolment.ledger_files import line, upload
from tests.apps.policy.bureau import LEAGUE, LOWERED, PAPER, Bureau
from tests.apps.subsidy import rosters
from yibao.apps.access import operations as access
from yibao.apps.access import queries as offices
from yibao.apps.access.models import GrantRequest
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.claims import operations as claims
from yibao.apps.claims.models import Settlement
from yibao.apps.desk import operations as desk
from yibao.apps.desk.models import Export
from yibao.apps.enrolment import operations as enrolment
from yibao.apps.enrolment.models import LedgerImport
from yibao.apps.policy import operations as policy
from yibao.apps.policy.models import Proposal
from yibao.apps.registry import operations as registry
from yibao.apps.registry.models import Erasure, Person
from yibao.apps.subsidy import operations as subsidy
from yibao.apps.subsidy.models import Roster, SupportList


@dataclass(frozen=True)
class Pair:
    """Two acts, who may do each, how they are done, and how somebody would get round them."""

    acts: tuple[str, str]
    posts: tuple[str, str]
    division: str
    at: datetime
    first: Callable[[Scope, int], int]
    second: Callable[[Scope, int], Any]
    route: str
    form: Callable[[int], dict[str, Any]]
    # By the application's own role: {id} the object, {by} the second operator.
    sql: str
    trigger: str
    happened: Callable[[Scope, int], bool]
    has_argument: bool = True
    # Whoever asked must still hold the post when another one approves.
    needs_first_post: bool = False


def pairs(clerks: list[Staff], office: insured.Office, department: int) -> list[Pair]:
    """Return every pair of roles.FOUR_EYES, ready to be tried in this world."""
    county, league = "430423", LEAGUE
    return [
        Pair(
            ("access.grant_post", "access.approve_grant"),
            ("security_admin", "security_admin"),
            county,
            AT,
            lambda scope, n: _asked(scope, clerks[n]),
            lambda scope, one: access.approve_request(scope=scope, request_id=one, at=AT),
            "access:approve_grant",
            lambda one: {},
            "update access_grantrequest set state = 'approved', decided_by_id = {by},"
            " decided_at = now() where id = {id}",
            "who_drafts_a_grant_does_not_approve_it",
            lambda scope, one: GrantRequest.objects.get(id=one).state == "approved",
        ),
        Pair(
            ("subsidy.upload", "subsidy.confirm"),
            ("county_clerk", "county_clerk"),
            county,
            AT,
            lambda scope, n: (
                rosters.upload(scope, (70 + n, "低保"), department=department, kind="addition").id
            ),
            lambda scope, one: subsidy.confirm_roster(
                scope=scope, roster_id=one, paper_sealed=True, at=AT
            ),
            "subsidy:confirm",
            lambda one: {"paper_sealed": "on"},
            "update subsidy_roster set state = 'confirmed', confirmed_by = {by},"
            " confirmed_at = now() where id = {id}",
            "who_uploads_a_roster_does_not_confirm_it",
            lambda scope, one: _get(Roster, scope, one).state == "confirmed",
        ),
        Pair(
            ("subsidy.match", "subsidy.fix"),
            ("county_clerk", "county_reviewer"),
            county,
            AT,
            lambda scope, n: int(bool(subsidy.match(scope=scope, year=2021, at=AT))),
            lambda scope, one: subsidy.fix_list(scope=scope, year=2021, kind="addition", at=AT),
            "subsidy:lists",
            lambda one: {"kind": "addition"},
            "insert into subsidy_supportlist (region, area_no, year, kind, fixed_at, fixed_by,"
            " persons, subsidy_fen) values ('hengshan', 430423000000, 2021, 'final', now(), {by},"
            " 0, 0)",
            "who_matches_does_not_fix_the_list",
            lambda scope, one: _any(SupportList, scope),
            has_argument=False,
        ),
        Pair(
            ("enrolment.confirm", "enrolment.undo"),
            ("township_clerk", "county_reviewer"),
            county,
            AT,
            _confirmed_ledger,
            lambda scope, one: enrolment.undo_ledger(
                scope=scope, import_id=one, reason="重报", at=AT
            ),
            "enrolment:undo",
            lambda one: {"reason": "重报"},
            "insert into enrolment_ledgerimport (region, area_no, kind, year, file_name,"
            " file_sha256, file_bytes, uploaded_at, uploaded_by, state, rows_total, rows_good,"
            " rows_bad, claimed_fen, undoes_id, note) select region, area_no, kind, year,"
            " file_name, file_sha256, file_bytes, now(), {by}, 'done', 0, 0, 0, 0, id, ''"
            " from enrolment_ledgerimport where id = {id}",
            "who_confirms_a_ledger_does_not_undo_it",
            lambda scope, one: _get(LedgerImport, scope, one).state == "undone",
        ),
        Pair(
            ("export.ask", "export.approve"),
            ("township_clerk", "county_reviewer"),
            county,
            AT,
            _asked_export,
            lambda scope, one: desk.approve_export(scope=scope, export_id=one, at=AT),
            "desk:export",
            lambda one: {"do": "approve"},
            "update desk_export set state = 'approved', decided_by = {by}, decided_at = now()"
            " where id = {id}",
            "who_asks_for_an_export_does_not_approve_it",
            lambda scope, one: _get(Export, scope, one).state != "waiting",
            needs_first_post=True,
        ),
        Pair(
            ("registry.ask_erasure", "registry.erase"),
            ("county_clerk", "county_reviewer"),
            county,
            AT,
            _asked_erasure,
            lambda scope, one: registry.decide_erasure(
                scope=scope, erasure_id=one, approve=True, answer="", at=AT
            ),
            "registry:erasure",
            lambda one: {"act": "approve", "approve": "yes", "answer": "同意"},
            "update registry_erasure set approved = true, decided_by = {by}, decided_at = now()"
            " where id = {id}",
            "an_erasure_takes_two_persons",
            lambda scope, one: _get(Erasure, scope, one).decided_at is not None,
        ),
        Pair(
            ("claims.settle", "claims.reverse"),
            ("medical_clerk", "county_reviewer"),
            league,
            insured.AT,
            lambda scope, n: _settled(scope, office, n),
            lambda scope, one: claims.reverse(
                scope=scope,
                client="H",
                key=f"r{one}",
                settlement_id=one,
                because="录错",
                at=insured.AT,
            ),
            "claims:reverse",
            lambda one: {"because": "录错", "key": f"r{one}"},
            "insert into claims_settlement (region, area_no, visit_id, person_id, institution_id,"
            " settlement_no, year, kind, corrects_id, total_fen, eligible_fen, deductible_fen,"
            " rate, fund_pay_fen, self_pay_fen, reason, result, steps, witness, rulebook_hash,"
            " settled_at, settled_by, because) select region, area_no, visit_id, person_id,"
            " institution_id, 'X' || id, year, 'reversed', id, total_fen, eligible_fen,"
            " deductible_fen, rate, fund_pay_fen, self_pay_fen, reason, result, steps, witness,"
            " rulebook_hash, now(), {by}, '' from claims_settlement where id = {id}",
            "who_settles_does_not_reverse",
            lambda scope, one: _reversed(scope, one),
        ),
        _policy(
            "policy.propose",
            _proposed,
        ),
        _policy("policy.decide", _entered),
    ]


def _policy(first: str, make: Callable[[Scope, int], int]) -> Pair:
    def activate(scope: Scope, one: int) -> Proposal:
        return policy.activate(
            scope=scope,
            proposal_id=one,
            version=_get(Proposal, scope, one).version,
            document=PAPER.number,
            document_on=PAPER.published,
            at=insured.AT,
        )

    return Pair(
        (first, "policy.activate"),
        ("policy_officer", "county_reviewer"),
        LEAGUE,
        insured.AT,
        make,
        activate,
        "policy:activate",
        lambda one: {
            "version": 1,
            "document": PAPER.number,
            "document_on": PAPER.published.isoformat(),
        },
        "update policy_proposal set state = 'rejected', decided_by = {by}, decided_at = now()"
        " where id = {id}",
        "who_proposes_decides_nothing",
        lambda scope, one: _get(Proposal, scope, one).state != "submitted",
    )


def _get(model: Any, scope: Scope, one: int) -> Any:
    with scoped(Scope.system(scope.region)):
        return model.objects.get(id=one)


def _any(model: Any, scope: Scope) -> bool:
    with scoped(Scope.system(scope.region)):
        return bool(model.objects.exists())


def _reversed(scope: Scope, one: int) -> bool:
    with scoped(Scope.system(scope.region)):
        return Settlement.objects.filter(corrects_id=one, kind="reversed").exists()


def _asked(scope: Scope, clerk: Staff) -> int:
    return access.request_post(
        scope=scope,
        operator_id=clerk.operator.id,
        organisation_id=offices.organisation_by_division("430423104").id,
        role="township_clerk",
        valid_from=ON,
        valid_until=ON + timedelta(days=60),
        reason="轮岗",
        at=AT,
    ).id


def _confirmed_ledger(scope: Scope, n: int) -> int:
    made = upload(scope, line(300 + n), at=AT)
    enrolment.confirm_ledger(scope=scope, import_id=made.id, at=AT)
    return made.id


def _asked_export(scope: Scope, n: int) -> int:
    desks.declare()
    return desk.ask_export(
        scope=scope,
        of="made_up",
        title="人员",
        given={"people": 100_000 + n},
        purpose="report",
        purpose_words="上级核对人数需要",
        whole=(),
        kind="csv",
        at=AT,
    ).id


def _asked_erasure(scope: Scope, n: int) -> int:
    with scoped(scope):
        person = Person.objects.order_by("-id")[n]
    return registry.ask_erasure(scope=scope, person_id=person.id, reason="本人申请", at=AT).pk


def _settled(scope: Scope, office: insured.Office, n: int) -> int:
    person = insured.insure(office.scope, no=50 + n, born=date(1950, 1, 1))
    claims.settle(
        scope=scope,
        client="H",
        key=f"four{n}",
        person_id=person,
        institution_id=office.hospitals[1],
        number=f"G{n}",
        facts=insured.stay(),
        at=insured.AT,
    )
    with scoped(office.scope):
        return Settlement.objects.get(person_id=person, kind="settled").id


def _bureau(scope: Scope) -> Bureau:
    return Bureau(scope, scope)


_OPEN = (("newborn_time", "90 days"), ("invoice_time", "30 days"), ("card_fee", "20"))


def _proposed(scope: Scope, n: int) -> int:
    bureau = _bureau(scope)
    made = policy.open_draft(scope=scope, title=f"降低 {n}", at=insured.AT)
    text = LOWERED.replace("proposal_1", f"proposal_{made.number}")
    return bureau.submit(bureau.save(made, text)).id


def _entered(scope: Scope, n: int) -> int:
    parameter, value = _OPEN[n]
    return _bureau(scope).enter(parameter, value).id
