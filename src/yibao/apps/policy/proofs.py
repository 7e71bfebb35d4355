"""Whether a rulebook proves clean. Proving takes seconds: what was proved once is kept, by sense.

Pages only look at what is kept (`kept_proof`); the button 检查, and an activation, prove the rest.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import astuple
from datetime import datetime
from typing import Any

from yibao.apps.policy.models import KeptProof
from yibao.core.rules.book import Rulebook
from yibao.core.rules.faults import Fault
from yibao.core.rules.proofs import Proof, years_of
from yibao.core.rules.proofs.findings import Prover

# Raised when the prover looks at more than before: what an older one proved does not count.
_PROVER = 1
# What this process proved: a transaction that was undone took the kept row with it, not the proof.
_REMEMBERED: dict[str, dict[str, Any]] = {}


def kept_proof(book: Rulebook, *rules: str) -> Proof | None:
    """Return what is kept of these rules (of none: of all); None where one is not proved yet."""
    keys = _keys(book, rules or tuple(book.rules))
    kept = {row.key: row for row in KeptProof.objects.filter(key__in=keys.values())}
    if len(kept) < len(set(keys.values())):
        return None
    return _together(_proof(row) for row in kept.values())


def prove(book: Rulebook, *rules: str, at: datetime) -> Proof:
    """Prove these rules (of none: all) in every year in which one of their values changes.

    A rule that means what it meant before is not proved again. The proof is kept.
    """
    keys = _keys(book, rules or tuple(book.rules))
    kept = {row.key: row for row in KeptProof.objects.filter(key__in=keys.values())}
    for rule, key in keys.items():
        if key not in kept:
            kept[key] = _proved(book, rule, key, at)
    return _together(_proof(row) for row in kept.values())


def _proved(book: Rulebook, rule: str, key: str, at: datetime) -> KeptProof:
    if key not in _REMEMBERED:
        prover = Prover()
        for year in years_of(book, book.rules[rule]):
            prover.prove(book.bind(rule, year=year))
        faults = [astuple(fault) for fault in prover.faults()]
        _REMEMBERED[key] = {"rule": rule, "faults": faults, "notes": sorted(prover.notes)}
    found = {**_REMEMBERED[key], "proved_at": at}
    # Somebody else may have proved the same at the same time.
    KeptProof.objects.bulk_create([KeptProof(key=key, **found)], ignore_conflicts=True)
    return KeptProof(key=key, **found)


def _keys(book: Rulebook, rules: Iterable[str]) -> dict[str, str]:
    return {rule: _key(book, rule) for rule in rules}


def _key(book: Rulebook, rule: str) -> str:
    years = tuple(years_of(book, book.rules[rule]))
    senses = [book.bind(rule, year=year).sense_hash for year in years]
    told: list[Any] = [_PROVER, rule, *zip(years, senses)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _proof(row: KeptProof) -> Proof:
    return Proof(tuple(Fault(*fault) for fault in row.faults), tuple(row.notes))


def _together(proofs: Iterable[Proof]) -> Proof:
    found = list(proofs)
    faults = {fault for proof in found for fault in proof.faults}
    notes = {note for proof in found for note in proof.notes}
    return Proof(tuple(sorted(faults)), tuple(sorted(notes)))
