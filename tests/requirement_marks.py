"""Keeps which requirement rows the passed tests of a run have shown.

Written to the file that YIBAO_REQUIREMENTS_SHOWN names, by `make coverage`. A mark with an id that
docs/requirements/requirements.yaml does not know ends the run before the first test.
"""

import json
import os
from functools import cache
from pathlib import Path

import pytest
import yaml

_ROWS = Path(__file__).resolve().parent.parent / "docs" / "requirements" / "requirements.yaml"
_KEY = "requirement_ids"
_shown: dict[str, list[str]] = {}


@cache
def known_ids() -> frozenset[str]:
    """Return the ids of all requirement rows."""
    text = _ROWS.read_text(encoding="utf-8")
    rows = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return frozenset(row["id"] for row in rows)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Attach each test's ids to its report; refuse an id that no row has."""
    for item in items:
        ids = sorted({one for mark in item.iter_markers("requirement") for one in mark.args})
        if not ids:
            continue
        if unknown := [one for one in ids if one not in known_ids()]:
            raise pytest.UsageError(f"{item.nodeid}: no requirement row {', '.join(unknown)}")
        item.user_properties.append((_KEY, ids))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count a test that passed; with xdist the controller hears all of them."""
    if report.when == "call" and report.passed:
        for key, ids in report.user_properties:
            if key == _KEY:
                for one in ids:
                    _shown.setdefault(one, []).append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write what was shown; a worker leaves that to its controller."""
    target = os.environ.get("YIBAO_REQUIREMENTS_SHOWN")
    if target and not hasattr(session.config, "workerinput"):
        text = json.dumps(dict(sorted(_shown.items())), ensure_ascii=False, indent=1)
        Path(target).write_text(text + "\n", encoding="utf-8")
