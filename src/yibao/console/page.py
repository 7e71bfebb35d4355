"""What every page of the console has in common: who asks, for what day, year and area.

@console_page()
def person(request: ConsoleRequest, person_id: int) -> HttpResponse: ...

Which right a page asks for, what it shows and what is written down is declared in `routes.yaml`.
"""

import contextlib
import functools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import Error as DatabaseError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
)
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yibao.apps.access import audit, operations, queries
from yibao.apps.access.operations.sessions import (
    PasswordMustChange,
    PostEnded,
    Presence,
    SessionEnded,
)
from yibao.apps.access.operations.signing import SessionLocked
from yibao.apps.access.queries import Area
from yibao.apps.access.scope import NotAllowed, NotThere, OutsideScope, Scope, scoped
from yibao.apps.enrolment.models import InsuredYear
from yibao.console import kept, marks, session, stepup
from yibao.console.frame import frame_of
from yibao.console.routes import POST, Route, route_of
from yibao.core.refusal import Refusal
from yibao.database.errors import LockWaitedTooLong, NoSecondPerson, refusal_of

_KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}
_UNAVAILABLE = 503
_STATUS: dict[type[Refusal], int] = {NotAllowed: 403, OutsideScope: 403, NotThere: 404}
_CONFLICT = 409
# Of the database's refusals those that say nothing about the server.
_OF_THE_ROW = (LockWaitedTooLong, NoSecondPerson)
_NOT_TAKEN, _SHOWN = 422, 200


class YearUnreadable(Refusal):
    """The address names a year that is none."""

    code = "E940"
    message = "网址中的年度“{year}”无法识别"
    remedy = "请从年度列表中选择"
    message_en = 'The year "{year}" in the address is none'
    remedy_en = "Choose one from the list of years"


class ConsoleRequest(HttpRequest):
    """A request of a signed-in operator in a post."""

    scope: Scope
    presence: Presence
    area_scope: Scope
    area: Area
    year: int
    served_on: date
    at: datetime
    now: datetime
    kept: dict[str, Any]
    action: str
    route: Route
    is_under_scope: bool
    is_refusal_recorded: bool
    is_form_shown: bool


View = Callable[..., HttpResponse]


def console_page() -> Callable[[View], View]:
    """Make a view a page of the console, under the right that `routes.yaml` declares.

    A GET runs in one transaction under the post's scope, and leaves one record where the route
    says that it is a sensitive read. A refusal that leaves the view is recorded in a transaction
    of its own and answered with a page and a 4xx status.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def answered(request: ConsoleRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            route = _declared(request)
            right = route.right_for(request.method or "")
            request.route, request.is_under_scope, request.is_refusal_recorded = route, False, False
            request.action = "" if right == POST else right
            try:
                _enter(request)
                kept.check(request)
                if request.action:
                    request.scope.require(request.action)
                if route.step_up and request.method == "POST":
                    stepup.require_step_up(request)
                return _called(view, request, args, kwargs)
            except Http404:
                return _refused(request, NotThere(what=_("该记录")))
            except Refusal as refusal:
                return _refused(request, refusal)
            except DatabaseError as error:
                refusal = refusal_of(error)
                if refusal is None:
                    raise
                return _refused(request, refusal)

        answered.is_console_page = True  # type: ignore[attr-defined]
        return answered

    return decorate


def _declared(request: ConsoleRequest) -> Route:
    """Return the route of the address; none is opened that the policy does not name."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    found = route_of(name)
    assert found is not None, f"route {name} is not declared in routes.yaml"
    return found


