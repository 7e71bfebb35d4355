"""The database is killed while four counters settle: what was answered is there, once."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.database.homes import temporary_place

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.heavy
def test_after_a_kill_nothing_answered_is_lost_and_nothing_is_paid_twice():
    with temporary_place() as place:
        done = subprocess.run(
            [sys.executable, "-m", "tests.apps.claims.recovery", str(place)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["before_the_kill"] < found["jobs"], "the kill came too late to show anything"
    assert found["not_bytes"] == []
    assert found["heard"] == found["stored"] == found["settled"] == found["jobs"]
    assert found["lost_or_changed"] == []
    assert found["faults"] == []
