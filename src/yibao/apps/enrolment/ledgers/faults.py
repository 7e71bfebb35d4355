"""Faults of a ledger's line: kept as code and facts, told in the reader's language.

The table of kinds makes the reasons menu of the page, the columns of the error file and
docs/reference/errors.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any, Protocol

from yibao.apps.enrolment.ledgers.kinds import KINDS
from yibao.core.identity import mask_within
from yibao.core.refusal import Refusal
from yibao.rulebook.national import code_label

# Words in the titles of columns whose cells are sealed.
_SEALED = ("身份证", "电话")


@dataclass(frozen=True, slots=True)
class Told:
    """Cause and cure of a fault, as one language has them."""

    reason: str
    remedy: str


class Says(Protocol):
    """What a kind of fault says: cause and cure, each in Chinese and in English."""

    @property
    def reason(self) -> tuple[str, str]:
        """The cause, with the names of facts in braces."""

    @property
    def remedy(self) -> tuple[str, str]:
        """The cure, with the names of facts in braces."""


def fault(code: str, *, column: str, value: object = "", **facts: object) -> dict[str, Any]:
    """Return the fault as it is kept with the line: code, column, value and facts."""
    assert code in KINDS, f"{code} is not in the table of ledger faults"
    found = {"code": code, "column": column, "value": _kept(column, value)}
    return found | {"facts": facts_kept(facts)}


def refused(refusal: Refusal, *, column: str, value: object) -> dict[str, Any]:
    """Return what `yibao.core` says of a cell as a fault of the line."""
    assert refusal.code in KINDS, f"{refusal.code} has no label in the table of ledger faults"
    facts = facts_named(refusal, KINDS[refusal.code])
    return fault(refusal.code, column=column, value=value, **facts)


def facts_named(refusal: Refusal, kind: Says) -> dict[str, Any]:
    """Return only those facts that the sentences name: a refusal may carry the whole number."""
    named = {name for text in (*kind.reason, *kind.remedy) for name in _names(text)}
    return {name: one for name, one in refusal.facts.items() if name in named}


def facts_kept(facts: Mapping[str, object]) -> dict[str, object]:
    """Return the facts as they are kept in the open: figures and lists, and texts masked."""
    return {name: _shown(one) for name, one in facts.items()}


def told(
    found: Mapping[str, Any], language: str = "zh", *, kinds: Mapping[str, Says] = KINDS
) -> Told:
    """Return cause and cure in Chinese or, for "en", in English, by the table of kinds.

    A fault that was kept as sentences keeps them, in whatever language they are.
    """
    if "facts" not in found:
        return Told(found["reason"], found["remedy"])
    at, kind = _at(language), kinds[found["code"]]
    words = {
        "column": found["column"],
        "value": found["value"],
        **_in_words(found["facts"], language),
    }
    return Told(mask_within(kind.reason[at].format_map(words)), kind.remedy[at].format_map(words))


def sentence(found: dict[str, Any], language: str = "zh") -> str:
    """Return column, cause, cure and code in one line."""
    words = told(found, language)
    if _at(language):
        return f"{found['column']}: {words.reason}. {words.remedy} ({found['code']})"
    return f"{found['column']}：{words.reason}。{words.remedy}（{found['code']}）"


def label(code: str, language: str = "zh") -> str:
    """Return what the menu of reasons calls the fault."""
    return KINDS[code].label[_at(language)]


def _in_words(facts: dict[str, Any], language: str) -> dict[str, Any]:
    """Return the facts with those said that a language says in its own way."""
    said = dict(facts)
    if "sex" in facts:
        said["sex"] = code_label("sex", facts["sex"], language)
    if "choices" in facts:
        said["choices"] = (" or " if _at(language) else "或").join(facts["choices"])
    if "row" in facts:
        said["sheet"] = _sheet(facts["sheet"], language)
    if facts.get("area") == "":
        said["area"] = "another village" if _at(language) else "其他村"
    if "household" in facts:
        said["where"] = _where(facts, language)
    return said


def _where(facts: dict[str, Any], language: str) -> str:
    if "row" not in facts:
        return "in the registered household" if _at(language) else "登记的家庭中"
    sheet = _sheet(facts["sheet"], language)
    return f"in row {facts['row']}{sheet}" if _at(language) else f"{sheet}第 {facts['row']} 行"


def _sheet(name: str, language: str) -> str:
    """Return the words for another sheet; nothing for the line's own."""
    if not name:
        return ""
    return f' of the sheet "{name}"' if _at(language) else f"工作表“{name}”"


def _at(language: str) -> int:
    """Return the place of the language's words in the table."""
    return 1 if language.startswith("en") else 0


def _names(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name]


def _shown(fact: object) -> object:
    if isinstance(fact, int | list):
        return fact
    return mask_within(str(fact))


def _kept(column: str, value: object) -> str:
    """A number or a telephone stays in its sealed cell; the fault says where it is."""
    return "" if any(word in column for word in _SEALED) else mask_within(str(value))


def is_error(code: str) -> bool:
    """Tell whether a line with this fault is never written as it stands."""
    return not KINDS[code].decides


def first_of(faults: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the fault that stands for the line: an error before a question, else in order."""
    return min(faults, key=lambda one: not is_error(one["code"]), default=None)


def reference_page() -> str:
    """Return docs/reference/errors.md: every fault of a ledger's line, as clerks read it."""
    lines = [
        "# Faults of a ledger's line",
        "",
        "Written from `apps/enrolment/ledgers/kinds.py`. What a line with an E code says is never",
        "written; a line with a W code waits for a clerk's word. Words in braces are filled in.",
        "",
        "| code | reason in the menu | cause | cure |",
        "| --- | --- | --- | --- |",
    ]
    for code, kind in sorted(KINDS.items()):
        for at, (word, cause, cure) in enumerate(zip(kind.label, kind.reason, kind.remedy)):
            lines.append(f"| {'' if at else code} | {word} | {cause} | {cure} |")
    return "\n".join(lines) + "\n"
