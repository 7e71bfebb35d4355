"""Rulebooks that hypothesis writes: facts of every type, parameters, tables, lists of clauses, sums,
dates, sets, and a fold with ceilings. What it writes always loads; what it means is anyone's guess.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import strategies as st

from yibao.core.rules.book import LayerText, Rulebook, read_rulebook
from yibao.core.rules.runtime import Calendar

YEAR = 2009
DECLARED = """
sources:
  law: {title: 任意办法, published: 2000-01-01}
enumerations:
  schooling: {primary: 小学, secondary: 中学, vocational: 职业学校, university: 大学}
  identity: {poor: 贫困, orphan: 孤儿, veteran: 退役军人}
  class: {low: 低档, middle: 中档, high: 高档}
facts:
  year: {type: year, range: 2000..2050}
  born: {type: date, range: 1930-01-01..2012-12-31}
  paid_on: {type: date, range: 2007-01-01..2011-12-31, none: 未缴费, absent: none, cite: law 1}
  paid_at: {type: date-time, range: 2008-06-01..2010-06-30, none: 未记时刻, absent: none, cite: law 1}
  student: {type: code, of: schooling, none: 不在校, absent: none, cite: law 1}
  identities: {type: codes, of: identity, absent: [], cite: law 1}
  low_income: {type: flag, absent: false, cite: law 1}
  insured: {type: flag}
  disability: {type: level, range: 1..4, none: 无}
  areas: {type: levels}
  loyal: {type: years, range: 0..12}
  gap: {type: years, range: 0..5}
  share: {type: rate, range: 0%..100%}
  extra: {type: money, range: -500..5000}
  chosen: {type: code, of: class}
  joined: {type: year, range: 2005..2012}
  hospital: {type: level, range: 1..3, per: visit}
  kind: {type: code, of: class, none: 无, per: visit}
  filed_on: {type: date, range: 2008-11-01..2010-02-28, none: 未备案, per: visit}
  admitted_on: {type: date, range: 2008-06-01..2009-12-31, absent: discharged_on, cite: law 1, per: visit}
  discharged_on: {type: date, range: 2009-01-01..2009-12-31, per: visit}
  cost: {type: money, range: 0..90000, per: visit}
  stays_told: {type: times, range: 0..9, per: visit}
parameters:
  zero_rate: {type: rate, is: 0%, from: 2000, cite: law 1}
