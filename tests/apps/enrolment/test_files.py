"""A file that is no ledger gets one sentence; a ledger is read whatever its paper looks like."""

import io
import zipfile
from datetime import date

import pytest
import python_calamine
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.apps.enrolment.ledger_files import LINES, PLACE, file_of, line
from tests.apps.enrolment.spoilt import rows_of, workbook
from tests.apps.registry.people import number
from yibao.apps.enrolment.ledgers import (
    INSURED_ELSEWHERE,
    NEW_ENTRANTS,
    PAYMENT_LEDGER,
    form_of,
    forms,
    read_ledger,
    template,
)
from yibao.apps.enrolment.ledgers import workbook as limits
from yibao.apps.enrolment.ledgers.faults import told
from yibao.apps.enrolment.ledgers.reading import LedgerKindUnknown, WrongTemplate
from yibao.apps.enrolment.ledgers.workbook import (
    FileDamaged,
    FileEncrypted,
    FileNotExcel,
    FileOldExcel,
    FileTooLarge,
    FileUnpacksTooLarge,
    SheetTooWide,
    TooManyRows,
    UnreadableFile,
)
from yibao.core.refusal import Refusal

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
GOOD = file_of(line(1), line(2))


def packed(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def broken_inside() -> bytes:
    return packed(parts_of(GOOD) | {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"})


def flipped() -> bytes:
    """One byte of the sheet's packed data changed: its checksum no longer holds."""
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        place = archive.getinfo("xl/worksheets/sheet1.xml")
    at = place.header_offset + 30 + len(place.filename) + place.compress_size // 2
    return GOOD[:at] + bytes([GOOD[at] ^ 0xFF]) + GOOD[at + 1 :]


def far_away(cell: str) -> bytes:
    parts = parts_of(GOOD)
    row = "".join(c for c in cell if c.isdigit())
    added = f'<row r="{row}"><c r="{cell}"><v>1</v></c></row></sheetData>'.encode()
    name = "xl/worksheets/sheet1.xml"
    return packed(parts | {name: parts[name].replace(b"</sheetData>", added)})


@pytest.mark.parametrize(
    ("content", "refusal", "sentence"),
    [
        (
            lambda: OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            FileEncrypted,
            "文件设了打开密码，无法读取。请在 WPS 或 Excel 中取消密码，另存后再上传",
        ),
        (
            lambda: OLE + b"\0" * 600 + "Workbook".encode("utf-16-le"),
            FileOldExcel,
            "这是旧版 .xls 格式，系统只读 .xlsx。请在 WPS 或 Excel 中打开，另存为“Excel 工作簿（*.xlsx）”后再上传",
        ),
        (lambda: b"", FileNotExcel, None),
        (lambda: b"%PDF-1.7 ...", FileNotExcel, None),
        (lambda: packed({"word/document.xml": b"<w/>"}), FileNotExcel, None),
        (
            lambda: "姓名,身份证号\n".encode("gbk"),
            FileNotExcel,
            "这不是 Excel 工作簿。请下载模板填写，不要上传文字、图片、PDF 或改了后缀的文件",
        ),
        (
            lambda: GOOD[: len(GOOD) // 2],
            FileDamaged,
            "文件不完整或已损坏，可能没有传完。请确认文件能在 WPS 或 Excel 中打开，另存后重新上传",
        ),
        (flipped, FileDamaged, None),
        (broken_inside, FileDamaged, None),
        (lambda: far_away("A1048576"), TooManyRows, "文件有 1,048,576 行，最多 50,000 行"),
        (lambda: far_away("XFD9"), SheetTooWide, "工作表在第 XFD 列还有内容，最多到第 BZ 列"),
        (
            lambda: workbook({"总表": [["村", "人数"], ["查泉村", 2058]]}),
            WrongTemplate,
            "工作表“总表”不是城乡居民医保参保缴费台账：没有找到含姓名和身份证号的表头",
        ),
        (
            lambda: workbook({"台账": [["姓名*", "户主关系*", "性别*", "身份证号*", "个人缴费*"]]}),
            WrongTemplate,
            "工作表“台账”不是城乡居民医保参保缴费台账：缺少列“家庭编号”“告知、督促方式”“未缴费原因”“参保人签字”",
        ),
        (lambda: workbook({"Sheet1": []}), WrongTemplate, "工作簿里没有内容"),
        (
            lambda: template(NEW_ENTRANTS, year=2021, region="衡山县"),
            WrongTemplate,
            "缺少列“家庭编号”",
        ),
    ],
)
def test_what_cannot_be_read_gets_one_sentence(content, refusal, sentence):
    with pytest.raises(refusal) as raised:
        read_ledger(content(), PAYMENT_LEDGER)
    assert isinstance(raised.value, UnreadableFile)
    assert raised.value.field == "file"
    assert "\n" not in raised.value.sentence()
    if sentence:
        assert sentence in raised.value.sentence()


def test_a_file_above_the_limit_is_not_even_opened():
    with pytest.raises(FileTooLarge, match="文件有 21 MB，最多 20 MB"):
        read_ledger(b"PK" + b"\0" * limits.MOST_BYTES, PAYMENT_LEDGER)


def test_a_small_file_that_unpacks_into_a_huge_one_is_refused():
    bomb = parts_of(GOOD) | {"xl/media/a.bin": b"\0" * (limits.MOST_UNPACKED + 1)}
    content = packed(bomb)
    assert len(content) < limits.MOST_BYTES
    with pytest.raises(FileUnpacksTooLarge, match="解开后超过 400 MB"):
        read_ledger(content, PAYMENT_LEDGER)


def test_an_unknown_kind_of_ledger_is_refused():
    with pytest.raises(LedgerKindUnknown, match="没有“roster”这种台账"):
        read_ledger(GOOD, "roster")


@pytest.mark.parametrize("kind", forms())
def test_a_template_is_read_back_as_an_empty_ledger(kind):
    read = read_ledger(template(kind, **PLACE), kind)
    assert read.rows == ()
    assert read.header["unit"] == "新桥镇 查泉村"


ANNEXES = {
    PAYMENT_LEDGER: (
        "衡山县2021年度城乡居民医保参保缴费台账",
        [
            "序号",
            "家庭编号",
            "姓名*",
            "户主关系*",
            "性别*",
            "身份证号*",
            "告知、督促方式",
            "个人缴费*",
            "未缴费原因*",
            "参保人签字*",
        ],
        ["填表人（签字）：　　　　　　负责人（签字）：　　　　　　电话："],
    ),
    NEW_ENTRANTS: (
        "衡山县2021年度城乡居民医保新增参保缴费基本信息登记表",
        [
            "序号",
            "姓名*",
            "户主关系*",
            "性别*",
            "身份证号*",
            "联系电话",
            "个人交费*",
            "经办人*",
            "参保人签字",
        ],
        ["负责人（签字）：　　　　　　电话："],
    ),
    INSURED_ELSEWHERE: (
        "衡山县2021年度城乡居民异地参保信息登记表",
        [
            "序号",
            "姓名*",
            "身份证号码*",
            "户籍地*",
            "参保地（凭证复印）*",
            "参保类型（职工医保/城乡居民医保）*",
            "联系电话",
            "凭证号",
        ],
        ["填报人：　　　　　　联系电话：　　　　　　填报时间："],
    ),
}


@pytest.mark.requirement("HS-A2-1", "HS-A3-1", "HS-A4-1")
@pytest.mark.parametrize("kind", forms())
def test_a_template_has_the_columns_stars_and_signatures_of_the_paper(kind):
    title, columns, footer = ANNEXES[kind]
    content = template(kind, **PLACE, lines=20)
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert rows[0][0] == title
    assert rows[2] == columns
    assert rows[24][0] in footer
    assert rows[1][0] == "填报单位：新桥镇 查泉村"
    assert ("单位：元" in rows[1]) == (kind != INSURED_ELSEWHERE)
    assert [row[0] for row in rows[3:23]] == [float(n) for n in range(1, 21)]
    # Ten lines a page.
    assert '<brk id="13"' in parts_of(content)["xl/worksheets/sheet1.xml"].decode()


REQUIRED = {
    PAYMENT_LEDGER: {"name", "relation", "sex", "number", "claimed", "signature"},
    NEW_ENTRANTS: {"name", "relation", "sex", "number", "claimed", "agent"},
}


@pytest.mark.requirement("HS-A2-2", "HS-A3-2")
@pytest.mark.parametrize("kind", REQUIRED)
def test_starred_items_must_be_filled_and_the_rest_need_not(kind):
    for column in form_of(kind).columns:
        if column.key in {"no", "household_no"}:
            continue
        content = file_of(LINES[kind](1, **{column.key: ""}), kind=kind)
        (row,) = read_ledger(content, kind).rows
        codes = [one["code"] for one in row.faults]
        assert ("E201" in codes) == (column.key in REQUIRED[kind]), column.title
    for notice, good in (("电话告知", True), ("上门告知", True), ("短信", False)):
        (row,) = read_ledger(file_of(line(1, notice=notice)), PAYMENT_LEDGER).rows
        assert (row.faults == []) == good
    notes = "".join(form_of(PAYMENT_LEDGER).notes)
    assert "以户口簿登记的为准" in notes and "电话告知或上门告知" in notes
    footer = form_of(PAYMENT_LEDGER).footer
    assert footer == ("填表人（签字）：", "负责人（签字）：", "电话：")


def test_a_template_offers_lists_and_keeps_numbers_as_text():
    sheet = parts_of(template(PAYMENT_LEDGER, **PLACE, lines=20))
    xml = sheet["xl/worksheets/sheet1.xml"].decode()
    assert '"男,女"' in xml
    assert '"电话告知,上门告知"' in xml
    assert "户主,配偶,子,女" in xml
    assert 'formatCode="@"' in sheet["xl/styles.xml"].decode()
    assert '<rowBreaks count="1"' in xml  # ten lines a page


@pytest.mark.parametrize("kind", forms())
def test_a_filled_ledger_is_read_line_by_line(kind):
    read = read_ledger(file_of(LINES[kind](1), LINES[kind](2), kind=kind), kind)
    assert [(row.row_no, row.name, row.number, row.faults) for row in read.rows] == [
        (4, "王建华", number(1), []),
        (5, "王建华", number(2), []),
    ]
    assert read.rows[0].born == date(1980, 5, 6)


def test_pages_with_their_own_heads_and_feet_are_one_ledger():
    head, first, second = rows_of([line(1), line(2)])
    page = [
        ["衡山县2021年度城乡居民医保参保缴费台账"],
        ["填报单位：新桥镇查泉村", "", "单位：元"],
        head,
    ]
    foot = [
        ["填表人（签字）：", "张三", "负责人（签字）：", "李四"],
        ["填表说明："],
        ["1. 标注“*”的为必填项"],
        [],
    ]
    table = [*page, first, [2], *foot, *page, second, *foot]
    read = read_ledger(workbook({"台账": table, "空": []}), PAYMENT_LEDGER)
    assert [(row.row_no, row.number) for row in read.rows] == [(4, number(1)), (13, number(2))]
    assert read.header["unit"] == "新桥镇查泉村"


def test_every_sheet_with_a_head_is_read_and_named():
    book = workbook({"一组": rows_of([line(1)]), "二组": rows_of([line(2)])})
    read = read_ledger(book, PAYMENT_LEDGER)
    assert [(row.sheet, row.row_no) for row in read.rows] == [("一组", 2), ("二组", 2)]


def test_an_empty_household_cell_carries_the_family_on():
    family = [
        line(1, household_no="0007"),
        line(2, household_no="", relation="子"),
        line(3, household_no="", relation="户主"),
        line(4, household_no="", relation="妻", sex="女", number=number(4, sex="female")),
    ]
    read = read_ledger(file_of(*family), PAYMENT_LEDGER)
    assert [row.household_no for row in read.rows] == ["0007", "0007", "#6", "#6"]


def test_what_a_spreadsheet_made_of_cells_is_read_as_it_was_meant():
    rows = rows_of(
        [line(1, household_no=7.0, name=" 王 建华 ", number=f"{number(1)} ", claimed=280.0)]
    )
    (row,) = read_ledger(workbook({"台账": rows}), PAYMENT_LEDGER).rows
    assert (row.household_no, row.number, row.claimed_fen, row.faults) == (
        "7",
        number(1),
        28_000,
        [],
    )


def test_a_rare_character_of_a_name_stays_and_what_nobody_sees_goes():
    (row,) = read_ledger(file_of(line(1, name="王\U00020bb7\u200b\x07华")), PAYMENT_LEDGER).rows
    assert (row.name, row.faults) == ("王\U00020bb7华", [])


CELLS = st.one_of(
    st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=30),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none(),
    st.dates(min_value=date(1901, 1, 1), max_value=date(2900, 1, 1)),
    st.sampled_from([number(1), "户主", "男", "280", "上门告知", "职工医保", "0001", "填表人"]),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    kind=st.sampled_from(sorted(forms())),
    with_head=st.booleans(),
    rows=st.lists(st.lists(CELLS, max_size=12), max_size=8),
)
def test_no_workbook_of_any_cells_raises_anything_but_a_refusal(kind, with_head, rows):
    file = io.BytesIO()
    options = {"in_memory": True, "nan_inf_to_errors": True, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet("台账")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        head = rows_of([], kind)[0] if with_head else []
        for at, row in enumerate([head, *rows]):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(at, column, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(at, column, cell)
                else:
                    sheet.write(at, column, cell)
    try:
        read = read_ledger(file.getvalue(), kind)
    except Refusal as refusal:
        assert refusal.sentence()
    else:
        for row in read.rows:
            said = [told(one, language) for one in row.faults for language in ("zh", "en")]
            assert all(one.reason and one.remedy for one in said)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, len(GOOD)))
def test_no_bytes_raise_anything_but_a_refusal(noise, at):
    for content in (noise, GOOD[:at], GOOD[:at] + noise + GOOD[at:], b"PK\x03\x04" + noise):
        try:
            read_ledger(content, PAYMENT_LEDGER)
        except Refusal as refusal:
            assert refusal.sentence()
