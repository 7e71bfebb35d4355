"""Cells of a line that somebody handed in: numbers and telephones among them lie sealed.

A line keeps every cell as it was written. What tells a whole number goes into one sealed value;
the rest stays readable for the set-wise checks.
"""

import json
from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from yibao.core.identity import mask_within
from yibao.database.sealing import NUMBER, IndexField, SealedField, index_of, seal

# Cells that are sealed whatever they hold: as written, and as they were read.
NUMBER_READ, PHONE_READ = "number_read", "phone_read"
_ALWAYS = frozenset({"number", "phone", NUMBER_READ, PHONE_READ})


class SealedCells(models.Model):
    """The columns of a line with cells: open ones, sealed ones, and the number's index."""

    # What becomes of the other columns when the person whom the line names is erased.
    erased_with_person: ClassVar[dict[str, str]] = {"name": "", "cells": "{}"}

    cells = models.JSONField()
    secret_cells = SealedField()
    number_index = IndexField(of=NUMBER, source="secret_cells", part=NUMBER_READ)

    class Meta:
        abstract = True

    def words(self) -> dict[str, str]:
        """Return every cell as it was written."""
        return whole(self.cells, self.secret_cells)

    @property
    def number(self) -> str:
        """The identity number as it was read; "" for a line without one."""
        return self.words().get(NUMBER_READ, "")


def parted(cells: Mapping[str, str], number: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the open cells and the ones to be sealed; `number` is what was read of the line.

    A number in a cell where none belongs is sealed too, and stands masked among the open ones.
    """
    secret = {NUMBER_READ: number} if number else {}
    shown = {}
    for key, text in cells.items():
        if key in _ALWAYS:
            if text:
                secret[key] = text
            continue
        shown[key] = mask_within(text)
        if shown[key] != text:
            secret[key] = text
    return shown, secret


def whole(cells: Mapping[str, str], secret_cells: str) -> dict[str, str]:
    """Return open and sealed cells together; a cell that is always sealed may be empty."""
    blank = {"number": "", "phone": ""}
    return blank | dict(cells) | (json.loads(secret_cells) if secret_cells else {})


def sealed(cells: Mapping[str, str], number: str, *, of: str) -> tuple[str, bytes, bytes]:
    """Return a line's three columns: open cells as JSON, sealed cells, the number's index."""
    shown, secret = parted(cells, number)
    words = json.dumps(secret, ensure_ascii=False) if secret else ""
    return json.dumps(shown, ensure_ascii=False), seal(words, of=of), index_of(number, of=NUMBER)
