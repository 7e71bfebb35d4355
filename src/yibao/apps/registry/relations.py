"""What a member is to the head of the household; the codes are the national list `relation`."""

from yibao.apps.access.spoken import national_words
from yibao.rulebook.national import code_of, codes

HEAD = "head"
# Relations whose word tells the sex; the others may be either.
SEX_OF_RELATION = {
    "son": "male",
    "daughter": "female",
    "son_in_law": "male",
    "daughter_in_law": "female",
    "grandson": "male",
    "granddaughter": "female",
    "father": "male",
    "mother": "female",
    "brother": "male",
    "sister": "female",
}


def read_relation(text: str) -> str | None:
    """Return the code for the word of a ledger, None for a word that is no relation."""
    return code_of("relation", text)


def relation_words() -> tuple[str, ...]:
    """Return the words that a choice list offers, in their order."""
    return tuple(entry["zh"] for entry in codes("relation").values())


def said_relation(word: str) -> str:
    """Return a word of a ledger as a reader of the page's language says it."""
    return national_words("relation", read_relation(word) or "") or word
