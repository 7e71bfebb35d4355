"""The forms of a page as a browser sees them: where each goes, its fields, what they hold."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Field:
    """A field with what it is drawn with. `kind` is the input's type, select or textarea."""

    name: str
    kind: str
    value: str = ""
    choices: list[str] = field(default_factory=list)


@dataclass
class Form:
    """A form that is posted to an address ("" for the page's own)."""

    action: str
    fields: list[Field] = field(default_factory=list)

    def hidden(self) -> dict[str, str]:
        """Return the hidden fields, which a browser sends as they are."""
        return {one.name: one.value for one in self.fields if one.kind == "hidden"}

    def filled(self) -> dict[str, str]:
        """Return the fields as they are drawn: of choices the first, boxes not ticked."""
        given = {}
        for one in self.fields:
            if one.kind in ("checkbox", "file"):
                continue
            given.setdefault(one.name, one.value or next((c for c in one.choices if c), ""))
        return given


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select: Field | None = None
        self._text: Field | None = None

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self._form = Form(given.get("action", ""))
            self.forms.append(self._form)
        elif tag == "option" and self._select is not None:
            self._select.choices.append(given.get("value", ""))
            if "selected" in given:
                self._select.value = given.get("value", "")
        name = given.get("name")
        if self._form is None or not name:
            return
        if tag == "input" or (tag == "button" and given.get("type", "submit") == "submit"):
            one = Field(name, given.get("type", "text"), given.get("value", ""))
            if one.kind in ("radio", "checkbox", "submit"):
                one.choices = [one.value]
            self._form.fields.append(one)
        elif tag == "select":
            self._select = Field(name, "select")
            self._form.fields.append(self._select)
        elif tag == "textarea":
            self._text = Field(name, "textarea")
            self._form.fields.append(self._text)

    def handle_data(self, data):
        if self._text is not None:
            # A browser drops the newline that the tag is followed by.
            self._text.value += data if self._text.value else data.removeprefix("\n")

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._text = None


def forms_of(html: str) -> list[Form]:
    """Return the posted forms of a page, in order."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms
