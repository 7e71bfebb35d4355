"""Static files under names that hold their digest, kept packed in memory: cached for a year.

    /static/web/yibao.1f0c2a9b7d3e.css

A page names each file with its digest, so a browser never asks twice and never holds an old one.
Nothing is collected before the first start: every process packs our few files when it starts.
With YIBAO_DEBUG the plain names lead to the files as they are on disk.
"""

import functools
import gzip
import hashlib
import io
import mimetypes
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import NOT_ALLOWED_RESPONSE, Response

_DIGITS = 12
_FOR_EVER = "max-age=31536000, public, immutable"
_ASK_AGAIN = "max-age=60, public"


class Packed:
    """A file in memory, plain and packed; answers like a file of WhiteNoise."""

    def __init__(self, name: str, content: bytes) -> None:
        digest = hashlib.sha256(content).hexdigest()[:_DIGITS]
        path = PurePosixPath(name)
        self.hashed_name = str(path.with_name(f"{path.stem}.{digest}{path.suffix}"))
        self._content = content
        packed = gzip.compress(content, compresslevel=9, mtime=0)
        self._packed = packed if len(packed) < len(content) else None
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        is_text = kind.startswith("text/") or kind.endswith("javascript")
        self._kind = f"{kind}; charset=utf-8" if is_text else kind
        self._etag = f'"{digest}"'

    def answer(self, method: str, headers: Mapping[str, Any], *, cache: str) -> Response:
        """Return what to send: packed where the browser takes it, nothing where it has it."""
        if method not in ("GET", "HEAD"):
            return NOT_ALLOWED_RESPONSE
        said = [("Cache-Control", cache), ("ETag", self._etag), ("Vary", "Accept-Encoding")]
        if self._etag in headers.get("HTTP_IF_NONE_MATCH", ""):
            return Response(HTTPStatus.NOT_MODIFIED, said, None)
        content = self._content
        if self._packed is not None and "gzip" in headers.get("HTTP_ACCEPT_ENCODING", ""):
            content = self._packed
            said.append(("Content-Encoding", "gzip"))
        said += [("Content-Type", self._kind), ("Content-Length", str(len(content)))]
        return Response(HTTPStatus.OK, said, io.BytesIO(content) if method == "GET" else None)


class _Named:
    """A packed file under one of its two names."""

    def __init__(self, packed: Packed, cache: str) -> None:
        self._packed, self._cache = packed, cache

    def get_response(self, method: str, headers: Mapping[str, Any]) -> Response:
        """Answer a request; WhiteNoise's own word for it."""
        return self._packed.answer(method, headers, cache=self._cache)


@functools.cache
def packed_files() -> Mapping[str, Packed]:
    """Return every static file of the product by its name, read and packed once a process."""
    found: dict[str, Packed] = {}
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            path = Path(storage.path(name))
            found.setdefault(name, Packed(name, path.read_bytes()))
    return found


class DigestFinder(BaseFinder):
    """Lets what serves without our middleware (Django's own servers) find a file by its digest."""

    def find(self, path: str, find_all: bool = False, **older: Any) -> Any:
        """Return where the file lies that has this name with its digest."""
        wanted = PurePosixPath(path)
        name = str(wanted.with_name(f"{PurePosixPath(wanted.stem).stem}{wanted.suffix}"))
        packed = packed_files().get(name)
        if packed is None or packed.hashed_name != path:
            return []
        return finders.find(name, find_all=find_all)

    def list(self, ignore_patterns: Any) -> Iterable[Any]:
        """Return nothing: these are second names."""
        return []


class DigestNames(StaticFilesStorage):
    """Makes `{% static %}` name a file with its digest."""

    def url(self, name: str | None) -> str:
        """Return the file's address; a name that is no file of ours stays as it is."""
        packed = None if settings.DEBUG or name is None else packed_files().get(name)
        return super().url(packed.hashed_name if packed else name)


class PackedFiles(WhiteNoiseMiddleware):
    """Serves the packed files under both names: with the digest for ever, plain for a minute."""

    def add_files_from_finders(self) -> None:
        """Put every file of the product in the list that is looked up by address."""
        for name, packed in packed_files().items():
            self.files[self.static_prefix + name] = _Named(packed, _ASK_AGAIN)
            self.files[self.static_prefix + packed.hashed_name] = _Named(packed, _FOR_EVER)
