"""What changes accounts, posts and offices."""

from yibao.apps.access.operations.accounts import (
    Certificate,
    close_account,
    open_account,
    record_certificate,
    renew_password,
)
from yibao.apps.access.operations.factors import (
    begin_factor,
    confirm_factor,
    has_factor,
    renew_recovery_codes,
    reset_factor,
)
from yibao.apps.access.operations.grants import (
    approve_request,
    grant_by_two,
    grant_post,
    request_post,
    return_request,
    revise_request,
    withdraw_request,
)
from yibao.apps.access.operations.locking import (
    asks_code,
    lock_session,
    unlock_session,
)
from yibao.apps.access.operations.offices import (
    Administrator,
    add_organisation,
    keep_passwords,
    open_first_office,
    open_region,
    serve_day,
)
from yibao.apps.access.operations.reviews import end_post, review_post
from yibao.apps.access.operations.sessions import (
    begin_session,
    choose_post,
    confirm_again,
    force_out,
    keep_session,
    locked_session,
    open_session,
    present,
    scope_of,
    sign_out,
    take_post,
)
from yibao.apps.access.operations.signing import change_password, enter_code, enter_password

__all__ = [
    "Administrator",
    "Certificate",
    "add_organisation",
    "approve_request",
    "asks_code",
    "begin_factor",
    "begin_session",
    "change_password",
    "choose_post",
    "close_account",
    "confirm_again",
    "confirm_factor",
    "end_post",
    "enter_code",
    "enter_password",
    "force_out",
    "grant_by_two",
    "grant_post",
    "has_factor",
    "keep_passwords",
    "keep_session",
    "lock_session",
    "locked_session",
    "open_account",
    "open_first_office",
    "open_region",
    "open_session",
    "present",
    "record_certificate",
    "renew_password",
    "renew_recovery_codes",
    "request_post",
    "reset_factor",
    "return_request",
    "review_post",
    "revise_request",
    "scope_of",
    "serve_day",
    "sign_out",
    "take_post",
    "unlock_session",
    "withdraw_request",
]
