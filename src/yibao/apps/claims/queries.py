"""Reads of settlements: lists, one settlement explained, a person's year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.models import Operator
from yibao.apps.access.rulebooks import book_of
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.claims import sql
from yibao.apps.claims.benefit import Rule, benefit_rule
from yibao.apps.claims.explanation import Amounts, Explanation, explain
from yibao.apps.claims.models import PersonYear, Settlement
from yibao.apps.claims.operations.trial import Outcome
from yibao.apps.claims.year import Difference, Standing, Year, decide_again
from yibao.apps.registry.models import Person

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class SettlementRow:
    """A settlement in a list. Amounts in fen, negative where it takes back."""

    settlement_id: int
    settlement_no: str
    kind: str
    settled_at: datetime
    person_id: int
    person_name: str
    institution: str
    visit_kind: str
    admitted_on: date | None
    discharged_on: date
    total_fen: int
    fund_pay_fen: int
    reason: str
    is_reversed: bool


@dataclass(frozen=True, slots=True)
class YearSums:
    """A person's insured year: what the fund paid, over how many visits, under which ceilings."""

    year: int
    fund_paid_fen: int
    visits: int
    used_fen: tuple[int, ...]
    limit_fen: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SettlementPage:
    """A settlement with all that explains it; `explanation` is None for a reversal."""

    row: SettlementRow
    because: str
    settled_by: str
    settled_by_id: int
    number: str
    level: int
    admitted_on: date
    person: Person
    age: int
    facts: Mapping[str, Any]
    person_facts: Mapping[str, Any]
    explanation: Explanation | None
    corrections: tuple[SettlementRow, ...]
    original_id: int | None
    net_fund_pay_fen: int
    year: YearSums
    text_hash: str
    clauses: Mapping[str, str]
    replay: tuple[Difference, ...]

    @property
    def can_be_reversed(self) -> bool:
        """Whether it is an original that stands."""
        return self.row.kind == "settled" and not self.row.is_reversed


def settlements(
    *,
    scope: Scope,
    year: int,
    text: str = "",
    institution_id: int | None = None,
    kind: str = "",
    offset: int = 0,
    limit: int = PAGE_ROWS,
) -> list[SettlementRow]:
    """Return the settlements of an insured year, newest first. `text` is a number or a name."""
    with scoped(scope):
        found = _chosen(year, text, institution_id, kind).order_by("-id")
        return _rows(found[offset : offset + limit])


def count_settlements(
    *, scope: Scope, year: int, text: str = "", institution_id: int | None = None, kind: str = ""
) -> tuple[int, int]:
    """Return how many settlements `settlements` would list, and what the fund pays of them."""
    with scoped(scope):
        found = _chosen(year, text, institution_id, kind)
        return found.count(), found.aggregate(fen=Sum("fund_pay_fen"))["fen"] or 0


def settlements_of(*, scope: Scope, person_id: int, year: int | None = None) -> list[SettlementRow]:
    """Return a person's settlements, newest first."""
    with scoped(scope):
        found = Settlement.objects.filter(person_id=person_id)
        if year is not None:
            found = found.filter(year=year)
        return _rows(found.order_by("-id"))


def stays_on_the_same_days(
    *, scope: Scope, person_id: int, admitted_on: date, discharged_on: date
) -> list[SettlementRow]:
    """Return a person's settled stays that share a night with this one, by admission.

    Nobody lies in two hospitals in one night: most often the stay was billed twice. The articles
    do not refuse it, so a clerk is told and decides. Stays taken back do not count.
    """
    if not admitted_on < discharged_on:
        return []
    with scoped(scope):
        found = Settlement.objects.filter(
            person_id=person_id,
            kind="settled",
            visit__admitted_on__lt=discharged_on,
            visit__discharged_on__gt=admitted_on,
        ).exclude(visit__admitted_on=F("visit__discharged_on"))
        rows = _rows(found.order_by("visit__admitted_on", "id"))
    return [one for one in rows if not one.is_reversed]


def year_of(*, scope: Scope, person_id: int, year: int) -> YearSums:
    """Return a person's sums of an insured year; zeros where nothing was settled."""
    with scoped(scope):
        row = PersonYear.objects.filter(person_id=person_id, year=year).first()
    if row is None:
        return YearSums(year, 0, 0, (), ())
    used, most = tuple(row.used_fen), tuple(row.limit_fen)
    return YearSums(year, row.fund_paid_fen, row.settlements, used, most)


