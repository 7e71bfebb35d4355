"""docs/reference says what the code says: apps, operations, refusals, commands, settings, keys."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_reference_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "make_reference.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}run: make docs"


def test_every_app_has_a_readme() -> None:
    apps = [p for p in (ROOT / "src/yibao/apps").iterdir() if (p / "apps.py").exists()]
    assert [p.name for p in apps if not (p / "README.md").exists()] == []
