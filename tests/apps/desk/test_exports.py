"""Exports: one door with a purpose, a second person, a sealed file, a ledger."""

import csv
import io
import tracemalloc
import zipfile
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import DatabaseError, transaction
from python_calamine import CalamineWorkbook

from tests.apps.access.offices import AT, hire, open_office
from tests.apps.desk import desks
from yibao.apps.access.models import AuditRecord, Post, Role
from yibao.apps.access.operations.sessions import PostEnded
from yibao.apps.access.roles import SecondPersonNeeded
from yibao.apps.access.scope import NotAllowed, NotThere, Scope, scoped
from yibao.apps.desk import files, operations, sheets
from yibao.apps.desk.models import Export
from yibao.apps.desk.operations import exports
from yibao.apps.desk.queries import exports_to_approve, find_export
from yibao.core.flow import StepNotAllowed
from yibao.rulebook import desk as limits

pytestmark = pytest.mark.django_db
MANY = limits.exports().rows_without_approval + 1
LATER = AT + limits.exports().again_for


@pytest.fixture(autouse=True)
def _declared():
    desks.declare()


@pytest.fixture
def clerk() -> Scope:
    return hire(role=Role.COUNTY_CLERK, division=desks.COUNTY).scope


@pytest.fixture
def reviewer() -> Scope:
    return hire(role=Role.COUNTY_REVIEWER, division=desks.COUNTY, name="刘芳").scope


def ask(scope: Scope, **more) -> Export:
    words = {
        "of": "made_up",
        "title": "人员名单",
        "given": {},
        "purpose": "check",
        "purpose_words": "第二次排查核对",
        "whole": [],
        "kind": "csv",
        "at": AT,
    }
    return operations.ask_export(scope=scope, **{**words, **more})


def now(scope: Scope, made: Export) -> Export:
    return find_export(scope=scope, export_id=made.id)


def taken(scope: Scope, made: Export, at=AT) -> bytes:
    return b"".join(operations.take_export(scope=scope, export_id=made.id, at=at)[1])


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_small_list_is_made_at_once_and_everything_personal_is_masked(clerk):
    made = ask(clerk)
    desks.run_all()
    watermark, head, *rows = cells(taken(clerk, made))
    assert str(made.id) in watermark[0]
    for part in (clerk.operator_name, "第二次排查核对", f"{AT:%Y-%m-%d %H:%M}"):
        assert part in watermark[0]
    assert head[:3] == ["姓名", "证件号码", "电话"]
    assert rows[0][:4] == ["李*", "430423********1026", "138****5521", "380.00"]
    assert rows[1][0] == "欧阳*华"
    assert [row[-1].startswith(f"E{made.id}-{n}-") for n, row in enumerate(rows, 1)] == [True] * 3


def test_what_a_spreadsheet_would_run_is_quoted_and_amounts_stay_amounts(clerk):
    made = ask(clerk)
    desks.run_all()
    *_, second, third = cells(taken(clerk, made))
    assert (second[4], third[4]) == ("'=1+1", "'@村")
    assert second[3] == "-5.00"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_each_sign_that_starts_a_formula_is_quoted(start):
    assert sheets.plain(f"{start}cmd") == f"'{start}cmd"


def test_a_workbook_has_title_watermark_heads_and_a_mark_in_each_row(clerk):
    made = ask(clerk, kind="xlsx")
    desks.run_all()
    book = CalamineWorkbook.from_filelike(io.BytesIO(taken(clerk, made)))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0][0] == "人员名单"
    assert f"导出编号 {made.id}" in rows[1][0]
    assert rows[3][:2] == ["李*", "430423********1026"]
    assert rows[3][3] == 380
    assert rows[4][4] == "'=1+1"
    assert rows[3][5].startswith(f"E{made.id}-1-")


