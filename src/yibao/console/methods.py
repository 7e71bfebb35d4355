"""A route answers the methods that `routes.yaml` declares for it, before and after signing in."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from yibao.console import errors
from yibao.console.routes import route_of


class DeclaredMethods:
    """Answers any other method with 405 and a page that says how to go on; no view sees it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Stop what the route does not declare."""
        route = route_of(request.resolver_match.view_name if request.resolver_match else "")
        if route is None or route.allows(request.method or ""):
            return None
        return errors.wrong_method(request, route.methods)
