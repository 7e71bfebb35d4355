"""The entity picker: a person, an institution, a place or a due, by code, name or initials.

A form's field is `PickerField("institution")`, drawn by `{% picker form.institution %}`; a search
field becomes one by `data-picker`. `picker.js` adds the list under the field (`pick`); without it
the button 查找 lists what was found, to be chosen by radio buttons.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from yibao.apps.access import audit
from yibao.apps.access import queries as access
from yibao.apps.access.models import Organisation
from yibao.apps.access.scope import NotThere
from yibao.apps.care import queries as care
from yibao.apps.collection import queries as collection
from yibao.apps.desk.operations.drafts import note_pick
from yibao.apps.desk.queries.drafts import recent_picks
from yibao.apps.registry import queries as registry
from yibao.apps.registry.names import masked
from yibao.console.page import ConsoleRequest, console_page
from yibao.core.identity import mask_number
from yibao.core.pinyin import initials
from yibao.web.figures import yuan

LISTED = 12
_TEXT = 40
_DIGITS = 19
_ALL = 5_000


@dataclass(frozen=True)
class Choice:
    """Something to choose: its number, its words, what tells it from the next one."""

    id: int
    label: str
    detail: str
    code: str = ""


@dataclass(frozen=True)
class Source:
    """Where choices come from: the right it needs, finding by text, and naming by number."""

    action: str
    find: Callable[[ConsoleRequest, str, int], Sequence[Choice]]
    named: Callable[[ConsoleRequest, Sequence[int]], Sequence[Choice]]
    is_logged: bool = False


def chosen_from(request: ConsoleRequest, kind: str, text: str) -> Sequence[Choice]:
    """Return what the text finds, recent choices first; for no text the recent ones. Logged.

    Raises NotAllowed, NotThere.
    """
    source = SOURCES.get(kind)
    if source is None:
        raise NotThere(what=_("这种选择"))
    if source.action:
        request.scope.require(source.action)
    recent = recent_picks(operator_id=request.scope.operator_id, kind=kind, limit=LISTED)
    if not text:
        return source.named(request, recent) if recent else ()
    found = source.find(request, text, LISTED)
    if source.is_logged:
        audit.record(
            scope=request.scope,
            action=source.action,
            at=request.at,
            object_kind="search",
            detail={"text": text, "found": len(found), "by": "picker"},
        )
    place = {one: n for n, one in enumerate(recent)}
    return sorted(found, key=lambda one: place.get(one.id, LISTED))


@console_page()
def pick(request: ConsoleRequest, kind: str) -> HttpResponse:
    """Answer a picker with what its text finds."""
    text = request.GET.get("q", "").strip()[:_TEXT]
    found = chosen_from(request, kind, text)
    listed = [
        {"id": one.id, "label": one.label, "detail": one.detail, "code": one.code} for one in found
    ]
    return JsonResponse({"found": listed, "recent": not text})


# -- Sources ---------------------------------------------------------------------------------


def _find_people(request: ConsoleRequest, text: str, limit: int) -> Sequence[Choice]:
    return [_person(one) for one in registry.search(scope=request.scope, text=text, limit=limit)]


def _name_people(request: ConsoleRequest, ids: Sequence[int]) -> Sequence[Choice]:
    return [_person(one) for one in registry.search_named(scope=request.scope, person_ids=ids)]


def _person(one: registry.Found) -> Choice:
    born = f"{one.born:%Y-%m-%d}"
    return Choice(
        one.person_id, f"{one.name_masked} {one.number_masked}", f"{born}　{one.area_name}"
    )


def _find_institutions(request: ConsoleRequest, text: str, limit: int) -> Sequence[Choice]:
    rows = care.institutions(scope=request.scope, on=request.served_on, limit=_ALL)
    found = (one for one in rows if _fits(text, one.code, one.name))
    return [_institution(one) for one in _first(found, limit)]


def _name_institutions(request: ConsoleRequest, ids: Sequence[int]) -> Sequence[Choice]:
    rows = care.institutions(scope=request.scope, on=request.served_on, limit=_ALL)
    return [_institution(one) for one in rows if one.institution_id in ids]


def _institution(one: care.InstitutionRow) -> Choice:
    standing = _("定点") if one.designated else _("当日非定点")
    return Choice(one.institution_id, one.name, f"{one.code}　{standing}", one.code)


def _find_places(request: ConsoleRequest, text: str, limit: int) -> Sequence[Choice]:
    rows = access.places_and_offices(request.scope).exclude(division="")
    found = (one for one in rows if _fits(text, one.division, one.name))
    return [_place(one) for one in _first(found, limit)]


def _name_places(request: ConsoleRequest, ids: Sequence[int]) -> Sequence[Choice]:
    rows = access.places_and_offices(request.scope).filter(id__in=list(ids))
    return [_place(one) for one in rows]


def _find_offices(request: ConsoleRequest, text: str, limit: int) -> Sequence[Choice]:
    rows = access.places_and_offices(request.scope).select_related("parent")
    found = (one for one in rows if _fits(text, one.division, one.name))
    return [_place(one) for one in _first(found, limit)]


def _place(one: Organisation) -> Choice:
    return Choice(one.id, one.name, one.division or one.get_kind_display(), one.division)


def _find_dues(request: ConsoleRequest, text: str, limit: int) -> Sequence[Choice]:
    rows = collection.open_dues(scope=request.scope, year=request.year, text=text, limit=limit)
    return [
        Choice(
            one.due_id,
            f"{masked(one.name)} {mask_number(one.number)}",
            _("应缴余额 %(sum)s 元") % {"sum": yuan(one.open_fen)},
        )
        for one in rows
        if not one.cash_held_by
    ]


def _nothing(request: ConsoleRequest, ids: Sequence[int]) -> Sequence[Choice]:
    return ()


def _fits(text: str, code: str, name: str) -> bool:
    if text.isascii():
        plain = text.upper()
        return code.upper().startswith(plain) or plain in initials(name).upper()
    return text in name


def _first(found: Iterable[Any], limit: int) -> list[Any]:
    listed = []
    for one in found:
        listed.append(one)
        if len(listed) == limit:
            break
    return listed


SOURCES: dict[str, Source] = {
    "person": Source("registry.search", _find_people, _name_people, is_logged=True),
    "institution": Source("care.read", _find_institutions, _name_institutions),
    "place": Source("", _find_places, _name_places),
    "office": Source("access.read", _find_offices, _name_places),
    "due": Source("collection.collect_cash", _find_dues, _nothing, is_logged=True),
}


# -- The field -------------------------------------------------------------------------------


class PickerWidget(forms.Widget):
    """Three inputs of one field: the words, the number chosen, and a choice by radio button."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self.request: ConsoleRequest | None = None
        self.listed: Sequence[Choice] = ()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return number, words and radio choice; words are None where only a number was sent."""
        return (data.get(name, ""), data.get(f"{name}_q"), data.get(f"{name}_pick", ""))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Tell whether nothing of the field was sent."""
        return not {name, f"{name}_q", f"{name}_pick"} & set(data)

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """The label is the words'."""
        return f"{id_}_q"

    def named(self, number: Any) -> Choice | None:
        """Return what the number names in the scope."""
        text = str(number or "")
        if self.request is None or not (text.isascii() and text.isdigit() and len(text) < _DIGITS):
            return None
        found = SOURCES[self.kind].named(self.request, [int(text)])
        return found[0] if found else None

    def find(self, words: str) -> Sequence[Choice]:
        """Return what the words find."""
        assert self.request is not None, "the form starts its picker with the request"
        self.listed = chosen_from(self.request, self.kind, words.strip()[:_TEXT])
        return self.listed

    def parts(self, bound: Any) -> tuple[str, str | None, str]:
        """Return number, words, radio choice of the drawn field."""
        value = bound.value()
        return value if isinstance(value, tuple) else (str(value or ""), None, "")

    def chosen_of(self, bound: Any) -> Choice | None:
        """Return what stands chosen in the drawn field."""
        number, words, radio = self.parts(bound)
        found = self.named(radio or number)
        return found if found and (radio or words in (None, found.label)) else None

    def words_of(self, bound: Any) -> str:
        """Return the words that stand in the drawn field."""
        chosen = self.chosen_of(bound)
        return chosen.label if chosen else self.parts(bound)[1] or ""

    def is_finding(self, bound: Any) -> bool:
        """Tell whether the button 查找 of this field was pressed."""
        return bool(bound.form.is_bound and bound.form.data.get("find") == bound.html_name)

    def listed_of(self, bound: Any) -> Sequence[Choice]:
        """Return what is listed for choosing."""
        if self.is_finding(bound) and not self.listed:
            self.find(self.parts(bound)[1] or "")
        return self.listed


