"""Reads of rosters, supports, fixed lists and grants."""

from yibao.apps.subsidy.queries.support import (
    GrantLine,
    SupportLine,
    VillageSupport,
    grants,
    late_rosters,
    list_lines,
    results_by_village,
    roster,
    row,
    row_states,
    support_list,
    support_of,
    unmatched_badge,
    waiting_rows,
)

__all__ = [
    "GrantLine",
    "SupportLine",
    "VillageSupport",
    "grants",
    "late_rosters",
    "list_lines",
    "results_by_village",
    "roster",
    "row",
    "row_states",
    "support_list",
    "support_of",
    "unmatched_badge",
    "waiting_rows",
]
