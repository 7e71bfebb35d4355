"""Every amount, date and list of the rulebooks of Hinggan and Hengshan, worked out by hand."""

import pytest

from tests.cases.worked import Case, all_cases, differs


@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_the_rulebook_answers_as_worked_out_by_hand(case: Case) -> None:
    assert differs(case) == ""


def test_every_case_names_what_it_expects_and_where_it_stands_written() -> None:
    for case in all_cases():
        assert case.says["cite"], str(case)
        assert {"expect", "silent", "missing"} & set(case.says), str(case)
