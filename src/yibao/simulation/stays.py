"""Draws a year of visits for drawn people: stays, rescues, special and ordinary outpatient care."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from yibao.simulation.people import Draw, People, coded, counts, days, flags
from yibao.simulation.snapshot import PERSON

Array = npt.NDArray[Any]

_KINDS = {"inpatient": 0.62, "special_outpatient": 0.21, "outpatient": 0.14, "emergency": 0.03}
_LEVELS = (0.30, 0.45, 0.25)
_BANDS = (6, 18, 45, 60, 70)
_LOADS = (2.1, 0.95, 1.25, 2.2, 3.4, 4.5)  # visits a year, by age
_SKEW = 0.7
_AWAY, _UNDESIGNATED, _APPROVED, _FILED = 0.08, 0.03, 0.70, 0.92
_FILED_WITHIN = 5
_ACCIDENT, _BLOOD, _NO_SPECIAL = 0.04, 0.004, 0.03
_STAY, _LONG, _LONGEST = 8.0, 0.01, 420
_COST, _SPREAD = 8.4, 1.1  # the logarithm of yuan: its mean and deviation
_CHEAPER = {"inpatient": 0.0, "special_outpatient": -1.6, "outpatient": -3.2, "emergency": -0.9}
_LEAST, _MOST = 20.0, 800_000.0
_FEN = 100
_PERSON_DIGITS, _VISIT_DIGITS = 12, 4


def visits(draw: Draw, keys: Array, who: People) -> dict[str, Any]:
    """Draw the visits of everybody, sorted by person, day of discharge and number."""
    import pyarrow as pa

    load = np.array(_LOADS)[np.searchsorted(_BANDS, who.age, side="right")]
    many = draw("load").poisson(load * draw("skew").gamma(_SKEW, 1 / _SKEW, keys.size))
    person = np.repeat(np.arange(keys.size), many)
    size = person.size
    earliest = np.maximum(who.born[person], draw.first_day)
    into = (draw("day").random(size) * (draw.last_day - earliest + 1)).astype(np.int32)
    out = earliest + into
    order = np.lexsort((out, person))
    out = out[order]  # of one person: `person` is sorted already
    kind = draw("kind").choice(len(_KINDS), size, p=list(_KINDS.values()))
    at = {name: kind == place for place, name in enumerate(_KINDS)}
    admitted = _admitted(draw, at["inpatient"], out, who.born[person])
    rank = np.arange(size) - np.repeat(np.cumsum(many) - many, many)
    return {
        PERSON: pa.array(keys[person]),
        "number": _numbers(keys[person], rank),
        "kind": coded(kind, list(_KINDS)),
        "hospital_level": counts(draw("level").choice(len(_LEVELS), size, p=_LEVELS) + 1),
        "admitted_on": days(admitted),
        "discharged_on": days(out),
        "eligible_cost": pa.array(_cost(draw, kind)),
        **_where(draw, size, at["emergency"], admitted),
        **_illness(draw, size, at["special_outpatient"]),
    }


def _numbers(keys: Array, rank: Array) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = [
        pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, padding="0")
        for numbers, width in ((keys, _PERSON_DIGITS), (rank, _VISIT_DIGITS))
    ]
    return pc.binary_join_element_wise("V", *parts, "").cast(pa.string())


def _admitted(draw: Draw, stay: Array, out: Array, born: Array) -> Array:
    """The day of admission: of a stay some days before, never before birth."""
    length = draw("stay").geometric(1 / _STAY, out.size)
    long = draw("long").random(out.size) < _LONG
    length = np.where(long, draw("length").integers(1, _LONGEST, out.size), length)
    found: Array = np.maximum(np.where(stay, out - length, out), born).astype(np.int32)
    return found


def _cost(draw: Draw, kind: Array) -> Array:
    shift = np.array(list(_CHEAPER.values()))[kind]
    yuan = np.exp(draw("cost").normal(_COST, _SPREAD, kind.size) + shift)
    fen: Array = np.rint(np.clip(yuan, _LEAST, _MOST) * _FEN).astype(np.int64)
    return fen


def _where(draw: Draw, size: int, rescue: Array, admitted: Array) -> dict[str, Any]:
    away = draw("away").random(size) < _AWAY
    other = draw("undesignated").random(size) < _UNDESIGNATED
    unusual = away | other | rescue
    filed = unusual & (draw("filed").random(size) < _FILED)
    when = admitted + draw("report").integers(0, _FILED_WITHIN, size)
    return {
        "in_region": flags(~away),
        "designated": flags(~other),
        "transfer_approved": flags(away & (draw("approved").random(size) < _APPROVED)),
        "reported_on": days(when, ~filed),
    }


def _illness(draw: Draw, size: int, special: Array) -> dict[str, Any]:
    diseases = list(draw.words.codes.get("special_diseases", ()))
    causes = list(draw.words.codes.get("accident_cause", ()))
    none = ~special | (draw("unnamed").random(size) < _NO_SPECIAL)
    hurt = draw("accident").random(size) < _ACCIDENT
    return {
        "special_disease": coded(
            draw("disease").integers(0, max(len(diseases), 1), size), diseases or [""], none
        ),
        "accident": coded(
            draw("cause").integers(0, max(len(causes), 1), size), causes or [""], ~hurt
        ),
        "blood_disease": flags(draw("blood").random(size) < _BLOOD),
    }
