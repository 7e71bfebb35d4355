"""The table of words: each phrase that rules are told with, Chinese and English side by side."""

from __future__ import annotations

from collections.abc import Sequence

LANGUAGES = ("zh", "en")

# key: (Chinese, English). Parts stand in braces; both sides name the same parts.
PHRASES: dict[str, tuple[str, str]] = {
    # values
    "true": ("是", "yes"),
    "false": ("否", "no"),
    "nothing": ("无", "none"),
    "yuan": ("{n}元", "{n} yuan"),
    "age": ("{n}周岁", "{n} years"),
    "years": ("{n}年", "{n} years"),
    "months": ("{n}个月", "{n} months"),
    "days": ("{n}日", "{n} days"),
    "working_days": ("{n}个工作日", "{n} working days"),
    "times": ("{n}次", "{n}"),
    "level": ("{n}级", "level {n}"),
    "year": ("{n}年", "{n}"),
    "date": ("{y}年{m}月{d}日", "{d} {month} {y}"),
    "moment": ("{day}{hour:02}时{minute:02}分", "{day}, {hour:02}:{minute:02}"),
    # comparisons of amounts and counts, ages, days, levels
    "lt": ("{a}少于{b}", "{a} is less than {b}"),
    "le": ("{a}不超过{b}", "{a} is at most {b}"),
    "gt": ("{a}超过{b}", "{a} is more than {b}"),
    "ge": ("{a}不少于{b}", "{a} is at least {b}"),
    "age lt": ("{a}不满{b}", "{a} is under {b}"),
    "age le": ("{a}不超过{b}", "{a} is at most {b}"),
    "age gt": ("{a}超过{b}", "{a} is over {b}"),
    "age ge": ("{a}不少于{b}", "{a} is at least {b}"),
    "date lt": ("{a}早于{b}", "{a} is before {b}"),
    "date le": ("{a}不晚于{b}", "{a} is no later than {b}"),
    "date gt": ("{a}晚于{b}", "{a} is after {b}"),
    "date ge": ("{a}不早于{b}", "{a} is no earlier than {b}"),
    "level lt": ("{a}低于{b}", "{a} is lower than {b}"),
    "level le": ("{a}不高于{b}", "{a} is no higher than {b}"),
    "level gt": ("{a}高于{b}", "{a} is higher than {b}"),
    "level ge": ("{a}不低于{b}", "{a} is no lower than {b}"),
    "eq": ("{a}为{b}", "{a} is {b}"),
    "ne": ("{a}不是{b}", "{a} is not {b}"),
    "some": ("有{a}", "there are {a}"),
    "none of": ("没有{a}", "there are no {a}"),
    "positive": ("{a}大于零", "{a} is more than zero"),
    "not positive": ("{a}不大于零", "{a} is not more than zero"),
    "zero": ("{a}为零", "{a} is zero"),
    "not zero": ("{a}不为零", "{a} is not zero"),
    "belongs": ("属于{a}", "{b} include “{a}”"),
    "belongs not": ("不属于{a}", "{b} do not include “{a}”"),
    "one of": ("{a}为{b}", "{a} is {b}"),
    "one of not": ("{a}不是{b}", "{a} is not {b}"),
    "any of": ("{a}包括{b}中的任何一项", "{a} include any of {b}"),
    "any of not": ("{a}不包括{b}中的任何一项", "{a} include none of {b}"),
    "within the list": ("{a}属于{b}", "{a} is in {b}"),
    "within the list not": ("{a}不属于{b}", "{a} is not in {b}"),
    "there is": ("有{a}", "there is a {a}"),
    "there is no": ("没有{a}", "there is no {a}"),
    "recorded": ("登记了{a}", "{a} is recorded"),
    "recorded not": ("未登记{a}", "{a} is not recorded"),
    "called": ("“{a}”", "“{a}”"),
    "not called": ("不属于“{a}”的情形", "not the case of “{a}”"),
    "always": ("在任何情形下", "in every case"),
    "never": ("本版规则中不适用", "never, as the rules stand"),
    "or of words": ("或", " or "),
    "comma of words": ("、", ", "),
    "and of words": ("与", " and "),
    # conditions together
    "and": ("，且", ", and "),
    "or": ("，或者", ", or "),
    "any of these": ("有下列情形之一", "any of the following holds"),
    "all of these": ("同时符合下列条件", "all of the following hold"),
    "colon": ("：", ": "),
    "semicolon": ("；", "; "),
    # amounts
    "add": ("{a}加上{b}", "{a} plus {b}"),
    "sum": ("{list}之和", "the sum of {list}"),
    "sub": ("{a}减去{b}", "{a} less {b}"),
    "excess": ("{a}超过{b}的部分", "the part of {a} above {b}"),
    "day count": ("{b}至{a}的日数", "the days from {b} to {a}"),
    "year count": ("{b}至{a}的年数", "the years from {b} to {a}"),
    "mul": ("{a}乘以{b}", "{a} times {b}"),
    "floordiv": ("{a}除以{b}取整数", "{a} divided by {b}, whole"),
    "min": ("{list}中较小者", "the least of {list}"),
    "max": ("{list}中较大者", "the most of {list}"),
    "date min": ("{list}中较早者", "the earlier of {list}"),
    "date max": ("{list}中较晚者", "the later of {list}"),
    "at most": ("{a}，最多{b}", "{a}, at most {b}"),
    "at least": ("{a}，最少{b}", "{a}, at least {b}"),
    "rounded": ("{a}，{b}", "{a}, {b}"),
    "grouped": ("（{a}）", "({a})"),
    "half_up": ("四舍五入到{coin}", "rounded half up to the {coin}"),
    "half_even": ("四舍六入五成双到{coin}", "rounded half to even to the {coin}"),
    "up": ("向上取到{coin}", "rounded up to the {coin}"),
    "down": ("舍去{coin}以下", "rounded down to the {coin}"),
    "coin 1": ("分", "fen"),
    "coin 10": ("角", "jiao"),
    "coin 100": ("元", "yuan"),
    "each times": (
        "逐次计算后相加，次数为{times}，每次为：{body}；其中“{k}”为该次以前的次数，第一次为{start}",
        "the sum of {body}, once for each of {times}; "
        "“{k}” is the number before it and begins with {start}",
    ),
    "each": (
        "逐一计算后相加，“{k}”从{start}起、到{stop}之前，每次为：{body}",
        "the sum of {body}, with “{k}” from {start} up to, not including, {stop}",
    ),
    "variable": ("“{k}”", "“{k}”"),
    "age of": ("按{a}计算到{b}的周岁", "the full years from {a} to {b}"),
    "months between": ("{a}至{b}的整月数", "the whole months from {a} to {b}"),
    "next month": ("{a}的下月1日", "the first day of the month after {a}"),
    "month end": ("{a}所在月的最后一日", "the last day of the month of {a}"),
    "year start": ("{a}的1月1日", "1 January of {a}"),
    "year end": ("{a}的12月31日", "31 December of {a}"),
    "year of": ("{a}所在年度", "the year of {a}"),
    "date of": ("{a}的日期", "the day of {a}"),
    "plus time": ("{a}加{b}", "{a} plus {b}"),
    "less time": ("{a}减{b}", "{a} less {b}"),
    "that is": ("{a}，即{b}", "{a}, that is {b}"),
    "named value": ("{label}{value}", "{value} ({label})"),
    "not settled": ("{label}（文件未规定）", "“{label}” (not settled by the text)"),
    "until": ("{day}以前{value}", "{value} before {day}"),
    "since": ("{day}起{value}", "{value} from {day}"),
    "by key": ("按{keys}：{rows}", "by {keys}: {rows}"),
    "table": ("按{keys}的{label}（{rows}）", "the {label} by {keys} ({rows})"),
    "row": ("{key}{value}", "{key}: {value}"),
    "table of": ("按{keys}的{label}", "the {label} by {keys}"),
    # outcomes and sentences
    "is": ("{a}为{b}", "{a}: {b}"),
    "has": ("{a}{b}", "{a}, {b}"),
    "no such": ("没有{a}", "no {a}"),
    "if": ("{when}的，{then}", "If {when}, then {then}"),
    "if list": ("{head}的，{then}：{items}", "Then {then}, if {head}: {items}"),
    "otherwise": ("其他情形，{then}", "Otherwise {then}"),
    "defined": ("“{then}”是指：{when}", "“{then}” means: {when}"),
    "defined list": ("“{then}”是指{head}：{items}", "“{then}” means that {head}: {items}"),
    "depends": ("{a}：以下列条件为准：{b}", "{a}, if {b}"),
    "what if": ("如果{when}，那么{then}", "If {when}, then {then}"),
    "stop": ("。", "."),
    "ours": ("本项目解读", "our reading"),
    "cited": ("〔{cite}〕", " [{cite}]"),
    "over": ("与第{number}条同时符合的，适用本条", "It goes before {number} where both hold"),
    "in order": (
        "按先后顺序，适用第一条符合的",
        "The first that holds applies",
    ),
    "order": (
        "几条同时符合的，先列出的优先",
        "Where several hold, the one named first goes first",
    ),
    "dated": ("数值的时段", "Which day's values"),
    "dated by": (
        "年内变动的数值，按{a}当日的执行",
        "what changes within the year is taken as of {a}",
    ),
    "requires": ("受理条件", "What is asked of the facts"),
    "ensures": ("结果须符合", "What every result keeps to"),
    "fold": ("累计办法", "How visits are counted together"),
    "fold key": ("按{keys}分别累计", "They are counted for each {keys}"),
    "fold order": ("先后次序按{keys}", "They follow one another by {keys}"),
    "person": ("每人", "person"),
    "starts": ("{a}从{b}开始", "{a} begins with {b}"),
    "next": ("每次就诊后，{a}更新为：{b}", "after each visit it becomes {b}"),
    "within": ("{a}为{b}，但受下列限额约束", "{a}: {b}, held within these limits"),
    "ceiling": (
        "累计支付不超过{limit}（{label}）",
        "all payments together are at most {limit} ({label})",
    ),
    "ceiling alone": ("累计支付不超过{limit}", "all payments together are at most {limit}"),
    "presumed": ("未登记的事项", "What is taken where nothing is recorded"),
    "presumed as": ("{a}：{b}", "{a}: {b}"),
    "every": ("{a}每满{b}计一次", "one for each full {b} of {a}"),
    "flag not settled": ("“{label}”（文件未规定）", "“{label}” (not settled by the text)"),
    "flag not settled not": (
        "不是“{label}”（文件未规定）",
        "not “{label}” (not settled by the text)",
    ),
    "starts flag": ("开始时，{a}", "to begin with, {a}"),
    "open": ("文件未规定的事项", "What the text does not settle"),
    "open reason": ("{label}：{reason}", "{label}: {reason}"),
}

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
CHINESE_LEVELS = ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")

