"""What changes accounts, posts and offices."""

from yibao.apps.access.operations.accounts import (
    Certificate,
    close_account,
    grant_post,
    open_account,
    record_certificate,
    renew_password,
)
from yibao.apps.access.operations.offices import add_organisation, open_region, serve_day
from yibao.apps.access.operations.sessions import (
    change_password,
    choose_post,
    scope_of,
    sign_in,
    sign_out,
)

__all__ = [
    "Certificate",
    "add_organisation",
    "change_password",
    "choose_post",
    "close_account",
    "grant_post",
    "open_account",
    "open_region",
    "record_certificate",
    "renew_password",
    "scope_of",
    "serve_day",
    "sign_in",
    "sign_out",
]
