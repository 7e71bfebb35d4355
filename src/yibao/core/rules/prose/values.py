"""Values and names in words: 13000 fen as 130元, a code by its label, a date as 2020年9月20日."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yibao.core.rules import dates
from yibao.core.rules.declarations import Enumeration, Fact, Label
from yibao.core.rules.graph import Cite
from yibao.core.rules.prose.words import (
    ADVERBS,
    ARTICLES,
    ASKING_ZH,
    CHINESE_LEVELS,
    DAY_OF_EN,
    DENIED_EN,
    DENIED_ZH,
    GENERIC_NONE_ZH,
    JOINING_EN,
    JOINING_ZH,
    MOMENT_OF_EN,
    MONTHS,
    NEGATIVE_EN,
    NEGATIVE_ZH,
    NUMERALS_EN,
    PLAIN_NOT,
    UNLIKE_NOUNS,
    alternatives,
    listed,
    say,
    together,
)
from yibao.core.rules.types import SETS, TIMES, Period, Rounding, Type, item_of
from yibao.core.rules.values import show_money, show_rate

_MINUTE, _HOUR = 60, 3600
_THERE_ZH = {"未": "已", "无": "有"}


class Speaker:
    """Says values and labels in one language, with the labels of a rulebook's codes."""

    def __init__(self, enumerations: Mapping[str, Enumeration], language: str) -> None:
        self.enumerations, self.language = enumerations, language

    def say(self, key: str, /, **parts: object) -> str:
        return say(key, self.language, **parts)

    def listed(self, words: list[str]) -> str:
        return listed(words, self.language)

    def together(self, words: list[str]) -> str:
        return together(words, self.language)

    def alternatives(self, words: list[str]) -> str:
        return alternatives(words, self.language)

    def value(self, value: object, type_: Type, *, aged: bool = False) -> str:
        """A value with its unit. `aged` says years as 周岁."""
        if value is None:
            return self.say("nothing")
        if isinstance(value, frozenset):
            return self.listed(self.items(value, type_)) or self.say("nothing")
        if isinstance(value, bool):
            return self.say("true" if value else "false")
        if isinstance(value, Period):
            return self._count(value.unit, value.length)
        if isinstance(value, Rounding):
            return self.say(value.mode, coin=self.say(f"coin {value.fen}"))
        if isinstance(value, str):
            return self.code(value, type_)
        assert isinstance(value, int)
        return self._number(value, type_, aged=aged)

    def items(self, values: frozenset[object], type_: Type) -> list[str]:
        """The members of a set in the order of their enumeration."""
        assert type_.kind in SETS
        if type_.kind == "codes":
            order = [code for code in self.enumerations[type_.of].codes if code in values]
            return [self.code(code, type_) for code in order]
        return [self.value(level, item_of(type_)) for level in sorted(values, key=str)]

    def code(self, code: str, type_: Type) -> str:
        found = self.enumerations.get(type_.of)
        label = found.codes.get(code) if found else None
        return label.in_language(self.language) if label else code

    def _number(self, value: int, type_: Type, *, aged: bool) -> str:
        kind = type_.kind
        if kind == "money":
            shown = show_money(value).removesuffix(".00")
            return self.say("yuan", n=shown)
        if kind == "rate":
            return f"{show_rate(value)}%"
        if kind == "date":
            return self.date(value)
        if kind == "date-time":
            day, rest = divmod(value, dates.DAY_SECONDS)
            hour, minute = rest // _HOUR, rest % _HOUR // _MINUTE
            return self.say("moment", day=self.date(day), hour=hour, minute=minute)
        if kind == "level" and self.language == "zh" and 0 <= value < len(CHINESE_LEVELS):
            return self.say("level", n=CHINESE_LEVELS[value])
        return self._count("age" if aged else kind, value)

    def _count(self, key: str, number: int) -> str:
        """A number with its unit; English has a singular."""
        said = self.say(key, n=number)
        return said.removesuffix("s") if number == 1 and self.language == "en" else said

    def date(self, day: int) -> str:
        year, month, of_month = dates.parts(day)
        name = MONTHS[month - 1] if self.language == "en" else ""
        return self.say("date", y=year, m=month, d=of_month, month=name)

    def label(self, label: Label, name: str = "") -> str:
        """A label as the subject of a sentence; in English with its article."""
        text = label.in_language(self.language) or name
        if self.language == "zh":
            return text
        first = text.partition(" ")[0]
        done = first in PLAIN_NOT or first.endswith("ed")
        for ending, noun in ((" on", DAY_OF_EN), (" at", MOMENT_OF_EN)):
            if text.endswith(ending) and done:
                return noun + text.removesuffix(ending)
        if first in UNLIKE_NOUNS:
            return self.say("called", a=text)
        return text if text.startswith(ARTICLES) else f"the {text}"

    def flag(self, label: Label, *, positive: bool) -> str:
        """A condition that a label names, or its denial."""
        text = label.in_language(self.language)
        if self.language == "zh":
            if text.startswith(ASKING_ZH):
                return ("" if positive else "不") + text.removeprefix(ASKING_ZH)
            return self._flag_zh(text, positive=positive)
        return self._flag_en(text, positive=positive)

    def negative(self, label: Label) -> bool:
        """Whether a label denies something itself, so that its denial would be a double one."""
        text = label.in_language(self.language)
        if self.language == "zh":
            return text.startswith(NEGATIVE_ZH)
        return text.startswith(NEGATIVE_EN)

    def marks(self, label: Label, type_: Type) -> bool:
        """Whether a count of 0 or 1 stands for no and yes, as its label tells."""
        return type_ == TIMES and "已" in label.zh

    def sentence(self, text: str) -> str:
        """A text that begins a sentence: English with a capital letter."""
        return text[:1].upper() + text[1:] if self.language == "en" else text

    def recorded(self, fact: Fact, *, positive: bool) -> str:
        """That a fact is there, or that it says “there is none”: in its own word for that."""
        noun = self.label(fact.label, fact.name)
        generic = self.say("recorded" if positive else "recorded not", a=noun)
        if self.language == "en":
            if not noun.startswith(DAY_OF_EN):
                return generic
            done = noun.removeprefix(DAY_OF_EN)
            return done if positive else f"not {done}"
        word = fact.none or ""
        if word in GENERIC_NONE_ZH or not word.startswith(NEGATIVE_ZH):
            return generic
        return _THERE_ZH.get(word[0], "") + word[1:] if positive else word

    def told(self, label: Label, value: object, type_: Type) -> str:
        """An outcome and its value as a sentence."""
        if value is None:
            return self.say("no such", a=self.label(label).removeprefix("the "))
        if isinstance(value, bool):
            return self.flag(label, positive=value)
        return self.say("is", a=self.label(label).removeprefix("the "), b=self.value(value, type_))

    def supposed(self, fact: Fact, value: bool | None) -> str:
        """A fact as a condition: a flag, or that there is none."""
        if value is None:
            return self.recorded(fact, positive=False)
        return self.flag(fact.label, positive=value)

    def _flag_zh(self, text: str, *, positive: bool) -> str:
        if any(word in text for word in JOINING_ZH):
            return self.say("called" if positive else "not called", a=text)
        if positive:
            return text
        for start, denied in DENIED_ZH:
            if text.startswith(start):
                return denied + text.removeprefix(start)
        if text.endswith("内"):
            return f"不在{text}"
        if "已" in text:
            return text.replace("已", "未", 1)
        return self.say("not called", a=text) if text.startswith(NEGATIVE_ZH) else f"不是{text}"

    def _flag_en(self, text: str, *, positive: bool) -> str:
        if any(word in text for word in JOINING_EN):
            return self.say("called" if positive else "not called", a=text)
        if positive:
            return text
        first, _, rest = text.partition(" ")
        if first in DENIED_EN:
            return f"{DENIED_EN[first]} {rest}".strip()
        for verb in (" is ", " are "):
            if verb in text:
                return text.replace(verb, f"{verb}not ", 1)
        if text.startswith(NEGATIVE_EN):
            return self.say("not called", a=text)
        return _denied_en(text, first, rest)


def _denied_en(text: str, first: str, rest: str) -> str:
    """The denial of an English label: of a state with “not”, of a thing with “not a”."""
    if first in PLAIN_NOT or first.endswith("ly") or text.startswith(ARTICLES):
        return f"not {text}"
    if text.endswith("ed") and rest:
        return text.removesuffix(last := text.split()[-1]) + f"not {last}"
    done = first.endswith("ed") and (not rest or rest.split()[0] in ADVERBS)
    if done or first.endswith("s") or first in NUMERALS_EN:
        return f"not {text}"
    return f"not {'an' if text.startswith(tuple('aeiou')) else 'a'} {text}"


def cited(cites: Sequence[Cite], language: str) -> str:
    """Articles in brackets, one source named once; a reading of our own says so."""
    told: dict[str, list[str]] = {}
    for cite in cites:
        if cite.source:
            source = say("ours", language) if cite.ours else cite.source
            told.setdefault(source, []).append(cite.article)
    comma = say("comma of words", language)
    texts = [f"{source} {comma.join(dict.fromkeys(articles))}" for source, articles in told.items()]
    return say("cited", language, cite=say("semicolon", language).join(texts)) if texts else ""
