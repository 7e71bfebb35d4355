"""A condition in words, read back by its marks alone, means what the expression means."""

from __future__ import annotations

import re
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.rules.samples import read
from tests.core.rules.test_prose import PLAIN
from yibao.core.rules import prose

FLAGS = ("low_income", "insured_elsewhere", "f3", "f4", "f5")
MORE = PLAIN.replace(
    "parameters:\n",
    "facts: {{f3: {{type: flag}}, f4: {{type: flag}}, f5: {{type: flag}}}}\nparameters:\n",
    1,
)
HEADS = {"有下列情形之一": any, "同时符合下列条件": all}
MARKS = (r"（\d+）", r"(?<![a-z])[a-h]）", r"(?<![a-z])[ivx]+．", r"(?<![A-Z])[A-H]、")

expressions = st.recursive(
    st.sampled_from(FLAGS),
    lambda inner: st.one_of(
        inner.map("not ({})".format),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' and '.join(parts)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' or '.join(parts)})"),
    ),
    max_leaves=9,
)


def truth(text: str, facts: dict[str, bool], level: int = 0) -> bool:
    """What a sentence says of some flags, by its heads, marks and joining words only."""
    head, colon, rest = text.partition("：")
    if colon:
        items = [item.rstrip("；") for item in re.split(MARKS[level], rest)[1:]]
        return HEADS[head](truth(item, facts, level + 1) for item in items)
    for joint, judge in (("，且", all), ("，或者", any)):
        if joint in text:
            return judge(truth(part, facts, level) for part in text.split(joint))
    name = text.removeprefix("不是")
    return facts[name] is (name == text)


@settings(max_examples=150, deadline=None)
@given(expressions)
def test_no_reader_can_take_and_and_or_otherwise_than_the_rule(expression: str) -> None:
    edition = read(MORE.format(expression, "")).bind("answer", year=2009)
    phrases = prose.Phrases(edition, prose.Speaker({}, "zh"))
    node = edition.origin.result[0][1].args[0]
    said = phrases.one_line(phrases.condition(node))
    for values in product((False, True), repeat=len(FLAGS)):
        facts = dict(zip(FLAGS, values))
        assert truth(said, facts) is eval(expression, {}, facts), said
