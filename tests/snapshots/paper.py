"""What stands on paper: a page's text without what is not printed, a row of a table a line."""

from html.parser import HTMLParser

_VOID = {
    "area",
    "br",
    "col",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "path",
    "rect",
    "line",
    "circle",
}
_BLOCKS = {
    "p",
    "h1",
    "h2",
    "h3",
    "tr",
    "dt",
    "li",
    "blockquote",
    "footer",
    "header",
    "section",
    "cite",
    "caption",
}
_UNPRINTED = {"noprint", "acts", "decide", "sr"}


class _Paper(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = [""]
        self.open: list[bool] = []  # for each open element: is it printed

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _BLOCKS or given.get("class") == "sheet-title":
            self.lines.append("")
        if tag in ("td", "th", "dd") and self.lines[-1].strip():
            self.lines[-1] += " | "
        if tag == "span":
            self.lines[-1] += " "
        if tag not in _VOID:
            hidden = _UNPRINTED & set((given.get("class") or "").split())
            self.open.append(not hidden and tag not in ("script", "svg", "form", "head"))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and self.open:
            self.open.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without content holds no text."""

    def handle_data(self, data: str) -> None:
        if all(self.open):
            self.lines[-1] += " ".join(data.split()) + (" " if data[-1:].isspace() else "")


def on_paper(html: str) -> str:
    """Return the text of a page's main part as it is printed."""
    reader = _Paper()
    reader.feed(html[html.index("<main") : html.index("</main>")])
    lines = (" ".join(line.split()).strip("| ") for line in reader.lines)
    return "\n".join(line for line in lines if line)
