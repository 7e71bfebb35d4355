"""Twelve rulebooks, each broken in one way: refused at the line that says `# here`, with a cure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.core.rules.samples import CONTRIBUTION, NATIONAL
from yibao.core.rules.book import LayerText, read_rulebook
from yibao.core.rules.faults import Fault, RulebookFaults
from yibao.core.rules.proofs import prove

BROKEN = sorted(Path(__file__).with_name("broken").glob("*.yaml"))
NAMES = [path.stem for path in BROKEN]


def faults_of(path: Path) -> tuple[Fault, ...]:
    """What is wrong with a rulebook: at load, or where it can be read, by proof."""
    text = path.read_text(encoding="utf-8")
    layers = [LayerText("national.yaml", NATIONAL, "national")]
    if text.partition("\n")[2].startswith("overlay:"):
        layers.append(LayerText("region.yaml", CONTRIBUTION, "region"))
    layers.append(LayerText(path.name, text, "broken"))
    try:
        return tuple(prove(read_rulebook(layers)).faults)
    except RulebookFaults as faults:
        return faults.faults


def line_of(path: Path) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    (found,) = [at for at, line in enumerate(lines, 1) if line.endswith("# here")]
    return found


def test_there_are_twelve() -> None:
    assert len(BROKEN) == 12


@pytest.mark.parametrize("path", BROKEN, ids=NAMES)
def test_a_broken_rulebook_is_refused_at_its_line(path: Path) -> None:
    found = faults_of(path)
    assert {(fault.file, fault.line) for fault in found} == {(path.name, line_of(path))}
    assert all(fault.cure or fault.what.endswith("?") for fault in found)


def test_each_fault_says_what_and_how_to_mend_it(snapshot: Callable[[str, str], None]) -> None:
    lines = [f"{path.stem}\n" + "\n".join(map(str, faults_of(path))) for path in BROKEN]
    snapshot("rulebook-faults", "\n\n".join(lines))


def test_all_faults_are_told_at_once_by_their_place() -> None:
    (unknown,) = [path for path in BROKEN if path.stem == "unknown_fact"]
    text = unknown.read_text(encoding="utf-8") + (
        "    requires: [{when: brn <= paid_on}]\n"
        "parameters: {price: {type: money, is: 1.234, from: 2008, cite: lw 5}}\n"
    )
    layers = [LayerText("national.yaml", NATIONAL, "national")]
    layers.append(LayerText("many.yaml", text, "broken"))
    with pytest.raises(RulebookFaults) as caught:
        read_rulebook(layers)
    assert [str(fault) for fault in caught.value.faults] == [
        "many.yaml:6:20: no fact, parameter, step, state or code “studnet”; "
        "did you mean “student”?",
        "many.yaml:7:23: no fact, parameter, step, state or code “brn”; did you mean “born”?",
        "many.yaml:8:39: “1.234” is not money: yuan with at most two decimals",
        "many.yaml:8:64: no source “lw”; did you mean “law”? declare it under sources:",
    ]
