"""Templates: what clerks read is marked for translation; nothing is styled or scripted in place."""

import re
from pathlib import Path

import pytest

import yibao

ROOT = Path(yibao.__file__).parent
TEMPLATES = sorted(
    path
    for part in ("web", "console", "portal")
    for path in (ROOT / part / "templates").rglob("*.html")
)
_CHINESE = re.compile(r"[㐀-鿿]")
_MARKED = (
    re.compile(r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", re.S),
    re.compile(r"{%\s*comment\b.*?{%\s*endcomment\s*%}", re.S),
    re.compile(r"{#.*?#}"),
    re.compile(r"""_\((?:"[^"]*"|'[^']*')\)"""),
    re.compile(r"""{%\s*trans(?:late)?\s+(?:"[^"]*"|'[^']*')[^%]*%}"""),
)


def unmarked(text: str) -> list[str]:
    """Return the lines with Chinese that no translation would reach."""
    for pattern in _MARKED:
        text = pattern.sub("", text)
    return [line.strip() for line in text.splitlines() if _CHINESE.search(line)]


def test_there_are_templates():
    assert len(TEMPLATES) > 10


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_word_that_a_clerk_reads_is_marked_for_translation(path):
    assert unmarked(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_styles_or_scripts_in_place(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert "|safe" not in text and "autoescape off" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_argument_is_translated_with_a_percent_sign_which_would_be_shown_twice(path):
    assert not re.search(r"""_\((?:"[^"]*%[^"]*"|'[^']*%[^']*')\)""", path.read_text("utf-8"))


@pytest.mark.parametrize(
    "wrong", ["<p>待办</p>", '<input value="待办">', '{% trans "待办" %}<b>件</b>']
)
def test_the_search_for_unmarked_words_finds_them(wrong):
    assert unmarked(wrong)


@pytest.mark.parametrize(
    "right",
    [
        '{% trans "待办" %}',
        "{% blocktrans trimmed %}有 {{ n }} 件{% endblocktrans %}",
        '{% figure _("待办") 3 unit=_("件") %}',
        "{% comment %}说明{% endcomment %}",
    ],
)
def test_marked_words_pass(right):
    assert unmarked(right) == []