def settlement_page(*, scope: Scope, settlement_id: int) -> SettlementPage:
    """Return a settlement with its explanation, corrections, and a fresh replay of its year.

    Raises NotThere.
    """
    with scoped(scope):
        found = Settlement.objects.filter(id=settlement_id)
        one = found.select_related("visit", "person", "institution").first()
        if one is None:
            raise NotThere(what=_("该结算"))
        family = Settlement.objects.filter(visit_id=one.visit_id).order_by("id")
        rule = rule_of(scope, one.witness)
        return SettlementPage(
            row=_rows(found)[0],
            because=one.because,
            settled_by=_operator(one.settled_by),
            settled_by_id=one.settled_by,
            number=one.visit.number,
            level=one.institution.level,
            admitted_on=one.visit.admitted_on or one.visit.discharged_on,
            person=one.person,
            age=_age(one.person.born, one.visit.discharged_on),
            facts=one.visit.facts["visit"],
            person_facts=one.visit.facts["person"],
            explanation=_explained(scope, rule, one),
            corrections=tuple(row for row in _rows(family) if row.settlement_id != one.id),
            original_id=one.corrects_id,
            net_fund_pay_fen=family.aggregate(fen=Sum("fund_pay_fen"))["fen"],
            year=year_of(scope=scope, person_id=one.person_id, year=one.year),
            text_hash=one.rulebook_hash,
            clauses=one.witness["clauses"],
            replay=tuple(replay_check(scope=scope, person_id=one.person_id, year=one.year)),
        )


def explain_trial(*, scope: Scope, outcome: Outcome, on: date) -> Explanation:
    """Return the explanation of a trial."""
    paid, request = outcome.paid, outcome.request
    return explain(
        rule=rule_of(scope, paid.witness),
        book=book_of(scope.region),
        region=scope.region,
        on=on,
        amounts=Amounts(
            total_fen=request.total_fen,
            eligible_fen=request.eligible_fen,
            deductible_fen=paid.deductible_fen,
            rate=paid.rate,
            fund_pay_fen=paid.fund_pay_fen,
            reason=paid.reason,
        ),
        result=paid.stored_result(),
        steps=paid.steps,
    )


def replay_check(*, scope: Scope, person_id: int, year: int) -> list[Difference]:
    """Decide a person's year again from the stored facts and return what differs; write nothing.

    By the rules of the newest settlement of the year.
    """
    with scoped(scope):
        newest = Settlement.objects.filter(person_id=person_id, year=year).order_by("-id").first()
        return _replayed(rule_of(scope, newest.witness), person_id, year) if newest else []


def rule_of(scope: Scope, witness: Mapping[str, Any]) -> Rule:
    """Return the rule that a witness names: its rulebook, of its year, as known on its day."""
    known = date.fromisoformat(witness["known"])
    return benefit_rule(scope.region, witness["year"], known, witness["text"])


def _replayed(rule: Rule, person_id: int, year: int) -> list[Difference]:
    with connection.cursor() as cursor:
        cursor.execute(sql.STANDING, [person_id, year])
        standing = [Standing.of(row) for row in cursor.fetchall()]
        cursor.execute(sql.READ_YEAR, [person_id, year])
        row = cursor.fetchone()
    return list(decide_again(Year.of(row), rule, standing).differences) if row else []


def _explained(scope: Scope, rule: Rule, one: Settlement) -> Explanation | None:
    """A settlement says how it came about; a correction shows the decision that it corrects to."""
    if not one.steps:
        return None
    values = one.result
    paid = {name: _fen_of(values[name]) for name in ("deductible", "fund_pay")}
    return explain(
        rule=rule,
        book=book_of(scope.region),
        region=scope.region,
        on=one.visit.discharged_on,
        amounts=Amounts(
            total_fen=one.visit.total_fen,
            eligible_fen=one.visit.eligible_fen,
            deductible_fen=paid["deductible"],
            rate=one.rate,
            fund_pay_fen=paid["fund_pay"],
            reason=one.reason,
        ),
        result=values,
        steps=one.steps,
    )


def _fen_of(yuan: str) -> int:
    whole, _, rest = yuan.partition(".")
    return int(whole + rest)


def _age(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _operator(operator_id: int) -> str:
    return Operator.objects.filter(id=operator_id).values_list("name", flat=True).first() or ""


def _chosen(year: int, text: str, institution_id: int | None, kind: str) -> "QuerySet[Settlement]":
    found = Settlement.objects.filter(year=year)
    if institution_id is not None:
        found = found.filter(institution_id=institution_id)
    if kind:
        found = found.filter(kind=kind)
    if text:
        by_number = text[0].isascii()
        found = found.filter(settlement_no=text) if by_number else found.filter(person__name=text)
    return found


def _rows(found: "QuerySet[Settlement]") -> list[SettlementRow]:
    rows = list(found.select_related("person", "institution", "visit"))
    taken_back = set(
        Settlement.objects.filter(
            visit_id__in=[row.visit_id for row in rows], kind="reversed"
        ).values_list("visit_id", flat=True)
    )
    return [
        SettlementRow(
            settlement_id=row.id,
            settlement_no=row.settlement_no,
            kind=row.kind,
            settled_at=row.settled_at,
            person_id=row.person_id,
            person_name=row.person.name,
            institution=row.institution.name,
            visit_kind=row.visit.facts["visit"]["kind"],
            admitted_on=row.visit.admitted_on,
            discharged_on=row.visit.discharged_on,
            total_fen=row.total_fen,
            fund_pay_fen=row.fund_pay_fen,
            reason=row.reason,
            is_reversed=row.visit_id in taken_back,
        )
        for row in rows
    ]
