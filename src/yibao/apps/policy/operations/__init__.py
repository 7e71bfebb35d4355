"""What changes proposals, settings, simulations and signatures."""

from yibao.apps.policy.operations.activating import activate, reject
from yibao.apps.policy.operations.drafting import open_draft, save_draft, submit, withdraw
from yibao.apps.policy.operations.setting import enter_setting
from yibao.apps.policy.operations.signing import sign_cells

__all__ = [
    "activate",
    "enter_setting",
    "open_draft",
    "reject",
    "save_draft",
    "sign_cells",
    "submit",
    "withdraw",
]
