"""The figures of `make coverage`: passed tests only, and no row that is not there."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.requirement_marks import known_ids

ROOT = Path(__file__).resolve().parents[1]
_PROBE = """
import pytest

@pytest.mark.requirement("HS-42-3", "HX-07-07")
def test_passes():
    pass

@pytest.mark.requirement("HS-01")
def test_fails():
    assert False
"""


def run_probe(tmp_path, text, *words):
    """Run a file of tests in a process of its own; return its result and what it showed."""
    probe, shown = tmp_path / "test_probe.py", tmp_path / "shown.json"
    probe.write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.requirement_marks", *words, str(probe)],
        cwd=ROOT,
        env=os.environ | {"YIBAO_REQUIREMENTS_SHOWN": str(shown)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done, json.loads(shown.read_text()) if shown.exists() else None


def test_a_row_is_shown_by_a_test_that_passed(tmp_path):
    _, shown = run_probe(tmp_path, _PROBE)
    assert sorted(shown) == ["HS-42-3", "HX-07-07"]
    _, from_workers = run_probe(tmp_path, _PROBE, "-n", "2")
    assert from_workers == shown


def test_a_mark_of_an_unknown_row_fails_the_run(tmp_path):
    done, _ = run_probe(tmp_path, _PROBE.replace("HS-01", "HS-99-99"))
    assert done.returncode == 4
    assert "HS-99-99" in done.stdout + done.stderr


def test_there_are_four_hundred_rows():
    assert len(known_ids()) == 400


def test_the_figures_end_with_the_count(tmp_path):
    shown = tmp_path / "shown.json"
    shown.write_text('{"HS-42-3": ["a test"]}')
    script = ROOT / "scripts" / "requirement_coverage.py"
    words = [sys.executable, str(script), str(shown)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "requirements: 1 of 400 shown"
    assert "Hengshan" in done.stdout
    shown.write_text('{"XX-1": ["a test"]}')
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "XX-1" in done.stdout
