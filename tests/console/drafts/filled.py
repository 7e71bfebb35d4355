"""The forms of a page as a browser sees them: filled in by rule, and compared after a restoring."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_NOT_TYPED = {"hidden", "submit", "button", "file", "password", "reset", "image"}


@dataclass
class Form:
    """A form by POST: where it goes, its mark, its hidden inputs, and what is typed into it."""

    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    typed: dict[str, list[str]] = field(default_factory=dict)  # as the page shows it
    options: dict[str, list[str]] = field(default_factory=dict)  # what may be chosen

    def filled(self) -> dict[str, list[str]]:
        """Something typed or chosen in every field."""
        given = {}
        for name in self.typed:
            choices = [one for one in self.options.get(name, []) if one]
            given[name] = choices[-1:] if name in self.options else [f"填 {name} <&>"]
        return given

    def sent(self) -> dict[str, list[str] | str]:
        """The form as it is sent."""
        return {**self.hidden, **self.filled()}


class _Forms(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.found: list[Form] = []
        self.form: Form | None = None
        self.name = ""
        self.tag = ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            action = given.get("action") or self.address
            self.form = Form(action) if given.get("method") == "post" else None
        if self.form is None:
            return
        name = given.get("name") or ""
        if tag == "input" and name:
            self._input(name, given)
        elif tag == "select" and name:
            self.name, self.tag = name, "select"
            self.form.typed.setdefault(name, [])
            self.form.options.setdefault(name, [])
        elif tag == "option" and self.tag == "select":
            self.form.options[self.name].append(given.get("value") or "")
            if "selected" in given:
                self.form.typed[self.name].append(given.get("value") or "")
        elif tag == "textarea" and name:
            self.name, self.tag = name, "textarea"
            self.form.typed[name] = [""]

    def _input(self, name, given):
        kind = given.get("type", "text")
        if kind == "hidden":
            self.form.hidden[name] = given.get("value") or ""
        elif kind in ("checkbox", "radio"):
            value = given.get("value", "on")
            self.form.options.setdefault(name, []).append(value)
            self.form.typed.setdefault(name, [])
            if "checked" in given:
                self.form.typed[name].append(value)
        elif kind not in _NOT_TYPED:
            self.form.typed[name] = [given.get("value") or ""]

    def handle_data(self, data):
        if self.form is not None and self.tag == "textarea":
            self.form.typed[self.name] = [self.form.typed[self.name][0] + data]

    def handle_endtag(self, tag):
        if tag == "textarea" and self.tag == "textarea" and self.form is not None:
            # A browser leaves out the first line break of a text area.
            self.form.typed[self.name] = [self.form.typed[self.name][0].removeprefix("\n")]
        if tag in ("select", "textarea"):
            self.tag = ""
        if tag == "form" and self.form is not None:
            if self.form.typed and "yb_mark" in self.form.hidden:
                self.found.append(self.form)
            self.form = None


def forms_of(words: str, address: str) -> list[Form]:
    """Return the forms by POST of a page that somebody types into."""
    page = _Forms(address)
    page.feed(words)
    return page.found
