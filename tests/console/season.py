"""A week before the end of the season: some have paid, cash lies about, a payment fits nobody."""

from datetime import timedelta

from tests.apps.access.offices import AT
from tests.apps.collection.town import Line, agent, collect, dues, open_town, settle_in, take
from tests.apps.registry.people import SHICANG
from yibao.apps.access.scope import Scope
from yibao.apps.collection import operations


def late_season() -> Scope:
    """Make it, and return the whole region's scope."""
    county = open_town()
    settle_in(county, 20, at=AT - timedelta(days=40))
    settle_in(county, 6, first=31, area_no=SHICANG, at=AT - timedelta(days=40))
    operations.raise_dues(scope=county, year=2021, at=AT - timedelta(days=40))
    paying = [Line(n) for n in (*range(1, 16), *range(31, 37))]
    foreign = Line(16, place="耒阳")
    take(county, *paying, foreign, at=AT - timedelta(days=30))
    operations.match_payments(scope=county, year=2021, at=AT - timedelta(days=30))
    holder = agent(county, name="罗村会")
    owed = [due for due in dues(county) if not due.paid_fen]
    for due, days in zip(owed[:3], (5, 4, 0), strict=True):
        collect(holder, due, at=AT - timedelta(days=days))
    return county
