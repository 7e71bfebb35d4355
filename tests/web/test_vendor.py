"""Files of others are as their manifests say, and Tabler's sheet holds what our pages use."""

import importlib
import json
import re
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture(scope="module")
def scripts():
    """The two programs that copy and purge, as modules."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SCRIPTS))
        yield importlib.import_module("vendor"), importlib.import_module("purge_css")


def test_the_kept_files_are_those_of_the_manifests(scripts):
    vendor, _ = scripts
    assert vendor.faults() == []


def test_every_kept_file_has_its_licence_beside_it(scripts):
    vendor, _ = scripts
    for folder in (vendor.SERVED, vendor.FOR_TESTS):
        entries = json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
        licensed = {one["package"] for one in entries if one["file"].startswith("LICENSE")}
        assert {one["package"] for one in entries} == licensed


def test_what_only_tests_need_is_not_served(scripts):
    vendor, _ = scripts
    assert not list(vendor.SERVED.glob("axe*"))
    assert (vendor.FOR_TESTS / "axe.min.js").exists()


def test_the_base_sheet_stays_small(scripts):
    vendor, _ = scripts
    assert len((vendor.SERVED / "tabler.used.css").read_bytes()) < 60_000


SHEET = """:root{--a:1;--b:2;--c:var(--b)}.btn{color:var(--a)}.btn:hover,.card>.btn{margin:0}
@media (min-width:1px){.card{padding:0}.btn{padding:1px}}@media print{.card{color:red}}
a:not(.card){top:0}.x{background:url("data:image/svg+xml,{}")}@keyframes turn{to{left:0}}"""


@pytest.mark.parametrize(
    ("kept", "there", "gone"),
    [
        ({"btn"}, ".btn{color:var(--a)}", ".card"),
        ({"btn"}, "@media (min-width:1px){.btn{padding:1px}}", "print"),
        ({"btn"}, "a:not(.card){top:0}", ".x"),
        ({"btn"}, "--a:1", "--c"),
        ({"btn"}, ".btn:hover{margin:0}", "turn"),
        ({"x"}, 'url("data:image/svg+xml,{}")', ".btn"),
        ({"card", "btn"}, ".card>.btn{margin:0}", ".x"),
    ],
)
def test_a_purged_sheet_keeps_what_can_match_and_drops_the_rest(scripts, kept, there, gone):
    _, purge_css = scripts
    left = purge_css.purged(SHEET, keeps=kept.__contains__)
    assert there in left
    assert gone not in left.replace(":not(.card)", "")


def test_a_variable_that_our_own_sheets_read_is_kept(scripts):
    _, purge_css = scripts
    assert "--b:2" in purge_css.purged(SHEET, keeps={"btn"}.__contains__, reads=["--b"])


def test_every_class_that_a_page_wears_is_defined_in_a_sheet(scripts):
    vendor, purge_css = scripts
    defined = set()
    for sheet in (*vendor.SERVED.parent.glob("*.css"), vendor.SERVED / "tabler.used.css"):
        defined |= purge_css.classes(sheet.read_text(encoding="utf-8"))
    worn = {one for one in vendor.words_of_source() if re.fullmatch(r"[a-z][\w-]*", one)}
    assert sorted(worn - defined - UNSTYLED) == [], (
        "define the class in yibao.css, or run scripts/vendor.py if it is one of Tabler's"
    )


# What scripts and tests look for, without a look of its own; and parts of names put together.
UNSTYLED = {"k-", "yb-s-", "yb-w-", "info"}
