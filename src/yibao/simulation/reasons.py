"""Why somebody could not be answered, in words that say nothing of the person."""

from __future__ import annotations

from yibao.core.refusal import Refusal
from yibao.core.rules.facts import FactFaults
from yibao.core.rules.scalar import EnsuresBroken, MissingFact, NoClauseHolds, NoneRead, Silent

_NOT_REFUSED = "not_refused"


def reason_of(refusal: Refusal | None) -> tuple[str, str, str]:
    """Code, name and reason of a refusal, without anything of the person's own."""
    match refusal:
        case Silent():
            return refusal.code, refusal.name, refusal.reason
        case MissingFact():
            return refusal.code, refusal.fact, ""
        case NoneRead() | NoClauseHolds():
            return refusal.code, refusal.step, ""
        case EnsuresBroken():
            return refusal.code, refusal.rule, ""
        case FactFaults():
            return refusal.code, "requires", "; ".join(refusal.lines)
        case None:
            return "", _NOT_REFUSED, ""
        case _:
            return refusal.code, type(refusal).__name__, ""
