"""What changes on a desk."""

from yibao.apps.desk.operations.exports import (
    approve_export,
    ask_export,
    reject_export,
    retry_export,
    shred_expired,
    take_export,
    withdraw_export,
)
from yibao.apps.desk.operations.notices import mark_read, withdraw_notice, write_notice
from yibao.apps.desk.operations.preferences import (
    forget_list,
    open_first,
    save_list,
    save_preferences,
)

__all__ = [
    "approve_export",
    "ask_export",
    "forget_list",
    "mark_read",
    "open_first",
    "reject_export",
    "retry_export",
    "save_list",
    "save_preferences",
    "shred_expired",
    "take_export",
    "withdraw_export",
    "withdraw_notice",
    "write_notice",
]
