"""yibao bench NAME: loads the measurement by its name and prints it as a table or as data."""

import json

import pytest

from yibao.cli import bench
from yibao.cli.main import REFUSED, main

RESULT = {"name": "search: name", "rate": 12_345.6, "unit": "ms", "other": None, "ratio": 1.5}


@pytest.fixture
def measurements(tmp_path, monkeypatch):
    """A directory with one measurement that needs no database."""
    monkeypatch.setattr(bench, "_PLACE", tmp_path)
    (tmp_path / "search.py").write_text(f"def run():\n    return [{RESULT!r}]\n")
    return tmp_path


def test_results_are_printed_as_data(measurements, capsys):
    assert main(["bench", "search", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"results": [RESULT]}


def test_results_are_printed_as_a_table(measurements, capsys):
    assert main(["bench", "search"]) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == ["name", "rate", "unit", "other", "ratio"]
    assert row.split() == ["search:", "name", "12,346", "ms", "–", "1.50"]


def test_a_measurement_that_is_not_at_hand_is_one_line(measurements, capsys):
    assert main(["bench", "import"]) == REFUSED
    assert "The measurement import is not at hand" in capsys.readouterr().err
