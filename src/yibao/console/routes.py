"""The declared policy of the console's routes, and what is wrong with it.

`routes.yaml` says for every route who may open it, what it shows and what is written down. The
page looks its own route up (`route_of`), so that no view carries a right of its own.
"""

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.urls import URLPattern, URLResolver, get_resolver

from yibao.apps.access.models import Role
from yibao.apps.access.roles import ACTIONS, ROLE_ACTIONS

ANYONE, ACCOUNT, POST = "anyone", "account", "post"
SCOPE, ABOVE, OWN, REGION, ALL = "scope", "above", "own", "region", "all"
SENSITIVE = ("name", "number", "phone", "account", "diagnosis")
MASKED, WHOLE, REVEALED = "masked", "whole", "revealed"
_METHODS = ("GET", "POST")
_KEYS = frozenset(
    {"right", "change", "methods", "of", "within", "more", "shows", "reads", "writes", "step_up"}
    | {"polled"}
)
_FILE = Path(__file__).with_name("routes.yaml")


@dataclass(frozen=True)
class Route:
    """One route as it is declared; the words are explained at the head of routes.yaml."""

    name: str
    right: str
    change: str = ""
    methods: tuple[str, ...] = ("GET",)
    of: str = ""
    within: str = SCOPE
    more: bool = False
    shows: tuple[tuple[str, str], ...] = ()
    reads: str = ""
    writes: tuple[str, ...] = ()
    step_up: bool = False
    polled: bool = False

    def right_for(self, method: str) -> str:
        """Return what a request of this method needs."""
        return self.change if method not in ("GET", "HEAD") and self.change else self.right

    def allows(self, method: str) -> bool:
        """Tell whether the route answers this method at all."""
        return ("GET" if method == "HEAD" else method) in self.methods

    def posts(self, method: str = "GET") -> tuple[str, ...]:
        """Return the posts of persons that may send this method; before a post all of them."""
        right = self.right_for(method)
        if right in (ANYONE, ACCOUNT, POST):
            return persons_posts()
        return tuple(role for role in persons_posts() if right in ROLE_ACTIONS[role])

    @property
    def is_before_a_post(self) -> bool:
        """Tell whether it is open to whoever has chosen no post."""
        return self.right in (ANYONE, ACCOUNT)


def persons_posts() -> tuple[str, ...]:
    """Return the posts that persons hold, in the order they are declared."""
    return tuple(role.value for role in Role if role in ROLE_ACTIONS and role != Role.SYSTEM)


@functools.cache
def routes() -> dict[str, Route]:
    """Return every declared route by its name."""
    return read(_FILE.read_text(encoding="utf-8"))


def route_of(name: str) -> Route | None:
    """Return the route of this name, if it is declared."""
    return routes().get(name)


def read(text: str) -> dict[str, Route]:
    """Read the policy. Raises ValueError for a key that is none."""
    found = {}
    for section, lines in yaml.safe_load(text).items():
        for last, given in lines.items():
            name = f"{section}:{last}"
            if unknown := set(given) - _KEYS:
                raise ValueError(f"{name} declares {', '.join(sorted(unknown))}, which is no key")
            found[name] = _route(name, given)
    return found


def _route(name: str, given: dict[str, Any]) -> Route:
    return Route(
        name=name,
        right=given.get("right", ""),
        change=given.get("change", ""),
        methods=tuple(str(given.get("methods", "GET")).split()),
        of=given.get("of", ""),
        within=given.get("within", SCOPE),
        more=bool(given.get("more", False)),
        shows=tuple(given.get("shows", {}).items()),
        reads=given.get("reads", ""),
        writes=tuple(_listed(given.get("writes", ()))),
        step_up=bool(given.get("step_up", False)),
        polled=bool(given.get("polled", False)),
    )


def _listed(given: str | Iterable[str]) -> Iterable[str]:
    return given.split() if isinstance(given, str) else given


def there(patterns: Iterable[Any] | None = None) -> dict[str, URLPattern]:
    """Return every route that the addresses have, by name; an unnamed one by its pattern."""
    if patterns is None:
        patterns = get_resolver().url_patterns
    return dict(_walked(patterns, ""))


def _walked(patterns: Iterable[Any], space: str) -> Iterator[tuple[str, URLPattern]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = one.namespace or ""
            yield from _walked(one.url_patterns, f"{space}{inner}:" if inner else space)
        else:
            yield f"{space}{one.name or one.pattern}", one


def faults(
    declared: dict[str, Route] | None = None, standing: dict[str, URLPattern] | None = None
) -> list[str]:
    """Return a sentence for each fault: not declared, not there, or declared wrongly."""
    declared = routes() if declared is None else declared
    standing = there() if standing is None else standing
    said = [f"route {name} is not declared in routes.yaml" for name in standing.keys() - declared]
    said += [
        f"routes.yaml declares {name}, which no address has" for name in declared.keys() - standing
    ]
    for name, route in declared.items():
        said += [f"{name}: {words}" for words in _faults_of(route)]
        if name in standing:
            said += [f"{name}: {words}" for words in _faults_of_view(route, standing[name])]
    return sorted(said)


def _faults_of(route: Route) -> Iterator[str]:
    rights = {ANYONE, ACCOUNT, POST, *ACTIONS}
    if route.right not in rights:
        yield f"{route.right or 'nothing'} is no right"
    if route.change and route.change not in ACTIONS:
        yield f"{route.change} is no right"
    if not route.methods or set(route.methods) - set(_METHODS):
        yield f"{' '.join(route.methods) or 'nothing'} are no methods"
    if route.within not in (SCOPE, ABOVE, OWN, REGION, ALL):
        yield f"nothing is looked up within {route.within}"
    for what, how in route.shows:
        if what not in SENSITIVE or how not in (MASKED, WHOLE, REVEALED):
            yield f"{what} cannot be shown {how}"
    if route.step_up and "POST" not in route.methods:
        yield "a step up is asked of a change"
    open_to_sight = [what for what, how in route.shows if what != "name" and how != MASKED]
    if open_to_sight and not (route.reads or route.writes):
        yield f"{', '.join(open_to_sight)} unmasked, and nothing is written down"


def _faults_of_view(route: Route, pattern: URLPattern) -> Iterator[str]:
    is_page = hasattr(pattern.callback, "is_console_page")
    if is_page == route.is_before_a_post:
        yield "a page asks for a post, anything else is open before one is chosen"
    names = list(pattern.pattern.converters)
    if bool(names) < bool(route.of):
        yield f"its address names no {route.of}"
