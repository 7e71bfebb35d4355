"""What becomes of each person of Xinqiao in the year: made by the seed, in exact numbers.

A person has one fate. The shares are chosen so that a little over 95 % end insured: who stays
uninsured is counted first, and those who will not pay fill the rest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from yibao.cli.demo.clock import within
from yibao.cli.demo.people import COUNTED_ON, Human, Population, make_population
from yibao.core.refusal import Refusal

FEWEST = 200
# Of a thousand persons of the town; at least one of each kind.
_NEWBORN, _LATE_NEWBORN = 8, 1
_DIED_EARLY, _DIED, _LEFT = 3, 6, 4
_EMPLOYEES, _ELSEWHERE, _UNPROVEN = 30, 55, 3
_ENTRANTS, _ENTRANTS_LEAST = 40, 8
_PAID_WRONG = 2
_UNINSURED = 44  # of a thousand living residents at the end of the year
# Events that let people in outside the window (方案 四(四)); the first three come from outside.
ARRIVALS = ("moved_in", "veteran", "released", "new_employment_form")
RESIDENTS = ("graduate", "employee_cover_ended", "found_uninsured_poor", "newly_poor")
REASONS = ("外出未联系上", "不愿参保", "经济困难", "承诺稍后缴费", "服兵役", "信息有误无法缴费")
_NEWBORNS_FROM, _NEWBORNS_UNTIL = date(2021, 1, 6), date(2021, 8, 20)


class TooFewPeople(Refusal):
    """Raised by `make_town` for fewer people than the year's events need."""

    code = "CL20"
    message = "演示至少需要 {fewest} 人，不能是 {people} 人"
    remedy = "请用 --people 指定更多人数"
    message_en = "The demonstration needs at least {fewest} people, not {people}"
    remedy_en = "Ask for more with --people"


@dataclass
class Town:
    """The population with everybody's fate: which keys have which one."""

    population: Population
    groups: dict[str, list[int]] = field(default_factory=dict)
    fate: dict[int, str] = field(default_factory=dict)
    days: dict[int, date] = field(default_factory=dict)  # of birth, death, event …

    def of(self, *names: str) -> list[Human]:
        """Return the people of these fates, in their order."""
        keys = sorted(key for name in names for key in self.groups.get(name, ()))
        return [self.population.humans[key] for key in keys]

    def rest(self) -> list[Human]:
        """Return those whom nothing special befalls."""
        return [human for human in self.population.humans if human.key not in self.fate]

    def give(self, name: str, humans: Sequence[Human]) -> None:
        """Give people a fate. Nobody has two."""
        for human in humans:
            assert human.key not in self.fate, f"{human.key} is {self.fate[human.key]} already"
            self.fate[human.key] = name
            self.groups.setdefault(name, []).append(human.key)


def make_town(*, people: int, villages: Sequence[str], area: str, seed: int) -> Town:
    """Return exactly `people` persons, those born in the year included. Raises TooFewPeople."""
    if people < FEWEST:
        raise TooFewPeople(fewest=FEWEST, people=people)
    late, in_time = _share(people, _LATE_NEWBORN), _share(people, _NEWBORN)
    babies = in_time + late + 1
    population = make_population(people=people - babies, villages=villages, area=area, seed=seed)
    town = Town(population)
    _add_newborns(town, in_time, late)
    _add_foundling(town)
    _new_households(town, people)
    _events(town, people)
    _lives(town, people)
    _other_cover(town, people)
    _uninsured(town, people)
    return town


def is_supported(human: Human) -> bool:
    """Tell whether a department's list names him."""
    severe = human.disability_level is not None and human.disability_level <= 2
    return bool(human.identities) or severe


