"""Opening a workbook that a stranger sent: what cannot be read gets one sentence, never more."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import python_calamine

from yibao.core.refusal import Refusal

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 50_000
# What the parts of a workbook may hold unpacked; an honest ledger of 50,000 lines has 60 MB.
MOST_UNPACKED = 400 * 1024 * 1024
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZIP = b"PK"
_PIECE = 1024 * 1024
_LAST_COLUMN = b"BZ"
# A cell with a value, beyond column Z or row 9,999; the ordinary ones are not looked at.
_FAR_CELL = re.compile(
    rb"<(?:\w+:)?c\s[^>]*?\br\s*=\s*[\"'](?=[A-Z]{2}|[A-Z]\d{5})([A-Z]{1,3})(\d{1,9})[\"'][^>]*(?<!/)>"
)
_LONGEST_TAG = 512
_PARTS = ("[Content_Types].xml", "xl/workbook.xml")


class UnreadableFile(Refusal):
    """A file that cannot be read as a ledger; its members say why."""

    field = "file"


class FileTooLarge(UnreadableFile):
    """Raised for a file above `MOST_BYTES`."""

    code = "E801"
    message = "文件有 {megabytes} MB，最多 {most} MB"
    remedy = "请删去图片和多余的工作表，或按村分成几个文件上传"
    message_en = "The file has {megabytes} MB, at most {most} MB are possible"
    remedy_en = "Remove pictures and other sheets, or upload one file a village"


class FileEncrypted(UnreadableFile):
    """Raised for a workbook behind a password."""

    code = "E802"
    message = "文件设了打开密码，无法读取"
    remedy = "请在 WPS 或 Excel 中取消密码，另存后再上传"
    message_en = "The file is protected by a password"
    remedy_en = "Remove the password in WPS or Excel, save and upload again"


class FileOldExcel(UnreadableFile):
    """Raised for a workbook in the format of 1997."""

    code = "E803"
    message = "这是旧版 .xls 格式，系统只读 .xlsx"
    remedy = "请在 WPS 或 Excel 中打开，另存为“Excel 工作簿（*.xlsx）”后再上传"
    message_en = "This is the old format .xls, only .xlsx is read"
    remedy_en = "Open it in WPS or Excel, save as .xlsx and upload again"


class FileNotExcel(UnreadableFile):
    """Raised for anything that is no workbook."""

    code = "E804"
    message = "这不是 Excel 工作簿"
    remedy = "请下载模板填写，不要上传文字、图片、PDF 或改了后缀的文件"
    message_en = "This is no Excel workbook"
    remedy_en = "Fill in the template; text, pictures, PDF and renamed files cannot be read"


class FileDamaged(UnreadableFile):
    """Raised for a workbook that is cut off or broken inside."""

    code = "E805"
    message = "文件不完整或已损坏，可能没有传完"
    remedy = "请确认文件能在 WPS 或 Excel 中打开，另存后重新上传"
    message_en = "The file is cut off or damaged"
    remedy_en = "Make sure that WPS or Excel opens it, save and upload again"


class FileUnpacksTooLarge(UnreadableFile):
    """Raised for a small file that unpacks into a huge one."""

    code = "E806"
    message = "文件解开后超过 {most} MB，不是正常的台账"
    remedy = "请把台账内容复制到新下载的模板后上传"
    message_en = "The file unpacks to more than {most} MB, which no ledger has"
    remedy_en = "Copy the ledger's lines into a fresh template and upload that"


class TooManyRows(UnreadableFile):
    """Raised for more lines than one import takes."""

    code = "E807"
    message = "文件有 {rows} 行，最多 {most} 行"
    remedy = "请按村分成几个文件上传"
    message_en = "The file has {rows} rows, at most {most} are possible"
    remedy_en = "Upload one file a village"


class SheetTooWide(UnreadableFile):
    """Raised for a value far to the right of any ledger's last column."""

    code = "E808"
    message = "工作表在第 {column} 列还有内容，最多到第 {most} 列"
    remedy = "请把台账内容复制到新下载的模板后上传"
    message_en = "A sheet has a value in column {column}, the last possible one is {most}"
    remedy_en = "Copy the ledger's lines into a fresh template and upload that"


def sheets(content: bytes) -> Iterator[tuple[str, list[list[Any]]]]:
    """Yield each sheet that has cells: its name and its rows, the first row of the sheet first.

    Raises a member of UnreadableFile before the first sheet, or at the one that is broken.
    """
    _inspect(content)
    workbook = _opened(content)
    rows = 0
    for name in workbook.sheet_names:
        cells = _cells(workbook, name)
        rows += len(cells)
        if rows > MOST_ROWS:
            raise TooManyRows(rows=f"{rows:,}", most=f"{MOST_ROWS:,}")
        if cells:
            yield name, cells


def _inspect(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise FileTooLarge(megabytes=_megabytes(len(content)), most=_megabytes(MOST_BYTES))
    if content.startswith(_OLE):
        raise FileEncrypted() if _ENCRYPTED in content else FileOldExcel()
    if not content.startswith(_ZIP):
        raise FileNotExcel()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = packed.namelist()
            _unpack_all(packed)
    except Refusal:
        raise
    except Exception as broken:
        # BadZipFile, zlib.error and what else a hostile archive makes of the standard library.
        raise FileDamaged() from broken
    if not set(_PARTS) <= set(names):
        raise FileNotExcel()


def _unpack_all(packed: zipfile.ZipFile) -> None:
    """Unpack every part once and throw it away: sizes in the archive's list may lie."""
    room = MOST_UNPACKED
    for part in packed.infolist():
        tail = b""
        with packed.open(part) as stream:
            while piece := stream.read(_PIECE):
                room -= len(piece)
                if room < 0:
                    raise FileUnpacksTooLarge(most=_megabytes(MOST_UNPACKED))
                _refuse_far_cells(tail + piece)
                tail = piece[-_LONGEST_TAG:]


def _refuse_far_cells(xml: bytes) -> None:
    """Refuse a cell far out: the reader would reserve room for every cell before it."""
    for column, row in _FAR_CELL.findall(xml):
        if int(row) > MOST_ROWS:
            raise TooManyRows(rows=f"{int(row):,}", most=f"{MOST_ROWS:,}")
        if (len(column), column) > (len(_LAST_COLUMN), _LAST_COLUMN):
            raise SheetTooWide(column=column.decode(), most=_LAST_COLUMN.decode())


def _opened(content: bytes) -> python_calamine.CalamineWorkbook:
    try:
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except Exception as broken:
        # The reader has a class for each way in which a part can be wrong: one sentence for all.
        raise FileDamaged() from broken


def _cells(workbook: python_calamine.CalamineWorkbook, name: str) -> list[list[Any]]:
    try:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.height > MOST_ROWS:
            raise TooManyRows(rows=f"{sheet.height:,}", most=f"{MOST_ROWS:,}")
        return sheet.to_python(skip_empty_area=False)
    except Refusal:
        raise
    except Exception as broken:
        raise FileDamaged() from broken


def _megabytes(size: int) -> str:
    return f"{-(-size // _PIECE):,}"
