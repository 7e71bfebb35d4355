"""A dangerous act asks for the second factor again, unless a code was right a short while ago.

`require_step_up(request)` is called before the act. The page that asks carries everything that was
typed, hidden, and sends it to the same address with the code: then the act goes on. Only files do
not travel; the page says so. How long a code lasts is data (`signing_in: confirmed_minutes`).
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language

from yibao.apps.access import operations
from yibao.core.refusal import Refusal
from yibao.rulebook.regions import signing_in

if TYPE_CHECKING:
    from yibao.console.page import ConsoleRequest

FIELD = "step_up_code"
# Not carried on: the form that asks has its own.
_OWN = ("csrfmiddlewaretoken", FIELD)


class StepUpNeeded(Refusal):
    """The act asks for a code now; nothing was done."""

    code = "E949"
    message = "此操作须再次验证动态码"
    remedy = "请输入动态码后继续，已填内容保留"
    message_en = "This act asks for your code once more"
    remedy_en = "Enter the code and go on; what you typed is kept"

    # What was wrong with the code that came along, if one did.
    said: Refusal | None = None


def require_step_up(request: "ConsoleRequest") -> None:
    """Let a request go on whose operator showed a code lately, or shows one now.

    Raises StepUpNeeded; its page asks for the code. A wrong code counts as a failure of signing
    in, and the one that locks the number ends the session.
    """
    if request.now - request.presence.confirmed_at < signing_in().confirmed_for:
        return
    refusal = StepUpNeeded()
    code = request.POST.get(FIELD, "")
    if code:
        try:
            confirmed_at = operations.confirm_again(
                session_id=request.presence.session_id,
                code=code,
                at=request.now,
                address=request.scope.address,
            )
        except Refusal as wrong:
            refusal.said = wrong
        else:
            request.presence = replace(request.presence, confirmed_at=confirmed_at)
            return
    raise refusal


def words(request: "ConsoleRequest", refusal: StepUpNeeded) -> dict[str, Any]:
    """Return what the page that asks needs: the fields that travel, and the files that do not."""
    return {
        "refusal": refusal,
        "field": FIELD,
        "error": refusal.said.sentence(get_language() or "zh") if refusal.said else "",
        "carried": [
            (name, value)
            for name, values in request.POST.lists()
            if name not in _OWN
            for value in values
        ],
        "files": [file.name for file in request.FILES.values()],
        "minutes": signing_in().confirmed_for.seconds // 60,
    }
