"""The log: one line an event on standard error, JSON in production, masked by its last processor.

Whatever is logged, by us or by a library, passes `masked`: identity numbers, telephones and
accounts anywhere in any text are covered, and so are names under the keys that hold them. Nothing
else stands between it and the line.
"""

import logging
import sys
import traceback
from collections.abc import Mapping
from typing import Any

import structlog

from yibao.core.identity.masks import mask_name, mask_within
from yibao.database.errors import quoting_nobody

# Keys whose whole value is somebody's name, or is never written at all.
_NAMES = frozenset({"name", "person", "person_name", "holder", "applicant", "operator_name"})
_SECRET = frozenset({"password", "secret", "token", "code", "key", "cookie", "authorization"})
_COVERED = "***"
_DEEPEST = 6


def masked(_: Any, __: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """Cover what is personal, however deep it lies; the last processor before the line is drawn."""
    return {name: _masked(name, value, 0) for name, value in event.items()}


def _masked(name: str, value: Any, depth: int) -> Any:
    if name in _SECRET:
        return _COVERED
    if isinstance(value, bool | int | float) or value is None:
        # A number of fifteen digits is an identity number whatever its type.
        return value if len(str(value)) < len("13800000000") else mask_within(str(value))
    if depth > _DEEPEST:
        return _COVERED
    if isinstance(value, Mapping):
        return {str(key): _masked(str(key), one, depth + 1) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(name, one, depth + 1) for one in value]
    text = mask_within(str(value))
    return mask_name(text) if name in _NAMES else text


def with_exception(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Write an exception as its class, its words and where it was; never with local variables."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    if isinstance(found, BaseException):
        found = (type(found), found, found.__traceback__)
    if found and found[0] is not None:
        event["exception"] = _told(found[1], "".join(traceback.format_exception(*found)))
    return event


def _told(broke: BaseException | None, text: str) -> str:
    """Return the text of an exception without what a database's words quote of a row.

    "Failing row contains (…)" is somebody's name and birthday, and no pattern knows a name.
    """
    seen: set[int] = set()
    waiting = [broke]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        waiting += [one.__cause__, one.__context__]
        said = quoting_nobody(one)
        if said is not None and str(one):
            text = text.replace(str(one), said)
    return text


def without_request(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Write a request that a library hands over as its number and method: its address names whom.

    Django's warnings (a strange host, a forged form) bring the whole request.
    """
    given = event.get("request")
    if given is None or isinstance(given, str):
        return event
    event.pop("message", None)  # the same words again, where another handler wrote them first
    event["request"] = str(getattr(given, "request_id", "—"))
    event["method"] = str(getattr(given, "method", "—"))
    for told in (getattr(given, "path", ""), getattr(given, "path_info", "")):
        if len(told) > 1:
            event["event"] = str(event.get("event", "")).replace(told, "…")
    return event


def _named(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    event.pop("color_message", None)
    return event


def set_up(*, form: str, debug: bool) -> None:
    """Send structlog's and the standard library's events the same way.

    `form` is `json` or `text`; `debug` adds the events of level debug.
    """
    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
    ]
    drawn = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=_no_exception)
    )
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*before, structlog.stdlib.ExtraAdder(), without_request],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _named,
            with_exception,
            masked,
            drawn,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    for one in root.handlers[:]:
        if getattr(one, "is_yibao", False):
            root.removeHandler(one)
    handler.is_yibao = True  # type: ignore[attr-defined]
    root.addHandler(handler)
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    # Django's line for each 4xx and 5xx would say twice what the request's own line says.
    for name, level in (("django.request", "CRITICAL"), ("django.server", "CRITICAL")):
        logging.getLogger(name).setLevel(level)
    for name in ("django", "psycopg", "psycopg.pool", "asyncio", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _no_exception(*_: Any) -> None:
    """An exception is text already when a line is drawn."""
