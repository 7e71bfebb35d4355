"""Scopes in words: what lies in an area, as staff say it."""

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.models import Organisation, OrganisationKind

# What is counted below each kind of place, in the words of the field.
_BELOW: dict[str, tuple[tuple[str, str], ...]] = {
    OrganisationKind.CITY: (("county", _("个县（旗、市）")), ("village", _("个村（社区）"))),
    OrganisationKind.COUNTY: (("township", _("个乡镇（街道）")), ("village", _("个村（社区）"))),
    OrganisationKind.TOWNSHIP: (("village", _("个村（社区）")),),
}
_COUNTS = """
    select o.id, below.kind, count(*)
      from access_organisation o
      join access_organisation below
        on below.region_id = o.region_id and below.area_from >= o.area_from
       and below.area_until <= o.area_until and below.division <> '' and below.id <> o.id
     where o.id = any(%s)
     group by o.id, below.kind"""
_PLACES = """
    select o.id, p.kind, p.name
      from access_organisation o
      join access_organisation p on p.region_id = o.region_id and p.area_from = o.area_from
       and p.area_until = o.area_until and p.division <> ''
     where o.id = any(%s)"""


def scopes_in_words(organisations: Iterable[Organisation]) -> dict[int, str]:
    """Return by id what each organisation's area is, as 新桥镇 12 个村（社区）; two statements.

    An office is named with the place it works in; a village, a school, a hospital only by name.
    """
    asked = {one.id: one for one in organisations}
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, [list(asked)])
        places = {pk: (kind, name) for pk, kind, name in cursor.fetchall()}
        cursor.execute(_COUNTS, [list(asked)])
        counts: dict[int, dict[str, int]] = {}
        for pk, kind, count in cursor.fetchall():
            counts.setdefault(pk, {})[kind] = count
    return {pk: _words(one, places.get(pk), counts.get(pk, {})) for pk, one in asked.items()}


def scope_in_words(organisation: Organisation) -> str:
    """Return what one organisation's area is."""
    return scopes_in_words([organisation])[organisation.id]


def in_words(row: Any) -> str:
    """Return the same for a row that has the columns of `listed` about a scope."""
    place = json.loads(row.place) if row.place else None
    one = Organisation(name=row.office, kind=row.office_kind)
    return _words(one, place, json.loads(row.below) if row.below else {})


def _words(one: Organisation, place: tuple[str, str] | None, counts: dict[str, int]) -> str:
    kind, name = place or (one.kind, one.name)
    below = [f"{counts[what]} {unit}" for what, unit in _BELOW.get(kind, ()) if counts.get(what)]
    said = " ".join([name, "、".join(below)]) if below else name
    return said if one.name == name else f"{one.name}（{said}）"
