"""Every answer that a test's browser gets is searched for personal data that is not masked.

Looked for: identity numbers with a right check digit, mobile telephones, bank cards (Luhn), words of
diagnoses on pages about persons; in pages, CSV and Excel files, also inside archives. What is found
may be there only where console/routes.yaml says so of the route (whole or revealed) and a record of
it stands in the audit log. What the request itself brought (a number that was typed) may come back.

    YIBAO_SCANNED=FILE keeps how many answers were searched, one line of JSON a process.
"""

import contextlib
import io
import json
import os
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_plus

import pytest

from yibao.apps.registry.numbers import is_number_of_ours

NUMBER, PHONE, ACCOUNT, DIAGNOSIS = "number", "phone", "account", "diagnosis"
# What stands behind a decimal point is a part of a figure: a share, a measured second.
_EDGE = r"(?<![0-9A-Za-z*])(?<!\d\.)", r"(?![0-9A-Za-z*])"
_NUMBER = re.compile(rf"{_EDGE[0]}[1-9]\d{{16}}[\dXx]{_EDGE[1]}")
_PHONE = re.compile(rf"{_EDGE[0]}1[3-9]\d{{9}}{_EDGE[1]}")
_CARD = re.compile(rf"{_EDGE[0]}(?:62|4|5)\d{{14,17}}{_EDGE[1]}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
# Diseases that the regions' rules name, as they are written for people.
DISEASES = (
    *("恶性肿瘤", "器官移植", "透析", "结核病", "精神病", "糖尿病", "高血压", "白血病", "血友病"),
    *("艾滋病", "尿毒症", "冠心病", "脑卒中", "癫痫", "帕金森", "再生障碍性贫血", "红斑狼疮"),
)
# Choices of a form are no diagnosis of anybody, but for the one that is chosen.
_UNCHOSEN = re.compile(r"<option(?![^>]*\bselected\b)[^>]*>[^<]*</option>")
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
seen: Counter[str] = Counter()
allowed: Counter[str] = Counter()


_typed: list[str] = []


class Leaked(AssertionError):
    """An answer shows what it may not."""


def is_resident_number(text: str) -> bool:
    """Tell whether the check digit is right."""
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], _WEIGHTS))
    return _CHECKS[total % 11] == text[17].upper()


def is_card(text: str) -> bool:
    """Tell whether the last digit is that of Luhn's sum, and it is no person's number of ours."""
    if is_number_of_ours(text):
        return False
    total = 0
    for place, digit in enumerate(reversed(text)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def personal(text: str, *, about_persons: bool) -> Iterator[tuple[str, str]]:
    """Yield what kind of personal data a text holds unmasked, and the words."""
    yield from ((NUMBER, one) for one in _NUMBER.findall(text) if is_resident_number(one))
    yield from ((PHONE, one) for one in _PHONE.findall(text))
    yield from (
        (ACCOUNT, one)
        for one in _CARD.findall(text)
        if is_card(one) and not (len(one) == 18 and is_resident_number(one))
    )
    if about_persons:
        yield from ((DIAGNOSIS, word) for word in DISEASES if word in text)


def text_of(response: object) -> str:
    """Return all words of an answer: of a page its markup, of an Excel file every cell."""
    if response.streaming:
        content = b"".join(response.streaming_content)
        response.streaming_content = iter([content])
    else:
        content = response.content
    if content[:2] == b"PK":
        return " ".join(_packed(content))
    return content.decode("utf-8", "replace")


def _packed(content: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            inner = archive.read(name)
            if inner[:2] == b"PK":
                yield from _packed(inner)
            elif name.endswith((".xml", ".csv", ".txt", ".json", ".html")):
                yield re.sub(r"<[^>]+>", " ", inner.decode("utf-8", "replace"))


def brought(request: dict[str, object]) -> str:
    """Return what the request itself said: address, query, body."""
    words = f"{request.get('PATH_INFO', '')} {request.get('QUERY_STRING', '')}"
    stream = request.get("wsgi.input")
    body = b""
    if stream is not None and hasattr(stream, "read"):
        body = stream.read()
        request["wsgi.input"] = type(stream)(body) if body else stream
    return f"{unquote_plus(words)} {unquote_plus(body.decode('utf-8', 'replace'))}"


@contextlib.contextmanager
def typed(words: str) -> Iterator[None]:
    """Let words come back in the block's pages: a test typed them in a form before."""
    _typed.append(words)
    try:
        yield
    finally:
        _typed.pop()


def look(response: object, said: str) -> None:
    """Search an answer. Raises Leaked with the route and what was found."""
    from yibao.console.routes import route_of

    match = getattr(getattr(response, "wsgi_request", None), "resolver_match", None)
    name = match.view_name if match else ""
    seen[name] += 1
    route = route_of(name)
    shows = dict(route.shows) if route else {}
    text = text_of(response)
    # Pages of rules name diseases and nobody; pages that show names are about persons.
    about_persons = "name" in shows and not name.startswith("policy:")
    found = [
        (kind, words)
        for kind, words in personal(_UNCHOSEN.sub("", text), about_persons=about_persons)
        if words not in said
    ]
    for kind, words in found:
        if shows.get(kind) not in ("whole", "revealed"):
            raise Leaked(f"{name or response.status_code} shows an unmasked {kind}: {words}")
        request = response.wsgi_request
        if not (hasattr(request, "scope") and _is_recorded(request, route)):
            raise Leaked(f"{name} shows an unmasked {kind}, and no record of it stands: {words}")
        allowed[name] += 1


def _is_recorded(request: object, route: object) -> bool:
    from yibao.apps.access.models import AuditRecord
    from yibao.apps.access.scope import scoped

    with scoped(request.scope):
        records = AuditRecord.objects.filter(post_id=request.scope.post_id, at=request.at)
        wanted = {*route.writes, route.right}
        return any(
            one.action in wanted or (route.reads and one.object_kind == route.reads)
            for one in records
        )


@pytest.fixture(scope="session", autouse=True)
def every_answer_is_searched(request: pytest.FixtureRequest) -> Iterator[None]:
    """Wrap the browser of Django's tests for the whole run."""
    from django.test import Client

    send = Client.request

    def searched(self: Client, **request: object) -> object:
        said = " ".join([brought(request), *_typed])
        response = send(self, **request)
        look(response, said)
        return response

    Client.request = searched
    yield
    Client.request = send
    target = os.environ.get("YIBAO_SCANNED")
    if target and seen:
        line = {"seen": dict(seen), "allowed": dict(allowed)}
        with Path(target).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(line) + "\n")
