"""The departments' lists of people to be supported, with the mistakes that departments make."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from yibao.cli.demo.fates import Town, is_supported
from yibao.cli.demo.people import Human
from yibao.cli.demo.workbooks import ROSTER_COLUMNS, Cell, workbook
from yibao.core.identity.resident import make_resident_number

# Which department certifies what (方案 四(四)).
DEPARTMENTS: dict[str, tuple[str, ...]] = {
    "衡山县扶贫开发办公室": ("registered_poor", "marginal"),
    "衡山县退役军人事务局": ("preferential",),
    "衡山县民政局": ("extreme_poverty", "minimum_living", "orphan", "de_facto_orphan"),
    "衡山县残疾人联合会": ("severe_disability",),
    "衡山县卫生健康局": ("family_planning_loss",),
}
WORDS = {
    "registered_poor": "建档立卡贫困人口",
    "preferential": "重点优抚对象",
    "extreme_poverty": "特困人员",
    "minimum_living": "低保对象",
    "orphan": "孤儿",
    "de_facto_orphan": "事实无人抚养儿童",
    "severe_disability": "一二级残疾人",
    "family_planning_loss": "计生失独(伤残)人员",
    "marginal": "边缘人口",
    "newly_poor": "年中新增贫困人员",
}
_LATE_EVERY = 17  # every so-many-th comes only with November's addition
_TOWN = "新桥镇"
_STRANGER_BORN = date(1961, 4, 9)


@dataclass(frozen=True, slots=True)
class RosterLine:
    """A person in a department's list."""

    human: Human
    category: str


def categories_of(human: Human) -> tuple[str, ...]:
    """Return everything that some department certifies of a person."""
    severe = human.disability_level is not None and human.disability_level <= 2
    return (*human.identities, *(("severe_disability",) if severe else ()))


def comes_late(human: Human) -> bool:
    """Tell whether a department forgets him in September and adds him in November."""
    return human.key % _LATE_EVERY == 0


def lines_of(town: Town, department: str, *, addition: bool) -> list[RosterLine]:
    """Return a department's people: those of September, or those that November adds."""
    known = [one for one in town.population.humans if one.born.year <= 2020]
    listed = [
        RosterLine(human, category)
        for human in known
        if town.fate.get(human.key) not in ("entrant", "listed_entrant") and is_supported(human)
        for category in categories_of(human)
        if category in DEPARTMENTS[department]
    ]
    return [line for line in listed if comes_late(line.human) == addition]


def roster_file(
    lines: Sequence[RosterLine], village_name: Callable[[str], str], *, spoil: bool
) -> bytes:
    """Return the list as an Excel file; with `spoil`, with a mistake of each kind."""
    rows: list[list[Cell]] = [
        [
            line.human.name,
            line.human.number,
            WORDS[line.category],
            _TOWN,
            village_name(line.human.village),
        ]
        for line in lines
    ]
    if spoil:
        rows += _wrong_rows(rows)
    return workbook("资助对象名单", ROSTER_COLUMNS, rows)


def _wrong_rows(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Rows that a check finds: a stranger, a wrong digit, a lost number, a category of no list."""
    if not rows:
        return []
    name, number, category, town, village = rows[0]
    stranger = make_resident_number("430426", _STRANGER_BORN, "male", 17)
    return [
        ["周不详", stranger, category, town, village],
        [
            name,
            str(number)[:-1] + ("1" if str(number)[-1] != "1" else "2"),
            category,
            town,
            village,
        ],
        [name, int(str(number)[:17] + "0"), category, town, village],
        ["", str(number), category, town, village],
        [name, str(number), "困难家庭", town, village],
        [name, str(number), category, town, village],
    ]


def deceased_file(
    dead: Sequence[Human], days: Mapping[int, date], village_name: Callable[[str], str]
) -> bytes:
    """Return the list of those who died after a department had named them."""
    rows: list[list[Cell]] = [
        [one.name, one.number, _TOWN, village_name(one.village), days[one.key].isoformat()]
        for one in dead
    ]
    return workbook("已死亡人员名单", ("姓名", "身份证号", "乡镇", "村", "死亡日期"), rows)


def newly_poor_file(people: Sequence[Human], village_name: Callable[[str], str]) -> bytes:
    """Return the list of those who became poor in the year, and a stranger among them."""
    stranger = make_resident_number("430426", _STRANGER_BORN, "female", 31)
    rows: list[list[Cell]] = [
        [one.name, one.number, WORDS["newly_poor"], _TOWN, village_name(one.village)]
        for one in people
    ]
    rows.append(["周不详", stranger, WORDS["newly_poor"], _TOWN, ""])
    return workbook("新增贫困人员", ROSTER_COLUMNS, rows)
