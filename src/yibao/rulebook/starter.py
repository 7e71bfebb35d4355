"""Writes the rulebook of a further region: every standard rule, every value of it open.

What an officer fills in is commented in the files themselves; docs/howto/add-a-region.md says the
way. The region can be asked from its own directory at once; it answers “not settled” until values
with articles are there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from string import Template

from yibao.core.refusal import Refusal
from yibao.core.rules.book import LayerText, read_rulebook
from yibao.rulebook.loader import NATIONAL, REGIONS, calendar, layers
from yibao.rulebook.national import divisions

_TEMPLATES = files("yibao.rulebook").joinpath(NATIONAL, "starter")
_CODE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_SETTINGS = "settings.yaml"
_EXAMPLES = "examples"  # no layer is read from below a region's folder


class RegionCodeTaken(Refusal):
    """Raised by `write_region` for a code that stands already, or is no code."""

    code = "E193"
    message = "统筹区代码“{region}”不可用：{why}"
    remedy = "请另取由小写字母、数字和下划线组成、以字母开头的代码"
    message_en = "“{region}” cannot be the code of a further region: {why}"
    remedy_en = "Take another: small letters, figures and underscores, a letter first"


def write_region(into: Path, *, code: str, name: str, division: str) -> tuple[Path, ...]:
    """Write the files of a further region below a directory; return where they stand.

    Raises RegionCodeTaken, and DivisionUnknown for a division that the table does not have.
    """
    folder = into.joinpath(code)
    if not _CODE.fullmatch(code):
        raise RegionCodeTaken(region=code, why="it is no code")
    if code in (NATIONAL, *REGIONS) or folder.exists():
        raise RegionCodeTaken(region=code, why="it stands already")
    divisions().get(division)
    words = {"code": code, "name": name, "division": division, "settings": ""}
    texts = {
        place.name: Template(place.read_text(encoding="utf-8")).substitute(words)
        for place in sorted(_TEMPLATES.iterdir(), key=lambda place: place.name)
        if place.name.endswith(".yaml")
    }
    words["settings"] = "\n".join(_open_settings(code, texts))
    template = _TEMPLATES.joinpath(_SETTINGS).read_text(encoding="utf-8")
    del texts[_SETTINGS]
    folder.joinpath(_EXAMPLES).mkdir(parents=True)
    places = {folder.joinpath(file): text for file, text in texts.items()}
    places[folder.joinpath(_EXAMPLES, _SETTINGS)] = Template(template).substitute(words)
    for place, text in places.items():
        place.write_text(text, encoding="utf-8")
    return tuple(places)


def _open_settings(code: str, texts: dict[str, str]) -> Iterator[str]:
    """A commented line for each value that the written rulebook leaves open."""
    own = [LayerText(file, text, code) for file, text in texts.items() if file != _SETTINGS]
    book = read_rulebook((*layers(NATIONAL), *own), calendar=calendar())
    for setting in book.open_settings():
        parameter = book.parameters[setting.name]
        shape = f"{parameter.type}"
        if parameter.by:
            keys = ", ".join(f"{key}: …" for key in parameter.by[0].keys)
            shape = f"{{{keys}}} {parameter.type}"
        label = parameter.label.zh
        yield f"#   {setting.name}: {{is: …, from: 2026, cite: 文件 1}}  # {label}: {shape}"
