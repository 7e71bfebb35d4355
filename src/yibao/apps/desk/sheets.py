"""Lists as xlsx and csv, written row by row into a stream: memory does not grow with the rows.

xlsx is written by hand because the library keeps its sheets in plain temporary files, and a list
of persons must not lie anywhere unsealed. Every sheet has the watermark in its header, footer and
second line; the last column, hidden, marks each row with the export's number.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any
from xml.sax.saxutils import escape

# A cell that begins so would be run as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CONTROL = {code: None for code in range(32) if chr(code) not in "\t\n\r"} | {0xFFFE: None}
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_ALPHABET = 26
_NARROW = 12
_WIDE = 20
_FIRST_ROW = 4  # below title, watermark and head
_BATCH = 500
_LONGEST_FOOTER = 200
TEXT, NUMBER, MONEY = "text", "number", "money"
_FONT = '<sz val="11"/><name val="宋体"/>'
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" '
    f'formatCode="#,##0.00"/></numFmts><fonts count="2"><font>{_FONT}</font>'
    f'<font><b/>{_FONT}</font></fonts><fills count="2"><fill><patternFill patternType="none"/>'
    '</fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/>'
    '</borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf fontId="0"/>'
    '<xf fontId="1" applyFont="1"/><xf fontId="0" numFmtId="164" applyNumberFormat="1"/></cellXfs>'
    "</styleSheet>"
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file says besides its rows: title, watermark, heads, and how each column is written.

    `kinds`: text, number (a whole number) or money (text of yuan with two decimals).
    """

    title: str
    watermark: str
    footer: str
    heads: Sequence[str]
    kinds: Sequence[str]
    rows_of_a_sheet: int


