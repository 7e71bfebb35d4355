"""The kinds of events that a person's and a household's pages tell, and who may know of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from yibao.apps.registry.timeline import Happened
from yibao.console.page import ConsoleRequest
from yibao.console.registry import telling_money as money
from yibao.console.registry import telling_people as people
from yibao.console.registry.strip import CHINA
from yibao.console.registry.telling import Facts, Teller, Told

COVER, MONEY, BENEFIT, CHANGE = "cover", "money", "benefit", "change"
GROUPS = {
    COVER: _("参保"),
    MONEY: _("缴费与资助"),
    BENEFIT: _("待遇"),
    CHANGE: _("变更"),
}


@dataclass(frozen=True)
class Kind:
    """A kind of event: its group, the right to know of it, its mark, and how it is told."""

    group: str
    right: str
    mark: str  # "" done by us, fill money of the fund, sq support, dim ended
    tell: Callable[[Teller, Happened, Facts], Told]


_REGISTRY, _ENROLMENT, _COLLECTION = "registry.read", "enrolment.read", "collection.read"
_SUBSIDY, _CLAIMS = "subsidy.read", "claims.read"
KINDS: Mapping[str, Kind] = {
    "registered": Kind(CHANGE, _REGISTRY, "", people.registered),
    "document": Kind(CHANGE, _REGISTRY, "", people.document),
    "departure": Kind(CHANGE, _REGISTRY, "dim", people.departure),
    "death": Kind(CHANGE, _REGISTRY, "dim", people.death),
    "erasure": Kind(CHANGE, _REGISTRY, "", people.erasure),
    "erased": Kind(CHANGE, _REGISTRY, "dim", people.erased),
    "identity": Kind(CHANGE, _REGISTRY, "sq", people.identity),
    "identity_ended": Kind(CHANGE, _REGISTRY, "dim", people.identity_ended),
    "enrolled": Kind(COVER, _ENROLMENT, "", people.enrolled),
    "withdrawn": Kind(COVER, _ENROLMENT, "dim", people.withdrawn),
    "covered": Kind(COVER, _ENROLMENT, "", people.covered),
    "suspended": Kind(COVER, _ENROLMENT, "dim", people.suspended),
    "uncovered": Kind(COVER, _ENROLMENT, "dim", people.uncovered),
    "elsewhere": Kind(COVER, _ENROLMENT, "", people.elsewhere),
    "elsewhere_ended": Kind(COVER, _ENROLMENT, "dim", people.elsewhere_ended),
    "due": Kind(MONEY, _COLLECTION, "", money.due),
    "due_settled": Kind(MONEY, _COLLECTION, "", money.due_settled),
    "due_cancelled": Kind(MONEY, _COLLECTION, "dim", money.due_cancelled),
    "payment": Kind(MONEY, _COLLECTION, "", money.payment),
    "taken_back": Kind(MONEY, _COLLECTION, "dim", money.taken_back),
    "cash": Kind(MONEY, _COLLECTION, "", money.cash),
    "handed_in": Kind(MONEY, _COLLECTION, "", money.handed_in),
    "receipt": Kind(MONEY, _COLLECTION, "", money.receipt),
    "request": Kind(MONEY, _COLLECTION, "dim", money.request),
    "roster": Kind(MONEY, _SUBSIDY, "sq", money.roster),
    "support": Kind(MONEY, _SUBSIDY, "sq", money.support),
    "support_ended": Kind(MONEY, _SUBSIDY, "dim", money.support_ended),
    "listed": Kind(MONEY, _SUBSIDY, "sq", money.listed),
    "grant": Kind(MONEY, _SUBSIDY, "sq", money.grant),
    "grant_paid": Kind(MONEY, _SUBSIDY, "sq", money.grant_paid),
    "visit": Kind(BENEFIT, _CLAIMS, "", money.visit),
    "settlement": Kind(BENEFIT, _CLAIMS, "fill", money.settlement),
}


def kinds_for(request: ConsoleRequest, group: str = "") -> frozenset[str]:
    """Return the kinds that the post may know of, of one group or of all."""
    allows = request.scope.allows
    return frozenset(
        name for name, kind in KINDS.items() if allows(kind.right) and group in ("", kind.group)
    )


def day_on(one: Happened) -> date:
    """Return the day on which the event happened."""
    return one.place.at.astimezone(CHINA).date()
