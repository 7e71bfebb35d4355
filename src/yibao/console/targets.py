"""Which places are below the region's target, for the first page."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from yibao.apps.statistics import queries
from yibao.apps.statistics.queries import ProgressRow
from yibao.console.page import ConsoleRequest
from yibao.console.waiting import optional_address
from yibao.core.rules.scalar import Silent

_SHOWN = 8
_PARTS_OF_PERCENT = 100


@dataclass(frozen=True)
class Place:
    """A place below its target, and where its board is."""

    row: ProgressRow
    address: str


@dataclass(frozen=True)
class Below:
    """The chosen area and the places below the target in it; `target` is a whole percent."""

    whole: ProgressRow
    on: datetime
    target: int
    places: tuple[Place, ...]
    board: str
    is_late: bool

    @property
    def title(self) -> str:
        """The heading, with the target in it."""
        return _("未到 %(target)s%% 的地方") % {"target": self.target}

    @property
    def label(self) -> str:
        """The name of the key figure."""
        return _("%(name)s参保率") % {"name": self.whole.name}

    @property
    def note(self) -> str:
        """How far the target is."""
        if self.whole.reached:
            return _("已达 %(target)s%%") % {"target": self.target}
        words = _("距 %(target)s%% 还差 %(count)s 人")
        return words % {"target": self.target, "count": f"{self.whole.missing:,}"}


def below_target(request: ConsoleRequest) -> Below | None:
    """Return what is below its target, the worst first; None where there is no target or nobody."""
    if not request.scope.allows("statistics.read"):
        return None
    try:
        board = queries.progress(scope=request.area_scope, year=request.year, on=request.at)
    except Silent:  # a year that the region's text does not rule has no target
        return None
    if board.target_parts is None or not board.rows or not board.whole().registered:
        return None
    deepest = {row.parent for row in board.rows}
    lagging = [
        row for row in board.rows if row.registered and not row.reached and row.code not in deepest
    ]
    lagging.sort(key=lambda row: (row.rate_parts, -row.missing, row.code))
    places = tuple(
        Place(row, optional_address(request, "statistics:board", area=row.code))
        for row in lagging[:_SHOWN]
    )
    return Below(
        whole=board.whole(),
        on=board.on,
        target=board.target_parts // _PARTS_OF_PERCENT,
        places=places,
        board=optional_address(request, "statistics:board"),
        is_late=board.is_late,
    )
