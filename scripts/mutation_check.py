"""Change the rule engine, the books' core and money in a thousand places, one at a time: does a
test see it?

    python scripts/mutation_check.py [--sample 1000] [--seed 3] [--least 85] [--out FILE]
        [--only GLOB ...] [--tests PATH ...] [--seconds 30]

mutmut writes the changes into a copy of the project in a temporary directory and runs, for each,
the tests that reach the changed function: the quickest first, `--seconds` of them at most, and none
that is heavy or needs the database, so that more may be seen than is counted. How much was seen is
printed for each module, and what no test saw with its change, to be looked at by a person. A change
that makes the tests hang counts as seen. `--only` narrows the modules that are changed, `--tests`
the tests that look. Exit 1 below the least percentage, 2 where the tests fail without any change.
The calendar (dates.py) is changed only where `--only` names it, with tests that compile nothing.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from itertools import accumulate
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
MODULES = ["src/yibao/core/rules/*", "src/yibao/core/books/*", "src/yibao/core/money.py"]
# The compiled reader takes the calendar's own text, which mutmut rewrites: nothing would compile.
CALENDAR = "src/yibao/core/rules/dates.py"
SHELVES = ["tests/core"]
CONFIG = """
[tool.mutmut]
source_paths = ["src"]
only_mutate = {only}
do_not_mutate = {leave}
also_copy = ["bench", "docs", "scripts", "Makefile", "README.md"]
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = ["-n0", "-x", "-m", "not heavy and not django_db"]
"""
SHOW = """
import json, sys
from pathlib import Path
from mutmut.mutation.diff_apply import get_diff_for_mutant

def lines(name):
    module = Path("src", *name.split(".")[:-1])
    path = module / "__init__.py" if module.is_dir() else module.with_suffix(".py")
    return [line for line in get_diff_for_mutant(name, path=path).splitlines() if line]

print(json.dumps({name: lines(name) for name in sys.argv[1:]}))
"""
LOG = "mutmut.log"
MARKS = ("---", "+++")
NAMED: dict[int | None, str] = {0: "survived", 5: "no test reaches it", 33: "no test reaches it"}


def main() -> int:
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="yibao-mutants-") as place:
        copy = Path(place)
        _copy_files(copy)
        with (copy / "pyproject.toml").open("a", encoding="utf-8") as config:
            config.write(_config(asked))
        _mutmut(copy, "run", "--max-children", str(asked.processes), "nothing.matches", quiet=True)
        _keep_quickest(copy, asked.seconds)
        every = sorted(_results(copy))
        chosen = random.Random(asked.seed).sample(every, min(asked.sample, len(every)))  # noqa: S311
        _mutmut(copy, "run", "--max-children", str(asked.processes), *chosen, quiet=not asked.loud)
        results = _results(copy)
        if all(results[name] is None for name in chosen):
            print("nothing was run: the tests fail as they stand", file=sys.stderr)
            print(*_failures(copy), sep="\n", file=sys.stderr)
            return 2
        left = [name for name in chosen if results[name] in (None, *NAMED)]
        killed = len(chosen) - len(left)
        lines = [
            f"{killed} of {len(chosen)} changes seen ({100 * killed // len(chosen)} %), "
            f"of {len(every)} possible, seed {asked.seed}",
            *_by_module(chosen, left),
        ]
        for name, change in _changes(copy, sorted(left)).items():
            lines += ["", f"{NAMED.get(results[name], 'not run')}: {name}", change]
    text = "\n".join(lines)
    print(text)
    if asked.out:
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        asked.out.write_text(text + "\n", encoding="utf-8")
    return 0 if 100 * killed >= asked.least * len(chosen) else 1


def _by_module(chosen: list[str], left: list[str]) -> list[str]:
    """A line for each module: seen, of how many, in percent; the least seen first."""
    of_all = Counter(name.rpartition(".")[0] for name in chosen)
    of_left = Counter(name.rpartition(".")[0] for name in left)
    seen = {module: (count - of_left[module], count) for module, count in of_all.items()}
    return [
        f"{100 * killed // count:4} % {killed:4} of {count:4}  {module}"
        for module, (killed, count) in sorted(
            seen.items(), key=lambda item: (item[1][0] / item[1][1], item[0])
        )
    ]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--least", type=int, default=85, help="percent that must be seen")
    parser.add_argument("--only", nargs="+", default=MODULES, help="source files, as globs")
    parser.add_argument("--tests", nargs="+", default=SHELVES, help="directories or files")
    parser.add_argument("--seconds", type=float, default=30, help="of tests for one change")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--loud", action="store_true", help="show mutmut's own progress")
    return parser.parse_args()


def _config(asked: argparse.Namespace) -> str:
    leave = [] if CALENDAR in asked.only else [CALENDAR]
    return CONFIG.format(
        only=json.dumps(asked.only), leave=json.dumps(leave), tests=json.dumps(asked.tests)
    )


def _copy_files(copy: Path) -> None:
    every = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(every, cwd=HERE, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if not (HERE / name).is_file():  # taken away, and not committed yet
            continue
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((HERE / name).read_bytes())


def _mutmut(copy: Path, *words: str, quiet: bool) -> None:
    """Run mutmut in the copy; its exit code says nothing that the results do not."""
    with (copy / LOG).open("a", encoding="utf-8") as log:
        output = log if quiet else None
        subprocess.run(
            [sys.executable, "-m", "mutmut", *words],
            cwd=copy,
            check=False,
            stdout=output,
            stderr=output,
        )


def _keep_quickest(copy: Path, seconds: float) -> None:
    """Leave each function the quickest of the tests that reach it, one at least."""
    path = copy / "mutants" / "mutmut-stats.json"
    if not path.exists():  # the tests failed
        return
    stats = json.loads(path.read_text(encoding="utf-8"))
    took = stats["duration_by_test"]
    reached = stats["tests_by_mangled_function_name"]
    for function, tests in reached.items():
        quickest = sorted(tests, key=lambda test: took.get(test, 0))
        until = accumulate(took.get(test, 0) for test in quickest)
        kept = [test for test, total in zip(quickest, until, strict=True) if total <= seconds]
        reached[function] = kept or quickest[:1]
    path.write_text(json.dumps(stats), encoding="utf-8")


def _failures(copy: Path) -> list[str]:
    """What pytest said of the tests that fail without any change; shown already with --loud."""
    lines = (copy / LOG).read_text(encoding="utf-8", errors="replace").splitlines()
    return sorted({line for line in lines if line.startswith(("FAILED", "ERROR"))})


def _results(copy: Path) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for path in copy.glob("mutants/**/*.meta"):
        found.update(json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"])
    return found


def _changes(copy: Path, names: list[str]) -> dict[str, str]:
    """The changed lines of each, asked of mutmut in one process: `mutmut show` takes a second."""
    shown = subprocess.run(
        [sys.executable, "-c", SHOW, *names], cwd=copy, check=True, capture_output=True, text=True
    )
    return {
        name: "\n".join(line for line in lines if line[0] in "+-" and line[:3] not in MARKS)
        for name, lines in json.loads(shown.stdout).items()
    }


if __name__ == "__main__":
    sys.exit(main())
