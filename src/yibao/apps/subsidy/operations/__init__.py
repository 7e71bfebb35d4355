"""Writes of subsidy, one use case a module."""

from yibao.apps.subsidy.operations.grants import claim_grants, receive_grant
from yibao.apps.subsidy.operations.lists import fix_list, send_list
from yibao.apps.subsidy.operations.matching import MatchResult, match
from yibao.apps.subsidy.operations.rosters import (
    answer_row,
    confirm_roster,
    drop_roster,
    upload_roster,
)
from yibao.apps.subsidy.sheets import roster_template

__all__ = [
    "MatchResult",
    "answer_row",
    "claim_grants",
    "confirm_roster",
    "drop_roster",
    "fix_list",
    "match",
    "receive_grant",
    "roster_template",
    "send_list",
    "upload_roster",
]
