"""What was proved of a rule, in figures: gaps, crossings and what settles them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from yibao.console.policy.telling import law_of
from yibao.core.rules.book import Rulebook
from yibao.core.rules.edition import Edition
from yibao.core.rules.faults import Fault
from yibao.core.rules.graph import Cite
from yibao.core.rules.proofs import Proof

_GAP, _DEAD, _CROSS = "has a gap", "can never hold", "cross, and no article"


@dataclass(frozen=True, slots=True)
class Settled:
    """What settles crossings of a list: the order of the whole, or one clause before another."""

    decision: str
    by: Cite
    place: str
    pairs: int  # 0: the whole list


@dataclass(frozen=True, slots=True)
class Proved:
    """The figures of a rule, and the notes of the proof that speak of it."""

    clauses: int
    gaps: int
    dead: int
    crossings: int
    others: int
    settled: tuple[Settled, ...]
    notes: tuple[str, ...]
    is_proved: bool

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing was found."""
        return not (self.gaps or self.dead or self.crossings or self.others)

    @property
    def settled_words(self) -> str:
        """What settles the crossings, in a sentence."""
        if not self.settled:
            return _("没有交叉")
        cites = dict.fromkeys(one.place for one in self.settled)
        return _("由 %(cites)s 定先后") % {"cites": "、".join(cites)}


def proved(
    proof: Proof | None, rulebook: Rulebook, edition: Edition, steps: Collection[str]
) -> Proved:
    """Return the proof of a rule, which takes these steps, in figures; None: not proved yet."""
    lists = {
        step.decision or step.name: step
        for name, step in edition.steps.items()
        if step.clauses and name in steps
    }
    settled = []
    for name, step in lists.items():
        if step.order is not None:
            settled.append(Settled(name, step.order, law_of(rulebook, step.order).place, 0))
        overs: dict[Cite, int] = {}
        for clause in step.clauses:
            for _other, cite in clause.over:
                overs[cite] = overs.get(cite, 0) + 1
        settled += [
            Settled(name, cite, law_of(rulebook, cite).place, pairs)
            for cite, pairs in overs.items()
        ]
    faults = proof.faults if proof else ()
    counted = [_count(faults, words) for words in (_GAP, _DEAD, _CROSS)]
    return Proved(
        clauses=sum(len(step.clauses) for step in lists.values()),
        gaps=counted[0],
        dead=counted[1],
        crossings=counted[2],
        others=len(faults) - sum(counted),
        settled=tuple(settled),
        notes=proof.notes if proof else (),
        is_proved=proof is not None,
    )


def _count(faults: Iterable[Fault], words: str) -> int:
    return sum(words in fault.what for fault in faults)
