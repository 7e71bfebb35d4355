"""Passwords that are tried first, known by rule: no list of other people's passwords lies here.

A password is taken apart into pieces that everybody guesses: common words of the data, the staff
number, the own name in pinyin, rows of keys, alphabet and figures in order, one sign repeated,
years and days. What is left over counts; too little left over is guessed.
"""

import re
from collections.abc import Iterator

from yibao.core import pinyin
from yibao.rulebook.national import surnames
from yibao.rulebook.regions import signing_in

# As typed without and with the shift key; each also from right to left.
_ROWS = (
    "`1234567890-=",
    "~!@#$%^&*()_+",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
)
_SHORTEST_RUN = 3
# Letters and figures that nothing explains: fewer are no secret.
_LEFT_OVER = 4
_LOOKALIKES = str.maketrans("0134578@$!", "oieastbasi")
_DAYS = re.compile(r"(?:19|20)\d\d(?:[-./]?(?:0?\d|1[0-2])(?:[-./]?(?:[0-2]?\d|3[01]))?)?")
_REPEATED = re.compile(r"(.)\1{2,}|(..+?)\2+")


def is_easily_guessed(password: str, *, staff_no: str, name: str) -> bool:
    """Tell whether little is left of the password without what everybody guesses."""
    typed = password.lower()
    words = [*signing_in().guessed_words, staff_no.lower(), *_names(name)]
    readings = {typed, typed.translate(_LOOKALIKES)}
    return any(len(_left_over(text, words)) < _LEFT_OVER for text in readings)


def _left_over(text: str, words: list[str]) -> str:
    """Return the letters and figures that no piece explains; the longest pieces are taken first."""
    pieces = {word for word in words if word} | set(_runs(text))
    for piece in sorted(pieces, key=len, reverse=True):
        text = text.replace(piece, " ")
    text = _REPEATED.sub(" ", _DAYS.sub(" ", text))
    return "".join(sign for sign in text if sign.isalnum())


def _runs(text: str) -> Iterator[str]:
    """Yield the longest stretches of the text that lie side by side in a row of keys."""
    for row in _ROWS:
        for line in (row, row[::-1]):
            start = 0
            while start < len(text):
                end = start + 1
                while end < len(text) and text[start : end + 1] in line:
                    end += 1
                if end - start >= _SHORTEST_RUN:
                    yield text[start:end]
                start += 1


def _names(name: str) -> list[str]:
    """Return the name as it is typed: all syllables, surname and given name, initials."""
    if not name:
        return []
    syllables = pinyin.full(name, surnames().readings).split()
    initials = "".join(one[0] for one in syllables)
    given = "".join(syllables[1:])
    typed = ["".join(syllables), given, syllables[0], initials, given + syllables[0]]
    return [one for one in typed if len(one) >= 2]
