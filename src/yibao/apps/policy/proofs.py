"""Whether a rulebook proves clean, kept by its text: proving takes longer than a page may."""

from functools import lru_cache

from yibao.core.rules.book import Rulebook
from yibao.core.rules.proofs import Proof, prove

_KEPT = 16


def proof_of(book: Rulebook) -> Proof:
    """Return the proof of a rulebook: faults, and notes on what was proved."""
    return _proof(_Book(book))


class _Book:
    """A rulebook that is the same as another with its text."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Book) and other.book.text_hash == self.book.text_hash

    def __hash__(self) -> int:
        return hash(self.book.text_hash)


@lru_cache(maxsize=_KEPT)
def _proof(book: _Book) -> Proof:
    return prove(book.book)
