"""The groups that a result is told by: age, sex, county, town, identity, hospital level, kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from yibao.core.rules import dates
from yibao.core.rules.encoding import none_of
from yibao.simulation.buckets import Bucket
from yibao.simulation.frame import Frame

Array = npt.NDArray[Any]

AGES = (0, 6, 18, 45, 60, 70, 80)
AGE, SEX, COUNTY, TOWN, IDENTITY = "age", "sex", "county", "town", "identity"
NOT_RECORDED, NO_IDENTITY = "not_recorded", "none"
_BORN, _DISTRICT, _IDENTITIES = "born", "district", "identities"
_COUNTY_DIGITS, _TOWN_DIGITS = 6, 9
VISIT_GROUPS = ("hospital_level", "kind")


@dataclass(frozen=True, slots=True)
class Grouping:
    """A way of splitting rows by `keys`: `members` are the place of each row's key, or rows × keys
    where a row may belong to several."""

    by: str
    keys: tuple[str, ...]
    members: Array

    def expanded(self) -> tuple[Array, Array]:
        """Each membership as a row and the place of a key."""
        if self.members.ndim == 1:
            return np.arange(self.members.size), self.members
        rows, places = np.nonzero(self.members)
        return rows, places


def age_bands() -> tuple[str, ...]:
    """The keys of the bands of ages: "0-5" … "80+"."""
    ends = [str(until - 1) for until in AGES[1:]]
    return (*(f"{since}-{end}" for since, end in zip(AGES, ends)), f"{AGES[-1]}+")


def bands_of(bucket: Bucket, year: int) -> Array | None:
    """The place of each person's band on 1 January of the insured year; the first for those born
    later. None where the dates of birth were not recorded."""
    born = bucket.persons.values.get(_BORN)
    if born is None:
        return None
    cuts = np.array([dates.year_start(year - age) for age in reversed(AGES)])
    reached = len(AGES) - np.searchsorted(cuts, born, side="left")
    return np.maximum(reached - 1, 0)


def person_groups(bucket: Bucket, year: int) -> list[Grouping]:
    """How the people of a bucket are split, by what was recorded of them."""
    found = []
    bands = bands_of(bucket, year)
    if bands is not None:
        found.append(Grouping(AGE, age_bands(), bands))
    found += _by_code(bucket.persons, SEX)
    found += _by_area(bucket.persons)
    found += _by_identity(bucket.persons)
    return found


def visit_groups(bucket: Bucket) -> list[Grouping]:
    """How the visits of a bucket are split."""
    return [group for name in VISIT_GROUPS for group in _by_code(bucket.visits, name)]


def county_of(district: str | None) -> str:
    """The county's code in a division's; a word for none."""
    return district[:_COUNTY_DIGITS] if district else NOT_RECORDED


def _by_code(frame: Frame, name: str) -> list[Grouping]:
    column, fact = frame.values.get(name), frame.words.facts.get(name)
    if column is None or fact is None:
        return []
    if fact.type.kind == "code":
        keys = tuple(frame.words.codes[fact.type.of])
        places = np.where(column == none_of(column.dtype), len(keys), column.astype(np.int64))
    else:
        keys = tuple(str(number) for number in range(fact.low, fact.high + 1))
        none = column == none_of(column.dtype)
        places = np.where(none, len(keys), column.astype(np.int64) - fact.low)
    return [Grouping(name, (*keys, NOT_RECORDED), places)]


def _by_area(frame: Frame) -> list[Grouping]:
    districts = frame.texts.get(_DISTRICT)
    if districts is None:
        return []
    coded = districts.dictionary_encode()
    names = [*coded.dictionary.to_pylist(), None]
    places = coded.indices.fill_null(len(names) - 1).to_numpy(zero_copy_only=False)
    found = []
    for by, digits in ((COUNTY, _COUNTY_DIGITS), (TOWN, _TOWN_DIGITS)):
        cut = [name[:digits] if name else NOT_RECORDED for name in names]
        keys = tuple(sorted(set(cut)))
        at = {key: place for place, key in enumerate(keys)}
        found.append(Grouping(by, keys, np.array([at[key] for key in cut]).take(places)))
    return found


def _by_identity(frame: Frame) -> list[Grouping]:
    mask, fact = frame.values.get(_IDENTITIES), frame.words.facts.get(_IDENTITIES)
    if mask is None or fact is None:
        return []
    codes = tuple(frame.words.codes[fact.type.of])
    bits = mask.astype(np.int64)[:, None] >> np.arange(len(codes)) & 1 == 1
    members = np.column_stack([bits, mask == 0])
    return [Grouping(IDENTITY, (*codes, NO_IDENTITY), members)]
