"""The people and visits of `yibao bench rules`, seeded: every implementation reads the same.

Two rule sets. The baseline's is small enough to be written by hand in every library (ages stand as
numbers); its figures stand below, its rulebook in rules_baseline.yaml. The other is the real
benefit of Hinggan League, with dates, exclusions, half-years and three ceilings.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

Arrays = dict[str, np.ndarray]

SEED = 20240101
YEAR = 2010
PAYERS = ("personal", "central", "region", "league", "county")
CLASSES = ("adult", "adult_aided", "child", "child_aided")
SPLIT = {
    "adult": (13000, 4000, 2500, 1500, 1500),
    "adult_aided": (7000, 7000, 4000, 2500, 2000),
    "child": (4000, 4000, 2500, 1500, 1500),
    "child_aided": (3000, 4500, 2800, 1600, 1600),
}
DEDUCTIBLE = {1: 20000, 2: 30000, 3: 40000}
DEDUCTIBLE_LESS, DEDUCTIBLE_LEAST = 10000, 10000
RATIO = {1: 65, 2: 60, 3: 55}
LOYAL_POINTS, LOYAL_YEARS = 5, 3
CAP, CAP_BLOOD, LOYAL_CAP = 3_000_000, 4_000_000, 500_000
ADULT_AGE, AIDED_AGE = 18, 60

EPOCH = np.datetime64("1970-01-01", "D")
NO_DATE = np.iinfo(np.int32).min
NO_MOMENT = np.iinfo(np.int64).min
NO_CODE = np.iinfo(np.uint8).max


def day(text: str) -> int:
    """A date as its days from 1970-01-01."""
    return int((np.datetime64(text, "D") - EPOCH).astype(int))


def baseline(persons: int, visits: int) -> Arrays:
    """People with an age, and the city's ledger of visits in the order of discharge."""
    rng = np.random.default_rng(SEED)
    draw = rng.random
    age = np.clip(rng.gamma(4.0, 11.0, persons), 0, 100).astype(np.uint8)
    found = {
        "age": age,
        "student": (age >= 16) & (age <= 26) & (draw(persons) < 0.35),
        "minimum_living": draw(persons) < 0.04,
        "severe": draw(persons) < 0.02,
        "low_income": draw(persons) < 0.05,
        "blood": draw(persons) < 0.01,
        "years": rng.integers(0, 12, persons).astype(np.uint8),
    }
    found["person"] = _who(rng, persons, visits)
    found["level"] = rng.choice(np.array([1, 2, 3], np.uint8), visits, p=(0.30, 0.45, 0.25))
    found["cost"] = _cost(rng, visits).astype(np.int32)
    return found


def hinggan_persons(persons: int, codes: Mapping[str, tuple[str, ...]]) -> Arrays:
    """People of Hinggan as the facts stand in columns; `codes` numbers each enumeration."""
    rng = np.random.default_rng(SEED + 1)

    def share(part: float) -> np.ndarray:
        return rng.random(persons) < part

    age = np.clip(rng.gamma(4.0, 11.0, persons), 0, 100).astype(np.int32)
    born = (day("2010-01-15") - age * 365 - rng.integers(0, 365, persons)).astype(np.int32)
    pupil = (age >= 6) & (age <= 18)
    stage = np.where(age < 12, "primary", "secondary")
    student = np.where(pupil, stage, np.where((age < 24) & (age > 18), "university", ""))
    newborn = born >= day("2009-12-01")
    paid_on = _between(rng, "2009-09-01", "2009-11-29", persons)
    late = share(0.05)
    paid_on[late] = _between(rng, "2010-01-01", "2010-04-29", persons)[late]
    gap = np.where(share(0.03), rng.integers(1, 4, persons), 0).astype(np.int16)
    made_up = np.full(persons, NO_DATE, np.int32)
    stopped = share(0.03)
    paid_on[stopped] = NO_DATE
    made_up[stopped & share(0.7)] = day("2010-07-01")
    made_up[(gap > 0) & share(0.5)] = day("2010-03-01")
    paid_on[newborn] = np.maximum(born[newborn] + 10, day("2010-01-01"))
    return {
        "born": born,
        "student": _coded(student, codes["schooling"]),
        "first_time": share(0.04),
        "unpaid_so_far": share(0.01),
        "event": _coded(np.where(newborn, "newborn", ""), codes["life_event"]),
        "gap_years": gap,
        "consecutive_years": rng.integers(1, 13, persons).astype(np.int16),
        "paid_on": paid_on,
        "paid_at": np.full(persons, NO_MOMENT, np.int64),
        "made_up_on": made_up,
        "employee_insured": share(0.01),
        "flexible_worker": share(0.3),
        "migrant_child": share(0.02),
        "insured_elsewhere": share(0.05),
    }


