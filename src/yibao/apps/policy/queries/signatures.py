"""Who signed the outcomes of a rule, and whether the signatures still hold."""

from dataclasses import dataclass
from datetime import datetime

from yibao.apps.access.scope import Scope, scoped
from yibao.apps.policy.models import CellSignature
from yibao.apps.policy.queries.proposals import names_of

NEEDED = 2


@dataclass(frozen=True, slots=True)
class Signature:
    """One person's signature."""

    by: str
    by_id: int
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Signed:
    """The signatures of a rule and year: by row (blank: the whole table), and those gone stale."""

    cells: dict[str, tuple[Signature, ...]]
    stale: tuple[Signature, ...]

    def of(self, cell: str) -> tuple[Signature, ...]:
        """Return the signatures under a row."""
        return self.cells.get(cell, ())

    @property
    def whole(self) -> tuple[Signature, ...]:
        """The signatures under the whole table."""
        return self.of("")

    @property
    def is_whole(self) -> bool:
        """Tell whether two persons signed the whole table."""
        return len(self.whole) >= NEEDED

    def is_signed_off(self, cell: str) -> bool:
        """Tell whether two persons signed a row, or the whole table."""
        return len(self.of(cell)) >= NEEDED or len(self.of("")) >= NEEDED


def signatures(*, scope: Scope, rule: str, year: int, sense_hash: str) -> Signed:
    """Return who signed a rule's outcomes; those of another sense are stale."""
    with scoped(scope):
        rows = list(
            CellSignature.objects.filter(region=scope.region, rule=rule, year=year).order_by("id")
        )
        names = names_of([row.signed_by for row in rows])
    cells: dict[str, list[Signature]] = {}
    stale = []
    for row in rows:
        made = Signature(names.get(row.signed_by, ""), row.signed_by, row.signed_at, row.note)
        if row.sense_hash == sense_hash:
            cells.setdefault(row.cell, []).append(made)
        else:
            stale.append(made)
    return Signed({cell: tuple(made) for cell, made in cells.items()}, tuple(stale))
