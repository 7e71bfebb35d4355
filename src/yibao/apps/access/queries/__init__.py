"""Reads of offices, accounts and the served day."""

from yibao.apps.access.queries.accounts import (
    operator_of,
    operators_of,
    posts_of,
)
from yibao.apps.access.queries.days import (
    CHINA,
    Clock,
    clock,
    served_day,
)
from yibao.apps.access.queries.places import (
    Area,
    area_of,
    offices_of,
    organisation_by_division,
    path_to,
    places_and_offices,
    places_below,
    villages_of,
)

__all__ = [
    "CHINA",
    "Area",
    "Clock",
    "area_of",
    "clock",
    "offices_of",
    "operator_of",
    "operators_of",
    "organisation_by_division",
    "path_to",
    "places_and_offices",
    "places_below",
    "posts_of",
    "served_day",
    "villages_of",
]
