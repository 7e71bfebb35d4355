"""The versions of an office's rulebook: the region's own, then one with each activated layer."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from yibao.apps.access import rulebooks
from yibao.apps.access.models import RulebookLayer
from yibao.apps.access.scope import NotThere, Scope
from yibao.apps.policy.queries.proposals import names_of
from yibao.core.rules.book import Rulebook


@dataclass(frozen=True, slots=True)
class Version:
    """The rulebook after `number` layers; `layer` is the newest of them, None for none."""

    number: int
    layer: RulebookLayer | None
    text_hash: str
    proposed_by: str
    activated_by: str

    @property
    def before(self) -> int:
        """The version before this one."""
        return max(self.number - 1, 0)


def versions(*, scope: Scope) -> list[Version]:
    """Return the versions, the newest first."""
    laid = list(RulebookLayer.objects.filter(region=scope.region).order_by("number"))
    names = names_of([one for row in laid for one in (row.proposed_by, row.activated_by)])
    first = Version(0, None, version_of(scope.region, 0).text_hash, "", "")
    return [
        *(
            Version(
                row.number,
                row,
                row.text_hash,
                names.get(row.proposed_by, ""),
                names.get(row.activated_by, ""),
            )
            for row in reversed(laid)
        ),
        first,
    ]


def version_of(region: str, number: int) -> Rulebook:
    """Return the rulebook after so many layers. Raises NotThere for one that is not there."""
    laid = list(RulebookLayer.objects.filter(region=region).order_by("number"))
    if number > len(laid):
        raise NotThere(what=_("第 %(number)s 版规则库") % {"number": number})
    if number == len(laid):
        return rulebooks.book_of(region)
    return rulebooks.book_below(region, laid[number].name)
