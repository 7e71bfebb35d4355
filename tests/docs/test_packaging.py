"""What is built holds the guide with its pictures, and the console finds it there and here."""

import subprocess
import sys
from pathlib import Path

import pytest

import yibao
from yibao.console.guide import guide_folder

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guide"
SOURCE = Path(yibao.__file__).parent


def held(folder: Path) -> dict[str, int]:
    """Return the files under a folder with their sizes."""
    return {
        str(one.relative_to(folder)): one.stat().st_size
        for one in folder.rglob("*")
        if one.is_file() and "__pycache__" not in one.parts
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """The package as a wheel holds it, built apart from the source."""
    place = tmp_path_factory.mktemp("built")
    (place / "info").mkdir()
    command = [sys.executable, "setup.py", "-q", "egg_info", "--egg-base", str(place / "info")]
    command += ["build_py", "--build-lib", str(place / "lib")]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return place / "lib" / "yibao"


def test_while_it_is_worked_on_the_guide_is_found_beside_the_source():
    assert guide_folder() == GUIDE
    assert (guide_folder() / "zh" / "role-township-clerk.md").is_file()


def test_a_built_package_holds_the_guide_whole_and_it_is_found_in_it(built):
    found = guide_folder(built / "console")
    assert found == built / "console" / "guide_text"
    assert held(found) == held(GUIDE)
    assert any(name.endswith(".jpg") for name in held(found))


def test_a_built_package_holds_every_file_of_the_source(built):
    assert held(SOURCE).keys() <= held(built).keys()
