"""The villages' ledgers of October 2020, with the mistakes that are made, and how each is mended.

A wrong line knows its right one, so that the error file can be corrected as a clerk would do it:
line by line, by the number of the row that the file names.
"""

import io
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from python_calamine import CalamineWorkbook

from yibao.apps.enrolment.ledgers import (
    INSURED_ELSEWHERE,
    NEW_ENTRANTS,
    PAYMENT_LEDGER,
    filled,
)
from yibao.apps.enrolment.ledgers.templates import AT
from yibao.cli.demo.fates import REASONS, Town
from yibao.cli.demo.people import Human
from yibao.core.identity.resident import check_character
from yibao.rulebook.national import code_label

Cells = dict[str, object]
# Where a ledger's first line stands, as a spreadsheet counts.
_FIRST_LINE = 4
_LINES_A_MISTAKE = 25
_SIGNED = "已签"
_PLACES = ("长沙市", "衡阳市雁峰区", "广州市番禺区", "深圳市宝安区", "东莞市", "株洲市")
_AGENT = "村医保专干"
_NO_HEAD: Cells = {"relation": "其他"}
UNPROVEN_REASON = "已在外地参保"


@dataclass
class Ledger:
    """A ledger as it is handed in, and for each wrong line what is right (None: strike it)."""

    kind: str
    village: str
    lines: list[Cells] = field(default_factory=list)
    mended: dict[int, Cells | None] = field(default_factory=dict)

    def add(self, cells: Cells) -> None:
        """Add a right line."""
        self.lines.append(cells)

    def spoil(self, at: int, wrong: Cells) -> None:
        """Put a wrong line in the place of a right one."""
        self.mended[at] = self.lines[at]
        self.lines[at] = wrong

    def add_wrong(self, cells: Cells) -> None:
        """Add a line that should not be there."""
        self.mended[len(self.lines)] = None
        self.lines.append(cells)


def payment_ledger(town: Town, village: str, owed: Callable[[Human], str], *, turn: int) -> Ledger:
    """Return annex 2 of a village, with mistakes beginning at this turn of their list."""
    ledger = Ledger(PAYMENT_LEDGER, village)
    listed = [one for one in _listed(town) if one.village == village]
    listed.sort(key=lambda one: (one.household, not one.is_head, one.key))
    for at, human in enumerate(listed):
        ledger.add(_payment_line(town, human, owed(human)))
        if human.is_head and town.fate.get(human.key) == "listed_entrant":
            ledger.spoil(at, ledger.lines[at] | _NO_HEAD)
    outsiders = [one for one in town.of("employee") if one.village == village]
    _spoil(ledger, listed, outsiders, turn)
    return ledger


def entrants_ledger(town: Town, village: str, owed: Callable[[Human], str]) -> Ledger:
    """Return annex 3 of a village: families that the register does not know, one line wrong."""
    ledger = Ledger(NEW_ENTRANTS, village)
    people = [one for one in town.of("entrant") if one.village == village]
    people.sort(key=lambda one: (one.household, not one.is_head, one.key))
    for human in people:
        ledger.add(
            {
                "name": human.name,
                "relation": code_label("relation", human.relation),
                "sex": code_label("sex", human.sex),
                "number": human.number,
                "phone": human.phone,
                "claimed": owed(human),
                "agent": _AGENT,
                "signature": _SIGNED,
            }
        )
    if len(people) > 1:
        ledger.spoil(len(people) - 1, ledger.lines[-1] | {"agent": ""})
    return ledger


def elsewhere_ledger(town: Town, village: str) -> Ledger:
    """Return annex 4 of a village, whose line without a voucher is struck again."""
    ledger = Ledger(INSURED_ELSEWHERE, village)
    for human in town.of("employee", "elsewhere"):
        if human.village == village:
            ledger.add(_elsewhere_line(town, human))
    for human in town.of("unproven"):
        if human.village == village:
            ledger.add_wrong(_elsewhere_line(town, human) | {"voucher_no": ""})
    return ledger


def unproven_ledger(town: Town, village: str) -> Ledger:
    """Return annex 4 of those of a village who cannot show a voucher."""
    ledger = Ledger(INSURED_ELSEWHERE, village)
    for human in town.of("unproven"):
        if human.village == village:
            ledger.add(_elsewhere_line(town, human) | {"voucher_no": ""})
    return ledger


def file_of(ledger: Ledger, *, region: str, year: int, township: str, village: str) -> bytes:
    """Return the ledger as the Excel file that is handed in."""
    return filled(
        ledger.kind, ledger.lines, year=year, region=region, township=township, village=village
    )


def mended_file(
    ledger: Ledger, errors: bytes, *, region: str, year: int, township: str, village: str
) -> tuple[bytes, int]:
    """Return the error file corrected, and how many lines are left in it."""
    right = [
        cells
        for at in _rows_of(errors)
        if (cells := ledger.mended.get(at, ledger.lines[at])) is not None
    ]
    made = filled(ledger.kind, right, year=year, region=region, township=township, village=village)
    return made, len(right)


