"""A page's form filled in with what was typed before, whoever drew its fields.

The page is written anew tag by tag; only inputs, choices and text areas of the form that goes to
the draft's address change. Hidden inputs stay the page's own.
"""

import re
from collections.abc import Mapping, Sequence
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

_VALUE = re.compile(r'\svalue="[^"]*"')
_TICKED = {
    "checkbox": re.compile(r"\schecked(=\"[^\"]*\")?"),
    "radio": re.compile(r"\schecked(=\"[^\"]*\")?"),
}
_SELECTED = re.compile(r"\sselected(=\"[^\"]*\")?")
_KEPT_AS_DRAWN = frozenset({"hidden", "submit", "button", "file", "password", "reset", "image"})


class _Filler(HTMLParser):
    def __init__(self, page: str, action: str, typed: Mapping[str, Sequence[str]]) -> None:
        super().__init__(convert_charrefs=False)
        self.page, self.action, self.typed = page, action, typed
        self.out: list[str] = []
        self.is_inside = False
        self.select = ""
        self.is_replaced = False  # inside a text area whose words are written already

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raw = self.get_starttag_text() or ""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            to = urlsplit(given.get("action", "")).path or self.page
            self.is_inside = given.get("method", "").lower() == "post" and to == self.action
        if self.is_inside:
            raw = self._filled(tag, raw, given)
        self.out.append(raw)
        name = given.get("name", "")
        if self.is_inside and tag == "textarea" and name in self.typed:
            self.out.append("\n" + escape("\n".join(self.typed[name])))
            self.is_replaced = True

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.out.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_inside = False
        if tag == "select":
            self.select = ""
        if tag == "textarea":
            self.is_replaced = False
        self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._said(data)

    def handle_entityref(self, name: str) -> None:
        self._said(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._said(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.out.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.out.append(f"<!{decl}>")

    def _said(self, words: str) -> None:
        if not self.is_replaced:
            self.out.append(words)

    def _filled(self, tag: str, raw: str, given: Mapping[str, str]) -> str:
        name = given.get("name", "")
        if tag == "select":
            self.select = name if name in self.typed else ""
        elif tag == "option" and self.select:
            raw = _SELECTED.sub("", raw)
            chosen = given.get("value", "") in self.typed[self.select]
            return f"{raw[:-1]} selected>" if chosen else raw
        elif tag == "input" and name:
            return self._input(raw, name, given.get("type", "text"), given.get("value", "on"))
        return raw

    def _input(self, raw: str, name: str, kind: str, value: str) -> str:
        if kind in _TICKED:
            raw = _TICKED[kind].sub("", raw)
            return f"{raw[:-1]} checked>" if value in self.typed.get(name, ()) else raw
        if kind in _KEPT_AS_DRAWN or name not in self.typed:
            return raw
        words = f' value="{escape(self.typed[name][0] if self.typed[name] else "")}"'
        if _VALUE.search(raw):
            return _VALUE.sub(lambda _found: words, raw, count=1)
        return f"{raw[:-1]}{words}>"


def filled_in(html: str, *, page: str, action: str, typed: Mapping[str, Sequence[str]]) -> str:
    """Return the page with the form that goes to `action` filled in."""
    filler = _Filler(page, action, typed)
    filler.feed(html)
    filler.close()
    return "".join(filler.out)
