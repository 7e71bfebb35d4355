"""Texts that are compared with the ones kept: `pytest tests/snapshots --snapshot-update` renews.

What changes from run to run (times of day, hashes, running numbers) is replaced before comparing.
A renewed text is read in the diff like any other change.
"""

import difflib
import re
from collections.abc import Callable
from pathlib import Path

import pytest

KEPT = Path(__file__).with_name("kept")
_CHANGING = (
    (re.compile(r"\b[0-9a-f]{64}\b"), "<hash>"),
    (re.compile(r"\b[0-9a-f]{4} [0-9a-f]{4} …"), "<hash>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?\b"), "<moment>"),
    (re.compile(r"\bS\d{8}-\d{6,}\b"), "<settlement>"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that keeps the texts as they are now."""
    parser.addoption(
        "--snapshot-update", action="store_true", help="keep the snapshots as they are now"
    )


def steady(text: str) -> str:
    """Return the text without what changes from run to run."""
    for pattern, word in _CHANGING:
        text = pattern.sub(word, text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n"


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Return a function that compares a text with the kept one of a name."""
    renews = request.config.getoption("--snapshot-update")

    def compare(name: str, text: str) -> None:
        place, now = KEPT / f"{name}.txt", steady(text)
        if renews:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(now, encoding="utf-8")
            return
        kept = place.read_text(encoding="utf-8") if place.exists() else ""
        if kept != now:
            changes = difflib.unified_diff(
                kept.splitlines(), now.splitlines(), "kept", "now", lineterm=""
            )
            pytest.fail(
                f"{place.name} is not as it was kept; if it is right now, run with "
                "--snapshot-update\n" + "\n".join(changes),
                pytrace=False,
            )

    return compare
