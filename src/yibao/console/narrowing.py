"""Conditions that several lists have: who, by name or number; a day from and until."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext_lazy as _

from yibao.apps.desk.tables import Led
from yibao.apps.registry.numbers import is_number_of_ours
from yibao.apps.registry.queries.search import above
from yibao.console.desk.forms import ListForm
from yibao.console.listing import Narrowed
from yibao.database.sealing import NUMBER, index_of

_LEAST_OF_A_NUMBER = 5


class PersonForm(ListForm):
    """Conditions of which the first is a name's beginning or a whole number."""

    who = forms.CharField(label=_("姓名或证件号码"), required=False, max_length=40)


def by_person(text: str, *, person: str = "t.person_id", name: str = "t.name") -> Narrowed:
    """Narrow to a person: by a whole number, a document's or our own, or by a name's beginning.

    `person` and `name` are the table's columns for both. Numbers lie sealed: a part finds nobody.
    """
    text = "".join(text.split()).upper()
    if not text:
        return [], {}
    if is_number_of_ours(text):
        found = (
            f"{person} in (select o.id from registry_person o where o.person_no = %(person_no)s)"  # noqa: S608 - names of columns
        )
        return [found], {"person_no": text}
    if any(sign.isdigit() for sign in text) and len(text) >= _LEAST_OF_A_NUMBER:
        found = (
            f"{person} in (select d.person_id from registry_identitydocument d"  # noqa: S608 - names of columns
            " where d.number_index = %(number_index)s)"
        )
        return [found], {"number_index": index_of(text, of=NUMBER)}
    called = "{name} >= %(name)s and {name} < %(name_end)s".format
    lead = f"select o.id from registry_person o where {called(name='o.name')}"  # noqa: S608 - a fixed text
    walked = called(name=f"({name} || '')")
    return [Led(called(name=name), lead=lead, column=person, walked=walked)], {
        "name": text,
        "name_end": above(text),
    }


def equal(given: dict[str, Any], *names: str) -> Narrowed:
    """Narrow to the values that are given: each field is a column of its own name."""
    said = {name: given[name] for name in names if given.get(name) not in (None, "")}
    return [f"t.{name} = %({name})s" for name in said], said


def between(column: str, first: date | None, last: date | None) -> Narrowed:
    """Narrow a moment to days, both included."""
    where, values = [], {}
    zone = get_default_timezone()
    if first:
        where.append(f"t.{column} >= %({column}_from)s")
        values[f"{column}_from"] = datetime.combine(first, time.min, tzinfo=zone)
    if last:
        where.append(f"t.{column} < %({column}_until)s")
        until = last + timedelta(days=1)
        values[f"{column}_until"] = datetime.combine(until, time.min, tzinfo=zone)
    return where, values


def both(*parts: Narrowed) -> Narrowed:
    """Return all of several conditions."""
    where = [one for part in parts for one in part[0]]
    values = {name: value for part in parts for name, value in part[1].items()}
    return where, values
