"""Codes in words of the language that is spoken: the page's; Chinese where none is served."""

from django.utils.translation import get_language

from yibao.apps.access.rulebooks import book_of
from yibao.core.refusal import Refusal
from yibao.rulebook.national import code_label


def language() -> str:
    """Return "en" or "zh"."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def region_words(region: str, listed: str, code: str) -> str:
    """Return a code of the region's rulebook in words; itself where no rulebook has any."""
    if not code:
        return ""
    try:
        return book_of(region).label(code, of=listed, language=language())
    except (Refusal, KeyError):
        return code


def national_words(listed: str, code: str) -> str:
    """Return a national code in words; nothing for none. Raises CodeUnknown."""
    return code_label(listed, code, language()) if code else ""
