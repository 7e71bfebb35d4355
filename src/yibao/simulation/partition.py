"""Which bucket a person belongs to: a hash of the person's key, so that nobody spans two."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

# The finaliser of splitmix64: every bit of the key moves every bit of the hash.
_ADD = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_SHIFTS = np.uint64(30), np.uint64(27), np.uint64(31)
_PERSONS_A_BUCKET = 32_000
_MOST_BUCKETS = 512


def mixed(person: Array) -> Array:
    """A hash of each person's key (int64), as uint64."""
    found = person.astype(np.uint64) + _ADD
    found = (found ^ (found >> _SHIFTS[0])) * _FIRST
    found = (found ^ (found >> _SHIFTS[1])) * _SECOND
    hashed: Array = found ^ (found >> _SHIFTS[2])
    return hashed


def bucket_of(person: Array, buckets: int) -> Array:
    """The bucket of each person's key (int64), from 0 to `buckets` - 1."""
    return (mixed(person) % np.uint64(buckets)).astype(np.int32)


def buckets_for(persons: int) -> int:
    """How many buckets a population of this size is split into."""
    return min(max(-(-persons // _PERSONS_A_BUCKET), 1), _MOST_BUCKETS)