def _called(
    view: View, request: ConsoleRequest, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> HttpResponse:
    named = next(iter([*args, *kwargs.values()]), "")
    if request.method not in ("GET", "HEAD"):
        act = functools.partial(view, request, *args, **kwargs)
        return _changed(request, kept.once(request, act), named)
    with _under_scope(request), kept.filled_in(request):
        response = view(request, *args, **kwargs)
        if request.route.reads:
            _record_read(request, named)
        return response


def _changed(request: ConsoleRequest, response: HttpResponse, named: object) -> HttpResponse:
    """Write down what the operation of a change did not: a form not taken, a page shown again.

    A change that is done is recorded by its operation, a refusal by whoever heard it. What is left
    is a form that could not be read, and a sensitive page in the answer (a trial, a search).
    """
    if request.is_refusal_recorded:
        return response
    if response.status_code == _NOT_TAKEN and request.route.writes:
        _record_refused(request, {"code": "form"})
    elif response.status_code == _SHOWN and request.route.reads:
        with _under_scope(request):
            _record_read(request, named)
    return response


def _record_read(request: ConsoleRequest, named: object) -> None:
    audit.record(
        scope=request.scope,
        action=request.route.right,
        at=request.at,
        object_kind=request.route.reads,
        object_id=named,
    )


def _enter(request: ConsoleRequest) -> None:
    """Find out who asks, for which day, year and area. Raises BadRequest for no text."""
    if "%00" in request.META.get("QUERY_STRING", ""):
        raise BadRequest("no text of an address holds a null character")
    who = session.signed_in(request)
    if who is None:
        raise SessionEnded
    clock = queries.clock(region=who.region)
    request.now, request.at, request.served_on = clock.now, clock.at, clock.served_on
    request.presence = operations.present(
        session_id=who.session_id,
        on=request.served_on,
        now=clock.now,
        used=not request.route.polled,
    )
    scope = request.presence.scope
    request.scope = replace(scope, address=address_of(request))
    request.area = queries.area_of(scope, code=request.GET.get("area", ""))
    request.area_scope = request.scope.narrowed(
        request.area.area_from, request.area.area_until, request.area.name
    )
    request.year = _year(request)
    request.kept = {"year": request.year, "area": request.area.code}


def _year(request: ConsoleRequest) -> int:
    """Return the year of the address, or the newest that is open on the served day."""
    asked = request.GET.get("year", "")
    if asked:
        if not (asked.isascii() and asked.isdigit() and len(asked) == len("2021")):
            raise YearUnreadable(year=asked)
        return int(asked)
    opened = InsuredYear.objects.filter(region=request.scope.region, opened_on__lte=request.at)
    newest = opened.order_by("-year").values_list("year", flat=True).first()
    return newest or request.served_on.year


@contextlib.contextmanager
def _under_scope(request: ConsoleRequest) -> Iterator[None]:
    if request.is_under_scope:
        yield
        return
    with scoped(request.scope):
        request.is_under_scope = True
        try:
            yield
        finally:
            request.is_under_scope = False


def page(
    request: ConsoleRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    status: int | None = None,
) -> HttpResponse:
    """Return a page in the frame; 422 where the context's `form` has errors."""
    context = context or {}
    form = context.get("form")
    if status is None:
        status = 422 if form is not None and form.is_bound and form.errors else 200
    request.is_form_shown = form is not None and form.is_bound
    with _under_scope(request):
        words = {**context, "frame": frame_of(request)}
        html = kept.offered(request, render_to_string(template, words, request))
        return HttpResponse(html, status=status)


def done(
    request: ConsoleRequest, message: str, to: str, *arguments: Any, **query: Any
) -> HttpResponse:
    """Say that it is done and go on to another page, keeping year and area."""
    messages.success(request, message)
    return HttpResponseRedirect(address(request, to, *arguments, **query))


def address(request: ConsoleRequest, to: str, *arguments: Any, **query: Any) -> str:
    """Return the address of a page with year and area; keywords are added to its query."""
    words = {**request.kept, **query}
    return f"{reverse(to, args=arguments)}?{urlencode(words)}"


def attachment(request: ConsoleRequest, *, name: str, content: bytes, kind: str) -> HttpResponse:
    """Return a file to be saved: xlsx, csv or pdf."""
    response = HttpResponse(content, content_type=_KINDS[kind])
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def record_refusal(request: ConsoleRequest, refusal: Refusal) -> None:
    """Write that an act was refused, in a transaction of its own: the act's own is undone."""
    _record_refused(request, {"code": refusal.code, "said": refusal.sentence("en")})


def _record_refused(request: ConsoleRequest, detail: dict[str, Any]) -> None:
    request.is_refusal_recorded = True
    with scoped(request.scope):
        audit.record(
            scope=request.scope,
            action=request.action or "console",
            at=request.at,
            object_kind="page",
            object_id=request.path[:40],
            outcome=audit.REFUSED,
            detail={"route": request.route.name, "method": request.method, **detail},
        )


def address_of(request: HttpRequest) -> str:
    """Return where the request comes from: behind a server of ours, what that one heard last."""
    if settings.SECURE_PROXY_SSL_HEADER:
        heard = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if heard:
            return heard[:45]
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def said(refusal: Refusal) -> str:
    """Return the refusal in the language of the page."""
    return refusal.sentence(get_language() or "zh")


def _refused(request: ConsoleRequest, refusal: Refusal) -> HttpResponse:
    with contextlib.suppress(DatabaseError):  # without a database there is no draft either
        kept.keep(request)
    is_over = isinstance(refusal, SessionLocked | SessionEnded | PostEnded | PasswordMustChange)
    if is_over and request.route.polled and "HX-Request" in request.headers:
        # The page that fetched it is opened again by the browser, and hears why itself.
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    if isinstance(refusal, SessionLocked):
        return session.to_the_lock(request)
    if isinstance(refusal, SessionEnded | PostEnded | PasswordMustChange):
        return sent_back(request, refusal)
    if hasattr(request, "scope"):
        record_refusal(request, refusal)
    status = _STATUS.get(type(refusal), _CONFLICT)
    if refusal.code.startswith("DB") and not isinstance(refusal, _OF_THE_ROW):
        status = _UNAVAILABLE
    if not hasattr(request, "kept"):
        words = {"refusal": refusal, "status": status}
        return HttpResponse(
            render_to_string("console/refused_bare.html", words, request), status=status
        )
    if isinstance(refusal, stepup.StepUpNeeded):
        return page(request, "console/step_up.html", stepup.words(request, refusal), status=403)
    return page(request, "console/refused.html", {"refusal": refusal}, status=status)


def sent_back(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Send whoever has no session, no post or no own password to where one gets it."""
    if isinstance(refusal, PostEnded):
        return HttpResponseRedirect(reverse("console:posts"))
    if isinstance(refusal, PasswordMustChange):
        return HttpResponseRedirect(reverse("console:password"))
    session.end(request)
    mark = marks.read(request)
    wanted = request.get_full_path() if request.method == "GET" else mark.page if mark else ""
    to = reverse("console:sign_in")
    if wanted and wanted.partition("?")[0] != reverse("console:home"):
        to += "?" + urlencode({"next": wanted})
    if type(refusal) is not SessionEnded:
        # Somebody ended it: say who and when, before the way back.
        words = {"refusal": refusal, "to": to}
        html = render_to_string("console/sign_ended.html", words, request)
        return HttpResponse(html, status=_CONFLICT)
    return HttpResponseRedirect(to)
