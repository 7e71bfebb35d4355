"""The battery itself: what an item must have, and that the harness sees a fault and a shortfall."""

import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ITEMS = sorted(HERE.glob("test_[rs][0-9]*_*.py"))

SAMPLE = """
import contextlib
import pytest

FACTS = {"right": True, "here": True}

@contextlib.contextmanager
def wrong():
    FACTS["right"] = False
    try:
        yield
    finally:
        FACTS["right"] = True

@contextlib.contextmanager
def gone():
    kept = FACTS.pop("here")
    try:
        yield
    finally:
        FACTS["here"] = kept

FAULTS = {"wrong": wrong, "gone": gone, "harmless": contextlib.nullcontext}

@pytest.mark.proof("R99", "a sample", unit="looks", landing=300)
def test_sample(proof):
    assert FACTS["here"]
    assert FACTS["right"], "it is wrong"
    proof.count(SHORT or proof.size)
"""


@pytest.fixture
def sample(tmp_path):
    """Run the sample as an item in a run of its own; return the lines that it left."""

    def run(short="0", **words):
        (tmp_path / "conftest.py").write_text("from tests.proof.conftest import *\n")
        (tmp_path / "test_r99_sample.py").write_text(SAMPLE.replace("SHORT", short))
        lines = tmp_path / "lines"
        lines.unlink(missing_ok=True)
        subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-n0", "-p", "no:cacheprovider"),
                *("-c", str(ROOT / "pyproject.toml"), f"--rootdir={ROOT}", str(tmp_path)),
            ],
            cwd=ROOT,
            env={**os.environ, **words, "YIBAO_PROOF_RESULTS": str(lines)},
            capture_output=True,
            check=False,
        )
        return [json.loads(line) for line in lines.read_text().splitlines()]

    return run


def test_an_item_that_does_its_figure_holds_and_one_that_does_less_fails(sample):
    [full] = sample(YIBAO_PROOF="landing")
    assert (full["outcome"], full["done"], full["asked"]) == ("passed", 300, 300)
    [short] = sample(short="299", YIBAO_PROOF="landing")
    assert (short["outcome"], short["done"]) == ("failed", 299)
    [small] = sample(YIBAO_PROOF="small")
    assert (small["outcome"], small["asked"]) == ("passed", 3)


def test_a_fault_is_caught_by_an_assertion_only(sample):
    declared, *lines = sample(YIBAO_PROOF_FAULT="r99:all")
    found = {line["fault"]: line for line in lines}
    assert set(found) == {"wrong", "gone", "harmless"} == set(declared["declared"])
    assert found["wrong"]["by_assertion"]
    assert "it is wrong" in found["wrong"]["said"]
    assert not found["gone"]["by_assertion"], "a KeyError is no finding"
    assert found["harmless"]["outcome"] == "passed"


@pytest.mark.parametrize("path", [pytest.param(one, id=one.stem) for one in ITEMS])
def test_every_item_is_named_by_its_file_and_has_a_seeded_fault(path):
    module = importlib.import_module(f"tests.proof.{path.stem}")
    named = re.match(r"test_([rs]\d+)_", path.stem)[1].upper()
    marks = [
        mark
        for name, test in vars(module).items()
        if name.startswith("test_")
        for mark in getattr(test, "pytestmark", [])
        if mark.name == "proof"
    ]
    assert {mark.args[0] for mark in marks} == {named}
    assert all(callable(one) for one in module.FAULTS.values())
    assert module.FAULTS