def _rows_of(errors: bytes) -> list[int]:
    """Return which lines of the original an error file names."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(errors))
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    head = next(at for at, row in enumerate(rows) if AT in row)
    column = rows[head].index(AT)
    found = [row[column] for row in rows[head + 1 :] if len(row) > column]
    return sorted(int(cell) - _FIRST_LINE for cell in found if isinstance(cell, int | float))


def _listed(town: Town) -> list[Human]:
    """Whom the villages know from the years before and find at home."""
    known = ("died_early", "died", "left", "cash_held", "paid_wrong", "unwilling", "unproven")
    return town.rest() + town.of("listed_entrant", *known)


def _payment_line(town: Town, human: Human, owed: str) -> Cells:
    fate = town.fate.get(human.key, "")
    paying = fate not in ("unwilling", "unproven") or owed == "0"
    reason = UNPROVEN_REASON if fate == "unproven" else REASONS[human.key % len(REASONS)]
    return {
        "household_no": household_no(human),
        "name": human.name,
        "relation": code_label("relation", human.relation),
        "sex": code_label("sex", human.sex),
        "number": human.number,
        "notice": "电话告知" if human.phone and human.key % 2 else "上门告知",
        "claimed": owed if paying else "0",
        "unpaid_reason": "" if paying else reason,
        "signature": _SIGNED,
    }


def household_no(human: Human) -> str:
    """Return the family's number in the village's ledger."""
    return f"{human.household:05d}"


def _elsewhere_line(town: Town, human: Human) -> Cells:
    employee = town.fate[human.key] == "employee"
    return {
        "name": human.name,
        "number": human.number,
        "hukou_place": "衡山县新桥镇",
        "cover_place": _PLACES[human.key % len(_PLACES)],
        "cover_kind": "职工医保" if employee else "城乡居民医保",
        "phone": human.phone,
        "voucher_no": f"YB2021{human.key:06d}",
    }


# -- Mistakes ------------------------------------------------------------------------------------


def _digit_missing(cells: Mapping[str, object]) -> Cells:
    return {"number": str(cells["number"])[:-1]}


def _checksum_wrong(cells: Mapping[str, object]) -> Cells:
    number = str(cells["number"])
    return {"number": number[:-1] + ("0" if number[-1] != "0" else "1")}


def _number_as_number(cells: Mapping[str, object]) -> Cells:
    return {"number": int(str(cells["number"])[:-1] + "0")}


def _no_such_birthday(cells: Mapping[str, object]) -> Cells:
    body = str(cells["number"])[:10] + "1332" + str(cells["number"])[14:17]
    return {"number": body + check_character(body)}


def _name_missing(_: Mapping[str, object]) -> Cells:
    return {"name": ""}


def _relation_unknown(_: Mapping[str, object]) -> Cells:
    return {"relation": "干亲"}


def _sex_against_number(cells: Mapping[str, object]) -> Cells:
    other = "女" if cells["sex"] == "男" else "男"
    # The relation goes with the wrong sex, as whoever mistook the one wrote the other.
    swapped = {"子": "女", "女": "子", "父": "母", "母": "父"}
    relation = str(cells["relation"])
    return {"sex": other, "relation": swapped.get(relation, relation)}


def _notice_wrong(_: Mapping[str, object]) -> Cells:
    return {"notice": "微信告知"}


def _amount_wrong(cells: Mapping[str, object]) -> Cells:
    return {"claimed": "250"} if cells["claimed"] != "0" else {"claimed": "280"}


def _not_signed(_: Mapping[str, object]) -> Cells:
    return {"signature": ""}


def _no_reason(cells: Mapping[str, object]) -> Cells:
    return {"claimed": "0"} if cells["claimed"] != "0" else {"claimed": "280"}


MISTAKES: tuple[Callable[[Mapping[str, object]], Cells], ...] = (
    _digit_missing,
    _number_as_number,
    _relation_unknown,
    _sex_against_number,
    _checksum_wrong,
    _name_missing,
    _notice_wrong,
    _amount_wrong,
    _no_such_birthday,
    _not_signed,
    _no_reason,
)


def _spoil(ledger: Ledger, listed: Sequence[Human], outsiders: Sequence[Human], turn: int) -> None:
    """Put mistakes into the ledger: each village has its own, all together have every kind."""
    source = random.Random(f"{ledger.village}/{turn}")  # noqa: S311 - made data, no secret
    count = max(1, len(listed) // _LINES_A_MISTAKE)
    places = sorted(source.sample(range(len(listed)), min(count, len(listed))))
    for nth, at in enumerate(places):
        mistake = MISTAKES[(turn + nth) % len(MISTAKES)]
        if at not in ledger.mended:
            ledger.spoil(at, ledger.lines[at] | mistake(ledger.lines[at]))
    whole = [at for at in range(len(listed)) if at not in ledger.mended]
    if turn % 2 == 0 and whole:
        ledger.add_wrong(dict(ledger.lines[source.choice(whole)]))
    elif outsiders:
        human = outsiders[0]
        ledger.add_wrong(
            {
                "household_no": household_no(human),
                "name": human.name,
                "relation": code_label("relation", human.relation),
                "sex": code_label("sex", human.sex),
                "number": human.number,
                "notice": "电话告知",
                "claimed": "280",
                "signature": _SIGNED,
            }
        )
