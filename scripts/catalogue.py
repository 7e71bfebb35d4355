"""Keeps the English catalogue: what is marked for translation in templates and in Python.

    python scripts/catalogue.py            # take in new words, drop gone ones, compile
    python scripts/catalogue.py --missing  # only list what has no English yet
    python scripts/catalogue.py --check    # fail where the catalogue and the source differ

The words in the source are Chinese; the catalogue gives their English. It is read without gettext's
own tools, so that setup needs none of them.
"""

import argparse
import ast
import re
import sys
from pathlib import Path

import polib
from django.conf import settings
from django.template.base import Lexer, TokenType
from django.utils.regex_helper import _lazy_re_compile
from django.utils.translation import trim_whitespace

ROOT = Path(__file__).resolve().parent.parent / "src" / "yibao"
CATALOGUE = ROOT / "web" / "locale" / "en" / "LC_MESSAGES" / "django.po"
CHINESE = re.compile(r"[㐀-鿿]")
# `_` and the names that modules with both kinds give to the lazy one.
_MARKERS = frozenset({"_", "_l", "_lazy", "gettext", "gettext_lazy", "gettext_noop"})
_TRANS = _lazy_re_compile(r"""^trans(?:late)?\s+("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
_BLOCK = _lazy_re_compile(r"^blocktrans(?:late)?\b")
_INLINE = _lazy_re_compile(r"""\b_\(("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\)""")
# Between the two forms of a word that counts: Chinese writes both alike, English does not.
_PLURAL = "\0"
_QUOTES = re.compile("列名：|“批次 12”")
_HEADER = {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "en",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


def words_of_python(text: str) -> list[str]:
    """Return the literals that stand in a call of a marker, with Chinese in them."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        first = node.args[0]
        if name in _MARKERS and isinstance(first, ast.Constant) and isinstance(first.value, str):
            found.append(first.value)
    return [word for word in found if CHINESE.search(word)]


def words_of_template(text: str) -> list[str]:
    """Return what a template's tags mark: trans, blocktrans and _("…") in arguments."""
    found: list[str] = []
    block: list[str] | None = None
    trimmed = False
    for token in Lexer(text).tokenize():
        if block is not None:
            if token.token_type == TokenType.BLOCK and token.contents.startswith("endblocktrans"):
                parts = "".join(block).split(_PLURAL)
                found.append(_PLURAL.join(trim_whitespace(p) if trimmed else p for p in parts))
                block = None
            elif token.token_type == TokenType.BLOCK and token.contents.strip() == "plural":
                block.append(_PLURAL)
            elif token.token_type == TokenType.VAR:
                block.append(f"%({token.contents.split('|')[0].strip()})s")
            elif token.token_type == TokenType.TEXT:
                block.append(token.contents.replace("%", "%%"))
        elif token.token_type == TokenType.BLOCK and _BLOCK.match(token.contents):
            block, trimmed = [], " trimmed" in token.contents
        elif token.token_type in (TokenType.BLOCK, TokenType.VAR):
            marked = _TRANS.match(token.contents)
            literals = [marked.group(1)] if marked else _INLINE.findall(token.contents)
            # A tag's % is doubled by Django before it is looked up.
            doubled = bool(marked)
            for literal in literals:
                word = ast.literal_eval(literal)
                found.append(word.replace("%", "%%") if doubled else word)
    return [word for word in found if CHINESE.search(word)]


def words() -> dict[str, list[str]]:
    """Return every marked word with the files that it stands in, in the order of the files."""
    found: dict[str, list[str]] = {}
    for path in sorted([*ROOT.rglob("*.html"), *ROOT.rglob("*.py")]):
        text = path.read_text(encoding="utf-8")
        read = words_of_template if path.suffix == ".html" else words_of_python
        for word in read(text):
            places = found.setdefault(word, [])
            place = str(path.relative_to(ROOT))
            if place not in places:
                places.append(place)
    return found


def catalogue() -> polib.POFile:
    """Return the catalogue as it is kept."""
    if CATALOGUE.exists():
        return polib.pofile(str(CATALOGUE))
    made = polib.POFile()
    made.metadata = dict(_HEADER)
    return made


def renewed(marked: dict[str, list[str]], kept: polib.POFile) -> polib.POFile:
    """Return a catalogue of just these words, with the English that is kept."""
    english = {entry.msgid: entry for entry in kept}
    made = polib.POFile(wrapwidth=0)
    made.metadata = dict(_HEADER)
    for word, places in marked.items():
        one, *many = word.split(_PLURAL)
        flags = ["python-format"] if re.search(r"%\(\w+\)s|%%", word) else []
        entry = polib.POEntry(msgid=one, occurrences=[(place, "") for place in places], flags=flags)
        before = english.get(one)
        if many:
            entry.msgid_plural = many[0]
            entry.msgstr_plural = dict(before.msgstr_plural) if before else {}
            for number in (0, 1):
                entry.msgstr_plural.setdefault(number, "")
        else:
            entry.msgstr = before.msgstr if before else ""
        made.append(entry)
    return made


def faults() -> list[str]:
    """Return a sentence for each word without English, each stale entry and each lost figure."""
    marked = {word.split(_PLURAL)[0]: places for word, places in words().items()}
    kept = {entry.msgid: _english_of(entry) for entry in catalogue()}
    found = [f"no English: {word!r} ({marked[word][0]})" for word in marked if not kept.get(word)]
    found += [f"nobody says it any more: {word!r}" for word in kept if word not in marked]
    for word, english in kept.items():
        for form in english:
            if _figures(word) != _figures(form):
                found.append(f"other figures in the English of {word!r}: {form!r}")
            # Columns of a file, and words to be typed, are Chinese in any language of the page.
            if CHINESE.search(form) and not _QUOTES.search(word):
                found.append(f"Chinese in the English of {word!r}: {form!r}")
    compiled = CATALOGUE.with_suffix(".mo")
    there = polib.mofile(str(compiled)) if compiled.exists() else []
    if {entry.msgid: _english_of(entry) for entry in there} != {
        word: english for word, english in kept.items() if english
    }:
        found.append("django.mo is not what django.po says: run scripts/catalogue.py")
    return found


def _english_of(entry: polib.POEntry) -> tuple[str, ...]:
    """Return the one form, or both, of an entry; nothing where a form is missing."""
    forms = tuple(entry.msgstr_plural.values()) if entry.msgid_plural else (entry.msgstr,)
    return forms if all(forms) else ()


def _figures(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|(?<!\{)\{\w*\}", text))


def main() -> int:
    """Renew, list or check the catalogue."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--missing", action="store_true")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if not settings.configured:
        settings.configure()
    if arguments.check:
        found = faults()
        print("\n".join(found) or "the catalogue is whole")
        return 1 if found else 0
    made = renewed(words(), catalogue())
    if arguments.missing:
        print("\n".join(entry.msgid for entry in made if not _english_of(entry)))
        return 0
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    made.save(str(CATALOGUE))
    made.save_as_mofile(str(CATALOGUE.with_suffix(".mo")))
    print(f"{len(made)} words, {sum(not _english_of(one) for one in made)} without English")
    return 0


if __name__ == "__main__":
    sys.exit(main())
