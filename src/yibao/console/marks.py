"""The mark of a form: whose it is, in which post, for which year, from which page, and once.

Every form that is sent by POST carries one (`{% csrf_token %}` writes it). It is signed, so that
what comes back with it was drawn by us for this operator, also when the session is over by then.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.http import HttpRequest

from yibao.rulebook.drafts import drafts

FIELD = "yb_mark"
_SALT = "yibao.form"
_KEY_BYTES = 8
_PAGE_AT_MOST = 600


@dataclass(frozen=True)
class Mark:
    """What a form's mark says. `page` is the address that drew it, with its query."""

    operator_id: int
    post_id: int
    year: int
    page: str
    key: str

    @property
    def path(self) -> str:
        """The page without its query."""
        return self.page.partition("?")[0]


def written(request: Any) -> str:
    """Return a new mark for a form on the page that is drawn; "" before a post is chosen."""
    scope = getattr(request, "scope", None)
    if scope is None or not hasattr(request, "year"):
        return ""
    page = _page_of(request)[:_PAGE_AT_MOST]
    request.is_marked = True
    return signing.dumps(
        [scope.operator_id, scope.post_id, request.year, page, secrets.token_hex(_KEY_BYTES)],
        salt=_SALT,
    )


def _page_of(request: Any) -> str:
    """Return the page that shows the form: one that was sent and came back shows it too."""
    sent = read(request) if request.method == "POST" else None
    return sent.page if sent is not None else str(request.get_full_path())


def read(request: HttpRequest) -> Mark | None:
    """Return the mark that came with a form, or None without one of ours."""
    text = request.POST.get(FIELD, "")
    if not text:
        return None
    try:
        return Mark(*signing.loads(text, salt=_SALT, max_age=drafts().kept_for))
    except (signing.BadSignature, TypeError, ValueError):
        return None
