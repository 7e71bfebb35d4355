"""Run the battery (tests/proof) at its landing figures, or switch its seeded faults on one by one.

    python scripts/proof.py [--faults] [--only R2,S5] [--seed N] [--small]

Items run side by side on two processes; those that kill or measure (`alone=True`) run by
themselves afterwards. Both kinds of run leave their table in docs/PROOF.md unless `--only` or
`--small` is given. The last line says how many hold, or how many faults were caught.
"""

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SHELF = ROOT / "tests" / "proof"
PAGE = ROOT / "docs" / "PROOF.md"
KEPT = ROOT / ".lasttests"
BATTERY = [
    *(f"S{n}" for n in (1, 2, 3, 5, 7, 8, 9, 10, 11, 12)),
    "R2",
    "R3",
    "R4",
    "R5",
    "R8",
    "R14",
]
SIDE_BY_SIDE = 2
LONGEST_S = 1500
GIBIBYTE = 2**30


@dataclass
class Run:
    """One item's run: the lines that its tests left, and what pytest said where they left none."""

    id: str
    lines: list[dict[str, Any]] = field(default_factory=list)
    said: str = ""
    code: int = -1
    seconds: float = 0.0

    @property
    def tests(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if "test" in line]

    @property
    def holds(self) -> bool:
        passed = all(one["outcome"] == "passed" for one in self.tests)
        return bool(self.tests) and passed and self.code == 0

    @property
    def faults(self) -> dict[str, list[dict[str, Any]]]:
        """Each declared fault with the lines of the tests that ran under it."""
        declared = [name for line in self.lines for name in line.get("declared", ())]
        return {
            name: [one for one in self.tests if one["fault"] == name]
            for name in dict.fromkeys(declared)
        }


def caught(lines: list[dict[str, Any]]) -> bool:
    """A fault is caught where a test fails by its own assertion and none breaks otherwise."""
    failed = [one for one in lines if one["outcome"] != "passed"]
    return bool(failed) and all(one["by_assertion"] for one in failed)


def places(item: str) -> list[Path]:
    return sorted(SHELF.glob(f"test_{item.lower()}_*.py"))


def is_alone(item: str) -> bool:
    return any("alone=True" in path.read_text(encoding="utf-8") for path in places(item))


def run(item: str, words: dict[str, str]) -> Run:
    """Run an item's modules in a process of their own and collect what its tests left."""
    found = Run(item)
    if not places(item):
        found.said = "there is no such item in tests/proof"
        return found
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="yibao-proof-") as place:
        target = Path(place) / "lines"
        environment = {**os.environ, **words, "YIBAO_PROOF_RESULTS": str(target)}
        command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider"]
        try:
            done = subprocess.run(
                [*command, "--tb=short", "--show-capture=no", "-rN", *map(str, places(item))],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=LONGEST_S,
                check=False,
            )
            found.said, found.code = done.stdout, done.returncode
        except subprocess.TimeoutExpired:
            found.said = f"not done after {LONGEST_S} s"
        if target.exists():
            text = target.read_text(encoding="utf-8")
            found.lines = [json.loads(line) for line in text.splitlines()]
    found.seconds = time.monotonic() - begun
    return found


def run_all(items: Iterable[str], words: dict[str, str], tell: Any) -> dict[str, Run]:
    """Run those that may be side by side on two processes, then the others one by one."""
    found: dict[str, Run] = {}

    def one(item: str) -> None:
        found[item] = run(item, words)
        tell(found[item])

    items = list(items)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as together:
        list(together.map(one, [item for item in items if not is_alone(item)]))
    for item in items:
        if is_alone(item):
            one(item)
    return {item: found[item] for item in items}


def tell_held(one: Run) -> None:
    mark = "holds" if one.holds else "DOES NOT HOLD"
    for line in one.tests:
        print(
            f"{one.id:4} {line['outcome']:7} {line['done']:>7} of {line['asked']} {line['unit']}"
            f", {line['seconds']} s, seed {line['seed']}: {line['title']}"
        )
        if line["said"]:
            print(f"     {line['said'][:1000]}")
    print(f"{one.id:4} {mark} ({one.seconds:.0f} s)", flush=True)
    if not one.holds:
        print(one.said[-6000:], flush=True)


def tell_faults(one: Run) -> None:
    for name, lines in one.faults.items():
        words = "; ".join(line["said"].splitlines()[0] for line in lines if line["said"])
        print(f"{one.id:4} {'caught' if caught(lines) else 'NOT CAUGHT'}: {name}: {words[:160]}")
    if not one.faults:
        print(f"{one.id:4} NO FAULT RAN\n{one.said[-4000:]}")
    elif not all(map(caught, one.faults.values())):
        print(one.said[-6000:])
    print(f"{one.id:4} ({one.seconds:.0f} s)", flush=True)


