"""The forms of a page as a browser sees them: where each goes, its fields, its buttons."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Field:
    """A field with what it is drawn with. `kind` is the input's type, select or textarea."""

    name: str
    kind: str
    value: str = ""
    choices: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)  # what each choice of a select shows
    is_checked: bool = False


@dataclass
class Form:
    """A form that is sent to an address ("" for the page's own).

    `place` is its place among the forms of the page; `is_of_frame`: every page has it.
    """

    action: str
    fields: list[Field] = field(default_factory=list)
    method: str = "post"
    place: int = 0
    is_of_frame: bool = False
    # Name and value of each button that sends it; two empty words for one without a name.
    buttons: list[tuple[str, str]] = field(default_factory=list)

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
        self._is_frame = True

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag == "main":
            self._is_frame = False
        if tag == "form":
            self._form = Form(
                given.get("action", ""),
                method=given.get("method", "get").lower(),
                place=len(self.forms),
                is_of_frame=self._is_frame,
            )
            self.forms.append(self._form)
        elif tag == "option" and self._select is not None:
            self._select.choices.append(given.get("value", ""))
            self._select.labels.append("")
            if "selected" in given:
                self._select.value = given.get("value", "")
        name = given.get("name")
        if self._form is not None and _sends(tag, given):
            self._form.buttons.append((name or "", given.get("value", "")))
        if self._form is None or not name:
            return
        if tag == "input" or (tag == "button" and given.get("type", "submit") == "submit"):
            one = Field(name, given.get("type", "text"), given.get("value", ""))
            if one.kind in ("radio", "checkbox", "submit"):
                one.choices = [one.value]
                one.is_checked = "checked" in given
            self._form.fields.append(one)
        elif tag == "select":
            self._select = Field(name, "select")
            self._form.fields.append(self._select)
        elif tag == "textarea":
            self._text = Field(name, "textarea")
            self._form.fields.append(self._text)

    def handle_data(self, data):
        if self._select is not None and self._select.labels:
            self._select.labels[-1] += data
        if self._text is not None:
            # A browser drops the newline that the tag is followed by.
            self._text.value += data if self._text.value else data.removeprefix("\n")

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "main":
            self._is_frame = True
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._text = None


def _sends(tag: str, given: dict[str, str]) -> bool:
    """Tell whether it is a button that sends its form."""
    if tag == "button":
        return given.get("type", "submit") == "submit"
    return tag == "input" and given.get("type") == "submit"


def all_forms_of(html: str) -> list[Form]:
    """Return the forms of a page, in order."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms


def forms_of(html: str) -> list[Form]:
    """Return the posted forms of a page, in order."""
    return [form for form in all_forms_of(html) if form.method == "post"]
