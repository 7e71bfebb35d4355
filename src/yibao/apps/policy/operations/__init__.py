"""What changes proposals, settings, simulations and signatures."""

from yibao.apps.policy.operations.activating import activate, reject
from yibao.apps.policy.operations.drafting import open_draft, save_draft, submit, withdraw
from yibao.apps.policy.operations.setting import enter_setting
from yibao.apps.policy.operations.signing import sign_cells
from yibao.apps.policy.operations.simulating import (
    ask_simulation,
    give_up_simulation,
    run_simulation,
)

__all__ = [
    "activate",
    "ask_simulation",
    "enter_setting",
    "give_up_simulation",
    "open_draft",
    "reject",
    "run_simulation",
    "save_draft",
    "sign_cells",
    "submit",
    "withdraw",
]