"""
PERSON = {
    "flag": ["low_income", "insured"],
    "money": ["extra"],
    "rate": ["share"],
    "years": ["loyal", "gap"],
    "date": ["born"],
    "maybe date": ["paid_on"],
    "code": ["student", "chosen"],
    "level": ["disability"],
    "year": ["year", "joined"],
}
VISIT = {
    "money": ["cost"],
    "times": ["stays_told"],
    "date": ["admitted_on", "discharged_on"],
    "maybe date": ["filed_on"],
    "code": ["kind"],
    "level": ["hospital"],
}
OF = {"student": "schooling", "chosen": "class", "kind": "class"}
CODES = {
    "schooling": ["primary", "secondary", "vocational", "university"],
    "class": ["low", "middle", "high"],
}
_DEPTH = 3


@dataclass
class Writer:
    """Writes one book: names by what they are, and the lines of its parameters and steps."""

    draw: st.DrawFn
    names: dict[str, list[str]]
    state: dict[str, list[str]]
    working_days: bool
    of: dict[str, str] = field(default_factory=lambda: dict(OF))
    parameters: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)

    def pick(self, *ways: Callable[[], str]) -> str:
        return self.draw(st.sampled_from(ways))()

    def number(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def parameter(self, type_: str, value: str, extra: str = "") -> str:
        """A new cited parameter; now and then one that the text leaves open."""
        name = f"p{len(self.parameters)}"
        given = "open: 未载" if self.number(0, 30) == 0 else f"is: {value}, from: 2000"
        self.parameters.append(f"  {name}: {{type: {type_}{extra}, {given}, cite: law 2}}")
        return name

    def known(self, *kinds: str) -> list[str]:
        return [
            name
            for kind in kinds
            for name in (*self.names.get(kind, ()), *self.state.get(kind, ()))
        ]

    def name(self, *kinds: str) -> str:
        return self.draw(st.sampled_from(self.known(*kinds)))

    def flag(self, depth: int) -> str:
        if depth == 0:
            return self.pick(lambda: self.name("flag"), self._none, self._member)
        return self.pick(
            lambda: self.name("flag"),
            self._none,
            self._member,
            self._code,
            lambda: self._order("money", depth),
            lambda: self._order("date", depth),
            lambda: self._order("years", depth),
            lambda: self._order("times", depth),
            lambda: self._order("year", depth),
            lambda: f"({self.flag(depth - 1)} and {self.flag(depth - 1)})",
            lambda: f"({self.flag(depth - 1)} or {self.flag(depth - 1)})",
            lambda: f"(not {self.flag(depth - 1)})",
        )

    def _order(self, kind: str, depth: int) -> str:
        sign = self.draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
        make = getattr(self, kind)
        left, right = make(depth - 1), make(depth - 1)
        if self.number(0, 5) == 0:
            return f"({left} <= {right} < {make(depth - 1)})"
        return f"({left} {sign} {right})"

    def _none(self) -> str:
        name = self.name("maybe date", "level")
        name = name if name in ("disability", *self.known("maybe date")) else "disability"
        return f"{name} is {self.draw(st.sampled_from(['None', 'not None']))}"

    def _code(self) -> str:
        name = self.name("code")
        sign = self.draw(st.sampled_from(["==", "!="]))
        return f"({name} {sign} {self.draw(st.sampled_from(CODES[self.of[name]]))})"

    def _member(self) -> str:
        return self.pick(
            lambda: f"({self.draw(st.sampled_from(['poor', 'orphan', 'veteran']))} in identities)",
            lambda: (
                f"any_in(identities, {self.parameter('codes', '[poor, veteran]', ', of: identity')})"
            ),
            lambda: f"({self.name('level')} in {self.parameter('levels', '[1, 3]')})",
            lambda: f"({self.name('level')} in areas)",
            lambda: (
                f"(student not in {self.parameter('codes', '[primary, secondary]', ', of: schooling')})"
            ),
        )

    def money(self, depth: int) -> str:
        fixed = lambda: self.parameter("money", str(self.number(0, 900)))  # noqa: E731
        if depth == 0:
            return self.pick(lambda: self.name("money"), fixed)
        less = depth - 1
        return self.pick(
            lambda: self.name("money"),
            fixed,
            self._by_level,
            self._by_code,
            lambda: f"({self.money(less)} + {self.money(less)})",
            lambda: f"({self.money(less)} - {self.money(less)})",
            lambda: f"max({self.money(less)}, {self.money(less)})",
            lambda: f"min({self.money(less)}, {self.money(less)}, {self.money(less)})",
            lambda: f"({self.money(less)} * {self.parameter('times', str(self.number(0, 4)))})",
            lambda: f"rounded({self.money(less)} * {self.rate(less)}, {self.rounding()})",
            lambda: (
                f"sum(max({fixed()} * k, {self.name('money')}) for k in range({self.times(0)}, {self.times(0)}))"
            ),
        )

    def rounding(self) -> str:
        mode = self.draw(st.sampled_from(["half_up", "half_even", "up", "down"]))
        coin = self.draw(st.sampled_from(["fen", "jiao", "yuan"]))
        return self.parameter("rounding", f"{mode} to {coin}")

    def _by_level(self) -> str:
        level = self.draw(
            st.sampled_from([n for n in ("hospital", "disability") if n in self.known("level")])
        )
        rows = "1: 10, 2: 25.5, 3: 7" + (", 4: 0" if level == "disability" else "")
        return f"{self.parameter('money', f'{{{rows}}}', f', by: [{level}]')}[{level}]"

    def _by_code(self) -> str:
        name = self.draw(st.sampled_from([n for n in self.known("code") if self.of[n] == "class"]))
        return f"{self.parameter('money', '{low: 3, middle: 70, high: 500.5}', ', by: [class]')}[{name}]"

    def rate(self, depth: int) -> str:
        fixed = lambda: self.parameter("rate", f"{self.number(0, 90)}%")  # noqa: E731
        if depth == 0:
            return self.pick(lambda: self.name("rate"), fixed)
        return self.pick(
            lambda: self.name("rate"), fixed, lambda: f"({self.rate(depth - 1)} + {fixed()})"
        )

    def years(self, depth: int) -> str:
        fixed = lambda: self.parameter("years", str(self.number(0, 70)))  # noqa: E731
        if depth == 0:
            return self.pick(lambda: self.name("years"), fixed)
        less = depth - 1
        return self.pick(
            lambda: self.name("years"),
            fixed,
            lambda: f"age({self.date(less)}, {self.date(less)})",
            lambda: f"({self.years(less)} + 1)",
            lambda: f"(joined - {self.name('year')})",
        )

    def times(self, depth: int) -> str:
        fixed = lambda: self.parameter("times", str(self.number(0, 9)))  # noqa: E731
        if depth == 0:
            return self.pick(
                fixed, lambda: self.draw(st.sampled_from([*self.known("times"), fixed()]))
            )
        less = depth - 1
        half = lambda: self.parameter("months", str(self.number(1, 7)))  # noqa: E731
        return self.pick(
            fixed,
            lambda: f"months_between({self.date(less)}, {self.date(less)}) // {half()}",
            lambda: f"min({self.times(less)}, {fixed()})",
            lambda: f"({self.times(less)} + 1)",
        )

    def year(self, depth: int) -> str:
        if depth == 0:
            return self.name("year")
        return self.pick(
            lambda: self.name("year"),
            lambda: f"({self.name('year')} + 1)",
            lambda: f"year_of({self.date(depth - 1)})",
        )

    def _day(self) -> str:
        return self.parameter("date", f"2009-{self.number(1, 12):02}-{self.number(1, 28):02}")

    def date(self, depth: int) -> str:
        names = lambda: self.name("date", "date", "date", "maybe date")  # noqa: E731
        fixed = self._day
        if depth == 0:
            return self.pick(names, fixed)
        less = depth - 1
        return self.pick(
            names,
            fixed,
            lambda: f"year_start({self.year(less)})",
            lambda: f"year_end({self.name('year')} - 1)",
            lambda: f"next_month({self.date(less)})",
            lambda: f"month_end({self.date(less)})",
            lambda: "date_of(paid_at)",
            lambda: f"({self.date(less)} {self.draw(st.sampled_from('+-'))} {self.period()})",
            lambda: f"max({self.date(less)}, {self.date(less)})",
        )

    def period(self) -> str:
        units = ["days", "months", "years", *(["working_days"] if self.working_days else [])]
        unit = self.draw(st.sampled_from(units))
        if self.number(0, 6) == 0:
            rows = f"{{low: 3 days, middle: 2 months, high: {self.number(0, 3)} {unit}}}"
            return f"{self.parameter('period', rows, ', by: [class]')}[chosen]"
        return self.parameter("period", f"{self.number(0, 40)} {unit}")

    def step(self, kind: str) -> str:
        """A plain step, or a list of clauses, remembered by its kind."""
        name = f"s{len(self.steps)}"
        make: Callable[[int], str] = getattr(self, kind.split()[-1])
        if self.number(0, 2) == 0 and kind != "maybe date":
            self.steps.append(f'      {name}: {{is: "{make(_DEPTH)}", cite: law 3}}')
        else:
            self.steps.append(f"      {name}: {{cite: law 3, {self._clauses(make, kind)}}}")
        self.names[kind] = [*self.names.get(kind, ()), name]
        return name

    def choice(self) -> str:
        """A list of clauses that chooses a class."""
        name = f"s{len(self.steps)}"
        codes = lambda depth: self.draw(st.sampled_from(CODES["class"]))  # noqa: E731
        self.steps.append(
            f"      {name}: {{of: class, cite: law 3, {self._clauses(codes, 'code')}}}"
        )
        self.names["code"] = [*self.names["code"], name]
        self.of[name] = "class"
        return name

    def _clauses(self, make: Callable[[int], str], kind: str) -> str:
        found = []
        for at in range(self.number(1, 4)):
            empty = kind == "maybe date" and at > 0 and self.number(0, 1)
            value = "None" if empty else make(1)
            found.append(f'c{at}: {{when: "{self.flag(_DEPTH)}", is: "{value}"}}')
        if self.number(0, 3):
            found.append(f'otherwise: {{is: "{make(1)}"}}')
        return f"first_of: {{{', '.join(found)}}}"


def _merged(*groups: dict[str, list[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for group in groups:
        for kind, names in group.items():
            found[kind] = [*found.get(kind, []), *names]
    return found


_KINDS = ("flag", "money", "years", "times", "date", "maybe date", "rate")


@st.composite
def row_books(draw: st.DrawFn, calendar: Calendar | None = None) -> Rulebook:
    """A rulebook with one rule, `row`, that is no fold."""
    names = _merged(PERSON, {**VISIT, "times": ["stays_told"]})
    writer = Writer(draw, names, {}, calendar is not None)
    results = [writer.choice()]
    for _ in range(draw(st.integers(1, 5))):
        results.append(writer.step(draw(st.sampled_from(_KINDS))))
    rule = [
        "  row:",
        f"    result: {{{', '.join(f'r{name}: {name}' for name in results)}}}",
        f'    requires: [{{when: "{writer.flag(1)} or not insured"}}]'
        if draw(st.booleans())
        else "",
        f'    ensures: [{{when: "{writer.flag(1)} or insured"}}]' if draw(st.booleans()) else "",
        "    steps:",
        *writer.steps,
    ]
    return _read(writer, rule, calendar)


@st.composite
def fold_books(draw: st.DrawFn) -> Rulebook:
    """A rulebook with one rule, `fold`, with a state and two ceilings."""
    names = _merged(PERSON, VISIT)
    state = {"times": ["stays"], "years": ["seen"]}
    writer = Writer(draw, names, state, False)
    results = [writer.choice()]
    for _ in range(draw(st.integers(1, 3))):
        results.append(writer.step(draw(st.sampled_from(_KINDS))))
    limits = [writer.money(1), writer.money(1)]
    counts, amount, after = writer.flag(2), writer.money(2), writer.flag(2)
    writer.steps += [
        f'      paid: {{is: "{amount}", within: [small, year_total], cite: law 4}}',
        f'      more: {{cite: law 3, first_of: {{c: {{when: "{after}", is: stays + 1}}, otherwise: {{is: stays}}}}}}',
    ]
    rule = [
        "  fold:",
        f"    result: {{paid: paid, {', '.join(f'r{name}: {name}' for name in results)}}}",
        "    fold:",
        "      key: [person, year_of(discharged_on)]",
        "      order: [discharged_on]",
        "      state:",
        "        stays: {type: times, starts: 0, range: 0..5}",
        "        seen: {type: years, starts: 1, range: 0..90}",
        "      next: {stays: more}",
        "    ceilings:",
        f'      small: {{limit: "{limits[0]}", counts: "{counts}", cite: law 5}}',
        f'      year_total: {{limit: "{limits[1]}", cite: law 5}}',
        "    steps:",
        *writer.steps,
    ]
    return _read(writer, rule, None)


def _read(writer: Writer, rule: list[str], calendar: Calendar | None) -> Rulebook:
    lines = [DECLARED.rstrip(), *writer.parameters, "rules:", *(line for line in rule if line)]
    text = "\n".join(lines) + "\n"
    return read_rulebook([LayerText("random.yaml", text, "random")], calendar=calendar)
