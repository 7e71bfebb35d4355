"""A synthetic population: households of three generations, made by a seed.

Nobody here exists. Villages and towns are the real ones of the divisions' list.
"""

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from yibao.cli.demo.names import NameMaker
from yibao.core.identity.resident import make_resident_number

COUNTED_ON = date(2020, 9, 30)  # the day of the departments' lists (方案 四(四))
_DAYS_A_YEAR = 365.25
_STAGES = ((3, 6, "kindergarten"), (6, 12, "primary"), (12, 18, "secondary"), (18, 22, "university"))

# How often, in parts of 1,000.
_EMPLOYED = 45
_ELSEWHERE = 70
_RESIDENCE_PERMIT = 12
_DISABLED = 28
_HOUSEHOLD_STANDINGS = (
    ("registered_poor", 45), ("minimum_living", 35), ("marginal", 15),
)
_PERSON_STANDINGS = (
    ("preferential", 8, 18, 95), ("extreme_poverty", 10, 60, 95), ("orphan", 4, 0, 17),
    ("de_facto_orphan", 6, 0, 17), ("family_planning_loss", 4, 49, 80),
)


@dataclass(frozen=True)
class Human:
    """One synthetic person as the village's hukou books have him."""

    key: int
    name: str
    sex: str
    born: date
    number: str
    relation: str
    household: int
    village: str
    phone: str = ""
    student: str = ""
    disability_level: int | None = None
    identities: tuple[str, ...] = ()
    employed: bool = False
    elsewhere: str = ""  # employee | resident: insured at another place
    residence_permit: bool = False
    died_on: date | None = None
    moved_on: date | None = None
    event: str = ""  # how he comes in outside the window
    event_on: date | None = None

    def age_on(self, day: date) -> int:
        """Return whole years on a day."""
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))


@dataclass
class Population:
    """The people of some villages, with the counters that keep their numbers apart."""

    source: random.Random
    area: str
    humans: list[Human] = field(default_factory=list)
    households: dict[int, str] = field(default_factory=dict)  # key → village
    _used: dict[tuple[date, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = NameMaker(self.source)

    def number(self, born: date, sex: str) -> str:
        """Return an identity number that nobody here has."""
        sequence = self._used.get((born, sex), self.source.randrange(200))
        self._used[born, sex] = sequence + 1
        return make_resident_number(self.area, born, sex, sequence)

    def born_at(self, age: int, on: date = COUNTED_ON) -> date:
        """Return a birthday that makes somebody so old on a day."""
        days = int((age + self.source.random()) * _DAYS_A_YEAR)
        return on - timedelta(days=days)

    def add(self, **facts: object) -> Human:
        """Add a person to a household and return him."""
        human = Human(key=len(self.humans), **facts)  # type: ignore[arg-type]
        self.humans.append(human)
        return human

    def change(self, key: int, **facts: object) -> None:
        """Replace facts of a person."""
        self.humans[key] = replace(self.humans[key], **facts)  # type: ignore[arg-type]


def make_population(*, people: int, villages: list[str], area: str, seed: int) -> Population:
    """Return exactly `people` persons in households of these villages, made by the seed."""
    assert people >= len(villages), "a village has at least one person"
    population = Population(random.Random(seed), area)  # noqa: S311 - made data, no secret
    while len(population.humans) < people:
        village = villages[len(population.households) % len(villages)]
        _add_household(population, village, people - len(population.humans))
    for human in list(population.humans):
        _add_standings(population, human)
    _share_a_name(population)
    return population


def _add_household(population: Population, village: str, room: int) -> None:
    source = population.source
    key = len(population.households) + 1
    population.households[key] = village
    head_age = int(min(84, max(24, source.gauss(48, 13))))
    head_sex = "female" if source.random() < 0.22 else "male"
    surname = population.names.surname()
    shape = [("head", head_sex, head_age, surname)]
    if head_age < 80 and source.random() < 0.82:
        spouse = "male" if head_sex == "female" else "female"
        age = max(22, head_age + source.randint(-4, 3))
        shape.append(("spouse", spouse, age, population.names.surname()))
        shape += _children(source, head_age, surname)
    if 28 <= head_age <= 58 and source.random() < 0.45:
        shape.append(("mother", "female", head_age + source.randint(21, 30), population.names.surname()))
        if source.random() < 0.6:
            shape.append(("father", "male", head_age + source.randint(22, 32), surname))
    for relation, sex, age, family in shape[:room]:
        _add_member(population, key, village, relation, sex, age, family)


def _children(source: random.Random, head_age: int, surname: str) -> list[tuple[str, str, int, str]]:
    found = []
    for _ in range(source.choices((0, 1, 2, 3), (14, 34, 40, 12))[0]):
        age = head_age - source.randint(21, 36)
        if 0 <= age <= 34:
            sex = source.choice(("male", "female"))
            found.append(("son" if sex == "male" else "daughter", sex, age, surname))
    return found


def _add_member(
    population: Population, key: int, village: str, relation: str, sex: str, age: int, family: str
) -> None:
    source = population.source
    born = population.born_at(age)
    stage = next((name for low, high, name in _STAGES if low <= age < high), "")
    if age >= 18 and source.random() < 0.4:
        stage = ""
    phone = f"1{source.choice('3589')}{source.randrange(10**9):09d}" if age >= 16 else ""
    population.add(
        name=family + population.names.given(sex, born.year), sex=sex, born=born,
        number=population.number(born, sex), relation=relation, household=key, village=village,
        phone=phone, student=stage,
    )


def _in_a_thousand(source: random.Random, parts: int) -> bool:
    return source.randrange(1000) < parts


def _add_standings(population: Population, human: Human) -> None:
    source = population.source
    age = human.age_on(COUNTED_ON)
    found = list(human.identities)
    for code, parts, low, high in _PERSON_STANDINGS:
        if low <= age <= high and _in_a_thousand(source, parts):
            found.append(code)
    if human.relation == "head":
        for code, parts in _HOUSEHOLD_STANDINGS:
            if _in_a_thousand(source, parts):
                found.append(code)
                _give_to_family(population, human, code)
    level = source.choice((1, 2, 2, 3, 3, 4)) if _in_a_thousand(source, _DISABLED) else None
    working = 22 <= age < 60 and not human.student
    employed = working and _in_a_thousand(source, _EMPLOYED)
    elsewhere = ""
    if employed:
        elsewhere = "employee"
    elif age >= 16 and _in_a_thousand(source, _ELSEWHERE):
        elsewhere = "resident"
    population.change(
        human.key, identities=tuple(dict.fromkeys((*population.humans[human.key].identities, *found))),
        disability_level=level, employed=employed, elsewhere=elsewhere,
        residence_permit=_in_a_thousand(source, _RESIDENCE_PERMIT),
    )


def _give_to_family(population: Population, head: Human, code: str) -> None:
    for human in population.humans:
        if human.household == head.household and human.key != head.key:
            population.change(human.key, identities=(*human.identities, code))


def _share_a_name(population: Population) -> None:
    """Give two people of one village the same name, once in every two hundred."""
    for key in range(100, len(population.humans), 200):
        twin = population.humans[key - 37]
        if twin.sex == population.humans[key].sex:
            population.change(key, name=twin.name)
