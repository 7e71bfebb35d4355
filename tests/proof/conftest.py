"""What the items of the battery have in common: size, seed, counts, seeded faults.

An item is a test that bears `@pytest.mark.proof("S7", "what it shows", unit="cases", landing=200)`
and takes the fixture `proof`. In the ordinary suite it runs at its small size; `make proof` runs it
at its landing figure, `make proof FAULTS=1` once for each fault that its module declares in FAULTS,
and then it must fail by an assertion. docs/howto/prove.md tells how to write one.

The environment says which: YIBAO_PROOF=small|landing, YIBAO_PROOF_FAULT="s7:lock_dropped" (or
"s7:all", "all"), YIBAO_PROOF_SEED=…, YIBAO_PROOF_RESULTS=… (a file that gets a line of JSON a run).
"""

import contextlib
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
LANDING, SMALL = "landing", "small"
_SEED = 20261128
_KEPT = pytest.StashKey["Proof"]()
_BEGUN = pytest.StashKey[float]()


@dataclass
class Proof:
    """One run of an item: how much of it is asked, how much was done, which fault is switched on."""

    id: str
    title: str
    unit: str
    size: int
    is_landing: bool
    seed: int
    fault: str = ""
    done: int = 0
    notes: list[str] = field(default_factory=list)
    _break: Callable[[], AbstractContextManager[None]] | None = None

    def count(self, number: int = 1) -> None:
        """Say that so many units more were really done. Below the figure the item fails."""
        self.done += number

    def all_of(self, number: int) -> None:
        """The figure is 100 %: all of so many things that there are."""
        self.size = max(number, self.size if self.is_landing else 1)

    def note(self, words: str) -> None:
        """Add words to the item's row on the page."""
        self.notes.append(words)

    def random(self, salt: str = "") -> random.Random:
        """Return a source of chance that the printed seed repeats."""
        return random.Random(f"{self.seed} {salt}")

    @contextlib.contextmanager
    def broken(self) -> Iterator[None]:
        """Switch the seeded fault on, where the mark says `late=True`; else it is on from the start."""
        with self._break() if self._break else contextlib.nullcontext():
            yield


def _mark(item: pytest.Item) -> pytest.Mark | None:
    return item.get_closest_marker("proof")


def _faults_asked(item_id: str) -> str:
    """Return the fault that the environment names for the item: a name, "all", or none."""
    asked = os.environ.get("YIBAO_PROOF_FAULT", "")
    item, _, name = asked.partition(":")
    if asked == "all" or (item.upper() == item_id.upper() and name):
        return name or "all"
    return ""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Where all faults of an item are asked for, run it once for each."""
    if "proof" not in metafunc.fixturenames:
        return
    mark = next(metafunc.definition.iter_markers("proof"), None)
    if mark is None:
        raise pytest.UsageError(f"{metafunc.definition.nodeid} takes `proof` without the mark")
    asked = _faults_asked(mark.args[0])
    if not asked:
        return
    faults = getattr(metafunc.module, "FAULTS", {})
    only = mark.kwargs.get("faults")
    names = [name for name in faults if only is None or name in only]
    names = names if asked == "all" else [name for name in names if name == asked]
    metafunc.parametrize("proof", names, indirect=True)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Leave word of the faults that each module declares, so that none is missed."""
    target = os.environ.get("YIBAO_PROOF_RESULTS")
    if not target or not os.environ.get("YIBAO_PROOF_FAULT"):
        return
    declared = {
        name: None
        for item in session.items
        if (mark := _mark(item)) and _faults_asked(mark.args[0])
        for name in getattr(item.module, "FAULTS", {})
    }
    _leave({"declared": list(declared)})


@pytest.fixture
def proof(request: pytest.FixtureRequest) -> Iterator[Proof]:
    """The item's run; with a fault asked for, the fault is on while the test runs."""
    mark = _mark(request.node)
    landing = mark.kwargs["landing"]
    is_landing = os.environ.get("YIBAO_PROOF", SMALL) == LANDING
    name = getattr(request, "param", "")
    one = Proof(
        id=mark.args[0],
        title=mark.args[1],
        unit=mark.kwargs["unit"],
        size=landing if is_landing else mark.kwargs.get("small", max(1, landing // 100)),
        is_landing=is_landing,
        seed=int(os.environ.get("YIBAO_PROOF_SEED", _SEED)),
        fault=name,
        _break=request.module.FAULTS[name] if name else None,
    )
    request.node.stash[_KEPT] = one
    print(f"proof {one.id}: seed {one.seed}, {one.size} {one.unit} {one.fault}")
    with contextlib.nullcontext() if mark.kwargs.get("late") else one.broken():
        yield one


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin to count the seconds."""
    item.stash[_BEGUN] = time.monotonic()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """After the test, hold what was done against the figure."""
    item.stash[_BEGUN] = time.monotonic()
    result = yield
    one = item.stash.get(_KEPT, None)
    if one is not None and not one.fault and one.done < one.size:
        pytest.fail(f"{one.id}: {one.done} {one.unit} done, {one.size} asked", pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Keep a line of the run for scripts/proof.py."""
    report = yield
    one = item.stash.get(_KEPT, None)
    mark = _mark(item)
    ended = report.when == "call" or not report.passed
    if mark is not None and ended:
        _leave(
            {
                "id": mark.args[0],
                "title": mark.args[1],
                "unit": mark.kwargs["unit"],
                "test": item.nodeid,
                "when": report.when,
                "outcome": report.outcome,
                "by_assertion": _is_assertion_of_a_test(call) and report.when == "call",
                "said": _said(call),
                "asked": one.size if one else mark.kwargs["landing"],
                "done": one.done if one else 0,
                "fault": one.fault if one else "",
                "seed": one.seed if one else None,
                "notes": one.notes if one else [],
                "seconds": round(time.monotonic() - item.stash[_BEGUN], 1),
            }
        )
    return report


def _leave(line: dict[str, object]) -> None:
    if target := os.environ.get("YIBAO_PROOF_RESULTS"):
        with Path(target).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(line, ensure_ascii=False) + "\n")


def _is_assertion_of_a_test(call: pytest.CallInfo[None]) -> bool:
    """Tell whether the test itself found the fault: not a crash, not an assertion of the product."""
    if call.excinfo is None or not call.excinfo.errisinstance(
        (AssertionError, pytest.fail.Exception)
    ):
        return False
    places = [Path(str(entry.path)) for entry in call.excinfo.traceback]
    ours = [place for place in places if TESTS in place.parents or "yibao" in place.parts]
    return not ours or TESTS in ours[-1].parents


def _said(call: pytest.CallInfo[None]) -> str:
    if call.excinfo is None:
        return ""
    return f"{call.excinfo.typename}: {str(call.excinfo.value)[:300]}"
