"""Draws the people of a synthetic population: ages, standings, and how each came to be covered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from yibao.core.rules import dates
from yibao.simulation.frame import BETWEEN, Words
from yibao.simulation.snapshot import PERSON

Array = npt.NDArray[Any]

_DAYS_A_YEAR = 365.25
_OLDEST = 100
_BORN_THIS_YEAR = 0.008
_SCHOOL = (  # youngest, oldest, share at school, code
    (3, 5, 0.80, "kindergarten"),
    (6, 11, 0.99, "primary"),
    (12, 17, 0.90, "secondary"),
    (16, 19, 0.10, "vocational"),
    (18, 22, 0.30, "university"),
)
_STANDINGS = (  # code, share, of children only
    ("minimum_living", 0.040, False),
    ("registered_poor", 0.020, False),
    ("extreme_poverty", 0.004, False),
    ("preferential", 0.003, False),
    ("sanwu", 0.001, False),
    ("family_planning_loss", 0.002, False),
    ("orphan", 0.002, True),
)
_GROWN = 18
_DISABILITY = (0.004, 0.006, 0.008, 0.012)  # levels 1 to 4
_LOW_INCOME, _RURAL, _MALE = 0.05, 0.25, 0.49
_LONGEST_ROW = 12
# How a person came to be covered: share, then what it means below.
_COVER = {
    "early": 0.855,
    "counted": 0.060,
    "spring": 0.030,
    "new": 0.030,
    "late": 0.012,
    "gap": 0.013,
}
_AUTUMN, _SPRING = (122, 32), (1, 119)  # days before, or into, the year
_LATE = (150, 280)
_NEWBORN_PAYS_WITHIN = 75


@dataclass(frozen=True)
class Draw:
    """What a bucket is drawn from. `seed` is the whole population's: it weighs the towns."""

    words: Words
    year: int
    towns: Sequence[str]
    sequence: np.random.SeedSequence
    seed: int
    streams: dict[str, np.random.Generator] = field(default_factory=dict)

    def __call__(self, name: str) -> np.random.Generator:
        """A stream of its own for each name, so that a new fact moves no other."""
        if name not in self.streams:
            entropy = [*self.sequence.entropy, *name.encode()]  # type: ignore[misc]
            self.streams[name] = np.random.Generator(
                np.random.PCG64(np.random.SeedSequence(entropy))
            )
        return self.streams[name]

    @property
    def first_day(self) -> int:
        return dates.year_start(self.year)

    @property
    def last_day(self) -> int:
        return dates.year_end(self.year)


@dataclass(frozen=True)
class People:
    """Drawn people: numbers that visits depend on, and all columns as Arrow."""

    age: Array
    born: Array
    columns: Mapping[str, Any]

    def table(self, keys: Array) -> dict[str, Any]:
        import pyarrow as pa

        return {PERSON: pa.array(keys), **self.columns}


def people(draw: Draw, keys: Array) -> People:
    """Draw everybody of these keys."""
    size = keys.size
    age = np.clip(draw("age").gamma(4.0, 11.0, size), 0, _OLDEST)
    born = draw.first_day - 1 - (age * _DAYS_A_YEAR).astype(np.int32)
    fresh = draw("newborn").random(size) < _BORN_THIS_YEAR
    born = np.where(fresh, draw("birthday").integers(draw.first_day, draw.last_day, size), born)
    whole = np.where(fresh, 0, age).astype(np.int16)
    columns = {
        "born": days(born),
        "sex": coded((draw("sex").random(size) > _MALE).astype(np.int32), ("male", "female")),
        "hukou_kind": coded(
            (draw("hukou").random(size) < _RURAL).astype(np.int32), ("urban", "rural")
        ),
        "student": _school(draw, whole),
        "disability_level": _disability(draw, size),
        "low_income_family": flags(draw("income").random(size) < _LOW_INCOME),
        "identities": _identities(draw, whole),
        "district": _district(draw, size),
        **_cover(draw, born, whole, fresh),
    }
    return People(whole, born.astype(np.int32), columns)


