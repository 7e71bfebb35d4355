"""How pages look to the one who is signed in: theme, density, language, rows a page.

The desk keeps them; the session holds them from signing in on, so that a page asks nothing more.
The switch of the bureau bar sets them. Before signing in everybody sees the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from yibao.apps.desk.models import Density, Language, Theme
from yibao.apps.desk.operations.preferences import save_preferences
from yibao.apps.desk.queries.preferences import Preferences, preferences
from yibao.console.page import ConsoleRequest, console_page

KEPT_AS = "preferences"
NOT_SIGNED_IN = Preferences(Theme.LIGHT.value, Density.STANDARD.value, Language.CHINESE.value, 0)


def preferences_of(kept: Mapping[str, Any]) -> Preferences:
    """Return what a session holds, or what everybody sees."""
    given = kept.get(KEPT_AS)
    return Preferences(**given) if given else NOT_SIGNED_IN


def keep(request: HttpRequest, chosen: Preferences) -> None:
    """Hold them for the rest of the session."""
    request.session[KEPT_AS] = asdict(chosen)


class PreferencesMiddleware:
    """Puts `request.preferences` there and speaks the chosen language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = preferences_of(request.session)
        request.preferences = chosen  # type: ignore[attr-defined]
        with translation.override(chosen.language):
            answer = self._get_response(request)
        # Who signed in just now: the next page already looks as they like it.
        if "operator_id" in request.session and KEPT_AS not in request.session:
            keep(request, preferences(request.session["operator_id"]))
        return answer


@console_page()
def switch(request: ConsoleRequest) -> HttpResponse:
    """Take a choice of the bureau bar's switch, and go back to the page that it was made on."""
    kept = save_preferences(
        operator_id=request.scope.operator_id,
        theme=request.POST.get("theme"),
        density=request.POST.get("density"),
        language=request.POST.get("language"),
    )
    keep(request, kept)
    back = request.POST.get("back", "")
    own = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return HttpResponseRedirect(back if own else "/")
