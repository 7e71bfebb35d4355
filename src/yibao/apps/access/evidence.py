"""The audit log outside the database: whole ranges, and packs of evidence about one thing.

Both hold the very words that were hashed, so that `yibao.verify.offline` can compute every seal
again without a database; it shares no code with this module.
"""

import csv
import hashlib
import hmac
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from yibao.apps.access import audit
from yibao.apps.access.chain import EVERYWHERE
from yibao.apps.access.models import AuditRecord, AuditSeal
from yibao.apps.access.scope import Scope, scoped
from yibao.core.identity.masks import mask_within
from yibao.core.refusal import Refusal
from yibao.database import scope as database_scope

_VERSION = 1
_AT_ONCE = 1000
_MOST_RECORDS = 2000
_MOST_ROWS = 500
_LEAST_REASON = 6
_FIELDS = ("id", "at", "operator_name", "post_id", "action", "object_kind", "object_id")
_README = """医保 Yibao 证据包 / evidence pack

核对 check:   yibao audit verify FILE.zip [--key audit_key]
不需要数据库 no database is needed. 有密钥时同时核对签名 with the key the signatures too.
证件号码、电话、账号在库中加密保存，本包不含 numbers, telephones and accounts are not in it.
"""


class NothingFound(Refusal):
    """No record fits what was asked."""

    code = "OP01"
    message = "您的范围内没有符合条件的审计记录"
    remedy = "请核对对象编号与日期，或放宽条件"
    message_en = "No audit record in your scope fits"
    remedy_en = "Check the object's number and the days, or ask for more"


class TooManyRecords(Refusal):
    """The pack would be too large for a page."""

    code = "OP02"
    message = "符合条件的记录超过 {most} 条"
    remedy = "请缩小日期范围，或在服务器上运行 yibao audit export"
    message_en = "More than {most} records fit"
    remedy_en = "Narrow the days, or run yibao audit export on the server"


class ReasonTooShort(Refusal):
    """Why the evidence is taken must be said."""

    code = "OP03"
    field = "reason"
    message = "请写明制作证据包的事由，至少 {least} 个字"
    remedy = "例如案件编号与调阅单位"
    message_en = "Say why the evidence is taken, in at least {least} characters"
    remedy_en = "For example the case's number and who asks"


@dataclass(frozen=True)
class Asked:
    """Which records: of a thing, of an operator, of a range of days; the bounds are half-open."""

    object_kind: str = ""
    object_id: str = ""
    operator_id: int | None = None
    begin: datetime | None = None
    end: datetime | None = None

    def as_data(self) -> dict[str, Any]:
        """Return it for the manifest."""
        return {
            "object": f"{self.object_kind} {self.object_id}".strip(),
            "operator": self.operator_id,
            "from": self.begin.isoformat() if self.begin else None,
            "until": self.end.isoformat() if self.end else None,
        }


def export_range(*, begin: datetime | None, end: datetime | None) -> Iterator[str]:
    """Yield the lines of all whole seals that were made in [begin, end), for who runs the server.

    A head line, then each seal followed by the words of its records, then a line with the digest
    of all lines before.
    """
    digest = hashlib.sha256()
    count = 0
    with database_scope.scoped(*EVERYWHERE):
        seals = AuditSeal.objects.order_by("number")
        seals = seals.filter(sealed_at__gte=begin) if begin else seals
        chosen = list(seals.filter(sealed_at__lt=end) if end else seals)
        first = chosen[0].number if chosen else 1
        before = AuditSeal.objects.filter(number=first - 1).values_list("head", flat=True).first()
        lines = _export_lines(chosen, before or "")
        for line in lines:
            digest.update(line.encode())
            count += 1
            yield line
    yield _line({"end": count, "sha256": digest.hexdigest()})


