"""docs/reference says what the code says: apps, operations, refusals, commands, settings, keys."""

import importlib.util
import subprocess
import sys
from collections import Counter
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


def test_no_two_refusals_share_a_code() -> None:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "scripts/make_reference.py")
    assert spec and spec.loader
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    codes = Counter(code for code, *_ in reference.refusals())
    assert len(codes) > 100
    assert [code for code, times in codes.items() if times > 1] == []
