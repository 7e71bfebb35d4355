"""Who a line of a sub-ledger concerns, in words: persons masked, clerks and hospitals in full."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import NoReverseMatch
from django.utils.translation import gettext as _

from yibao.apps.care.queries import institution_names
from yibao.apps.fund.journals import operator_names
from yibao.apps.registry.queries import person_names
from yibao.console.fund.words import PARTY_KINDS
from yibao.console.page import ConsoleRequest, address
from yibao.core.identity.masks import mask_name
from yibao.rulebook.national import surnames

_PAGES = {
    "person": ("registry:person", "registry.read"),
    "institution": ("care:institution", "care.read"),
    "operator": ("access:operator", "access.read"),
}


@dataclass(frozen=True, slots=True)
class Party:
    """A party's name as it may be shown, its kind in words, and its own page ("" for none)."""

    kind: str
    party_id: int
    kind_zh: str
    name: str
    address: str


def named(
    request: ConsoleRequest, pairs: Iterable[tuple[str, int | None]]
) -> dict[tuple[str, int], Party]:
    """Return the parties of these (kind, id), one statement a kind."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for kind, party_id in pairs:
        if party_id is not None and kind in PARTY_KINDS:
            wanted[kind].add(party_id)
    found = {}
    for kind, ids in wanted.items():
        names = _names(request, kind, ids)
        for one in ids:
            name = names.get(one) or _("%(kind)s %(number)s") % {
                "kind": PARTY_KINDS[kind],
                "number": one,
            }
            found[kind, one] = Party(
                kind, one, str(PARTY_KINDS[kind]), name, _page(request, kind, one)
            )
    return found


def _names(request: ConsoleRequest, kind: str, ids: set[int]) -> dict[int, str]:
    if kind == "institution":
        return institution_names(ids)
    if kind == "operator":
        return operator_names(ids)
    names = person_names(scope=request.scope, person_ids=ids)
    return {one: mask_name(name, surnames().compound) for one, name in names.items()}


def _page(request: ConsoleRequest, kind: str, party_id: int) -> str:
    name, right = _PAGES[kind]
    if not request.scope.allows(right):
        return ""
    try:
        return address(request, name, party_id)
    except NoReverseMatch:
        return ""