# Chinese: how a label that begins so is denied; the first that fits. Else 不是 stands before it.
DENIED_ZH: tuple[tuple[str, str], ...] = (
    ("已知", "尚不知道"),
    ("已", "未"),
    ("可以", "不可以"),
    ("可", "不可"),
    ("属于", "不属于"),
    ("持有", "未持有"),
    ("参加", "未参加"),
    ("从业", "未从业"),
    ("按", "未按"),
    ("随", "不随"),
    ("在", "不在"),
    ("有", "没有"),
    ("到", "未到"),
    ("以", "未以"),
)
NEGATIVE_ZH = ("未", "不", "无", "非", "没")
ASKING_ZH = "是否"
GENERIC_NONE_ZH = frozenset({"无", "未登记", "未记时刻"})
JOINING_ZH = ("或", "且", "和", "、", "，")

# English: verbs that are denied by “does not”, and words after which “not” stands.
DENIED_EN = {
    "holds": "does not hold",
    "lives": "does not live",
    "has": "does not have",
    "belongs": "does not belong",
    "enters": "does not enter",
    "may": "may not",
    "can": "cannot",
    "is": "is not",
    "are": "are not",
    "never": "",
}
NEGATIVE_EN = ("not ", "no ", "without ")
PLAIN_NOT = frozenset(
    {
        "paid",
        "left",
        "made",
        "in",
        "at",
        "on",
        "of",
        "for",
        "with",
        "by",
        "inside",
        "outside",
        "under",
        "over",
        "eligible",
        "severely",
    }
)
ADVERBS = frozenset(
    {
        "elsewhere",
        "here",
        "abroad",
        "in",
        "on",
        "by",
        "until",
        "from",
        "for",
        "with",
        "now",
        "again",
    }
)
# English labels that are no nouns stand in quotes where a noun is wanted.
UNLIKE_NOUNS = frozenset(
    {
        "how",
        "what",
        "why",
        "lives",
        "by",
        "paid",
        "suspended",
        "left",
        "less",
        "may",
        "owed",
        "entry",
        "reported",
        "recovered",
        "told",
        "is",
        "took",
        "living",
        "owes",
    }
)
JOINING_EN = (" or ", " and ", ", ")
DAY_OF_EN, MOMENT_OF_EN = "the day ", "the moment "
NUMERALS_EN = frozenset({"two", "three", "four", "five", "six"})
ARTICLES = ("the ", "a ", "an ", "this ")


def say(key: str, language: str, /, **parts: object) -> str:
    """A phrase of the table in a language, with its parts in place."""
    return PHRASES[key][LANGUAGES.index(language)].format(**parts)


def listed(words: Sequence[str], language: str) -> str:
    """Words one after the other: A、B、C."""
    return say("comma of words", language).join(words)


def together(words: Sequence[str], language: str) -> str:
    """Words that are all meant: A、B与C."""
    return listed(words[:-1], language) + say("and of words", language) + words[-1]


def alternatives(words: Sequence[str], language: str) -> str:
    """Words of which one is meant: A、B或C. A word that joins others itself stands in quotes."""
    joining = JOINING_ZH if language == "zh" else JOINING_EN
    quoted = [
        say("called", language, a=word) if any(join in word for join in joining) else word
        for word in words
    ] or [say("nothing", language)]
    rest = listed(quoted[:-1], language)
    return rest + (say("or of words", language) if rest else "") + quoted[-1]