def plain(cell: Any) -> str:
    """Return a text that no spreadsheet runs as a formula."""
    text = str("" if cell is None else cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


def write_csv(
    stream: IO[bytes],
    sheet: Sheet,
    rows: Iterable[tuple[Sequence[Any], str]],
    *,
    marked: bool = True,
) -> None:
    """Write rows, each with its mark, as UTF-8 with the sign that lets spreadsheets read Chinese.

    The first line is the watermark: a comma-separated file has no header of pages. A list that
    names nobody is not `marked`.
    """
    stream.write(b"\xef\xbb\xbf")
    text = io.TextIOWrapper(_Unclosed(stream), encoding="utf-8", newline="", write_through=True)
    lines = csv.writer(text, lineterminator="\r\n")
    if marked:
        lines.writerow([plain(sheet.watermark)])
    lines.writerow([*sheet.heads, *(["导出标记"] if marked else [])])
    batch: list[list[str]] = []
    for cells, mark in rows:
        words = zip(cells, sheet.kinds)
        line = [str(c or "") if k == MONEY else plain(c) for c, k in words]
        batch.append([*line, mark] if marked else line)
        if len(batch) == _BATCH:
            lines.writerows(batch)
            batch.clear()
    lines.writerows(batch)
    text.flush()


def write_xlsx(stream: IO[bytes], sheet: Sheet, rows: Iterable[tuple[Sequence[Any], str]]) -> None:
    """Write rows, each with its mark; a further sheet begins where one is full."""
    walk, names = iter(rows), []
    with zipfile.ZipFile(_Unclosed(stream), "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        more = True
        while more:
            names.append(f"{len(names) + 1}")
            with archive.open(f"xl/worksheets/sheet{names[-1]}.xml", "w") as part:
                more = _write_sheet(part, sheet, walk)
        archive.writestr("xl/styles.xml", _STYLES)
        archive.writestr("xl/workbook.xml", _workbook(names))
        archive.writestr("xl/_rels/workbook.xml.rels", _workbook_links(names))
        archive.writestr("_rels/.rels", _links([("officeDocument", "xl/workbook.xml")]))
        archive.writestr("[Content_Types].xml", _content_types(names))


def _write_sheet(part: IO[bytes], sheet: Sheet, walk: Any) -> bool:
    """Write one sheet; tell whether it was full, so that another is needed."""
    letters = [_letters(n) for n in range(len(sheet.heads) + 1)]
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{_NARROW if kind != TEXT else _WIDE}" customWidth="1"/>'
        for n, kind in enumerate(sheet.kinds, 1)
    )
    hidden = len(sheet.heads) + 1
    part.write(
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane '
        f'ySplit="3" topLeftCell="A4" activePane="bottomLeft" state="frozen"/></sheetView>'
        f'</sheetViews><cols>{widths}<col min="{hidden}" max="{hidden}" width="9" hidden="1"'
        f' customWidth="1"/></cols><sheetData><row r="1">{_text("A1", sheet.title, style=1)}</row>'
        f'<row r="2">{_text("A2", sheet.watermark)}</row><row r="3">'.encode()
    )
    heads = [*sheet.heads, "导出标记"]
    part.write("".join(_text(f"{a}3", h, style=1) for a, h in zip(letters, heads)).encode())
    part.write(b"</row>")
    count, batch = 0, []
    for cells, mark in walk:
        batch.append(_row(_FIRST_ROW + count, letters, cells, sheet.kinds, mark))
        count += 1
        if len(batch) == _BATCH:
            part.write("".join(batch).encode())
            batch.clear()
        if count == sheet.rows_of_a_sheet:
            break
    part.write("".join(batch).encode())
    head, foot = _on_paper(sheet.watermark), _on_paper(sheet.footer)
    part.write(
        '</sheetData><pageSetup paperSize="9" orientation="landscape"/><headerFooter>'
        f"<oddHeader>&amp;L{head}</oddHeader><oddFooter>&amp;L{foot}&amp;R&amp;P/&amp;N</oddFooter>"
        "</headerFooter></worksheet>".encode()
    )
    return count == sheet.rows_of_a_sheet


def _row(
    number: int, letters: list[str], cells: Sequence[Any], kinds: Sequence[str], mark: str
) -> str:
    words = []
    for letter, cell, kind in zip(letters, cells, kinds):
        if cell is None or cell == "":
            continue
        at = f"{letter}{number}"
        if kind == TEXT:
            words.append(_text(at, plain(cell)))
        else:
            style = ' s="2"' if kind == MONEY else ""
            words.append(f'<c r="{at}"{style}><v>{cell}</v></c>')
    words.append(_text(f"{letters[len(cells)]}{number}", mark))
    return f'<row r="{number}">{"".join(words)}</row>'


def _on_paper(text: str) -> str:
    """Return a header's or footer's text, cut between signs: `&` is written twice there."""
    said = ""
    for sign in text.translate(_CONTROL):
        more = "&&" if sign == "&" else sign
        if len(said) + len(more) > _LONGEST_FOOTER:
            break
        said += more
    return escape(said)


def _text(at: str, text: str, *, style: int = 0) -> str:
    said = escape(str(text).translate(_CONTROL))
    worn = f' s="{style}"' if style else ""
    return f'<c r="{at}" t="inlineStr"{worn}><is><t xml:space="preserve">{said}</t></is></c>'


def _letters(number: int) -> str:
    """Return the letters of a column, from 0: A … Z, AA …"""
    found = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, _ALPHABET)
        found = chr(ord("A") + rest) + found
    return found


def _workbook(names: list[str]) -> str:
    sheets = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId{n}"/>' for n in names)
    titles = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{int(n) - 1}">\'{n}\'!$1:$3'
        "</definedName>"
        for n in names
    )
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets>'
        f"<definedNames>{titles}</definedNames></workbook>"
    )


def _workbook_links(names: list[str]) -> str:
    sheets = [("worksheet", f"worksheets/sheet{name}.xml") for name in names]
    return _links([*sheets, ("styles", "styles.xml")])


def _links(to: list[tuple[str, str]]) -> str:
    words = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(to, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{words}</Relationships>'


def _content_types(names: list[str]) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = [("workbook", "sheet.main"), ("styles", "styles")]
    parts += [(f"worksheets/sheet{name}", "worksheet") for name in names]
    words = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{kind}.{what}+xml"/>'
        for part, what in parts
    )
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default '
        f'Extension="xml" ContentType="application/xml"/>{words}</Types>'
    )


class _Unclosed:
    """A stream that can only be written to and that its user does not close."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.closed = False

    def write(self, given: bytes) -> int:
        return self._stream.write(bytes(given))

    def flush(self) -> None:
        self._stream.flush()

    def close(self) -> None:
        """Left to the owner."""

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False
