"""For whoever watches the machines: is it alive, is it ready, its figures. No secret in it."""

import hmac
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from yibao.console.system.counted import REGISTRY
from yibao.console.system.measured import measured
from yibao.database.figures import everywhere, figures

_UNAVAILABLE, _FORBIDDEN = 503, 403
_HERE = ("127.0.0.1", "::1")


def live(request: HttpRequest) -> HttpResponse:
    """Answer that the process takes requests; asks nobody else."""
    return JsonResponse({"live": True})


def ready(request: HttpRequest) -> HttpResponse:
    """Answer whether pages can be served: one statement to the database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1 from django_migrations limit 1")
            is_ready = cursor.fetchone() is not None
    except DatabaseError:
        is_ready = False
    return JsonResponse({"ready": is_ready}, status=200 if is_ready else _UNAVAILABLE)


def metrics(request: HttpRequest) -> HttpResponse:
    """Return the figures as Prometheus reads them: to this machine, or to who has the token."""
    if not _may(request):
        return HttpResponse(status=_FORBIDDEN)
    text = generate_latest(REGISTRY)
    try:
        with everywhere(connection) as cursor:
            text += measured(figures(cursor), cursor)
        up = 1
    except DatabaseError:
        up = 0
    text += f"# TYPE yibao_database_up gauge\nyibao_database_up {up}\n".encode()
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def _may(request: HttpRequest) -> bool:
    """A caller of this machine, not one that a server in front of us speaks for; or the token."""
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token:
        return hmac.compare_digest(given.encode(), token.encode())
    forwarded: Any = request.headers.get("X-Forwarded-For") or request.headers.get("Forwarded")
    return request.META.get("REMOTE_ADDR") in _HERE and not forwarded
