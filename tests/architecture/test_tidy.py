"""The style of this project that a program can read: sizes, clocks, money, numerals, floors."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "yibao"
# Interfaces may look at the clock and write numbers of their own trade.
CLOCK_FLOORS = ("console", "cli", "config", "database")
NUMERAL_FLOORS = ("apps", "core/books", "core/money.py", "core/flow.py")
PLAIN = {0, 1, 2, -1}


def modules() -> list[Path]:
    return sorted(
        path
        for path in SOURCE.rglob("*.py")
        if "migrations" not in path.parts and "vendor" not in path.parts
    )


def name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


MODULES = [pytest.param(path, id=name(path)) for path in modules()]


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES)
def test_a_module_has_at_most_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", MODULES)
def test_a_function_has_at_most_60_lines(path: Path) -> None:
    long = [
        f"{node.name}:{node.lineno}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > 60
    ]
    assert long == []


@pytest.mark.parametrize("path", MODULES)
def test_nothing_is_called_utils(path: Path) -> None:
    assert path.stem not in {"utils", "util", "helpers", "common", "misc"}


def divides_or_floats(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            yield f"line {node.lineno}: /"
        elif isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"line {node.lineno}: {node.value}"
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "float":
            yield f"line {node.lineno}: float()"


# The cut-off of a spelling suggestion is no money.
MONEY = [
    case
    for case in MODULES
    if case.id.startswith(("core/", "apps/")) and case.id != "core/rules/faults.py"
]


@pytest.mark.parametrize("path", MONEY)
def test_money_meets_no_float_and_no_division(path: Path) -> None:
    assert list(divides_or_floats(tree(path))) == []


def reads_the_clock(module: ast.Module) -> Iterator[str]:
    clocks = {"today", "now", "utcnow", "localdate", "localtime", "time", "time_ns"}
    owners = {"date", "datetime", "timezone", "time", "dt"}
    for node in ast.walk(module):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in clocks
            and ast.unparse(node.func.value).split(".")[-1] in owners
            and not (node.func.attr in {"localtime", "localdate"} and node.args)
        ):
            yield f"line {node.lineno}: {ast.unparse(node.func)}"


CLOCKLESS = [
    case
    for case in MODULES
    if not case.id.startswith(CLOCK_FLOORS) and not case.id.endswith("/tasks.py")
]


@pytest.mark.parametrize("path", CLOCKLESS)
def test_the_clock_is_an_argument(path: Path) -> None:
    assert list(reads_the_clock(tree(path))) == []


def stray_numerals(module: ast.Module) -> Iterator[str]:
    """Numbers other than 0, 1, 2 that stand outside a named constant of the module."""
    named: set[int] = set()
    for node in module.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if all(isinstance(t, ast.Name) and t.id.strip("_").isupper() for t in targets):
            named.update(id(part) for part in ast.walk(node))
    for node in ast.walk(module):
        if (
            isinstance(node, ast.Constant)
            and type(node.value) is int
            and node.value not in PLAIN
            and id(node) not in named
        ):
            yield f"line {node.lineno}: {node.value}"


NUMBERED = [
    case
    for case in MODULES
    if case.id.startswith(NUMERAL_FLOORS) and not case.id.endswith("/models.py")
]


@pytest.mark.parametrize("path", NUMBERED)
def test_no_policy_numeral_stands_in_code(path: Path) -> None:
    assert list(stray_numerals(tree(path))) == []


def names_a_region(module: ast.Module) -> Iterator[str]:
    regions = {place.name for place in (SOURCE / "rulebook").iterdir() if place.is_dir()}
    regions -= {"national", "model", "__pycache__"}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and node.value in regions:
            yield f"line {node.lineno}: {node.value}"


@pytest.mark.parametrize(
    "path", [c for c in MODULES if c.id.startswith(("core/", "apps/", "console/"))]
)
def test_no_code_asks_which_region_it_is(path: Path) -> None:
    assert list(names_a_region(tree(path))) == []


@pytest.mark.parametrize("path", [c for c in MODULES if "/operations" in c.id])
def test_operations_are_keyword_only(path: Path) -> None:
    loose = [
        f"{node.name}:{node.lineno}"
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and (node.args.args or node.args.posonlyargs)
    ]
    assert loose == []


def test_imports_stay_on_their_floors() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [lint, "--no-cache"], cwd=SOURCE.parents[1], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("fault", "finder"),
    [
        ("share = total / 3", divides_or_floats),
        ("rate = 0.55", divides_or_floats),
        ("from datetime import date\nday = date.today()", reads_the_clock),
        ("def owed(person):\n    return 28000", stray_numerals),
        ("if region == 'hengshan':\n    pass", names_a_region),
    ],
)
def test_each_finder_finds_its_fault(fault: str, finder) -> None:
    assert list(finder(ast.parse(fault)))
