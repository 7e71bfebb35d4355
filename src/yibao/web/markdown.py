"""The part of Markdown that our guide is written in, as safe HTML.

Headings, paragraphs, lists of one level, tables, block quotes, rules, images, links, **bold** and
`code`. Everything is escaped first; a link leads inside the product, an image lies in its folder.
"""

import re
from collections.abc import Callable, Iterator

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_HEADING = re.compile(r"(#{1,4})\s+(.*)")
_ITEM = re.compile(r"[-*]\s+(.*)")
_NUMBERED = re.compile(r"\d+[.)]\s+(.*)")
_RULE = re.compile(r"\|?\s*:?-{3,}:?\s*(\|\s*:?-{3,}:?\s*)*\|?")
_CODE = re.compile(r"`([^`]+)`")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_IMAGE = re.compile(r"!\[([^\]]*)\]\(([\w./-]+)\)")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_INSIDE = re.compile(r"(?:[\w./-]+)?(?:#[\w一-鿿-]+)?")


def html_of(
    text: str,
    *,
    link: Callable[[str], str] = lambda to: to,
    picture: Callable[[str], str] = lambda name: name,
    lift: int = 0,
) -> SafeString:
    """Return the text as HTML; `lift` lowers its headings, so that a page keeps its one h1.

    `link` and `picture` turn what the text says into an address of the product.
    """
    write = _Writer(link, picture, lift)
    return mark_safe("\n".join(write.blocks(text.splitlines())))  # noqa: S308 - escaped by words()


class _Writer:
    def __init__(
        self, link: Callable[[str], str], picture: Callable[[str], str], lift: int
    ) -> None:
        self._link, self._picture, self._lift = link, picture, lift

    def blocks(self, lines: list[str]) -> Iterator[str]:
        """Yield each block of the text."""
        n = 0
        while n < len(lines):
            line = lines[n].strip()
            if not line:
                n += 1
            elif line.startswith("|"):
                rows = _run(lines, n, lambda one: one.startswith("|"))
                yield self._table(rows)
                n += len(rows)
            elif line.startswith(">"):
                rows = _run(lines, n, lambda one: one.startswith(">"))
                said = " ".join(row.lstrip("> ") for row in rows)
                yield f"<blockquote><p>{self._words(said)}</p></blockquote>"
                n += len(rows)
            elif heading := _HEADING.fullmatch(line):
                level = len(heading[1]) + self._lift
                anchor = escape(re.sub(r"\s+", "-", heading[2].strip()))
                yield f'<h{level} id="{anchor}">{self._words(heading[2])}</h{level}>'
                n += 1
            elif _ITEM.match(line) or _NUMBERED.match(line):
                pattern, name = (_ITEM, "ul") if _ITEM.match(line) else (_NUMBERED, "ol")
                rows = _run(lines, n, lambda one, p=pattern: bool(p.match(one)))
                items = "".join(f"<li>{self._words(pattern.match(r)[1])}</li>" for r in rows)  # type: ignore[index]
                yield f"<{name}>{items}</{name}>"
                n += len(rows)
            else:
                rows = _run(lines, n, _is_plain)
                yield f"<p>{self._words(' '.join(rows))}</p>"
                n += len(rows)

    def _table(self, rows: list[str]) -> str:
        cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
        has_head = len(rows) > 1 and _RULE.fullmatch(rows[1])
        head = ""
        if has_head:
            words = "".join(f'<th scope="col">{self._words(cell)}</th>' for cell in cells[0])
            head = f"<thead><tr>{words}</tr></thead>"
        body = "".join(
            "<tr>" + "".join(f"<td>{self._words(cell)}</td>" for cell in row) + "</tr>"
            for row in cells[2 if has_head else 0 :]
        )
        caption = f'<caption class="sr">{escape(cells[0][0])}</caption>'
        return f'<table class="tb">{caption}{head}<tbody>{body}</tbody></table>'

    def _words(self, said: str) -> str:
        text = str(escape(said))
        text = _IMAGE.sub(self._image, text)
        text = _LINK.sub(self._to, text)
        return _CODE.sub(r"<code>\1</code>", _BOLD.sub(r"<b>\1</b>", text))

    def _image(self, found: re.Match[str]) -> str:
        return f'<img src="{escape(self._picture(found[2]))}" alt="{found[1]}" loading="lazy">'

    def _to(self, found: re.Match[str]) -> str:
        if not _INSIDE.fullmatch(found[2]):
            return found[1]
        return f'<a href="{escape(self._link(found[2]))}">{found[1]}</a>'


def _run(lines: list[str], start: int, goes_on: Callable[[str], bool]) -> list[str]:
    """Return the lines from `start` on of which each belongs to the same block."""
    found = [lines[start].strip()]
    for line in lines[start + 1 :]:
        if not line.strip() or not goes_on(line.strip()):
            break
        found.append(line.strip())
    return found


def _is_plain(line: str) -> bool:
    return not (line.startswith(("|", ">", "#")) or _ITEM.match(line) or _NUMBERED.match(line))