def _export_lines(seals: Sequence[AuditSeal], before: str) -> Iterator[str]:
    first = seals[0].number if seals else 1
    yield _line({"yibao": "audit", "version": _VERSION, "first": first, "before": before})
    for seal in seals:
        named = {name: getattr(seal, name) for name in ("number", "xid_from", "xid_until")}
        named |= {"records": seal.records, "head": seal.head, "signature": seal.signature}
        yield _line(named | {"sealed_at": seal.sealed_at.isoformat()})
        with connection.chunked_cursor() as cursor:
            cursor.execute(
                "select audit_words(r) from access_auditrecord r where xid >= %s and xid < %s"
                " order by xid, id",
                [seal.xid_from, seal.xid_until],
            )
            while rows := cursor.fetchmany(_AT_ONCE):
                for (words,) in rows:
                    yield _line({"words": words})


@dataclass(frozen=True)
class Pack:
    """A pack of evidence as it leaves: the file, how many records, its digest."""

    content: bytes
    records: int
    digest: str


@transaction.atomic
def make_pack(
    *,
    scope: Scope,
    asked: Asked,
    reason: str,
    tables: Sequence[tuple[str, int]],
    at: datetime,
) -> Pack:
    """Return a pack of the records that fit, with the proof of each, and the involved documents.

    `tables` names the rows (table, id) that are taken along with what belongs to them; the scope's
    wall holds for them as for the records. The taking is itself a record with its reason. Raises
    NothingFound, TooManyRecords, ReasonTooShort, NotAllowed.
    """
    scope.require("audit.evidence")
    if len(reason.strip()) < _LEAST_REASON:
        raise ReasonTooShort(least=_LEAST_REASON)
    with scoped(scope):
        found = _records(asked)
        documents = {f"{table}-{number}": _document(table, number) for table, number in tables}
    with database_scope.scoped(*EVERYWHERE):
        proven, seals = _proof(found)
    files = {
        "README.txt": _README.encode(),
        "records.jsonl": "".join(map(_line, proven)).encode(),
        "records.csv": _sheet([_plain(row) for row in found]),
        "seals.jsonl": "".join(map(_line, seals)).encode(),
        "documents.json": _pretty(documents),
    }
    for name, parts in documents.items():
        files |= {f"documents/{name}/{part}.csv": _sheet(rows) for part, rows in parts.items()}
    manifest = {
        "yibao": "evidence",
        "version": _VERSION,
        "made_at": at.isoformat(),
        "by": scope.operator_name,
        "post": scope.post_id,
        "area": scope.area_name,
        "reason": mask_within(reason.strip()),
        "asked": asked.as_data(),
        "records": len(found),
        "files": {name: hashlib.sha256(body).hexdigest() for name, body in files.items()},
    }
    content = _zipped(files, manifest)
    pack = Pack(content, len(found), hashlib.sha256(content).hexdigest())
    audit.record(
        scope=scope,
        action="audit.evidence",
        at=at,
        object_kind=asked.object_kind or "audit",
        object_id=asked.object_id,
        detail={"reason": reason.strip(), "records": pack.records, "sha256": pack.digest},
    )
    return pack


def _records(asked: Asked) -> list[AuditRecord]:
    rows = AuditRecord.objects.order_by("xid", "id")
    if asked.object_kind:
        rows = rows.filter(object_kind=asked.object_kind, object_id=asked.object_id)
    if asked.operator_id is not None:
        rows = rows.filter(operator_id=asked.operator_id)
    rows = rows.filter(at__gte=asked.begin) if asked.begin else rows
    rows = rows.filter(at__lt=asked.end) if asked.end else rows
    found = list(rows[: _MOST_RECORDS + 1])
    if not found:
        raise NothingFound()
    if len(found) > _MOST_RECORDS:
        raise TooManyRecords(most=_MOST_RECORDS)
    return found