def test_a_full_sheet_is_followed_by_another(clerk, monkeypatch):
    stream = io.BytesIO()
    sheet = sheets.Sheet("名单", "水印", "脚", ["姓名"], [sheets.TEXT], rows_of_a_sheet=2)
    sheets.write_xlsx(stream, sheet, ((["李"], f"E1-{n}") for n in range(5)))
    book = CalamineWorkbook.from_filelike(io.BytesIO(stream.getvalue()))
    assert [len(book.get_sheet_by_name(name).to_python()) - 3 for name in book.sheet_names] == [
        2,
        2,
        1,
    ]
    assert all(book.get_sheet_by_name(n).to_python()[1][0] == "水印" for n in book.sheet_names)


def test_values_leave_whole_only_by_purpose_and_right(clerk):
    made = ask(clerk, purpose="notify", whole=["name", "phone"])
    desks.run_all()
    row = cells(taken(clerk, made))[2]
    assert row[:3] == ["李梅", "430423********1026", "13812345521"]
    with pytest.raises(exports.WholeNotAllowed):
        ask(clerk, purpose="notify", whole=["number"])
    auditor = hire(role=Role.AUDITOR, division=desks.COUNTY, name="周明").scope
    with pytest.raises(exports.WholeNotAllowed):
        ask(auditor, purpose="notify", whole=["name"])


def test_a_purpose_is_told_in_words(clerk):
    with pytest.raises(exports.PurposeMissing):
        ask(clerk, purpose_words=" 查 ")


def test_a_post_without_the_right_exports_nothing():
    agent = hire(role=Role.VILLAGE_AGENT, division=desks.VILLAGE).scope
    with pytest.raises(NotAllowed):
        ask(agent)


def test_nothing_is_no_export(clerk):
    with pytest.raises(exports.NothingToExport):
        ask(clerk, given={"people": 0})


def test_a_large_list_waits_for_a_second_person(clerk, reviewer):
    made = ask(clerk, given={"people": MANY})
    assert made.state == "waiting"
    assert desks.run_all() == []
    assert [one.id for one in exports_to_approve(scope=reviewer)] == [made.id]
    operations.approve_export(scope=reviewer, export_id=made.id, at=AT)
    desks.run_all()
    found = now(clerk, made)
    assert (found.state, found.rows_written, found.decided_name) == ("ready", MANY, "刘芳")
    assert len(cells(taken(clerk, made))) == MANY + 2


def test_the_asker_never_approves(clerk, reviewer):
    made = ask(reviewer, given={"people": MANY})
    with pytest.raises(SecondPersonNeeded):
        operations.approve_export(scope=reviewer, export_id=made.id, at=AT)
    with pytest.raises(NotAllowed):
        operations.approve_export(scope=clerk, export_id=made.id, at=AT)
    assert exports_to_approve(scope=reviewer) == []


def test_the_database_holds_that_nobody_approves_their_own_and_that_large_ones_are_approved(clerk):
    made = ask(clerk, given={"people": MANY})
    for wrong in ({"decided_by": clerk.operator_id}, {"state": "approved"}):
        with pytest.raises(DatabaseError), transaction.atomic(), scoped(clerk):
            Export.objects.filter(id=made.id).update(**wrong)


def test_a_rejected_export_says_why_and_is_never_made(clerk, reviewer):
    made = ask(clerk, given={"people": MANY})
    with pytest.raises(exports.ReasonMissing):
        operations.reject_export(scope=reviewer, export_id=made.id, because=" ", at=AT)
    operations.reject_export(scope=reviewer, export_id=made.id, because="范围过大，请分乡镇", at=AT)
    assert now(clerk, made).because == "范围过大，请分乡镇"
    with pytest.raises(StepNotAllowed):
        operations.approve_export(scope=reviewer, export_id=made.id, at=AT)
    assert desks.run_all() == []


def test_an_asker_whose_post_ended_gets_no_approval(clerk, reviewer):
    made = ask(clerk, given={"people": MANY})
    Post.objects.filter(id=clerk.post_id).update(valid_until=AT.date())
    with pytest.raises(PostEnded):
        operations.approve_export(scope=reviewer, export_id=made.id, at=AT)
    assert now(reviewer, made).state == "waiting"


