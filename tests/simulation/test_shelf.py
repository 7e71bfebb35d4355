"""Compiled rules on disk: compiled by one process, loaded by the next; without a place, in memory."""

import subprocess
import sys

import pytest

TEXT = """import numba
import numpy as np
from numba import njit


@njit
def doubled(x):
    return x * 2
"""
COMPILED = """
import sys
from pathlib import Path
from yibao.simulation.shelf import OnDisk
doubled = OnDisk(Path(sys.argv[1])).functions("sense", Path(sys.argv[2]).read_text())["doubled"]
assert doubled(21) == 42
print(sum(doubled.stats.cache_hits.values()), sum(doubled.stats.cache_misses.values()))
"""


@pytest.fixture
def asked(tmp_path):
    pytest.importorskip("numba")
    text = tmp_path / "text"
    text.write_text(TEXT)

    def run(place):
        done = subprocess.run(
            [sys.executable, "-c", COMPILED, str(place), str(text)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        hits, misses = map(int, done.stdout.split())
        return hits, misses

    return run


def test_the_second_process_loads_what_the_first_compiled(asked, tmp_path):
    assert asked(tmp_path / "shelf") == (0, 1)
    assert asked(tmp_path / "shelf") == (1, 0)


def test_a_spoilt_text_is_written_anew(asked, tmp_path):
    asked(tmp_path / "shelf")
    (kept,) = (tmp_path / "shelf").glob("kernel_*.py")
    kept.write_text("doubled = None")
    asked(tmp_path / "shelf")
    assert "def doubled" in kept.read_text()


def test_where_nothing_can_be_written_it_is_compiled_in_memory(asked, tmp_path):
    place = tmp_path / "file"
    place.write_text("no directory")
    assert asked(place / "shelf") == asked(place / "shelf") == (0, 1)
