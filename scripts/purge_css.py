"""Takes out of a style sheet what no page can match: rules of unknown classes, unread variables.

A rule stays when every class of one of its selectors is known; a selector without classes always
stays. Variables and movements that nothing left over reads go as well, until nothing more goes.
The order of what stays is the order it had: what it means on a page that uses known classes only
is unchanged.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)")
_STRING = re.compile(r"\"(?:\\.|[^\"])*\"|'(?:\\.|[^'])*'|/\*.*?\*/|url\([^)\"']*\)", re.S)
_GROUPS = ("@media", "@supports")


@dataclass
class Rule:
    """A selector or an at-rule with what stands between its braces."""

    head: str
    body: str = ""
    inside: list["Rule"] = field(default_factory=list)

    def __str__(self) -> str:
        within = "".join(map(str, self.inside)) if self.head.startswith(_GROUPS) else self.body
        return f"{self.head}{{{within}}}" if within else ""


def purged(text: str, *, keeps: Callable[[str], bool], reads: Collection[str] = ()) -> str:
    """Return the sheet with the classes that `keeps`; `reads` are variables read elsewhere."""
    rules = [_known(rule, keeps) for rule in _rules(text)]
    while True:
        kept = "".join(map(str, rules))
        read = set(_VARIABLE.findall(kept)) | set(reads)
        moves = set(re.findall(r"animation(?:-name)?:[^;}]*", kept))
        for rule in _all(rules):
            rule.body = _read_only(rule.body, read)
            if rule.head.startswith(("@keyframes", "@-webkit-keyframes")):
                name = rule.head.split()[1]
                rule.body = rule.body if any(name in one for one in moves) else ""
        if "".join(map(str, rules)) == kept:
            return kept + "\n"


def classes(text: str) -> set[str]:
    """Return every class that a sheet's selectors name."""
    return {name for rule in _all(_rules(text)) for name in _CLASS.findall(_bare(rule.head))}


def _rules(text: str) -> list[Rule]:
    found = []
    for head, body in _blocks(text):
        rule = Rule(head, body)
        if head.startswith(_GROUPS):
            rule.inside = _rules(body)
        found.append(rule)
    return found


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield head and body of each block; strings and addresses may hold braces."""
    hidden = _STRING.sub(lambda found: "x" * len(found.group()), text)
    at = 0
    while (opens := hidden.find("{", at)) >= 0:
        depth, end = 1, opens
        while depth:
            end += 1
            depth += {"{": 1, "}": -1}.get(hidden[end], 0)
        head = re.sub(r"/\*.*?\*/", "", text[at:opens], flags=re.S).strip()
        # Statements without a block (@charset …;) stand before the next head.
        yield head.rpartition(";")[2].strip(), text[opens + 1 : end]
        at = end + 1


def _known(rule: Rule, keeps: Callable[[str], bool]) -> Rule:
    if rule.head.startswith(_GROUPS):
        rule.inside = [_known(one, keeps) for one in rule.inside]
    elif not rule.head.startswith("@"):
        selectors = _split(rule.head, ",")
        stay = [one for one in selectors if all(map(keeps, _CLASS.findall(_bare(one))))]
        rule.head, rule.body = ",".join(stay), rule.body if stay else ""
    return rule


def _bare(selector: str) -> str:
    """Return a selector without what only excludes: a class within :not() is not needed."""
    return re.sub(r":not\((?:[^()]|\([^()]*\))*\)", "", selector)


def _read_only(body: str, read: Collection[str]) -> str:
    """Return declarations without the variables that nothing reads."""
    if "--" not in body or "{" in body:
        return body
    parts = _split(body, ";")
    return ";".join(
        one
        for one in parts
        if not one.strip().startswith("--") or one.split(":")[0].strip() in read
    )


def _split(text: str, at: str) -> list[str]:
    """Split at a sign that stands neither in brackets nor in a string."""
    hidden = _STRING.sub(lambda found: "x" * len(found.group()), text)
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(hidden):
        depth += {"(": 1, ")": -1, "[": 1, "]": -1}.get(sign, 0)
        if sign == at and not depth:
            parts.append(text[start:place].strip())
            start = place + 1
    parts.append(text[start:].strip())
    return [one for one in parts if one]


def _all(rules: list[Rule]) -> Iterator[Rule]:
    for rule in rules:
        yield rule
        yield from _all(rule.inside)
