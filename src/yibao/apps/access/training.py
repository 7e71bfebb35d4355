"""Whether a region opens accounts only to people with a recorded training."""

from datetime import date

from yibao.apps.access.rulebooks import article_of, book_of
from yibao.core.rules.scalar import Silent
from yibao.rulebook.loader import UnknownRegion

_PARAMETER = "training_certificate_required"


def article_asking_for_training(region: str, *, on: date) -> str:
    """Return the article that asks for a passed training before an account, or "" where none does.

    Hinggan's text asks (网络 7). Where a text is silent, as Hengshan's, the setting stays open, and
    an open setting asks for nothing here: silence lays no duty on a clerk. An office that wants it
    says so in its settings file, with authority and document.
    """
    try:
        asked = book_of(region).value_of(_PARAMETER, on=on)
    except (Silent, UnknownRegion):
        return ""
    return article_of(region, _PARAMETER, on=on) if asked else ""