def test_a_file_is_taken_once_by_its_asker_but_a_broken_download_may_be_repeated(clerk, reviewer):
    made = ask(clerk)
    desks.run_all()
    with pytest.raises(exports.NotYourExport):
        taken(reviewer, made)
    assert taken(clerk, made) == taken(clerk, made, at=LATER - timedelta(seconds=1))
    assert now(clerk, made).taken_at == AT
    with pytest.raises(exports.ExportTaken):
        taken(clerk, made, at=LATER)


def test_an_export_of_another_town_is_not_there(clerk):
    town = hire(role=Role.TOWNSHIP_CLERK, division=desks.TOWN).scope
    other = hire(role=Role.TOWNSHIP_CLERK, division="430423104", name="周明").scope
    made = ask(town)
    with pytest.raises(NotThere):
        find_export(scope=other, export_id=made.id)


def test_nothing_of_the_list_lies_readable_on_the_disk(clerk):
    made = ask(clerk, purpose="notify", whole=["name", "phone"], kind="xlsx")
    desks.run_all()
    lying = files.place_of(made.id)
    assert lying.stat().st_mode & 0o077 == 0
    for secret in ("李梅", "13812345521", "人员名单"):
        assert secret.encode() not in lying.read_bytes()
    assert not lying.with_suffix(".part").exists()


@pytest.mark.parametrize("spoil", ["change", "cut", "swap"])
def test_a_file_that_somebody_changed_is_refused(clerk, spoil):
    made, other = ask(clerk), ask(clerk)
    desks.run_all()
    lying = files.place_of(made.id)
    content = bytearray(lying.read_bytes())
    if spoil == "change":
        content[-1] ^= 1
    elif spoil == "cut":
        del content[-20:]
    else:
        content[:] = files.place_of(other.id).read_bytes()
    lying.write_bytes(content)
    with pytest.raises(files.ExportFileBroken):
        taken(clerk, made)


def test_pieces_of_a_long_file_cannot_be_left_out(clerk):
    key = files.new_key()
    writer = files.SealedWriter(999, key)
    content = bytes(range(256)) * 1024
    writer.write(content)
    writer.close()
    lying = files.place_of(999)
    assert b"".join(files.opened(999, key)) == content
    whole = lying.read_bytes()
    piece = 64 * 1024 + 16 + 5
    lying.write_bytes(whole[:4] + whole[4 + piece :])
    with pytest.raises(files.ExportFileBroken):
        b"".join(files.opened(999, key))
    files.shred(999)


def test_what_is_past_its_time_is_shredded_and_the_ledger_stays(clerk):
    made, fresh = ask(clerk), ask(clerk)
    desks.run_all()
    taken(clerk, made)
    assert operations.shred_expired(region="hengshan", at=AT) == 0
    assert operations.shred_expired(region="hengshan", at=LATER) == 1
    found = now(clerk, made)
    assert (found.state, found.file_key, found.shredded_at) == ("shredded", None, LATER)
    assert not files.place_of(made.id).exists()
    assert files.place_of(fresh.id).exists()
    over = AT + limits.exports().kept_for
    assert operations.shred_expired(region="hengshan", at=over) == 1
    with pytest.raises(exports.ExportNotReady):
        taken(clerk, fresh, at=over)


def test_the_ledger_cannot_be_deleted(clerk):
    made = ask(clerk)
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic(), scoped(clerk):
        Export.objects.filter(id=made.id).delete()


def test_each_step_is_in_the_audit_log_without_a_number(clerk, reviewer):
    made = ask(clerk, given={"people": MANY}, purpose_words="核对 13812345521 一户")
    operations.approve_export(scope=reviewer, export_id=made.id, at=AT)
    desks.run_all()
    taken(clerk, made)
    operations.shred_expired(region="hengshan", at=LATER)
    with scoped(clerk):
        rows = AuditRecord.objects.filter(object_kind="export").order_by("id")
        assert [row.detail.get("step") for row in rows] == [
            None,
            "approve",
            "made",
            "take",
            "shred",
        ]
        assert not any("13812345521" in str(row.detail) for row in rows)


