"""Every amount, date and list of the regions' rulebooks, worked out by hand."""

import pytest

from tests.cases.worked import all_cases, differs
from yibao.rulebook.cases import Case


@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_the_rulebook_answers_as_worked_out_by_hand(case: Case) -> None:
    assert differs(case) == ""
