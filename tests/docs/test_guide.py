"""The guide: every menu entry and every role has its page, and whatever a page leads to is there."""

import re
from pathlib import Path

import pytest

from yibao.apps.access.models import Role
from yibao.console.guide import name_of, page_of_role
from yibao.console.menu import ENTRIES

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guide"
PAGES = sorted(GUIDE.rglob("*.md"))
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_WEB = ("https://", "http://")
_NO_PERSON = (Role.SYSTEM,)


def links(page: Path) -> list[str]:
    """Return what a page leads to, without code and other sites."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [to for to in _LINK.findall(text) if not to.startswith(_WEB)]


def anchors(page: Path) -> set[str]:
    """Return the places of a page that a link may name."""
    heads = re.findall(r"^#{1,4}\s+(.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"\s+", "-", head.strip()) for head in heads}


@pytest.mark.parametrize("page", [*PAGES, *READMES], ids=lambda page: page.name)
def test_whatever_a_page_leads_to_is_there(page):
    for to in links(page):
        path, _sign, place = to.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name} leads to {to}"
        assert not place or place in anchors(target), f"{page.name} leads to {to}"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_entry_of_the_menu_has_its_page(entry):
    assert (GUIDE / "zh" / f"{name_of(entry)}.md").is_file()


@pytest.mark.parametrize("role", [role for role in Role if role not in _NO_PERSON], ids=str)
def test_every_role_has_its_page(role):
    assert (GUIDE / "zh" / f"{page_of_role(role)}.md").is_file()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_begins_with_its_only_title(page):
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1
