"""A person's year in Hinggan, paid one visit after another in whole fen: the reference of R2.

Written from the articles (docs/algorithms/settlement.md), sequential and without any code of the
product: no rule engine, no state kept in a row, no replays.
"""

from dataclasses import dataclass
from datetime import date

BASE = {1: 20_000, 2: 30_000, 3: 40_000}
LESS, LEAST = 10_000, 10_000
PERCENT = {1: 65, 2: 60, 3: 55}
SPECIAL_PERCENT, LOYAL_POINTS, LOYAL_YEARS = 60, 5, 3
YEAR_CAP, BLOOD_CAP, LOYAL_CAP = 3_000_000, 4_000_000, 500_000
DISEASES_CAP, ACCIDENTS_CAP = 200_000, 2_000_000
THREE_DISEASES = {"tuberculosis", "mental", "insulin"}
EXCLUDED = {"fight", "crime", "alcohol", "self_harm", "suicide", "traffic", "malpractice"}


@dataclass(frozen=True)
class Visit:
    """What a hospital reports, as far as the amounts depend on it. Costs in fen."""

    number: str
    discharged_on: date
    level: int
    kind: str
    eligible_fen: int
    disease: str = ""
    accident: str = ""
    blood: bool = False


@dataclass(frozen=True)
class Pays:
    """What the fund pays of it, and the deductible."""

    deductible_fen: int
    fund_fen: int


@dataclass
class Sums:
    """The amounts of a year that ceilings look at, in fen."""

    stays: int = 0
    year: int = 0
    diseases: int = 0
    accidents: int = 0
    blood: bool = False


def year_of(
    visits: list[Visit], *, is_pupil: bool, is_minor: bool, years: int
) -> tuple[dict[str, Pays], Sums]:
    """Pay the visits in the order of discharge; return each one's payment and the year's sums."""
    sums, paid = Sums(), {}
    loyal = years >= LOYAL_YEARS
    for visit in sorted(visits, key=lambda one: (one.discharged_on, one.number)):
        sums.blood |= visit.blood
        if visit.accident in EXCLUDED:
            paid[visit.number] = Pays(0, 0)
            continue
        deductible, percent = 0, SPECIAL_PERCENT
        if visit.kind != "special_outpatient":
            deductible = max(BASE[visit.level] - LESS * sums.stays, LEAST)
            percent = PERCENT[visit.level] + (LOYAL_POINTS if loyal else 0)
            sums.stays += 1
        claim = (max(visit.eligible_fen - deductible, 0) * percent + 50) // 100
        cap = (BLOOD_CAP if is_minor and sums.blood else YEAR_CAP) + (LOYAL_CAP if loyal else 0)
        if is_pupil and visit.accident == "no_fault" and visit.kind != "special_outpatient":
            fund = min(claim, ACCIDENTS_CAP - sums.accidents)
            sums.accidents += fund
        else:
            fund = min(claim, cap - sums.year)
            if visit.disease in THREE_DISEASES:
                fund = min(fund, DISEASES_CAP - sums.diseases)
                sums.diseases += fund
            sums.year += fund
        paid[visit.number] = Pays(deductible, fund)
    return paid, sums
