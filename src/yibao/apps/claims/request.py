"""What an institution or a clerk asks for, read once; and what belongs to the registers."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from yibao.core.money import Fen
from yibao.core.refusal import Refusal

# Facts that our own registers answer; a request may repeat them, never say otherwise.
REGISTERED = ("hospital_level", "designated", "in_region")


class BillTotalMissing(Refusal):
    """Raised for a request without the whole sum of the bill."""

    code = "E641"
    field = "total_fen"
    message = "缺少医疗费总额"
    remedy = "请填写结算清单上的总金额"
    message_en = "The total of the bill is missing"
    remedy_en = "Enter the total of the bill"


class EligibleAboveTotal(Refusal):
    """Raised where more is inside the catalogues than the whole bill."""

    code = "E642"
    field = "eligible_cost"
    message = "合理费用 {eligible} 元超过医疗费总额 {total} 元"
    remedy = "请核对目录内费用与总额"
    message_en = "The eligible cost {eligible} is above the total {total}"
    remedy_en = "Compare the cost inside the catalogues with the total"


class DayUnreadable(Refusal):
    """Raised for a missing or unreadable day of discharge or admission."""

    code = "E643"
    field = "discharged_on"
    message = "{name} “{text}”不是日期"
    remedy = "请按 2009-03-10 的格式填写"
    message_en = '{name} "{text}" is not a date'
    remedy_en = "Write it as 2009-03-10"


class DischargedInFuture(Refusal):
    """Raised for a discharge after the day of the settlement: settling follows it (待遇 13)."""

    code = "E644"
    field = "discharged_on"
    message = "出院日期 {discharged_on} 晚于结算日 {today}"
    remedy = "请在出院当日或以后结算"
    message_en = "The discharge on {discharged_on} is after the day of settlement {today}"
    remedy_en = "Settle on the day of discharge or later"


class FactBelongsToRegister(Refusal):
    """Raised where a request contradicts what the register of institutions says."""

    code = "E645"
    message = "就诊信息中的“{fact}”为 {given}，机构登记为 {registered}"
    remedy = "以机构登记为准；如登记有误请先更正登记"
    message_en = "The request says {given} for {fact}, the register of institutions {registered}"
    remedy_en = "The register decides; correct it first if it is wrong"


class NumberMissing(Refusal):
    """Raised for a visit or a request without a number of its own."""

    code = "E646"
    field = "number"
    message = "缺少{what}"
    remedy = "请填写机构自己的单据编号"
    message_en = "The {what_en} is missing"
    remedy_en = "Enter the institution's own number"


@dataclass(frozen=True, slots=True)
class VisitRequest:
    """A visit to be decided: who, where, under which number, and its facts in JSON form."""

    person_id: int
    institution_id: int
    number: str
    facts: dict[str, Any]
    total_fen: int
    eligible_fen: int
    admitted_on: date
    discharged_on: date

    @property
    def year(self) -> int:
        """The insured year that the visit counts in: that of discharge (待遇 5)."""
        return self.discharged_on.year

    def fingerprint(self) -> str:
        """The hash of everything asked: the same request has the same one."""
        asked = {
            "person": self.person_id,
            "institution": self.institution_id,
            "number": self.number,
            "total_fen": self.total_fen,
            "facts": self.facts,
        }
        words = json.dumps(asked, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(words.encode()).hexdigest()

    def visit_facts(self, registered: Mapping[str, Any]) -> dict[str, Any]:
        """Return the visit's facts with those of the registers. Raises FactBelongsToRegister."""
        for fact in REGISTERED:
            given = self.facts.get(fact, registered[fact])
            if given != registered[fact]:
                raise FactBelongsToRegister(fact=fact, given=given, registered=registered[fact])
        return {**self.facts, **registered, "number": self.number}


def read_request(
    *, person_id: int, institution_id: int, number: str, facts: Mapping[str, Any], today: date
) -> VisitRequest:
    """Read a request: `facts` are the visit's facts by the rulebook's names, and `total_fen`.

    Money may come as whole fen or as text of yuan, days as dates or ISO text. Raises
    NumberMissing, BillTotalMissing, EligibleAboveTotal, DayUnreadable, DischargedInFuture, and the
    refusals of `Fen.from_yuan`.
    """
    if not number.strip():
        raise NumberMissing(what=_("就诊编号"), what_en="visit's number")
    given = {name: _plain(value) for name, value in facts.items() if name != "total_fen"}
    total = facts.get("total_fen")
    if total is None:
        raise BillTotalMissing()
    total_fen = _fen(total)
    eligible_fen = _fen(facts.get("eligible_cost", total))
    if not 0 <= eligible_fen <= total_fen:
        raise EligibleAboveTotal(eligible=eligible_fen.shown(), total=total_fen.shown())
    given["eligible_cost"] = eligible_fen.yuan()
    discharged_on = _day("discharged_on", given.get("discharged_on"))
    admitted_on = _day("admitted_on", given.get("admitted_on") or given["discharged_on"])
    if discharged_on > today:
        raise DischargedInFuture(discharged_on=discharged_on, today=today)
    return VisitRequest(
        person_id=person_id,
        institution_id=institution_id,
        number=number.strip(),
        facts=given,
        total_fen=int(total_fen),
        eligible_fen=int(eligible_fen),
        admitted_on=admitted_on,
        discharged_on=discharged_on,
    )


def person_facts(
    *,
    person: Mapping[str, Any],
    coverage: Mapping[str, Any] | None,
    years_before: int | None,
    year: int,
) -> dict[str, Any]:
    """Return the person's facts for a visit: the register's, and how the year was paid for.

    `coverage` is what this year's coverage was decided by; without one, `years_before` is the
    count of years in a row that the coverage of the year before had, None for nobody known.
    """
    facts = {name: value for name, value in person.items() if value not in ("", None, False)}
    if coverage is not None:
        return {**facts, **coverage, "year": year}
    if years_before is not None:
        unpaid = {"consecutive_years": years_before + 1, "unpaid_so_far": True}
        return {**facts, **unpaid, "year": year}
    return {**facts, "first_time": True, "consecutive_years": 1, "year": year}


def _fen(value: Any) -> Fen:
    return Fen(value) if isinstance(value, int) else Fen.from_yuan(value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _day(name: str, text: Any) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError as error:
        raise DayUnreadable(name=name, text=text) from error
