"""A synthetic population: households of three generations, made by a seed.

Nobody here exists. Villages and towns are the real ones of the divisions' list.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from yibao.cli.demo.names import NameMaker
from yibao.core.identity.resident import make_resident_number

COUNTED_ON = date(2020, 9, 30)  # ages are those of the day of the departments' lists
_DAYS_A_YEAR = 365.25
_SCHOOL = ((3, 6, "kindergarten"), (6, 12, "primary"), (12, 18, "secondary"))
_STUDY = (18, 22)

# How often, in parts of a thousand.
_DISABLED = 28
_HOUSEHOLD_STANDINGS = (("registered_poor", 45), ("minimum_living", 35), ("marginal", 15))
_PERSON_STANDINGS = (
    ("preferential", 8, 18, 95),
    ("extreme_poverty", 10, 60, 95),
    ("orphan", 4, 0, 17),
    ("de_facto_orphan", 6, 0, 17),
    ("family_planning_loss", 4, 49, 80),
)
_SAME_NAME_EVERY = 200


@dataclass(frozen=True, slots=True)
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
    low_income_family: bool = False

    def age_on(self, day: date) -> int:
        """Return whole years on a day."""
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))

    @property
    def is_head(self) -> bool:
        """Whether he is the head of his household."""
        return self.relation == "head"


@dataclass
class Population:
    """The people of some villages, with the counters that keep their numbers apart."""

    source: random.Random
    area: str
    counted_on: date = COUNTED_ON
    humans: list[Human] = field(default_factory=list)
    households: dict[int, list[int]] = field(default_factory=dict)  # household → keys
    _used: dict[tuple[date, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = NameMaker(self.source)

    def number(self, born: date, sex: str) -> str:
        """Return an identity number that nobody here has."""
        sequence = self._used.get((born, sex), self.source.randrange(200))
        self._used[born, sex] = sequence + 1
        return make_resident_number(self.area, born, sex, sequence)  # type: ignore[arg-type]

    def born_at(self, age: int) -> date:
        """Return a birthday that makes somebody so old on the day that ages are counted on."""
        days = int((age + self.source.random()) * _DAYS_A_YEAR)
        return self.counted_on - timedelta(days=days)

    def add(
        self, *, name: str, sex: str, born: date, relation: str, household: int, village: str
    ) -> Human:
        """Add a person to a household and return him."""
        age = max(0, self.counted_on.year - born.year)
        human = Human(
            key=len(self.humans),
            name=name,
            sex=sex,
            born=born,
            number=self.number(born, sex),
            relation=relation,
            household=household,
            village=village,
            phone=self._phone() if age >= 16 else "",
            student=self._stage(age),
        )
        self.humans.append(human)
        self.households.setdefault(household, []).append(human.key)
        return human

    def change(self, key: int, **facts: object) -> None:
        """Replace facts of a person."""
        self.humans[key] = replace(self.humans[key], **facts)  # type: ignore[arg-type]

    def family(self, human: Human) -> list[Human]:
        """Return everybody of his household, himself too."""
        return [self.humans[key] for key in self.households[human.household]]

    def happens(self, parts: int, of: int = 1000) -> bool:
        """Return whether something happens that is met so often."""
        return self.source.randrange(of) < parts

    def _phone(self) -> str:
        return f"1{self.source.choice('3589')}{self.source.randrange(10**9):09d}"

    def _stage(self, age: int) -> str:
        for low, high, name in _SCHOOL:
            if low <= age < high:
                return name
        low, high = _STUDY
        return "university" if low <= age < high and self.happens(300) else ""


def make_population(
    *,
    people: int,
    villages: Sequence[str],
    area: str,
    seed: int,
    mongolian_parts: int = 0,
    counted_on: date = COUNTED_ON,
) -> Population:
    """Return exactly `people` persons in households of these villages, made by the seed."""
    assert people >= len(villages), "a village has at least one person"
    population = Population(random.Random(seed), area, counted_on)  # noqa: S311 - made data, no secret
    while len(population.humans) < people:
        key = len(population.households) + 1
        village = villages[(key - 1) % len(villages)]
        room = people - len(population.humans)
        _add_household(
            population, key, village, room, mongolian=population.happens(mongolian_parts, 100)
        )
    for human in list(population.humans):
        _add_standings(population, human)
    _share_a_name(population)
    return population


def _add_household(
    population: Population, key: int, village: str, room: int, *, mongolian: bool
) -> None:
    source, names = population.source, population.names
    head_age = int(min(84, max(24, source.gauss(48, 13))))
    head_sex = "female" if source.random() < 0.22 else "male"
    surname = names.surname()
    shape = [("head", head_sex, head_age, surname)]
    if head_age < 80 and source.random() < 0.82:
        spouse = "male" if head_sex == "female" else "female"
        age = max(22, head_age + source.randint(-4, 3))
        shape.append(("spouse", spouse, age, names.surname()))
        shape += _children(source, head_age, surname)
    if 28 <= head_age <= 58 and source.random() < 0.45:
        shape.append(("mother", "female", head_age + source.randint(21, 30), names.surname()))
        if source.random() < 0.6:
            shape.append(("father", "male", head_age + source.randint(22, 32), surname))
    for relation, sex, age, family in shape[:room]:
        born = population.born_at(age)
        given = names.mongolian(sex) if mongolian else family + names.given(sex, born.year)
        population.add(
            name=given, sex=sex, born=born, relation=relation, household=key, village=village
        )


def _children(
    source: random.Random, head_age: int, surname: str
) -> list[tuple[str, str, int, str]]:
    found = []
    for _ in range(source.choices((0, 1, 2, 3), (14, 34, 40, 12))[0]):
        age = head_age - source.randint(21, 36)
        if 0 <= age <= 34:
            sex = source.choice(("male", "female"))
            found.append(("son" if sex == "male" else "daughter", sex, age, surname))
    return found


def _add_standings(population: Population, human: Human) -> None:
    age = human.age_on(population.counted_on)
    found = list(population.humans[human.key].identities)
    for code, parts, low, high in _PERSON_STANDINGS:
        if low <= age <= high and population.happens(parts):
            found.append(code)
    level = population.source.choice((1, 2, 2, 3, 3, 4)) if population.happens(_DISABLED) else None
    population.change(human.key, identities=tuple(dict.fromkeys(found)), disability_level=level)
    if human.is_head:
        for code, parts in _HOUSEHOLD_STANDINGS:
            if population.happens(parts):
                _give_to_family(population, human, code)


def _give_to_family(population: Population, head: Human, code: str) -> None:
    for human in population.family(head):
        held = dict.fromkeys((*human.identities, code))
        population.change(human.key, identities=tuple(held))


def _share_a_name(population: Population) -> None:
    """Give two people the same name, once in every two hundred."""
    for key in range(_SAME_NAME_EVERY, len(population.humans), _SAME_NAME_EVERY):
        twin = population.humans[key - 37]
        if twin.sex == population.humans[key].sex:
            population.change(key, name=twin.name)