def _share(people: int, parts: int) -> int:
    return max(1, people * parts // 1000)


def _choose(town: Town, count: int, fits: Callable[[Human], bool]) -> list[Human]:
    """Return so many of those who have no fate yet and fit, chosen by the seed."""
    free = [human for human in town.rest() if fits(human)]
    return sorted(
        town.population.source.sample(free, min(count, len(free))), key=lambda human: human.key
    )


def _add_newborns(town: Town, in_time: int, late: int) -> None:
    population = town.population
    mothers = [
        human
        for human in population.humans
        if human.relation in ("head", "spouse")
        and human.sex == "female"
        and 22 <= human.age_on(COUNTED_ON) <= 44
    ]
    chosen = population.source.sample(mothers, in_time + late)
    for at, mother in enumerate(chosen):
        born = within(_NEWBORNS_FROM, _NEWBORNS_UNTIL, population.source.random())
        sex = population.source.choice(("male", "female"))
        surname = next(one for one in population.family(mother) if one.is_head).name[0]
        baby = population.add(
            name=surname + population.names.given(sex, born.year),
            sex=sex,
            born=born,
            relation="son" if sex == "male" else "daughter",
            household=mother.household,
            village=mother.village,
        )
        town.give("newborn" if at < in_time else "late_newborn", [baby])
        town.days[baby.key] = born


def _add_foundling(town: Town) -> None:
    """A child that the welfare institution took in."""
    population = town.population
    born = date(2021, 2, 14)
    child = population.add(
        name="衡" + population.names.given("female", born.year),
        sex="female",
        born=born,
        relation="other",
        household=len(population.households) + 1,
        village=population.humans[0].village,
    )
    town.give("foundling", [child])
    town.days[child.key] = date(2021, 6, 3)


def _new_households(town: Town, people: int) -> None:
    """Whole families that settled here lately: the register does not know them."""
    heads = [human for human in town.rest() if human.is_head and not is_supported(human)]
    town.population.source.shuffle(heads)
    wanted, found = max(_share(people, _ENTRANTS), _ENTRANTS_LEAST), 0
    for head in heads:
        family = town.population.family(head)
        if any(one.key in town.fate or is_supported(one) for one in family):
            continue
        # The village takes the first of them for an old family and lists it with the others.
        town.give("entrant" if found else "listed_entrant", family)
        found += len(family)
        if found >= wanted:
            return


def _events(town: Town, people: int) -> None:
    """Each kind of entry in the course of the year at least once, and one that comes too late."""

    def grown(human: Human) -> bool:
        age = human.age_on(COUNTED_ON)
        return 18 <= age <= 58 and not human.is_head and not is_supported(human)

    each = max(1, people // 1500)
    for at, event in enumerate((*ARRIVALS, *RESIDENTS, "december")):
        chosen = _choose(town, 1 if event == "december" else each, grown)
        town.give(event, chosen)
        for human in chosen:
            day = date(2021, 2, 3) + timedelta(days=29 * at + human.key % 7)
            town.days[human.key] = min(day, date(2021, 10, 20))


def _lives(town: Town, people: int) -> None:
    def old(human: Human) -> bool:
        return human.age_on(COUNTED_ON) >= 60 and not human.is_head

    supported = _choose(town, 1, lambda human: is_supported(human) and old(human))
    early = supported + _choose_after(town, supported, _share(people, _DIED_EARLY), old)
    _dated(town, "died_early", early, date(2020, 11, 6), date(2020, 12, 8))
    died = _choose(town, _share(people, _DIED), old)
    _dated(town, "died", died, date(2021, 1, 9), date(2021, 11, 2))
    left = _choose(
        town, _share(people, _LEFT), lambda one: not one.is_head and one.born.year < 2003
    )
    _dated(town, "left", left, date(2021, 2, 20), date(2021, 9, 15))


def _choose_after(
    town: Town, taken: list[Human], count: int, fits: Callable[[Human], bool]
) -> list[Human]:
    keys = {human.key for human in taken}
    return _choose(town, count, lambda human: human.key not in keys and fits(human))


def _dated(town: Town, name: str, humans: list[Human], first: date, last: date) -> None:
    town.give(name, humans)
    for human in humans:
        town.days[human.key] = within(first, last, town.population.source.random())


def _other_cover(town: Town, people: int) -> None:
    def working(human: Human) -> bool:
        return 20 <= human.age_on(COUNTED_ON) < 60 and not human.is_head and not human.student

    town.give("employee", _choose(town, _share(people, _EMPLOYEES), working))

    def away(human: Human) -> bool:
        grown = 16 <= human.age_on(COUNTED_ON) < 70
        return grown and not human.is_head and not is_supported(human)

    town.give("elsewhere", _choose(town, _share(people, _ELSEWHERE), away))
    town.give("unproven", _choose(town, _share(people, _UNPROVEN), away))


def _uninsured(town: Town, people: int) -> None:
    """Those who pay wrongly and those who do not pay, so that the rate comes out."""

    def alone(human: Human) -> bool:
        return not is_supported(human) and human.age_on(COUNTED_ON) >= 3

    def old(human: Human) -> bool:
        return alone(human) and human.age_on(COUNTED_ON) >= 60

    town.give("cash_held", _choose(town, 1, old))
    town.give("paid_wrong", _choose(town, _share(people, _PAID_WRONG), alone))
    gone = len(town.of("died_early", "died", "left"))
    uninsured = (people - gone) * _UNINSURED // 1000
    otherwise = len(town.of("december", "unproven", "cash_held", "paid_wrong"))
    assert uninsured > otherwise, "somebody is left who does not pay"
    town.give("unwilling", _choose(town, uninsured - otherwise, alone))
