"""Workers share compiled rules by the account's cache, and do without where there is none."""

import pytest

from yibao.simulation.deciding import COMPILED

TEXT = """import numba
import numpy as np
from numba import njit


@njit(error_model="numpy", nogil=True, )
def doubled(x):
    return x * 2
"""


@pytest.fixture
def functions():
    pytest.importorskip("numba")
    from yibao.simulation.shelf import SHELF

    return lambda: SHELF.functions("sense", TEXT)


def test_a_compiled_rule_is_kept_in_the_accounts_cache(functions, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert functions()["doubled"](21) == 42
    (kept,) = tmp_path.glob("yibao/kernels/kernel_*.py")
    assert "cache=True" in kept.read_text()


def test_where_nothing_can_be_written_it_is_compiled_in_memory(functions, tmp_path, monkeypatch):
    place = tmp_path / "file"
    place.write_text("no directory")
    monkeypatch.setenv("XDG_CACHE_HOME", str(place))
    assert functions()["doubled"](21) == 42
    assert place.read_text() == "no directory"


def test_the_compiled_reader_is_the_first_choice(monkeypatch):
    import importlib.util

    from yibao.simulation.deciding import COLUMNS, best_reader

    installed = importlib.util.find_spec("numba") is not None
    assert best_reader() == (COMPILED if installed else COLUMNS)
