"""Compiled rules on disk: loaded by the next process, another file for another sense."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.core.rules.random_columns import random_columns
from tests.core.rules.samples import CONTRIBUTION, read
from yibao.core.rules import columns, compiled
from yibao.core.rules.encoding import Columns
from yibao.rulebook.kernels import DiskShelf, cache_directory

ANOTHER = """
import sys
from pathlib import Path
from tests.core.rules.random_columns import random_columns
from tests.core.rules.samples import CONTRIBUTION, read
from yibao.core.rules import compiled
from yibao.rulebook.kernels import DiskShelf
edition = read(CONTRIBUTION).bind("contribution", year=2009)
found = compiled.decide(edition, random_columns(edition, 50), shelf=DiskShelf(Path(sys.argv[1])))
print(int(found.values["personal"].sum()))
"""


@pytest.fixture
def shelf(tmp_path: Path) -> DiskShelf:
    return DiskShelf(tmp_path / "kernels")


def texts(place: Path) -> list[Path]:
    return sorted((place / "kernels").glob("*.py"))


def decided(text: str, shelf: DiskShelf) -> tuple[Columns, compiled.Decided]:
    edition = read(text).bind("contribution", year=2009)
    rows = random_columns(edition, 50)
    return rows, compiled.decide(edition, rows, shelf=shelf)


def test_what_is_loaded_from_the_disk_answers_as_columns(shelf: DiskShelf) -> None:
    rows, found = decided(CONTRIBUTION, shelf)
    expected = columns.decide(read(CONTRIBUTION).bind("contribution", year=2009), rows)
    for name, values in expected.values.items():
        assert np.array_equal(found.values[name], values)


def test_two_processes_at_once_share_one_file_and_agree(tmp_path: Path, shelf: DiskShelf) -> None:
    asked = [sys.executable, "-c", ANOTHER, str(tmp_path / "kernels")]
    running = [subprocess.Popen(asked, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = {process.communicate()[0].split()[0] for process in running}
    _, found = decided(CONTRIBUTION, shelf)
    assert answers == {str(int(found.values["personal"].sum()))}
    assert len(texts(tmp_path)) == 1
    assert not list((tmp_path / "kernels").glob("*.tmp"))


def test_a_third_process_compiles_nothing(tmp_path: Path, shelf: DiskShelf) -> None:
    decided(CONTRIBUTION, shelf)
    asked = [sys.executable, "-c", ANOTHER, str(tmp_path / "kernels")]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
    kept = list((tmp_path / "kernels").rglob("*.nbc"))
    before = {place: place.stat().st_mtime_ns for place in kept}
    assert kept
    again = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
    assert again[0] == told[0]
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "kernels").rglob("*.nbc")} == before


def test_a_label_is_the_same_file_and_another_sense_is_another(
    tmp_path: Path, shelf: DiskShelf
) -> None:
    decided(CONTRIBUTION, shelf)
    decided(CONTRIBUTION.replace("zh: 困难,", "zh: 有困难,"), shelf)
    assert len(texts(tmp_path)) == 1
    decided(CONTRIBUTION.replace("is: 18", "is: 16"), shelf)
    assert len(texts(tmp_path)) == 2


def test_the_directory_is_the_accounts_own(
    tmp_path: Path, shelf: DiskShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (tmp_path / "kernels").stat().st_mode & 0o077 == 0
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_directory() == tmp_path / "yibao" / "kernels"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_directory().parts[-3:] == (".cache", "yibao", "kernels")
