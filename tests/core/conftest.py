"""What a mutation check needs: mutmut changes code in a fork of a process that has run all tests, so
what that process keeps (compiled loops, plans, small graphs) would hide the change."""

import os
from collections.abc import Iterator

import pytest

from yibao.core.rules import columns, compiled, reduce

MUTANT = "__mutmut_"


@pytest.fixture(autouse=True)
def nothing_is_kept_from_before_a_change() -> Iterator[None]:
    if MUTANT in os.environ.get("MUTANT_UNDER_TEST", ""):
        for kept in (compiled._ready, columns._kept, reduce._kept):
            kept.clear()
    yield
