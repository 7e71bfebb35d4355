"""A person's page put together from what each part of the house knows, for posts that may see it.

A fixed number of queries: everything of the person and of the household is asked for at once.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from yibao.apps.access.scope import Scope
from yibao.apps.access.spoken import national_words, region_words
from yibao.apps.claims import queries as claims
from yibao.apps.collection import queries as collection
from yibao.apps.collection.queries import DuePage
from yibao.apps.enrolment import queries as enrolment
from yibao.apps.enrolment.queries import CoverageLine, Covered, OtherCoverLine
from yibao.apps.registry.queries import HouseholdPage, Member, PersonPage
from yibao.console.page import ConsoleRequest
from yibao.console.registry.strip import CHINA, Strip, strips
from yibao.console.registry.telling import paid_words
from yibao.web.figures import yuan


@dataclass(frozen=True, slots=True)
class Row:
    """A member of the household with the year's standing. Amounts in fen, None for none."""

    member: Member
    age: int
    relation: str
    sex: str
    state: str  # of the mark
    words: str
    identities: str
    subsidised_fen: int | None
    paid_fen: int | None
    until: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that the person's page shows beside the register's facts."""

    covered: Covered | None
    year_coverage: CoverageLine | None
    other_cover: OtherCoverLine | None
    due: DuePage | None
    strips: list[Strip]
    rows: list[Row]
    identities: str
    consecutive_years: int
    sums: Any = None
    claims_year: int = 0
    labels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Known:
    coverages: list[CoverageLine]
    covers: list[OtherCoverLine]
    dues: list[DuePage]


def dossier(request: ConsoleRequest, person: PersonPage) -> Dossier:
    """Put the page together for the chosen year and the served day."""
    scope = request.scope
    known = _known(scope, person.person_id)
    dues = {one.year: one for one in known.dues}
    live = [one for one in known.coverages if one.cancelled_at is None]
    newest = max([request.year, *(one.year for one in live)])
    year_coverage = next((one for one in live if one.year == request.year), None)
    return Dossier(
        covered=_covered(scope, person.person_id, request),
        year_coverage=year_coverage,
        other_cover=next((o for o in known.covers if o.year == request.year), None),
        due=dues.get(request.year),
        strips=strips(
            coverages=known.coverages,
            supported={year: bool(one.subsidised_fen) for year, one in dues.items()},
            words={year: _paid_words(one) for year, one in dues.items()},
            newest=newest,
            on=request.served_on,
        ),
        rows=household_rows(request, person.household) if person.household else [],
        identities="、".join(identity_label(scope.region, i) for i in _now(request, person)),
        consecutive_years=year_coverage.consecutive_years if year_coverage else 0,
        sums=_sums(scope, person.person_id, request.year),
        claims_year=request.year,
    )


def household_rows(request: ConsoleRequest, household: HouseholdPage) -> list[Row]:
    """Return the members with their standing of the chosen year. Three queries."""
    scope, ids = request.scope, [member.person_id for member in household.members]
    look = scope.allows("enrolment.read")
    coverages = enrolment.covered_in(scope=scope, person_ids=ids, year=request.year) if look else {}
    covers = enrolment.other_covers_of(scope=scope, person_ids=ids) if look else {}
    dues = (
        collection.dues_of_persons(scope=scope, person_ids=ids, year=request.year)
        if scope.allows("collection.read")
        else {}
    )
    return [
        _row(
            request,
            member,
            coverages.get(member.person_id),
            next((o for o in covers.get(member.person_id, ()) if _counts(o, request)), None),
            dues.get(member.person_id),
        )
        for member in household.members
    ]


def _counts(cover: OtherCoverLine, request: ConsoleRequest) -> bool:
    return cover.year == request.year and cover.cancelled_at is None


def _row(
    request: ConsoleRequest,
    member: Member,
    coverage: CoverageLine | None,
    other: OtherCoverLine | None,
    due: DuePage | None,
) -> Row:
    state, words = _standing(member, coverage, other, due)
    region = request.scope.region
    until = last_day(coverage).isoformat() if coverage else other.place if other else ""
    return Row(
        member=member,
        age=age_on(member.born, request.served_on),
        relation=national_words("relation", member.relation),
        sex=national_words("sex", member.sex),
        state=state,
        words=words,
        identities="、".join(identity_label(region, code) for code in member.identities),
        subsidised_fen=due.subsidised_fen if due else None,
        paid_fen=due.paid_fen if due else None,
        until=until,
    )


def _standing(
    member: Member,
    coverage: CoverageLine | None,
    other: OtherCoverLine | None,
    due: DuePage | None,
) -> tuple[str, str]:
    """The mark and the word for a member's year."""
    if member.died_on:
        return "stopped", _("已死亡")
    if member.moved_away_on:
        return "stopped", _("已迁出")
    if other:
        return "done", _("职工医保") if other.kind == "employee" else _("异地参保")
    if coverage and coverage.reason == "unpaid":
        return "overdue", _("中断")
    if coverage and due and due.subsidised_fen:
        return "aid", _("部分资助") if due.paid_fen else _("全额资助")
    return ("done", _("已参保")) if coverage else ("open", _("未参保"))


def period_words(line: CoverageLine) -> tuple[str, str]:
    """Return the first day, with its hour where cover began in the middle of it, and the last."""
    starts = line.starts_at.astimezone(CHINA)
    first = (
        f"{starts:%Y-%m-%d}" if not (starts.hour or starts.minute) else f"{starts:%Y-%m-%d %H:%M}"
    )
    return first, last_day(line).isoformat()


def _known(scope: Scope, person_id: int) -> _Known:
    look = scope.allows("enrolment.read")
    ask: dict[str, Any] = {"scope": scope, "person_id": person_id}
    covers = enrolment.other_covers_of(scope=scope, person_ids=[person_id]) if look else {}
    return _Known(
        coverages=enrolment.coverages_of(**ask) if look else [],
        covers=[one for one in covers.get(person_id, []) if one.cancelled_at is None],
        dues=collection.dues_of_person(**ask) if scope.allows("collection.read") else [],
    )


def _covered(scope: Scope, person_id: int, request: ConsoleRequest) -> Covered | None:
    if not scope.allows("enrolment.read"):
        return None
    found = enrolment.covered_on(
        scope=scope, person_ids=[person_id], at=request.at, on=request.served_on
    )
    return found.get(person_id)


def _sums(scope: Scope, person_id: int, year: int) -> Any:
    if not scope.allows("claims.read"):
        return None
    return claims.year_of(scope=scope, person_id=person_id, year=year)


def _paid_words(due: DuePage) -> str:
    """What was paid and borne of a year's due."""
    said = paid_words(due.subsidised_fen, due.paid_fen)
    return said or _("应缴 %(owed)s 未缴") % {"owed": yuan(due.owed_fen)}


def _now(request: ConsoleRequest, person: PersonPage) -> list[str]:
    on = request.served_on
    return [
        one.code
        for one in person.identities
        if one.valid_from <= on and (one.valid_until is None or one.valid_until > on)
    ]


def identity_label(region: str, code: str) -> str:
    """Return the words for a standing; the code itself where no rulebook has words."""
    return region_words(region, "identity", code)


def age_on(born: date, on: date) -> int:
    """Return the birthdays reached."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def last_day(line: CoverageLine) -> date:
    """Return the last covered day, as papers write it."""
    return _day(line.ends_at - datetime.resolution)


def _day(moment: datetime) -> date:
    return moment.astimezone(CHINA).date()
