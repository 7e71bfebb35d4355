"""R4: the database is killed with -9 in the middle of mixed work: what was answered is there, once."""

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import asdict

import pytest

from tests.database.homes import temporary_place
from tests.proof.conftest import TESTS
from tests.proof.killed_database import Asked

ROOT = TESTS.parent
FAULTS = {"commits_not_waited_for": contextlib.nullcontext}


def asked_of(proof):
    """Seven tenths settlements, the rest cash and lines of ledgers; ten kills at the figure."""
    side = proof.size * 15 // 100
    return Asked(
        settle=proof.size - 2 * side,
        cash=side,
        lines=side,
        kills=10 if proof.is_landing else 3,
        counters=3 if proof.is_landing else 2,
        seed=proof.seed,
        is_unwaited=proof.fault == "commits_not_waited_for",
    )


@pytest.mark.heavy
@pytest.mark.proof(
    "R4",
    "the database and all its processes are killed with -9 ten times while visits are settled,"
    " cash is taken and ledgers are written: nothing answered is lost, nothing is there twice",
    unit="operations",
    landing=30_000,
    small=1_500,
    alone=True,
)
def test_what_was_answered_is_there_once(proof):
    asked = asked_of(proof)
    with temporary_place() as place:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "tests.proof.killed_database", str(place)),
                json.dumps(asdict(asked)),
            ],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(done.stderr[-4000:])
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["lost"] == {"settlements": 0, "cash": 0, "lines": 0}, f"lost: {found['lost']}"
    assert found["twice"] == {"settlements": 0, "cash": 0, "lines": 0}
    assert found["faults"] == []
    assert found["kills"] == asked.kills
    assert found["ended_well"]
    assert found["done"] == {
        "settlements": asked.settle,
        "cash": asked.cash,
        "lines": asked.lines,
    }
    assert found["amcheck"] in ("", "not there")
    looked = "pg_amcheck clean" if found["amcheck"] == "" else "pg_amcheck is not installed"
    proof.note(
        f"{found['kills']} kills, {found['done']}, longest restart {found['restart_s']} s, {looked}"
    )
    proof.count(sum(found["done"].values()))
