"""Facts of many rows as the engine counts them, from a table of Arrow columns; each value checked.

A null is “none” and allowed only where the fact has a word for it; a column that is not there was
not recorded, and is presumed as the rulebook presumes, or missing.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from yibao.core.rules.declarations import Fact
from yibao.core.rules.encoding import Columns, dtype_of, none_of, number_of, value_of
from yibao.core.rules.facts import Facts
from yibao.core.rules.types import NUMERIC_FACTS
from yibao.core.rules.values import Codes
from yibao.simulation.refusals import RowWrong, SchemaWrong

Array = npt.NDArray[Any]
BETWEEN = " "  # between the codes of a set


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a rulebook: its facts and codes. Frames of both rulebooks share them."""

    facts: Mapping[str, Fact]
    codes: Codes


@dataclass(frozen=True, slots=True)
class Frame:
    """Rows of facts. `values` by fact in the engine's encoding, `texts` by fact as they are."""

    words: Words
    size: int
    values: Mapping[str, Array]
    texts: Mapping[str, Any]

    def columns(self) -> Columns:
        """The recorded facts. Readers presume what is absent, and flag what is missing."""
        return Columns(self.size, self.values)

    def row(self, at: int, wanted: Container[str] | None = None) -> Facts:
        """One row's recorded facts, or the wanted ones of them, for the scalar reader."""
        facts, codes = self.words.facts, self.words.codes
        found: dict[str, object] = {}
        for name, column in self.values.items():
            if wanted is None or name in wanted:
                fact = facts[name]
                none = none_of(column.dtype) if fact.none is not None else None
                found[name] = value_of(int(column[at]), fact.type, codes, none)
        for name, texts in self.texts.items():
            if wanted is None or name in wanted:
                found[name] = texts[at].as_py()
        return Facts(found)


def arrow_type(fact: Fact) -> str:
    """The type of a fact's column, as pyarrow writes it."""
    kind = fact.type.kind
    if kind in ("code", "codes"):
        return "dictionary<values=string, indices=int32, ordered=0>"
    fixed = {"flag": "bool", "money": "int64", "date": "date32[day]", "text": "string"}
    if kind == "date-time":
        return "timestamp[s]"
    return fixed.get(kind, "int32" if kind == "rate" else "int16")


def encode(words: Words, table: Any, *, file: str, beside: Iterable[str]) -> Frame:
    """Read an Arrow table. `beside` are the columns that are no facts.

    Raises SchemaWrong, RowWrong.
    """
    values: dict[str, Array] = {}
    texts: dict[str, Any] = {}
    for name in table.column_names:
        if name in beside:
            continue
        fact = words.facts.get(name)
        if fact is None:
            raise SchemaWrong(
                file=file,
                column=name,
                why="不是事实表中的事实",
                why_en="is no fact of the rulebook",
            )
        reader = _Reader(words, fact, file)
        column = reader.typed(table.column(name))
        if fact.type.kind == "text":
            texts[name] = column
        else:
            values[name] = reader.read(column)
    return Frame(words, table.num_rows, values, texts)


class _Reader:
    """Reads one column."""

    def __init__(self, words: Words, fact: Fact, file: str) -> None:
        self.words, self.fact, self.file = words, fact, file

    def typed(self, chunked: Any) -> Any:
        """The column in one piece, if its type is the fact's. Raises SchemaWrong."""
        wanted, found = arrow_type(self.fact), str(chunked.type)
        if wanted.startswith("dictionary"):
            fits = found.startswith("dictionary<values=string, ")
        else:
            fits = found == wanted
        if not fits:
            raise SchemaWrong(
                file=self.file,
                column=self.fact.name,
                why=f"的类型是 {found},应为 {wanted}",
                why_en=f"is {found}, it must be {wanted}",
            )
        return chunked.combine_chunks()

    def read(self, column: Any) -> Array:
        """The column in the engine's encoding. Raises RowWrong."""
        nulls = self._nulls(column)
        kind = self.fact.type.kind
        if kind in ("code", "codes"):
            numbers = self._coded(column, nulls)
        elif kind == "flag":
            numbers = column.to_numpy(zero_copy_only=False)
        else:
            numbers = self._whole(column)
        if kind in NUMERIC_FACTS:
            self._in_range(numbers, nulls)
        dtype = dtype_of(self.fact, self.words.codes)
        if nulls is None:
            return np.ascontiguousarray(numbers.astype(dtype, copy=False))
        return np.where(nulls, none_of(dtype), numbers).astype(dtype)

    def _nulls(self, column: Any) -> Array | None:
        if column.null_count == 0:
            return None
        nulls: Array = column.is_null().to_numpy(zero_copy_only=False)
        if self.fact.none is None:
            self._wrong(int(np.argmax(nulls)), "不得为空", "null is no answer here")
        return nulls

    def _whole(self, column: Any) -> Array:
        import pyarrow as pa

        width = {"date": pa.int32(), "date-time": pa.int64()}.get(self.fact.type.kind)
        plain = column if width is None else column.cast(width)
        numbers: Array = plain.fill_null(0).to_numpy(zero_copy_only=False)
        return numbers

    def _coded(self, column: Any, nulls: Array | None) -> Array:
        """A number for each word of the dictionary, then one take. Raises RowWrong."""
        places: Array = column.indices.fill_null(0).to_numpy(zero_copy_only=False)
        words = column.dictionary.to_pylist()
        numbers, unknown = [], []
        for at, word in enumerate(words):
            number = self._number(word)
            numbers.append(0 if number is None else number)
            if number is None:
                unknown.append(at)
        if unknown:
            bad = np.isin(places, unknown) & (True if nulls is None else ~nulls)
            if bad.any():
                row = int(np.argmax(bad))
                word = words[int(places[row])]
                of = self.fact.type.of
                self._wrong(row, f"“{word}”不是 {of} 的代码", f"“{word}” is no code of {of}")
        return np.array(numbers or [0], np.int64).take(places)

    def _number(self, word: str) -> int | None:
        codes = tuple(self.words.codes[self.fact.type.of])
        if self.fact.type.kind == "code":
            return codes.index(word) if word in codes else None
        parts = word.split(BETWEEN) if word else []
        if not set(parts) <= set(codes):
            return None
        return number_of(frozenset(parts), self.fact.type, self.words.codes)

    def _in_range(self, numbers: Array, nulls: Array | None) -> None:
        low, high = self.fact.low, self.fact.high
        bad = (numbers < low) | (numbers > high)
        if nulls is not None:
            bad &= ~nulls
        if bad.any():
            row = int(np.argmax(bad))
            found = int(numbers[row])
            self._wrong(
                row, f"{found} 超出 {low} 至 {high}", f"{found} is out of range {low}..{high}"
            )

    def _wrong(self, row: int, why: str, why_en: str) -> None:
        raise RowWrong(file=self.file, row=row + 1, column=self.fact.name, why=why, why_en=why_en)
