"""yibao bench NAME: loads the measurement by its name and prints it as a table or as data."""

import json
import os
import subprocess
import sys

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


def test_a_share_of_the_bound_has_a_column_where_a_result_has_one(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(bench, "_PLACE", tmp_path)
    bound = {**RESULT, "name": "memory", "share_of_bound": 0.25}
    (tmp_path / "search.py").write_text(f"def run():\n    return [{RESULT!r}, {bound!r}]\n")
    sys.modules.pop(f"{tmp_path.name}.search", None)
    assert main(["bench", "search"]) == 0
    head, plain, shared = capsys.readouterr().out.splitlines()
    assert head.split()[-1] == "share_of_bound"
    assert plain.split()[-1] == "–"
    assert shared.split()[-1] == "0.25"


@pytest.mark.parametrize("name", bench.NAMES)
def test_every_measurement_that_can_be_named_is_in_the_repository(name):
    assert (bench._PLACE / f"{name}.py").is_file()


@pytest.mark.parametrize("name", bench.NAMES)
def test_every_measurement_loads_in_a_process_that_has_no_settings_yet(name):
    code = f"from yibao.cli import bench; bench._module({name!r}).run"
    without = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    loaded = subprocess.run([sys.executable, "-c", code], env=without, capture_output=True)
    assert loaded.returncode == 0, loaded.stderr.decode()[-600:]


SMALL = {"YIBAO_BENCH_PERSONS": "3000", "YIBAO_BENCH_VISITS": "6000", "YIBAO_BENCH_LONG": "0"}


@pytest.mark.heavy
def test_the_rules_are_measured_beside_hand_written_code_that_agrees_on_every_row(monkeypatch):
    for name, value in SMALL.items():
        monkeypatch.setenv(name, value)
    results = bench._module("rules").run()
    assert json.loads(json.dumps(results)) == results
    named = {result["name"]: result for result in results}
    for what in ("contribution", "benefit"):
        for other in ("NumPy by hand",):
            found = named[f"{what}, compiled beside {other}"]
            assert found["min"] <= found["rate"] <= found["max"]
            assert found["ratio"] == pytest.approx(found["rate"] / found["other"])
            assert found["share_of_bound"] > 0
    assert {"benefit, compiled beside DuckDB", "benefit, compiled beside Polars"} <= named.keys()
    assert "Hinggan benefit, compiled beside numba by hand" in named


def test_a_measurement_that_is_not_at_hand_is_one_line(measurements, capsys):
    assert main(["bench", "import"]) == REFUSED
    assert "The measurement import is not at hand" in capsys.readouterr().err