def test_a_failed_file_says_so_and_is_made_again(clerk, monkeypatch):
    made = ask(clerk)
    monkeypatch.setattr(exports.sheets, "write_csv", lambda *a: 1 // 0)
    desks.run_all()
    assert now(clerk, made).state == "failed"
    assert not files.place_of(made.id).with_suffix(".part").exists()
    monkeypatch.undo()
    operations.retry_export(scope=clerk, export_id=made.id, at=AT)
    desks.run_all()
    assert now(clerk, made).state == "ready"


def test_a_waiting_request_is_withdrawn_by_its_asker(clerk, reviewer):
    made = ask(clerk, given={"people": MANY})
    with pytest.raises(exports.NotYourExport):
        operations.withdraw_export(scope=reviewer, export_id=made.id, at=AT)
    operations.withdraw_export(scope=clerk, export_id=made.id, at=AT)
    assert exports_to_approve(scope=reviewer) == []


def test_the_office_is_open_without_any_export():
    open_office()
    assert operations.shred_expired(region="hengshan", at=AT) == 0


class _Nowhere:
    """A stream that keeps nothing."""

    def write(self, given: bytes) -> int:
        return len(given)

    def flush(self) -> None:
        """Nothing is kept."""


@pytest.mark.parametrize("write", [sheets.write_xlsx, sheets.write_csv], ids=["xlsx", "csv"])
def test_memory_does_not_grow_with_the_rows(write):
    sheet = sheets.Sheet("名单", "水印", "脚", ["姓名", "村"], [sheets.TEXT] * 2, 5_000)

    def peak(rows: int) -> int:
        tracemalloc.start()
        write(_Nowhere(), sheet, ((["李*梅", "查泉村委会"], f"E1-{n}") for n in range(rows)))
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(2_000)
    assert peak(20_000) < peak(2_000) + 256 * 1024


def test_a_list_in_pieces_is_the_list(clerk, reviewer):
    """Half of what one may take alone, three times in a day: the third waits for a second person."""
    half = limits.exports().rows_without_approval // 2
    pieces = [ask(clerk, given={"people": half}) for _ in range(3)]
    assert [one.needs_approval for one in pieces] == [False, False, True]
    assert not ask(reviewer, given={"people": half}).needs_approval
    operations.withdraw_export(scope=clerk, export_id=pieces[2].id, at=AT)
    assert ask(clerk, given={"people": 1}).needs_approval
    assert not ask(
        clerk, given={"people": 1}, at=AT + limits.exports().counted_together
    ).needs_approval


def test_a_piece_taken_for_another_village_counts_too(clerk):
    limit = limits.exports().rows_without_approval
    there = clerk.narrowed(clerk.area_from, clerk.area_from + 10**3, "一处")
    here = clerk.narrowed(clerk.area_from + 10**3, clerk.area_until, "其余")
    assert not ask(there, given={"people": limit}).needs_approval
    assert ask(here, given={"people": 1}).needs_approval


@pytest.mark.parametrize("words", ["&" * 300, "核对&<名单>" * 40, "第二次\x0b排查" + "&" * 197])
def test_whatever_a_purpose_says_the_workbook_is_whole(clerk, words):
    """Header and footer are cut between signs, never within what stands for one."""
    made = ask(clerk, kind="xlsx", purpose_words=words)
    desks.run_all()
    with zipfile.ZipFile(io.BytesIO(taken(clerk, made))) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    printed = sheet.findtext(".//{*}oddFooter").removeprefix("&L").removesuffix("&R&P/&N")
    assert len(printed) <= 200
    assert "&" not in printed.replace("&&", "")