# -- The page -------------------------------------------------------------------------------------


def machine() -> str:
    """The class of machine, without its name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return (
        f"{os.cpu_count()} processor cores, {round(memory / GIBIBYTE)} GiB of memory,"
        f" {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )


def cell(words: str) -> str:
    """Words as a table takes them, without the places of this machine."""
    return " ".join(words.split()).replace("|", "\\|").replace(f"{tempfile.gettempdir()}/", "")


def held_table(found: dict[str, Run]) -> list[str]:
    lines = ["| item | what was done | figure asked | reached | holds | seconds | seed |"]
    lines.append("| --- | --- | --: | --: | --- | --: | --: |")
    for one in found.values():
        if not one.tests:
            lines.append(f"| {one.id} | not there | | | **no** | | |")
        for test in one.tests:
            notes = "; ".join([test["title"], *test["notes"]])
            mark = "yes" if test["outcome"] == "passed" else "**no**"
            lines.append(
                f"| {one.id} | {cell(notes)} | {test['asked']:,} {test['unit']}"
                f" | {test['done']:,} | {mark} | {test['seconds']} | {test['seed']} |"
            )
    return lines


def fault_table(found: dict[str, Run]) -> list[str]:
    lines = ["| item | seeded fault | caught | what the item said |", "| --- | --- | --- | --- |"]
    for one in found.values():
        if not one.faults:
            lines.append(f"| {one.id} | none ran | **no** | |")
        for name, tests in one.faults.items():
            said = next((test["said"] for test in tests if test["said"]), "")
            said = cell(said.partition("\n")[0].removeprefix("AssertionError: "))[:160]
            mark = "yes" if caught(tests) else "**no**"
            lines.append(f"| {one.id} | {name.replace('_', ' ')} | {mark} | `{said or '-'}` |")
    return lines


def keep(part: str, found: dict[str, Run], last: str, seconds: float) -> None:
    """Keep this run's table and write the page from both kinds of run."""
    KEPT.mkdir(exist_ok=True)
    table = held_table(found) if part == "held" else fault_table(found)
    day = datetime.now(UTC).date().isoformat()
    head = f"{day}, {machine()}; {seconds / 60:.1f} minutes."
    text = "\n".join([head, "", *table, "", f"`{last}`", ""])
    (KEPT / f"proof-{part}.md").write_text(text, encoding="utf-8")
    parts = [
        "# Proof",
        "",
        "Written by `make proof` and `make proof FAULTS=1`"
        " ([how to run and read it](howto/prove.md)). An item holds where its oracle found"
        " nothing and at least the figure asked was really done; an item that is missing does not"
        " hold.",
        "",
    ]
    heads = {"held": "## The battery at its landing figures", "faults": "## Seeded faults"}
    for name, words in heads.items():
        place = KEPT / f"proof-{name}.md"
        if place.exists():
            parts += [words, "", place.read_text(encoding="utf-8")]
    PAGE.write_text("\n".join(parts).rstrip() + "\n", encoding="utf-8")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--faults", action="store_true", help="switch on each seeded fault")
    parser.add_argument("--only", default="", help="some items, separated by commas")
    parser.add_argument("--small", action="store_true", help="at the sizes of the ordinary suite")
    parser.add_argument("--seed", type=int, help="repeat a run's chance")
    return parser.parse_args()


def main() -> int:
    asked = arguments()
    items = [one for one in asked.only.upper().replace(",", " ").split() if one] or BATTERY
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(10**8)
    print(f"proof: seed {seed}, {machine()}", flush=True)
    words = {"YIBAO_PROOF_SEED": str(seed), "YIBAO_PROOF": "landing", "YIBAO_PROOF_FAULT": ""}
    begun = time.monotonic()
    if asked.faults:
        words |= {"YIBAO_PROOF": "small", "YIBAO_PROOF_FAULT": "all"}
        found = run_all(items, words, tell_faults)
        every = [lines for one in found.values() for lines in (one.faults.values() or [[]])]
        good, of = sum(map(caught, every)), len(every)
        last = f"faults caught: {good} of {of}"
    else:
        if asked.small:
            words["YIBAO_PROOF"] = "small"
        found = run_all(items, words, tell_held)
        good, of = sum(one.holds for one in found.values()), len(found)
        last = f"proof: {good} of {of} hold"
    seconds = time.monotonic() - begun
    print(f"proof: {seconds:.0f} s")
    if items == BATTERY and not asked.small:
        keep("faults" if asked.faults else "held", found, last, seconds)
    print(last)
    return 0 if good == of else 1


if __name__ == "__main__":
    sys.exit(main())
