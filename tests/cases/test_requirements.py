"""Which requirement rows the worked cases show in full: every case of the row's articles agrees."""

import pytest

from tests.cases.worked import all_cases, differs

# row: region, rule, the articles whose cases show it, how many cases there are at least
ROWS = {
    "HX-01-03-1": ("xingan", "eligibility", ("参保 3(1)", "参保 4", "参保 17"), 9),
    "HX-01-03-2": ("xingan", "eligibility", ("参保 3(2)", "参保 3"), 8),
    "HX-01-03-3": ("xingan", "eligibility", ("参保 3(3)",), 2),
    "HX-01-03-4": ("xingan", "eligibility", ("参保 3(4)",), 4),
    "HX-01-05-1": ("xingan", "contribution", ("参保 5(1)",), 3),
    "HX-01-05-2": ("xingan", "contribution", ("参保 5(2)", "参保 3(4)"), 8),
    "HX-01-06-1": ("xingan", "contribution", ("参保 6(1)", "参保 3(1)", "参保 4"), 8),
    "HX-01-06-2": ("xingan", "contribution", ("参保 6(2)",), 4),
    "HX-01-16": ("xingan", "eligibility", ("参保 16",), 3),
    "HX-01-18": ("xingan", "eligibility", ("参保 18",), 3),
    "HX-04-21": ("xingan", "benefit", ("服务 21",), 6),
    "HX-04-24": ("xingan", "benefit", ("服务 24", "reading 31"), 2),
    "HX-04-25": ("xingan", "benefit", ("服务 25", "待遇 11", "待遇 10"), 5),
    "HX-05-03": ("xingan", "benefit", ("待遇 3",), 7),
    "HX-05-04-1": ("xingan", "benefit", ("待遇 3, 4", "待遇 4(1)"), 6),
    "HX-05-04-2": ("xingan", "benefit", ("待遇 4(2)", "待遇 7"), 2),
    "HX-05-06": ("xingan", "benefit", ("待遇 6", "reading 33", "reading 34"), 9),
    "HX-05-07": ("xingan", "benefit", ("待遇 7", "待遇 8"), 2),
    "HX-05-10": ("xingan", "benefit", ("待遇 10",), 2),
    "HX-05-11": ("xingan", "benefit", ("待遇 11", "待遇 6, 11"), 3),
    "HS-03": ("hengshan", "eligibility", ("方案 三",), 10),
    "HS-44-4": ("hengshan", "subsidy", ("方案 四(四)2",), 9),
    "HS-44-5": ("hengshan", "subsidy", ("方案 四(四)2",), 9),
    "HS-45-1": ("hengshan", "coverage", ("方案 四(四)", "reading 37"), 15),
    "HS-45-3": ("hengshan", "coverage", ("方案 四(四)",), 15),
}


@pytest.mark.parametrize(
    "row", [pytest.param(row, marks=pytest.mark.requirement(row), id=row) for row in ROWS]
)
def test_the_cases_of_a_requirement_agree(row: str) -> None:
    region, rule, articles, least = ROWS[row]
    cases = [
        case
        for case in all_cases()
        if (case.region, case.rule) == (region, rule)
        and any(article in case.says["cite"] for article in articles)
    ]
    assert len(cases) >= least
    assert [f"{case}: {differs(case)}" for case in cases if differs(case)] == []
