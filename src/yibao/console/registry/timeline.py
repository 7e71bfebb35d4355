"""The timeline of a person or a household: what happened, newest first, by group, in pages.

One query an app, whatever there is to tell; "more" goes on after the last event shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from yibao.apps.claims import timeline as claims
from yibao.apps.collection.queries import timeline as collection
from yibao.apps.enrolment.queries import timeline as enrolment
from yibao.apps.registry.queries import timeline as registry
from yibao.apps.registry.timeline import Happened, Place, happened, merged
from yibao.apps.subsidy.queries import timeline as subsidy
from yibao.console.page import ConsoleRequest
from yibao.console.registry.kinds import GROUPS, KINDS, day_on, kinds_for
from yibao.console.registry.telling import Document, Teller

EVENTS = 20
# The address's names for the chosen group and for the event after which the page goes on.
GROUP, BEFORE = "of", "before"
_PARTS = (registry, enrolment, collection, subsidy, claims)
_SIGN = "~"
_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: when, what, more of it, and the documents it rests on."""

    on: date
    mark: str
    who: str  # a household's events name the member
    title: str
    about: str
    label: str
    fen: int | None
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A group that can be chosen, "" for all."""

    key: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of events; `more` is what the address says to go on, "" at the end."""

    events: tuple[Event, ...]
    choices: tuple[Choice, ...]
    group: str
    more: str
    is_later: bool  # whether newer events lie before this page


def timeline(
    request: ConsoleRequest,
    *,
    numbers: Mapping[int, str],
    names: Mapping[int, str] | None = None,
) -> Timeline:
    """Return a page of what happened to these people. `numbers` are their own numbers by id.

    `names` are said beside the events, for a household. As many queries as apps with a kind that
    the post may know of.
    """
    group = request.GET.get(GROUP, "")
    if group not in GROUPS:
        group = ""
    before = _place(request.GET.get(BEFORE, ""))
    kinds, ids = kinds_for(request, group), sorted(numbers)
    parts = [
        happened(
            scope=request.scope,
            branches=part.BRANCHES,
            person_ids=ids,
            kinds=kinds,
            before=before,
            limit=EVENTS + 1,
        )
        for part in _PARTS
    ]
    found, more = merged(parts, EVENTS)
    teller = Teller(request, numbers)
    return Timeline(
        events=tuple(_event(teller, one, names or {}) for one in found),
        choices=_choices(request, group),
        group=group,
        more=_said(more) if more else "",
        is_later=before is not None,
    )


def _event(teller: Teller, one: Happened, names: Mapping[int, str]) -> Event:
    kind = KINDS[one.place.kind]
    told = kind.tell(teller, one, one.facts)
    return Event(
        on=day_on(one),
        mark=kind.mark,
        who=names.get(one.person_id, ""),
        title=told.title,
        about=told.about,
        label=told.label,
        fen=told.fen,
        documents=told.documents,
    )


def _choices(request: ConsoleRequest, group: str) -> tuple[Choice, ...]:
    there = [key for key in GROUPS if kinds_for(request, key)]
    every = Choice("", _("全部"), not group)
    return (every, *(Choice(key, str(GROUPS[key]), key == group) for key in there))


def _said(place: Place) -> str:
    return _SIGN.join((place.at.isoformat(), place.kind, str(place.id)))


def _place(text: str) -> Place | None:
    """Read a place out of the address; None for none, or for what is no place."""
    at, _sign, rest = text.partition(_SIGN)
    kind, _sign, number = rest.partition(_SIGN)
    if kind not in KINDS or not (number.isascii() and number.isdigit() and len(number) <= _DIGITS):
        return None
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return Place(moment, kind, int(number)) if moment.tzinfo else None
