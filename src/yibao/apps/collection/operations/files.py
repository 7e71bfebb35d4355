"""Files of payments from the tax side: taken once, row by row or not at all."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from yibao.apps.access import audit
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.collection.models import PaymentFile
from yibao.apps.collection.policy import policy
from yibao.apps.collection.sheets import ReadPayment, ReadPayments, read_payment_file
from yibao.core.identity import mask_within
from yibao.core.refusal import Refusal
from yibao.database.errors import refused
from yibao.database.sealing import NUMBER, indexes_of, seal

# What the sealed number is called in its values.
NUMBER_FIELD = "collection.payment.number"
PLACE_LENGTH = 40
NAME_LENGTH = 60
FILE_NAME_LENGTH = 200


class FileTakenBefore(Refusal):
    """Raised by `take_payment_file` for content that was taken already."""

    code = "E750"
    message = "文件“{file_name}”的内容已经导入过，没有重复入账"
    remedy = "请在缴费文件清单中查看上次的结果"
    message_en = "The content of {file_name} was taken before; nothing was booked twice"
    remedy_en = "See the earlier result in the list of payment files"
    field = "file"


def take_payment_file(
    *, scope: Scope, file_name: str, content: bytes, at: datetime, channel: str = ""
) -> PaymentFile:
    """Take the payments of a file. Faulty rows are named in `faults` and not taken.

    A voucher that an earlier file brought with the same money is counted as known; with other
    money it is a fault. `channel` stands for rows that name none. Nothing is matched yet. Raises
    UnreadableFile, FileTakenBefore.
    """
    scope.require("collection.payment_file")
    read = read_payment_file(content, channel)
    digest = hashlib.sha256(content).hexdigest()
    name = file_name[:FILE_NAME_LENGTH]
    with scoped(scope):
        before = FileTakenBefore(file_name=file_name)
        with refused({"a_payment_file_is_taken_once": before}):
            made = PaymentFile.objects.create(
                region=scope.region,
                area_no=scope.area_from,
                file_name=name,
                file_sha256=digest,
                channel=channel,
                received_at=at,
                received_by=scope.operator_id,
                rows_total=read.rows_total,
                amount_fen=0,
            )
        taken = _insert_payments(scope, made.id, read.rows, at)
        known, clashes = _known_vouchers(scope, made.id, read)
        made.rows_taken, made.amount_fen = len(taken), sum(taken.values())
        made.rows_known, made.faults = known, [*read.faults, *clashes]
        made.save(update_fields=["rows_taken", "amount_fen", "rows_known", "faults"])
        audit.record(
            scope=scope,
            action="collection.payment_file",
            at=at,
            object_kind="payment_file",
            object_id=str(made.id),
            area_no=scope.area_from,
            detail={
                "rows": made.rows_total,
                "taken": made.rows_taken,
                "known": known,
                "faults": len(made.faults),
                "amount_fen": made.amount_fen,
            },
        )
        return made


_INSERT = """
insert into collection_payment (region, area_no, file_id, row_no, channel, year, number,
                                number_index, name, amount_fen, paid_at, voucher_kind,
                                voucher_no, insured_place, recorded_at)
select %s, coalesce(p.area_no, %s), %s, t.row_no, t.channel, t.year, t.number,
       t.number_index, t.name, t.amount_fen, t.paid_at, t.voucher_kind, t.voucher_no,
       t.insured_place, %s
  from unnest(%s::int[], %s::text[], %s::int[], %s::bytea[], %s::bytea[], %s::text[],
              %s::bigint[], %s::timestamptz[], %s::text[], %s::text[], %s::text[])
    as t (row_no, channel, year, number, number_index, name, amount_fen, paid_at, voucher_kind,
          voucher_no, insured_place)
  left join lateral (select n.area_no from registry_identitydocument i
                       join registry_person n on n.id = i.person_id
                      where i.number_index = t.number_index
                      order by i.valid_until is not null, i.id desc limit 1) p on true
 where not exists (select from collection_cashdeposit c
                    where c.region = %s and c.channel = t.channel
                      and c.voucher_no = t.voucher_no)
on conflict (region, channel, voucher_no) do nothing
returning row_no, amount_fen
"""

_KNOWN = """
select t.at, p.amount_fen = t.amount_fen and p.number_index = t.number_index, c.id is not null
  from unnest(%s::int[], %s::text[], %s::text[], %s::bigint[], %s::bytea[])
    as t (at, channel, voucher_no, amount_fen, number_index)
  left join collection_payment p on p.region = %s and p.channel = t.channel
                                and p.voucher_no = t.voucher_no
  left join collection_cashdeposit c on c.region = %s and c.channel = t.channel
                                    and c.voucher_no = t.voucher_no
 where p.file_id is distinct from %s
"""


def _insert_payments(
    scope: Scope, file_id: int, rows: Sequence[ReadPayment], at: datetime
) -> dict[int, int]:
    """Insert what no earlier file or deposit brought. Returns fen by index of the row."""
    kinds: Mapping[int, Any] = {year: policy(scope.region, year) for year in {r.year for r in rows}}
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            [
                scope.region,
                scope.area_from,
                file_id,
                at,
                [row.row_no for row in rows],
                [row.channel for row in rows],
                [row.year for row in rows],
                [seal(row.number, of=NUMBER_FIELD) for row in rows],
                indexes_of((row.number for row in rows), of=NUMBER),
                [mask_within(row.name)[:NAME_LENGTH] for row in rows],
                [row.amount_fen for row in rows],
                [row.paid_at for row in rows],
                [kinds[row.year].voucher_kind(row.channel) for row in rows],
                [row.voucher_no for row in rows],
                [mask_within(row.insured_place)[:PLACE_LENGTH] for row in rows],
                scope.region,
            ],
        )
        return {at_row: amount for at_row, (_, amount) in enumerate(cursor.fetchall())}


def _known_vouchers(
    scope: Scope, file_id: int, read: ReadPayments
) -> tuple[int, list[dict[str, Any]]]:
    """Count the rows whose money is in already; name those whose voucher says something else."""
    rows = read.rows
    with connection.cursor() as cursor:
        cursor.execute(
            _KNOWN,
            [
                list(range(len(rows))),
                [row.channel for row in rows],
                [row.voucher_no for row in rows],
                [row.amount_fen for row in rows],
                indexes_of((row.number for row in rows), of=NUMBER),
                scope.region,
                scope.region,
                file_id,
            ],
        )
        found = cursor.fetchall()
    clashes = [_clash(rows[index]) for index, same, deposited in found if not (same or deposited)]
    return len(found) - len(clashes), clashes


def _clash(row: ReadPayment) -> dict[str, Any]:
    return {
        "sheet": row.sheet,
        "row": row.row_no,
        "column": "凭证号",
        "value": row.voucher_no,
        "code": "E749",
        "facts": {},
    }
