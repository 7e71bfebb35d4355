"""The guide: Markdown of the product's own folder, a page a subject; every menu entry leads to one.

The files lie in docs/guide/<language>/, their pictures beside them; a built package holds a copy
in `yibao/console/guide_text/` (setup.py). A page that is not written yet says so and leads to those
that are.
"""

import re
from functools import lru_cache
from pathlib import Path

from django.http import FileResponse, Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language

from yibao.console.menu import ENTRIES, Entry
from yibao.console.page import ConsoleRequest, console_page, page
from yibao.web.markdown import html_of

_PACKAGE = Path(__file__).resolve().parent
_NAME = re.compile(r"[a-z0-9_-]+")
_PICTURE = re.compile(r"[A-Za-z0-9_-]+\.(png|jpg|svg)")
_TITLE = re.compile(r"^#\s+(.+)$", re.M)


def guide_folder(package: Path = _PACKAGE) -> Path:
    """Return where the guide lies: in the package, or beside the source while it is worked on."""
    inside = package / "guide_text"
    return inside if inside.is_dir() else package.parents[2] / "docs" / "guide"


@console_page()
def contents(request: ConsoleRequest) -> HttpResponse:
    """Show every subject of the guide; those of the post's own menu first."""
    written = subjects(_language())
    own = [entry for entry in ENTRIES if not entry.action or request.scope.allows(entry.action)]
    first = [(name_of(entry), str(entry.label)) for entry in own]
    role = page_of_role(request.scope.role)
    if role in written:
        first.insert(0, (role, written[role]))
    mine = [(name, written.get(name, label), name in written) for name, label in first]
    shown = {name for name, _label in first}
    others = [(name, title) for name, title in written.items() if name not in shown]
    return page(request, "console/guide/contents.html", {"mine": mine, "others": others})


@console_page()
def page_of(request: ConsoleRequest, name: str) -> HttpResponse:
    """Show a subject."""
    text = text_of(name, _language())
    entry = next((one for one in ENTRIES if name_of(one) == name), None)
    if text is None and entry is None:
        raise Http404
    title = title_of(text) if text else str(entry.label)  # type: ignore[union-attr]
    body = _TITLE.sub("", text, count=1) if text else ""
    context = {
        "name": name,
        "title": title,
        "body": html_of(body, link=_link, picture=_picture) if text else "",
        "entry": entry,
    }
    return page(request, "console/guide/page.html", context)


@console_page()
def picture(request: ConsoleRequest, name: str) -> HttpResponse | FileResponse:
    """Give a picture of the guide."""
    if not _PICTURE.fullmatch(name):
        raise Http404
    for folder in (guide_folder() / "pictures", guide_folder() / "zh" / "pictures"):
        if (place := folder / name).is_file():
            return FileResponse(place.open("rb"))
    raise Http404


def page_of_role(role: str) -> str:
    """Return the name of a post's page: `role-fund-accountant`."""
    return "role-" + role.replace("_", "-")


def name_of(entry: Entry) -> str:
    """Return the name of a menu entry's page: `collection-payments` for `collection:payments`."""
    return entry.name.replace(":", "-").replace("_", "-")


@lru_cache(maxsize=4)
def subjects(language: str) -> dict[str, str]:
    """Return the title of each page that is written in the language, by its name."""
    folder = guide_folder() / language
    if not folder.is_dir():
        return {}
    return {
        place.stem: title_of(place.read_text(encoding="utf-8"))
        for place in sorted(folder.glob("*.md"))
        if _NAME.fullmatch(place.stem)
    }


def text_of(name: str, language: str) -> str | None:
    """Return the text of a page, in Chinese where the language has none."""
    if not _NAME.fullmatch(name):
        return None
    for one in (language, "zh"):
        place = guide_folder() / one / f"{name}.md"
        if place.is_file():
            return place.read_text(encoding="utf-8")
    return None


def title_of(text: str) -> str:
    """Return the first heading of a text."""
    found = _TITLE.search(text)
    return found[1].strip() if found else ""


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"


def _link(to: str) -> str:
    """Return the address of another page of the guide; a place on this one stays as it is."""
    path, sign, place = to.partition("#")
    if _PICTURE.fullmatch(Path(path).name):
        return _picture(path)
    name = Path(path).stem
    if not path or not _NAME.fullmatch(name):
        return f"#{place}"
    return reverse("console:help_page", args=[name]) + sign + place


def _picture(name: str) -> str:
    found = Path(name).name
    if not _PICTURE.fullmatch(found):
        return ""
    return reverse("console:help_picture", args=[found])
