"""docs/reference/errors.md says what the code says."""

from pathlib import Path

from yibao.apps.enrolment.ledgers.faults import reference_page

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "errors.md"


def test_every_fault_stands_in_the_reference():
    assert PAGE.read_text(encoding="utf-8") == reference_page()
