"""Gives each request a number, counts its statements and its time, and writes its line in the log.

The line has the route's name and never its address or query: those may hold a number or a name.
"""

import contextlib
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

import structlog
from django.core.exceptions import MiddlewareNotUsed
from django.db import connections
from django.http import HttpRequest, HttpResponse

from yibao.console.system import counted

_log = structlog.get_logger("yibao.request")
_ID_BYTES = 5
_QUIET = ("watch", "static")
_THOUSAND = 1000


class RequestLog:
    """The outermost middleware: what it times is what the browser waits for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if get_response is None:
            raise MiddlewareNotUsed
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = secrets.token_hex(_ID_BYTES)  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=request.request_id)
        began = time.perf_counter()
        with _counting() as counter:
            response = self._get_response(request)
        seconds = time.perf_counter() - began
        area, route = _route(request)
        response.headers["X-Request-Id"] = request.request_id
        counted.count(
            area=area, status=response.status_code, seconds=seconds, statements=counter.number
        )
        if area not in _QUIET:
            _log.info(
                "request",
                route=route,
                method=request.method,
                status=response.status_code,
                ms=round(seconds * _THOUSAND, 1),
                statements=counter.number,
                **_who(request),
            )
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Write what broke, masked, under the request's number; Django draws the page."""
        counted.count_error()
        _log.error("broke", route=_route(request)[1], exc_info=exception, **_who(request))


class _Counter:
    """Counts every statement of the connections, whoever sends it."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        self.number += 1
        return execute(sql, params, many, context)


@contextlib.contextmanager
def _counting() -> Iterator[_Counter]:
    counter = _Counter()
    with connections["default"].execute_wrapper(counter):
        yield counter


def _route(request: HttpRequest) -> tuple[str, str]:
    """Return the part and the name of the route, e.g. ("claims", "claims:settle")."""
    match = request.resolver_match
    if match is None:
        return ("static" if request.path.startswith("/static/") else "none", "—")
    return (match.namespace or match.url_name or "none", match.view_name or "—")


def _who(request: HttpRequest) -> dict[str, Any]:
    """Return who asked, by number: no name is written."""
    scope = getattr(request, "scope", None)
    return {"operator": scope.operator_id, "post": scope.post_id} if scope else {}
