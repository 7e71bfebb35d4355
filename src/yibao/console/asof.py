"""The moment that figures are as of, kept in the address on the way down from a board to its rows.

A page without it is as of now; links to the rows behind a figure carry the moment of the figure.
"""

from collections.abc import Mapping
from datetime import datetime

MOMENT = "asof"


def moment_of(given: Mapping[str, str], at: datetime) -> datetime:
    """Return the moment of the address; now where it names none, or one still to come."""
    try:
        asked = datetime.fromisoformat(given.get(MOMENT, ""))
    except ValueError:
        return at
    return asked if asked.tzinfo and asked <= at else at
