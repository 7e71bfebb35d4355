"""Whether the amount that a village wrote is what the person owes. Pure."""

from dataclasses import dataclass

from yibao.core.money import Fen

Verdict = tuple[str, str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a line says was paid, and why not; `asks_reason`: the ledger has such a column."""

    claimed_fen: int
    unpaid_reason: str
    asks_reason: bool


def judge(claimed: Claimed, *, owed_fen: int | None) -> Verdict | None:
    """Return (column, code, words of the sentence) where amount and debt do not agree.

    Nothing is judged where the rules cannot say what is owed. Not to pay is no error; to pay
    another amount than the ruled one is, and so is money from someone supported in full.
    """
    paid, reason = claimed.claimed_fen, claimed.unpaid_reason
    words = {"claimed": Fen(paid).yuan()}
    if paid and reason:
        return "unpaid_reason", "E307", words
    if owed_fen is None or paid == owed_fen:
        return None
    words["owed"] = Fen(owed_fen).yuan()
    if owed_fen == 0:
        return "claimed", "E305", words
    if paid:
        return "claimed", "E302", words
    if claimed.asks_reason and not reason:
        return "unpaid_reason", "E306", words
    return None
