"""What the collection board shows of a place: figures, places below it, the days so far."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from yibao.apps.access.rulebooks import article_of, book_of
from yibao.apps.statistics import queries
from yibao.apps.statistics.queries import Board, ProgressRow
from yibao.console.page import ConsoleRequest
from yibao.core.rules.book import UnknownParameter
from yibao.core.rules.scalar import Silent
from yibao.rulebook.loader import UnknownRegion

_PARTS_OF_PERCENT = 100
WEEK = timedelta(days=7)
_LEAVES_SHOWN = 30
_CLOSES = "window_closes"


@dataclass(frozen=True)
class Deadline:
    """The last day of the window, how far it is, and the article that sets it."""

    on: date
    days: int
    cite: str


@dataclass(frozen=True)
class Heat:
    """The places of the heat table with what they add up to; `of` counts those not shown too."""

    title: str
    rows: tuple[ProgressRow, ...]
    whole: ProgressRow
    of: int


@dataclass(frozen=True)
class Bars:
    """The places of the bar table, and the place that they lie in."""

    title: str
    rows: tuple[ProgressRow, ...]
    whole: ProgressRow


@dataclass(frozen=True)
class Campaign:
    """Everything that the board shows of the chosen place."""

    board: Board
    place: ProgressRow
    target: int | None
    days: tuple[date, ...]
    bars: Bars | None
    heat: Heat | None
    leaves: int
    leaves_reached: int
    leaves_reached_before: int | None
    gained: int
    deadline: Deadline | None
    reached_on: date | None
    series: tuple[tuple[date, int], ...]

    @property
    def is_village(self) -> bool:
        """Whether nothing lies below: its rows are households."""
        return self.heat is None

    @property
    def is_too_slow(self) -> bool:
        """Whether the target is missed on the last day at the pace of the last week."""
        if self.deadline is None or self.place.reached:
            return False
        return self.reached_on is None or self.reached_on > self.deadline.on

    @property
    def unpaid(self) -> int:
        """How many residents are still to be reached."""
        return self.place.registered - self.place.covered


def campaign(request: ConsoleRequest, at: datetime) -> Campaign | None:
    """Return the board of the chosen place and year as of a moment; None without residents."""
    board = queries.progress(scope=request.scope, year=request.year, on=at)
    place = board.row(request.area.code)
    if place is None or not place.registered:
        return None
    series = tuple(
        queries.series(scope=request.area_scope, year=request.year, on=board.on),
    )
    leaves = _leaves(board, place)
    gained = _gained(series, request.served_on)
    return Campaign(
        board=board,
        place=place,
        target=None if board.target_parts is None else board.target_parts // _PARTS_OF_PERCENT,
        days=board.check_days,
        bars=_bars(board, place),
        heat=_heat(board, place, leaves),
        leaves=len(leaves),
        leaves_reached=sum(row.reached for row in leaves),
        leaves_reached_before=_reached_before(board, leaves),
        gained=gained,
        deadline=_deadline(request),
        reached_on=_reached_on(place, gained, request.served_on),
        series=series,
    )


def _leaves(board: Board, place: ProgressRow) -> list[ProgressRow]:
    """Return the places in the chosen one with nothing below them, the worst first."""
    parents = {row.parent for row in board.rows}
    found = [
        row
        for row in board.rows
        if row.registered
        and row.code not in parents
        and place.area_from <= row.area_from
        and row.area_until <= place.area_until
    ]
    return sorted(found, key=lambda row: (row.rate_parts, -row.missing, row.code))


def _bars(board: Board, place: ProgressRow) -> Bars | None:
    """Return the places below, or beside one whose places are villages; None for a village."""
    below = board.below(place.code)
    parents = {row.parent for row in board.rows}
    if not below:
        return None
    if not any(row.code in parents for row in below):
        upper = board.row(place.parent)
        if upper is None:
            return None
        place, below = upper, board.below(upper.code)
    return Bars(title=_("%(name)s各地") % {"name": place.name}, rows=tuple(below), whole=place)


def _heat(board: Board, place: ProgressRow, leaves: list[ProgressRow]) -> Heat | None:
    if not board.below(place.code):
        return None
    title = _("%(name)s各村（社区）") % {"name": place.name}
    return Heat(title=title, rows=tuple(leaves[:_LEAVES_SHOWN]), whole=place, of=len(leaves))


def _reached_before(board: Board, leaves: list[ProgressRow]) -> int | None:
    """Return how many reached the target at the last check; None without a target or a check."""
    if board.target_parts is None or not board.check_days:
        return None
    whole = _PARTS_OF_PERCENT * _PARTS_OF_PERCENT
    return sum(whole * row.checks[-1] >= board.target_parts * row.registered for row in leaves)


def _gained(series: tuple[tuple[date, int], ...], on: date) -> int:
    """Return how many were reached in the last seven days."""
    before = [total for day, total in series if day <= on - WEEK]
    return (series[-1][1] if series else 0) - (before[-1] if before else 0)


def _reached_on(place: ProgressRow, gained: int, on: date) -> date | None:
    """Return the day on which the target is reached at the last week's pace; None where never."""
    if place.reached or gained <= 0:
        return None
    return on + timedelta(days=-(-place.missing * WEEK.days // gained))


def _deadline(request: ConsoleRequest) -> Deadline | None:
    """Return the window's last day where the region's rulebook sets one for the year."""
    first = date(request.year, 1, 1)
    try:
        day = book_of(request.scope.region).value_of(_CLOSES, on=first)
    except (Silent, UnknownParameter, UnknownRegion):
        return None
    if not isinstance(day, date):
        return None
    cite = article_of(request.scope.region, _CLOSES, on=first)
    return Deadline(on=day, days=(day - request.served_on).days, cite=cite)
