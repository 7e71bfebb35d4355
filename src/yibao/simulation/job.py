"""What is to be simulated: a region, a year, both rulebooks as text, and the population's place.

A job is small and travels to wherever it runs; each process reads the two rulebooks once.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from yibao.core.rules.book import LayerText, Rulebook, read_rulebook
from yibao.core.rules.edition import Edition
from yibao.core.rules.faults import FaultLog
from yibao.core.rules.overlay import PROPOSAL
from yibao.core.rules.text import Map, Text, compose
from yibao.rulebook.loader import calendar, overlay, settled
from yibao.simulation.deciding import best_reader
from yibao.simulation.frame import Words
from yibao.simulation.refusals import NothingToSimulate, ProposalUnreadable, SnapshotOfElsewhere
from yibao.simulation.snapshot import Snapshot, open_snapshot

CONTRIBUTION, BENEFIT = "contribution", "benefit"
RULES = (CONTRIBUTION, BENEFIT)
# What the person bears, of the outcomes that a rule may have.
OWN = ("self_pay", "personal")
COUNTING = 1  # raised whenever a tally would count otherwise
SIDES = ("before", "after")


@dataclass(frozen=True, slots=True)
class Proposal:
    """The overlay that is asked about: its name, title, authority, file and text's hash."""

    name: str
    title: str
    authority: str
    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Job:
    """A simulation to be run. `before` and `after` are the layers of both rulebooks."""

    region: str
    year: int
    known: date | None
    snapshot: str
    snapshot_hash: str
    before: tuple[LayerText, ...]
    after: tuple[LayerText, ...]
    proposal: Proposal
    reader: str

    def book(self, side: str) -> Rulebook:
        """The rulebook of a side, read once a process."""
        return _book(self.before if side == "before" else self.after)

    def edition(self, side: str, rule: str) -> Edition:
        return self.book(side).bind(rule, year=self.year, known=self.known)

    def rules(self) -> tuple[str, ...]:
        """Those of the two rules that both rulebooks have, and that say what a person bears."""
        return tuple(rule for rule in RULES if all(self._tells(side, rule) for side in SIDES))

    def _tells(self, side: str, rule: str) -> bool:
        return rule in self.book(side).rules and bool(own_of(self.edition(side, rule)))

    def words(self) -> Words:
        """The facts and codes of both: a proposal only adds to those in force."""
        return words_of(self.book("after"))

    def population(self) -> Snapshot:
        return open_snapshot(Path(self.snapshot))

    def fingerprint(self) -> str:
        """What makes two runs the same run, whatever machine they run on."""
        told = {
            "counting": COUNTING,
            "region": self.region,
            "year": self.year,
            "known": self.known.isoformat() if self.known else None,
            "before": self.book("before").text_hash,
            "after": self.book("after").text_hash,
            "snapshot": self.snapshot_hash,
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def own_of(edition: Edition) -> str:
    """The outcome that the person bears; "" where the rule says none."""
    return next((name for name in OWN if name in edition.types), "")


def words_of(book: Rulebook) -> Words:
    """The words of a rulebook that a population is told in."""
    codes = {name: tuple(found.codes) for name, found in book.enumerations.items()}
    return Words(book.facts, codes)


def plan(
    *,
    region: str,
    proposal: Path,
    year: int,
    snapshot: Path,
    settings: Path | None = None,
    known: date | None = None,
    reader: str | None = None,
) -> Job:
    """Read the proposal and look at the snapshot; both rulebooks are read and proved to load.

    Raises UnknownRegion, SettingsUnreadable, ProposalUnreadable, NotAProposal, RulebookFaults,
    SnapshotUnreadable, SnapshotOfElsewhere, NothingToSimulate.
    """
    below = settled(region, settings=settings)
    try:
        text = proposal.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        why = getattr(wrong, "strerror", None) or "not UTF-8"
        raise ProposalUnreadable(path=proposal.name, why=why) from wrong
    return plan_text(
        region=region,
        below=below,
        text=text,
        file=proposal.name,
        year=year,
        snapshot=open_snapshot(snapshot),
        known=known,
        reader=reader,
    )


def plan_text(
    *,
    region: str,
    below: tuple[LayerText, ...],
    text: str,
    file: str,
    year: int,
    snapshot: Snapshot,
    known: date | None = None,
    reader: str | None = None,
) -> Job:
    """The same for a proposal that stands in an editor. Raises as `plan`."""
    manifest = snapshot.manifest
    if (manifest.region, manifest.year) != (region, year):
        raise SnapshotOfElsewhere(
            region=manifest.region, year=manifest.year, wanted=region, wanted_year=year
        )
    job = Job(
        region=region,
        year=year,
        known=known,
        snapshot=str(snapshot.place.resolve()),
        snapshot_hash=manifest.hash,
        before=below,
        after=(*below, overlay(text, file, only_proposals=True)),
        proposal=_told(text, file),
        reader=reader or best_reader(),
    )
    rules = job.rules()
    if not rules:
        raise NothingToSimulate(region=region)
    for side in SIDES:
        for rule in rules:
            job.edition(side, rule)
    return job


@lru_cache(maxsize=8)
def _book(texts: tuple[LayerText, ...]) -> Rulebook:
    return read_rulebook(texts, calendar=calendar())


def _told(text: str, file: str) -> Proposal:
    """What a proposal says of itself. Faults are found where the rulebook is read."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    tree = compose(file=file, text=text, layer=PROPOSAL, log=FaultLog())
    name, authority = (_word(tree, key) for key in ("overlay", "authority"))
    title = ""
    sources = tree.get("sources") if tree is not None else None
    if isinstance(sources, Map):
        titles = [_word(entry.value, "title") for entry in sources if isinstance(entry.value, Map)]
        title = next((found for found in titles if found), "")
    return Proposal(name or file, title or name or file, authority, file, digest)


def _word(tree: Map | None, key: str) -> str:
    found = tree.get(key) if tree is not None else None
    return found.value if isinstance(found, Text) else ""