def _proof(found: Sequence[AuditRecord]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return each record's words with its place, and each seal concerned with all its digests."""
    heads = {one.number: one.head for one in AuditSeal.objects.only("number", "head")}
    seals: dict[int, dict[str, Any]] = {}
    places: dict[int, tuple[int, int, str]] = {}
    wanted = {row.id: row.xid for row in found}
    concerned = AuditSeal.objects.filter(
        xid_until__gt=min(wanted.values()), xid_from__lte=max(wanted.values())
    )
    for seal in concerned.order_by("number"):
        inside = {id_ for id_, xid in wanted.items() if seal.xid_from <= xid < seal.xid_until}
        if not inside:
            continue
        digests = []
        for place, (id_, digest, words) in enumerate(_hashed(seal)):
            digests.append(digest)
            if id_ in inside:
                places[id_] = (seal.number, place, words)
        seals[seal.number] = {
            "number": seal.number,
            "before": heads.get(seal.number - 1, ""),
            "records": seal.records,
            "head": seal.head,
            "signature": seal.signature,
            "digests": digests,
        }
    proven = []
    for row in found:
        number, place, words = places.get(row.id) or (None, None, _words(row.id))
        proven.append({"id": row.id, "seal": number, "place": place, "words": words})
    return proven, list(seals.values())


def _hashed(seal: AuditSeal) -> list[tuple[int, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select r.id, encode(sha256(convert_to(audit_words(r), 'UTF8')), 'hex'),"
            " audit_words(r) from access_auditrecord r where xid >= %s and xid < %s"
            " order by xid, id",
            [seal.xid_from, seal.xid_until],
        )
        return list(cursor.fetchall())


def _words(id_: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select audit_words(r) from access_auditrecord r where r.id = %s", [id_])
        return str(cursor.fetchone()[0])


def _document(table: str, number: int) -> dict[str, list[dict[str, Any]]]:
    """Return a row and the rows that refer to it, sealed columns left out, numbers masked."""
    parts = {table: _rows(table, "id", number)}
    if not parts[table]:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.conrelid::regclass::text, a.attname from pg_constraint c"
            " join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]"
            " where c.contype = 'f' and c.confrelid = %s::regclass and cardinality(c.conkey) = 1"
            " order by 1, 2",
            [table],
        )
        children = cursor.fetchall()
    for child, column in children:
        rows = _rows(child.strip('"'), column, number)
        if rows:
            parts[f"{child}.{column}".replace('"', "")] = rows
    return parts


def _rows(table: str, column: str, number: int) -> list[dict[str, Any]]:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            "select column_name from information_schema.columns where table_schema = 'public'"
            " and table_name = %s and data_type <> 'bytea' order by ordinal_position",
            [table],
        )
        names = [name for (name,) in cursor.fetchall()]
        columns = ", ".join(f"t.{quote(name)}" for name in names)
        cursor.execute(
            f"select {columns} from {quote(table)} t where t.{quote(column)} = %s"  # noqa: S608
            f" order by t.{quote(names[0])} limit {_MOST_ROWS}",
            [number],
        )
        return [
            {name: _said(value) for name, value in zip(names, row)} for row in cursor.fetchall()
        ]


def _said(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, dict | list):
        return audit.without_numbers(value)
    return mask_within(str(value))


def _plain(row: AuditRecord) -> dict[str, Any]:
    said = {name: str(getattr(row, name) or "") for name in _FIELDS}
    return said | {"outcome": row.outcome, "detail": json.dumps(row.detail, ensure_ascii=False)}


def _sheet(rows: Sequence[dict[str, Any]]) -> bytes:
    """Return a sheet whose cells start no formula."""
    if not rows:
        return b""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(rows[0])
    out.writerows([[_cell(value) for value in row.values()] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _zipped(files: dict[str, bytes], manifest: dict[str, Any]) -> bytes:
    bare = json.dumps(manifest, ensure_ascii=False, sort_keys=True)
    key = str(settings.AUDIT_KEY).encode()
    mac = hmac.new(key, bare.encode(), hashlib.sha256).hexdigest()
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in sorted(files.items()):
            pack.writestr(name, content)
        pack.writestr("manifest.json", _pretty(manifest | {"mac": mac}))
    return body.getvalue()


def _line(said: dict[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False) + "\n"


def _pretty(said: Any) -> bytes:
    return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True, default=str).encode()
