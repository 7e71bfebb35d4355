"""The tutorial's commands are run, and what they print is what the page says."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.database.homes import temporary_home
from yibao.database.supervisor import Supervisor

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "tutorial" / "first-year.md"
SHELL_WORDS = Path(sys.executable).parent
ANYTHING = "…"


@dataclass(frozen=True)
class Example:
    """A command of the page, the line where it stands, and what it prints."""

    line: int
    command: str
    printed: str


def examples(text: str) -> Iterator[Example]:
    """Every command in a `console` block: the line after `$`, and the lines up to the next."""
    for block in re.finditer(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        line = text.count("\n", 0, block.start(1)) + 1
        for part in re.split(r"^\$ ", block[1], flags=re.MULTILINE)[1:]:
            command, _, printed = part.partition("\n")
            yield Example(line, command, printed)


def agrees(said: str, printed: str) -> bool:
    """Tell whether the output is what the page says; `…` stands for anything."""
    pattern = ".*?".join(re.escape(part) for part in said.strip().split(ANYTHING))
    return re.fullmatch(pattern, printed.strip(), re.DOTALL) is not None


EXAMPLES = [
    pytest.param(example, id=f"line {example.line}")
    for example in examples(PAGE.read_text(encoding="utf-8"))
]


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    """A fresh clone's: the command on the path, an empty home."""
    with temporary_home() as home, Supervisor(home).running():
        path = f"{SHELL_WORDS}{os.pathsep}{os.environ['PATH']}"
        yield {"PATH": path, "HOME": os.environ.get("HOME", "/"), "YIBAO_HOME": str(home.path)}


@pytest.mark.heavy
@pytest.mark.parametrize("example", EXAMPLES)
def test_a_command_of_the_tutorial_prints_what_the_page_says(example: Example, environment):
    done = subprocess.run(
        ["/bin/bash", "-c", example.command],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert agrees(example.printed, done.stdout), f"printed:\n{done.stdout}\n{done.stderr}"


def test_the_tutorial_has_commands_and_the_comparison_can_fail():
    assert len(EXAMPLES) > 5
    assert agrees("a\n…\nb", "a\nx\ny\nb\n")
    assert agrees('{"a": …, "b": 0}', '{"a": 12, "b": 0}')
    assert not agrees('{"a": …, "b": 0}', '{"a": 12, "b": 1}')
    assert not agrees("a\n…", "b\na\n")


def test_every_page_of_the_menu_that_the_tutorial_names_is_there():
    menu = (ROOT / "src" / "yibao" / "console" / "menu.py").read_text(encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")
    for label in (
        "资助名单",
        "名单差异",
        "待查缴费",
        "代收现金",
        "征缴看板",
        "机构结算",
        "账簿",
        "账号与岗位",
    ):
        assert label in text and f'_("{label}")' in menu