def hinggan_contribution(persons: int, codes: Mapping[str, tuple[str, ...]]) -> Arrays:
    """What the contribution reads beside `hinggan_persons`."""
    rng = np.random.default_rng(SEED + 2)
    poor = np.int64(1) << codes["identity"].index("minimum_living")
    level = np.where(
        rng.random(persons) < 0.06, rng.integers(1, 5, persons), np.iinfo(np.int16).min
    )
    return {
        "identities": np.where(rng.random(persons) < 0.04, poor, 0).astype(np.int64),
        "disability_level": level.astype(np.int16),
        "low_income_family": rng.random(persons) < 0.05,
    }


def hinggan_visits(
    born: np.ndarray, visits: int, codes: Mapping[str, tuple[str, ...]], seed: int = SEED + 3
) -> Arrays:
    """The city's ledger of the year in the order of discharge, as the facts stand in columns."""
    rng = np.random.default_rng(seed)

    def share(part: float) -> np.ndarray:
        return rng.random(visits) < part

    kinds = ("inpatient", "emergency", "special_outpatient", "outpatient")
    kind = rng.choice(
        np.array([codes["visit_kind"].index(k) for k in kinds], np.uint8),
        visits,
        p=(0.80, 0.05, 0.12, 0.03),
    )
    stay = np.where(
        share(0.01),
        rng.integers(28, 420, visits),
        np.minimum(rng.gamma(2.0, 4.0, visits), 90).astype(np.int64),
    )
    stay[kind != codes["visit_kind"].index("inpatient")] = 0
    person = _who(rng, len(born), visits)
    out = _between(rng, "2010-01-01", "2010-12-31", visits)
    into = np.maximum(out - stay, born[person]).astype(np.int32)
    out = np.maximum(out, into)
    designated, in_region = share(0.96), share(0.93)
    reported = np.where(share(0.9), into + rng.integers(0, 4, visits), into + 5).astype(np.int32)
    reported[share(0.05)] = NO_DATE
    here = (kind == codes["visit_kind"].index("emergency")) & designated & in_region
    reported[here] = into[here] + 1
    disease = rng.choice(np.arange(len(codes["special_diseases"]), dtype=np.uint8), visits)
    special = kind == codes["visit_kind"].index("special_outpatient")
    disease[~special | share(0.03)] = NO_CODE
    accident = np.full(visits, NO_CODE, np.uint8)
    hurt = share(0.06)
    accident[hurt] = rng.integers(0, len(codes["accident_cause"]), visits).astype(np.uint8)[hurt]
    found = {
        "person": person,
        "kind": kind,
        "hospital_level": rng.choice(np.array([1, 2, 3], np.int16), visits, p=(0.30, 0.45, 0.25)),
        "designated": designated,
        "in_region": in_region,
        "transfer_approved": share(0.7),
        "admitted_on": into,
        "discharged_on": out,
        "reported_on": reported,
        "eligible_cost": _cost(rng, visits).astype(np.int64),
        "special_disease": disease,
        "blood_disease": share(0.01),
        "accident": accident,
    }
    order = np.argsort(out, kind="stable")
    return {name: values[order] for name, values in found.items()}


def _who(rng: np.random.Generator, persons: int, visits: int) -> np.ndarray:
    """Most people have few visits, some have many."""
    skewed = np.minimum((rng.random(visits) ** 1.3 * persons).astype(np.int64), persons - 1)
    return rng.permutation(persons)[skewed].astype(np.int32)


def _cost(rng: np.random.Generator, visits: int) -> np.ndarray:
    yuan = np.clip(np.exp(rng.normal(8.7, 1.1, visits)), 20, 1_500_000)
    return np.round(yuan * 100)


def _between(rng: np.random.Generator, first: str, last: str, many: int) -> np.ndarray:
    return rng.integers(day(first), day(last) + 1, many).astype(np.int32)


def _coded(words: np.ndarray, codes: tuple[str, ...]) -> np.ndarray:
    found = np.full(len(words), NO_CODE, np.uint8)
    for number, code in enumerate(codes):
        found[words == code] = number
    return found
