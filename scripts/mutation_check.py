"""Change the rule engine, the books' core and money in a thousand places, one at a time: does a
test see it?

    python scripts/mutation_check.py [--sample 1000] [--seed 3] [--least 85] [--out FILE]

mutmut writes the changes into a copy of the tracked files in a temporary directory and runs, for
each, the tests that reach the changed function. What no test saw is printed with its change, to be
looked at by a person. A change that makes the tests hang counts as seen. Exit 1 below the least
percentage.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
CONFIG = """
[tool.mutmut]
source_paths = ["src"]
only_mutate = ["src/yibao/core/rules/*", "src/yibao/core/books/*", "src/yibao/core/money.py"]
also_copy = ["bench", "docs", "scripts", "Makefile", "README.md"]
pytest_add_cli_args_test_selection = ["tests/core", "tests/laws", "tests/cases"]
pytest_add_cli_args = ["-n0", "-x", "-m", "not heavy"]
"""
NAMED: dict[int | None, str] = {0: "survived", 5: "no test reaches it", 33: "no test reaches it"}


def main() -> int:
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="yibao-mutants-") as place:
        copy = Path(place)
        _copy_tracked(copy)
        with (copy / "pyproject.toml").open("a", encoding="utf-8") as config:
            config.write(CONFIG)
        _mutmut(copy, "run", "--max-children", str(asked.processes), "nothing.matches", quiet=True)
        every = sorted(_results(copy))
        chosen = random.Random(asked.seed).sample(every, min(asked.sample, len(every)))  # noqa: S311
        _mutmut(copy, "run", "--max-children", str(asked.processes), *chosen, quiet=not asked.loud)
        results = _results(copy)
        if all(results[name] is None for name in chosen):
            print("nothing was run: the tests fail as they stand; see --loud", file=sys.stderr)
            return 2
        left = [name for name in chosen if results[name] in (None, *NAMED)]
        killed = len(chosen) - len(left)
        lines = [
            f"{killed} of {len(chosen)} changes seen ({100 * killed // len(chosen)} %), "
            f"of {len(every)} possible, seed {asked.seed}"
        ]
        for name in sorted(left):
            lines += [
                "",
                f"{NAMED.get(results[name], 'not run')}: {name}",
                _change(copy, name),
            ]
    text = "\n".join(lines)
    print(text)
    if asked.out:
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        asked.out.write_text(text + "\n", encoding="utf-8")
    return 0 if 100 * killed >= asked.least * len(chosen) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--least", type=int, default=85, help="percent that must be seen")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--loud", action="store_true", help="show mutmut's own progress")
    return parser.parse_args()


def _copy_tracked(copy: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HERE, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((HERE / name).read_bytes())


def _mutmut(copy: Path, *words: str, quiet: bool) -> None:
    """Run mutmut in the copy; its exit code says nothing that the results do not."""
    output = subprocess.DEVNULL if quiet else None
    subprocess.run(
        [sys.executable, "-m", "mutmut", *words],
        cwd=copy,
        check=False,
        stdout=output,
        stderr=output,
    )


def _results(copy: Path) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for path in copy.glob("mutants/**/*.meta"):
        found.update(json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"])
    return found


def _change(copy: Path, name: str) -> str:
    shown = subprocess.run(
        [sys.executable, "-m", "mutmut", "show", name],
        cwd=copy,
        check=False,
        capture_output=True,
        text=True,
    )
    kept = [
        line
        for line in shown.stdout.splitlines()
        if line[:1] in "+-" and line[:3] not in ("---", "+++")
    ]
    return "\n".join(kept)


if __name__ == "__main__":
    sys.exit(main())
