"""Chinese and English: every marked word has its English, and every word of a page is marked."""

import ast
import re
import runpy
from pathlib import Path

import pytest
from django.urls import reverse

import yibao
from tests.console.signed_in import sign_in_as

ROOT = Path(yibao.__file__).parent
CATALOGUE = runpy.run_path(str(ROOT.parents[1] / "scripts" / "catalogue.py"))
_CHINESE = re.compile(r"[㐀-鿿]")
_MARKERS = {"_", "_l", "_lazy", "gettext", "gettext_lazy", "gettext_noop"}
# Chinese whatever the page's language: names of files and of their columns, words of the official
# forms that villages, departments and the tax office exchange, and what is kept in a row as it
# was decided.
_FORMS = (
    "apps/enrolment/ledgers/",
    "apps/collection/sheets.py",
    "apps/collection/tables.py",
    "apps/collection/policy.py",
    "apps/subsidy/sheets.py",
    "apps/desk/sheets.py",
    "apps/access/evidence.py",
    "console/policy/words.py",  # rules without a label: both languages side by side
    "console/look.py",  # made-up rows of the page of components
)


def test_every_word_that_is_marked_has_its_english_and_none_is_stale():
    assert CATALOGUE["faults"]() == []


def unmarked(text: str) -> list[str]:
    """Return the literals with Chinese that a choice or a menu shows and no translation reaches."""
    tree = ast.parse(text)
    marked: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _MARKERS:
            marked |= {id(one) for one in ast.walk(node)}
    found = []
    for node in ast.walk(tree):
        # Labels: values of a mapping, of a choice, of an argument that a page shows.
        values: list[ast.expr] = []
        if isinstance(node, ast.ClassDef) and any("Choices" in ast.dump(b) for b in node.bases):
            values = [one for one in ast.walk(node) if isinstance(one, ast.Constant)]
        elif isinstance(node, ast.keyword) and node.arg in ("label", "title", "hint", "unit"):
            values = [node.value]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Entry", "Column"):
            values = list(node.args)
        for one in values:
            says = isinstance(one, ast.Constant) and isinstance(one.value, str)
            if says and _CHINESE.search(one.value) and id(one) not in marked:
                found.append(one.value)
    return found


MODULES = sorted(
    path
    for part in ("apps", "console", "web")
    for path in (ROOT / part).rglob("*.py")
    if "migrations" not in path.parts
    and not str(path.relative_to(ROOT)).startswith(_FORMS)
    and _CHINESE.search(path.read_text(encoding="utf-8"))
)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_label_is_marked_for_translation(path):
    assert unmarked(path.read_text(encoding="utf-8")) == []


def test_the_search_for_unmarked_labels_finds_them():
    assert unmarked('field = CharField(label="姓名")') == ["姓名"]
    assert unmarked('class A(TextChoices):\n    B = "b", "乙"') == ["乙"]
    assert unmarked('field = CharField(label=_("姓名"))') == []


@pytest.mark.django_db
def test_a_clerk_changes_the_language_and_every_page_follows():
    client, _ = sign_in_as(role="county_clerk", division="430423")
    home = reverse("console:home")
    assert "今天要办的事" in client.get(home).content.decode()
    client.post(reverse("console:preferences"), {"language": "en", "next": home})
    page = client.get(home).content.decode()
    assert "What there is to do today" in page and '<html lang="en"' in page
    assert "Board and reports" in page and "看板与报表" not in page
    client.post(reverse("console:preferences"), {"language": "zh-hans", "next": home})
    assert "今天要办的事" in client.get(home).content.decode()