class PickerField(forms.Field):
    """A field whose value is the number of what was chosen."""

    widget: PickerWidget

    def __init__(self, kind: str, **kwargs: Any) -> None:
        super().__init__(widget=PickerWidget(kind), **kwargs)
        self.kind = kind

    def start(self, request: ConsoleRequest) -> None:
        """Hand the field the request in whose scope it looks."""
        self.widget.request = request

    def clean(self, value: Any) -> int | None:
        """Return the number chosen, or what the words find if that is one thing only."""
        number, words, radio = value if isinstance(value, tuple) else (value, None, "")
        if found := self.widget.named(radio):
            return self._taken(found)
        known = self.widget.named(number)
        if known and (words is None or words.strip() == known.label):
            return self._taken(known)
        words = (words or "").strip()
        if not words:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        found_ = self.widget.find(words)
        if len(found_) == 1:
            return self._taken(found_[0])
        if found_:
            words = _("“%(words)s”找到 %(count)s 个，请选一个")
            raise ValidationError(words % {"words": value[1], "count": len(found_)}, code="several")
        raise ValidationError(
            _("没有找到“%(words)s”，请核对后再查") % {"words": words}, code="none"
        )

    def _taken(self, choice: Choice) -> int:
        request = self.widget.request
        assert request is not None
        note_pick(
            operator_id=request.scope.operator_id,
            kind=self.kind,
            object_id=choice.id,
            at=request.now,
        )
        return choice.id