def coded(places: Array, words: Sequence[str], none: Array | None = None) -> Any:
    """A column of codes: the place of each row's word, null where `none`."""
    import pyarrow as pa

    indices = pa.array(places.astype(np.int32), mask=none)
    return pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.string()))


def days(numbers: Array, none: Array | None = None) -> Any:
    """A column of dates from days since 1970."""
    import pyarrow as pa

    return pa.array(numbers.astype(np.int32), mask=none).cast(pa.date32())


def flags(values: Array) -> Any:
    import pyarrow as pa

    return pa.array(values)


def counts(values: Array, none: Array | None = None) -> Any:
    import pyarrow as pa

    return pa.array(values.astype(np.int16), mask=none)


def _school(draw: Draw, age: Array) -> Any:
    place = np.full(age.size, -1, np.int32)
    u = draw("school").random(age.size)
    for at, (youngest, oldest, share, _) in enumerate(_SCHOOL):
        here = (age >= youngest) & (age <= oldest) & (place < 0)
        place[here & (u < share)] = at
        u = np.where(here, draw("school").random(age.size), u)
    return coded(np.maximum(place, 0), [code for *_, code in _SCHOOL], place < 0)


def _disability(draw: Draw, size: int) -> Any:
    u = draw("disability").random(size)
    level = np.searchsorted(np.cumsum(_DISABILITY), u, side="right") + 1
    return counts(level, level > len(_DISABILITY))


def _identities(draw: Draw, age: Array) -> Any:
    """A set of standings each: a mask, then a word for each mask that there is."""
    known = draw.words.codes.get("identity", ())
    mask = np.zeros(age.size, np.int32)
    for at, (code, share, young) in enumerate(_STANDINGS):
        hit = draw("standing").random(age.size) < share
        if code in known:
            mask |= (hit & ((age < _GROWN) | (not young))).astype(np.int32) << at
    found, places = np.unique(mask, return_inverse=True)
    order = {code: place for place, code in enumerate(known)}
    words = []
    for bits in found.tolist():
        codes = [code for at, (code, *_) in enumerate(_STANDINGS) if bits >> at & 1]
        words.append(BETWEEN.join(sorted(codes, key=order.__getitem__)))
    return coded(places, words)


def _district(draw: Draw, size: int) -> Any:
    import pyarrow as pa

    if not draw.towns:
        return pa.nulls(size, pa.string())
    weights = np.random.Generator(np.random.PCG64(draw.seed)).gamma(2.0, 1.0, len(draw.towns))
    places = draw("town").choice(len(draw.towns), size, p=weights / weights.sum())
    return pa.array(draw.towns, pa.string()).take(pa.array(places.astype(np.int32)))


def _cover(draw: Draw, born: Array, age: Array, fresh: Array) -> dict[str, Any]:
    """When each person paid, entered, missed a year or made it up."""
    size = born.size
    how = draw("cover").choice(len(_COVER), size, p=list(_COVER.values()))
    how[fresh] = len(_COVER)
    at = {name: how == place for place, name in enumerate(_COVER)}
    between = draw("paid").integers
    first = draw.first_day
    paid = np.where(at["early"], first - between(_AUTUMN[1], _AUTUMN[0], size), 0)
    spring = first + between(*_SPRING, size)
    paid = np.where(at["spring"] | at["new"], spring, paid)
    soon = np.minimum(born + between(0, _NEWBORN_PAYS_WITHIN, size), draw.last_day)
    paid = np.where(fresh, soon, paid)
    made_up = first + between(*_LATE, size)
    missed = np.where(at["gap"], between(1, 4, size), 0)
    row = np.minimum(draw("row").integers(1, _LONGEST_ROW, size), age + 1)
    entering = at["new"] | fresh | at["gap"]
    return {
        "paid_on": days(paid, paid == 0),
        "made_up_on": days(made_up, ~(at["late"] | at["gap"])),
        "first_time": flags(at["new"] | fresh),
        "gap_years": counts(missed),
        "consecutive_years": counts(np.where(entering, 1, row)),
        "event": coded(np.zeros(size, np.int32), ("newborn",), ~fresh),
        "event_on": days(born, ~fresh),
    }
