"""Figures of the campaign, read from the same tables that the work is done in."""

from yibao.apps.statistics.queries.households import (
    HouseholdRow,
    ReasonRow,
    Reasons,
    households_of,
    unpaid_reasons,
)
from yibao.apps.statistics.queries.members import (
    HouseholdStanding,
    MemberRow,
    household_count,
    household_standing,
)
from yibao.apps.statistics.queries.population import Population, population
from yibao.apps.statistics.queries.progress import (
    Board,
    ProgressRow,
    counted_on,
    progress,
    series,
    work_funds,
)

__all__ = [
    "Board",
    "HouseholdRow",
    "HouseholdStanding",
    "MemberRow",
    "Population",
    "ProgressRow",
    "ReasonRow",
    "Reasons",
    "counted_on",
    "household_count",
    "household_standing",
    "households_of",
    "population",
    "progress",
    "series",
    "unpaid_reasons",
    "work_funds",
]
