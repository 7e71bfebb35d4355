"""What is read: open settings, proposals, simulations, history, signatures."""

from yibao.apps.policy.queries.history import Version, versions
from yibao.apps.policy.queries.proposals import (
    ProposalPage,
    ProposalRow,
    proposal_page,
    proposals,
    to_decide,
    waiting_for_second,
)
from yibao.apps.policy.queries.settings import SettingRow, open_settings, setting_row
from yibao.apps.policy.queries.signatures import Signed, signatures

__all__ = [
    "ProposalPage",
    "ProposalRow",
    "SettingRow",
    "Signed",
    "Version",
    "open_settings",
    "proposal_page",
    "proposals",
    "setting_row",
    "signatures",
    "to_decide",
    "versions",
    "waiting_for_second",
]
