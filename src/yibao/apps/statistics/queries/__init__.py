"""Figures of the campaign, read from the same tables that the work is done in."""

from yibao.apps.statistics.queries.households import (
    HouseholdRow,
    ReasonRow,
    UnpaidRow,
    households_of,
    unpaid,
    unpaid_reasons,
)
from yibao.apps.statistics.queries.members import (
    HouseholdStanding,
    MemberRow,
    household_count,
    household_standing,
)
from yibao.apps.statistics.queries.progress import (
    Board,
    ProgressRow,
    progress,
    series,
    work_funds,
)

__all__ = [
    "Board",
    "HouseholdRow",
    "HouseholdStanding",
    "MemberRow",
    "ProgressRow",
    "ReasonRow",
    "UnpaidRow",
    "household_count",
    "household_standing",
    "households_of",
    "progress",
    "series",
    "unpaid",
    "unpaid_reasons",
    "work_funds",
]
