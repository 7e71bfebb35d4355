"""Names as they are searched and sorted: initials and full pinyin, never a Chinese character.

pypinyin knows most characters but reads surnames as common words (仇 as chou), so the caller
passes the surnames' own readings, syllables separated by a space: {"仇": "qiu", "尉迟": "yu chi"}.
"""

from __future__ import annotations

from collections.abc import Mapping
from unicodedata import category

from pypinyin import lazy_pinyin

UNKNOWN = "#"
_LONGEST_SURNAME = 2
# Punctuation, separators and symbols are not read aloud.
_SILENT = "PZS"


def initials(name: str, overrides: Mapping[str, str] | None = None) -> str:
    """Return one capital for each character: 王小明 gives WXM. An unknown character gives #."""
    return "".join(syllable[0].upper() for syllable in _syllables(name, overrides or {}))


def full(name: str, overrides: Mapping[str, str] | None = None) -> str:
    """Return the syllables with spaces between: 王小明 gives `wang xiao ming`.

    The spaces make names sort by character (li an before lian); ü is written v.
    """
    return " ".join(_syllables(name, overrides or {}))


def _syllables(name: str, overrides: Mapping[str, str]) -> list[str]:
    name = "".join(name.split())
    for length in range(_LONGEST_SURNAME, 0, -1):
        surname, given = name[:length], name[length:]
        if surname in overrides:
            return [*overrides[surname].split(), *_read(given)]
    return _read(name)


def _read(characters: str) -> list[str]:
    return " ".join(lazy_pinyin(characters, errors=_fallback)).lower().split()


def _fallback(run: str) -> str:
    """Keep letters and figures, drop points and hyphens, mark what nobody can read."""
    return " ".join(_as_written(character) for character in run)


def _as_written(character: str) -> str:
    if character.isascii() and character.isalnum():
        return character
    return "" if category(character)[0] in _SILENT else UNKNOWN
