"""The benefit of Hinggan League written by hand: as a plain Decimal loop, and as a loop for numba.

The same rule as src/yibao/rulebook/xingan/benefit.yaml for the insured year 2010, with the cover
that it asks for. The loop for numba is written as somebody would who wants it fast: what depends on
the person alone is worked out once a person and kept in one record, and months are counted only
for long stays. Codes are compared by their numbers, handed in as `Numbers`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

import numpy as np

from bench.rules_data import NO_CODE, NO_DATE, NO_MOMENT, Arrays, day

OUTCOMES = ("deductible", "rate", "fund_pay", "self_pay", "reason")
PUPILS = ("kindergarten", "primary", "secondary", "vocational")
CAPPED = ("tuberculosis", "mental", "insulin")
EXCLUDED = ("fight", "crime", "alcohol", "self_harm", "suicide", "traffic", "malpractice")
REASONS = (
    "paid",
    "below_deductible",
    "over_ceiling",
    "excluded_cause",
    "not_reported",
    "no_transfer",
    "not_covered",
    "suspended",
)
YEAR_START, YEAR_END = day("2010-01-01"), day("2010-12-31")
RENEWAL_CLOSES, ENTRY_CLOSES = day("2009-12-01"), day("2010-05-01")
COUNT_DAY, MINOR_SINCE = day("2010-05-01"), day("1991-12-31")
SHORT_STAY = 180  # days, within any six months
PERSON = (
    "born", "student", "first_time", "unpaid_so_far", "event", "gap_years", "consecutive_years",
    "paid_on", "paid_at", "made_up_on", "employee_insured", "flexible_worker", "migrant_child",
    "insured_elsewhere",
)  # fmt: skip
VISIT = (
    "kind", "hospital_level", "designated", "in_region", "transfer_approved", "admitted_on",
    "discharged_on", "reported_on", "eligible_cost", "special_disease", "blood_disease", "accident",
)  # fmt: skip


class Numbers(NamedTuple):
    """The numbers of the codes that the rule compares; sets as bits."""

    pupils: int
    newborn: int
    inpatient: int
    emergency: int
    special: int
    outpatient: int
    capped: int
    excluded: int
    no_fault: int
    paid: int
    below_deductible: int
    over_ceiling: int
    excluded_cause: int
    not_reported: int
    no_transfer: int
    not_covered: int
    suspended: int


def numbers(codes: Mapping[str, tuple[str, ...]]) -> Numbers:
    """The numbers by the order of the enumerations."""

    def bits(names: tuple[str, ...], of: str) -> int:
        return sum(1 << codes[of].index(name) for name in names)

    kinds = codes["visit_kind"]
    return Numbers(
        bits(PUPILS, "schooling"),
        codes["life_event"].index("newborn"),
        kinds.index("inpatient"),
        kinds.index("emergency"),
        kinds.index("special_outpatient"),
        kinds.index("outpatient"),
        bits(CAPPED, "special_diseases"),
        bits(EXCLUDED, "accident_cause"),
        codes["accident_cause"].index("no_fault"),
        *(codes["visit_reason"].index(name) for name in REASONS),
    )


# ---- a plain loop over decimals


def half_years(into: int, out: int) -> int:
    """How many half-years a stay counts for, by the calendar of the standard library."""
    first, last = (date.fromordinal(n + date(1970, 1, 1).toordinal()) for n in (into, out - 1))
    months = (last.year - first.year) * 12 + last.month - first.month
    end = (last.year, last.month, last.day)
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    length = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - date(year, month + 1, 1)).days
    months -= (year, month + 1, min(first.day, length)) > end
    return min(1 + max(months, 0) // 6, 12)


class _Person:
    """One person's cover and year, by the articles."""

    def __init__(self, facts: Mapping[str, Any], n: Numbers) -> None:
        self.pupil = facts["student"] != NO_CODE and bool(n.pupils >> facts["student"] & 1)
        self.minor = self.pupil or facts["born"] > MINOR_SINCE
        self.loyal = facts["consecutive_years"] >= 3
        self.stays, self.blood = 0, False
        self.year = self.diseases = self.accidents = Decimal(0)
        paid = facts["paid_on"] if facts["paid_on"] != NO_DATE else None
        if facts["paid_at"] != NO_MOMENT:
            paid = facts["paid_at"] // 86400
        made_up = facts["made_up_on"] if facts["made_up_on"] != NO_DATE else None
        known = [value for value in (paid, made_up) if value is not None]
        self.gap = facts["gap_years"] > 0
        self.entrant = facts["first_time"] or facts["event"] == n.newborn
        self.entrant = self.entrant or (self.gap and made_up is None)
        told = facts["first_time"] or facts["unpaid_so_far"]
        self.counted_in = not known and not told
        self.starts, self.stopped, self.until = self._cover(facts, paid, max(known, default=None))

    def _cover(self, facts: Mapping[str, Any], paid: int | None, resumed: int | None) -> Any:
        nothing = None, None, None
        if facts["employee_insured"] and not facts["flexible_worker"]:
            return nothing
        if facts["migrant_child"] and facts["insured_elsewhere"]:
            return nothing
        if self.entrant:
            if paid is None or not YEAR_START <= paid < ENTRY_CLOSES:
                return nothing
            return paid, None, None
        if self.gap:
            return nothing if resumed > YEAR_END else (max(YEAR_START, resumed), None, None)
        if paid is not None and paid < COUNT_DAY:
            return YEAR_START, None, None
        return YEAR_START, COUNT_DAY, resumed

    def refusal(self, v: Mapping[str, Any], n: Numbers) -> int | None:
        """Why a visit is refused; None if it is paid."""
        into, out = v["admitted_on"], v["discharged_on"]
        goes_on = not self.entrant and not self.gap and into < YEAR_START
        if not self.counted_in:
            if self.starts is None or (into < self.starts and not goes_on):
                return n.not_covered
            halted = self.stopped is not None and out >= self.stopped
            if halted and (self.until is None or into < self.until):
                return n.suspended
        if v["accident"] != NO_CODE and n.excluded >> v["accident"] & 1:
            return n.excluded_cause
        if v["kind"] == n.outpatient:
            return n.not_covered
        if v["kind"] == n.special:
            covered = v["special_disease"] != NO_CODE and v["designated"]
            return None if covered else n.not_covered
        return self._stay_refusal(v, n)

    @staticmethod
    def _stay_refusal(v: Mapping[str, Any], n: Numbers) -> int | None:
        away = not v["designated"] or not v["in_region"]
        filed = v["reported_on"] != NO_DATE and v["reported_on"] <= v["admitted_on"] + 3
        rescue = v["kind"] == n.emergency
        if (away and v["transfer_approved"]) or (filed and (away or rescue)):
            return None
        if rescue:
            assert away, "the text is silent on a rescue filed late at a designated hospital"
            return n.not_reported
        if not v["in_region"]:
            return n.no_transfer
        return None if v["designated"] else n.not_reported

    def visit(self, v: Mapping[str, Any], n: Numbers) -> tuple[Any, ...]:
        """Deductible, rate, what the fund pays, what the person pays (yuan), and the reason."""
        cost = Decimal(v["eligible_cost"]) / 100
        self.blood = self.blood or v["blood_disease"]
        refused = self.refusal(v, n)
        if refused is not None:
            return Decimal(0), 0, Decimal(0), cost, refused
        special = v["kind"] == n.special
        deductible, rate = (Decimal(0), 60) if special else self._stay(v)
        over = max(cost - deductible, Decimal(0))
        claim = (over * rate / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
        paid = self._within(claim, v, n, special)
        if not special and cost <= deductible:
            reason = n.below_deductible
        else:
            reason = n.over_ceiling if paid < claim else n.paid
        return deductible, rate * 100, paid, cost - paid, reason

    def _stay(self, v: Mapping[str, Any]) -> tuple[Decimal, int]:
        base, percent = {1: (200, 65), 2: (300, 60), 3: (400, 55)}[v["hospital_level"]]
        many = half_years(v["admitted_on"], v["discharged_on"])
        own = sum(max(base - 100 * k, 100) for k in range(self.stays, self.stays + many))
        self.stays += many
        return Decimal(own), percent + (5 if self.loyal else 0)

    def _within(self, claim: Decimal, v: Mapping[str, Any], n: Numbers, special: bool) -> Decimal:
        if self.pupil and v["accident"] == n.no_fault and not special:
            paid = min(claim, Decimal(20000) - self.accidents)
            self.accidents += paid
            return paid
        limit = (40000 if self.minor and self.blood else 30000) + (5000 if self.loyal else 0)
        paid = min(claim, max(limit - self.year, Decimal(0)))
        if special and n.capped >> v["special_disease"] & 1:
            paid = min(paid, 2000 - self.diseases)
            self.diseases += paid
        self.year += paid
        return paid


def decimal_benefit(persons: Arrays, visits: Arrays, n: Numbers) -> Arrays:
    """Every visit decided in decimals, as fen and numbers."""
    own = {name: persons[name].tolist() for name in PERSON}
    rows = zip(visits["person"].tolist(), *(visits[name].tolist() for name in VISIT))
    people: dict[int, _Person] = {}
    found = {name: np.empty(len(visits["person"]), np.int64) for name in OUTCOMES}
    for at, (who, *values) in enumerate(rows):
        if who not in people:
            people[who] = _Person({name: column[who] for name, column in own.items()}, n)
        deductible, rate, paid, rest, reason = people[who].visit(dict(zip(VISIT, values)), n)
        found["deductible"][at], found["rate"][at] = deductible * 100, rate
        found["fund_pay"][at], found["self_pay"][at] = paid * 100, rest * 100
        found["reason"][at] = reason
    return found


# ---- a loop for numba, by hand

RECORD = np.dtype(
    [
        ("starts", np.int32), ("stopped", np.int32), ("until", np.int32), ("used", np.int32),
        ("accidents", np.int32), ("diseases", np.int32), ("stays", np.int16), ("pupil", np.bool_),
        ("minor", np.bool_), ("loyal", np.bool_), ("counted_in", np.bool_), ("old", np.bool_),
        ("blood", np.bool_),
    ]
)  # fmt: skip
NEVER, ALWAYS = 2**31 - 1, -(2**31)


def kernels() -> tuple[Any, Any]:  # noqa: C901 - one loop, as somebody would write it by hand
    """The two loops: over persons, then over visits. Needs numba."""
    import numba

    from yibao.core.rules import dates

    parts, number = numba.njit(dates.parts), numba.njit(dates.number)

    @numba.njit
    def half_years_of(into, out):
        year, month, of_month = parts(into)
        last_year, last_month, last_day = parts(out - 1)
        months = (last_year - year) * 12 + last_month - month
        total = year * 12 + month - 1 + months
        then, at = total // 12, total % 12 + 1
        length = number(then + at // 12, at % 12 + 1, 1) - number(then, at, 1)
        if min(of_month, length) > last_day:
            months -= 1
        return min(1 + max(months, 0) // 6, 12)

    @numba.njit
    def people(
        born, student, first, unpaid, event, gap, years, paid_on, paid_at, made_up, employee,
        flexible, migrant, elsewhere, n, record,
    ):  # fmt: skip
        for i in range(len(born)):
            r = record[i]
            pupil = student[i] != NO_CODE and (n.pupils >> student[i]) & 1 == 1
            r.pupil = pupil
            r.minor = pupil or born[i] > MINOR_SINCE
            r.loyal = years[i] >= 3
            r.used = r.accidents = r.diseases = 0
            r.stays = 0
            r.blood = False
            paid = np.int64(paid_on[i])
            if paid_at[i] != NO_MOMENT:
                paid = paid_at[i] // 86400
            made = np.int64(made_up[i])
            resumed = max(paid, made)  # none is less than every day
            entrant = first[i] or event[i] == n.newborn or (gap[i] > 0 and made == NO_DATE)
            r.counted_in = resumed == NO_DATE and not first[i] and not unpaid[i]
            r.old = not entrant and gap[i] == 0
            starts, stopped, until = np.int64(NEVER), np.int64(NEVER), np.int64(ALWAYS)
            if (employee[i] and not flexible[i]) or (migrant[i] and elsewhere[i]):
                r.old = False
            elif entrant:
                if YEAR_START <= paid < ENTRY_CLOSES:
                    starts = paid
                else:
                    r.old = False
            elif gap[i] > 0:
                if resumed <= YEAR_END:
                    starts = max(YEAR_START, resumed)
            else:
                starts = YEAR_START
                if paid == NO_DATE or paid >= COUNT_DAY:
                    stopped = COUNT_DAY
                    until = resumed if resumed != NO_DATE else NEVER
            r.starts, r.stopped, r.until = starts, stopped, until

    @numba.njit
    def visits(  # noqa: C901
        person, kind, level, designated, in_region, transfer, admitted, discharged, reported, cost,
        disease, blood, accident, n, record, deductible, rate, fund, own, reason,
    ):  # fmt: skip
        for j in range(len(person)):
            r = record[person[j]]
            into, out, paid_by = np.int64(admitted[j]), np.int64(discharged[j]), np.int64(cost[j])
            if blood[j]:
                r.blood = True
            special = kind[j] == n.special
            away = not designated[j] or not in_region[j]
            filed = reported[j] != NO_DATE and reported[j] <= into + 3
            why = -1
            if not r.counted_in and into < r.starts and not (r.old and into < YEAR_START):
                why = n.not_covered
            elif not r.counted_in and out >= r.stopped and into < r.until:
                why = n.suspended
            elif accident[j] != NO_CODE and (n.excluded >> accident[j]) & 1 == 1:
                why = n.excluded_cause
            elif kind[j] == n.outpatient:
                why = n.not_covered
            elif special:
                if disease[j] == NO_CODE or not designated[j]:
                    why = n.not_covered
            elif (away and transfer[j]) or (filed and (away or kind[j] == n.emergency)):
                pass
            elif kind[j] == n.emergency:
                why = n.not_reported
            elif not in_region[j]:
                why = n.no_transfer
            elif not designated[j]:
                why = n.not_reported
            if why >= 0:
                deductible[j], rate[j], fund[j], own[j], reason[j] = 0, 0, 0, paid_by, why
                continue
            less, points = np.int64(0), np.int64(6000)
            if not special:
                points = 7000 - 500 * np.int64(level[j])
                if r.loyal:
                    points += 500
                many = np.int64(1)
                if out - into > SHORT_STAY:
                    many = half_years_of(into, out)
                base = 10000 + 10000 * np.int64(level[j])
                for k in range(r.stays, r.stays + many):
                    less += max(base - 10000 * k, 10000)
                r.stays += many
            claim = (max(paid_by - less, 0) * points + 5000) // 10000
            pay = claim
            if r.pupil and accident[j] == n.no_fault and not special:
                pay = min(claim, 2_000_000 - r.accidents)
                r.accidents += pay
            else:
                limit = 4_000_000 if r.minor and r.blood else 3_000_000
                if r.loyal:
                    limit += 500_000
                pay = min(claim, max(limit - r.used, 0))
                if special and (n.capped >> disease[j]) & 1 == 1:
                    pay = min(pay, 200_000 - r.diseases)
                    r.diseases += pay
                r.used += pay
            why = n.paid
            if not special and paid_by <= less:
                why = n.below_deductible
            elif pay < claim:
                why = n.over_ceiling
            deductible[j], rate[j], fund[j], own[j] = less, points, pay, paid_by - pay
            reason[j] = why

    return people, visits


class ByHand:
    """The two loops over columns, with outcomes that are allocated beforehand."""

    def __init__(self, n: Numbers) -> None:
        self.people, self.visits = kernels()
        self.numbers = n

    def outcomes(self, many: int) -> Arrays:
        kinds = (np.int32, np.int16, np.int32, np.int64, np.uint8)
        return {name: np.empty(many, kind) for name, kind in zip(OUTCOMES, kinds)}

    def run(self, persons: Arrays, visits: Arrays, out: Arrays) -> Arrays:
        record = np.empty(len(persons["born"]), RECORD)
        self.people(*(persons[name] for name in PERSON), self.numbers, record)
        columns = (visits[name] for name in ("person", *VISIT))
        self.visits(*columns, self.numbers, record, *(out[name] for name in OUTCOMES))
        return out
