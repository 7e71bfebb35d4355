"""Institutions: which there are, since when designated, and what the fund owes them."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from yibao.apps.access.queries import places_and_offices
from yibao.apps.access.scope import NotThere
from yibao.apps.care import operations, queries
from yibao.apps.care.queries import InstitutionUnknown
from yibao.apps.fund import overview
from yibao.apps.fund.models import BookKind
from yibao.apps.fund.queries import BooksNotOpened, PartyRow, balance_of_party
from yibao.apps.fund.queries import book as book_of_kind
from yibao.apps.registry.queries import area_names
from yibao.console.care.forms import LEVELS_ZH, DesignationForm, InstitutionForm
from yibao.console.care.listed import INSTITUTIONS_LIST
from yibao.console.lists import list_page
from yibao.console.page import ConsoleRequest, console_page, done, page

_INSTITUTION = "institution"


@dataclass(frozen=True, slots=True)
class Owed:
    """What stands in the institutions sub-ledger for one, in fen; `book_id` 0 without books."""

    book_id: int
    advanced_fen: int = 0
    paid_fen: int = 0

    @property
    def owed_fen(self) -> int:
        """What the fund still owes."""
        return self.advanced_fen - self.paid_fen


@console_page()
def institutions(request: ConsoleRequest) -> HttpResponse:
    """Show the institutions of the area, by name or code, kind, level and designation."""
    return list_page(request, INSTITUTIONS_LIST, template="console/care/institutions.html")


@console_page()
def institution(request: ConsoleRequest, institution_id: int) -> HttpResponse:
    """Show an institution, its designations, and what the fund owes it."""
    return page(request, "console/care/institution.html", _institution(request, institution_id))


@console_page()
def register(request: ConsoleRequest) -> HttpResponse:
    """Record an institution."""
    places = places_and_offices(request.scope).exclude(division="")
    form = InstitutionForm(request.POST or None, places=places)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with form.refusals(request):
            made = operations.register_institution(
                scope=request.scope,
                code=given["code"],
                name=given["name"],
                kind=given["kind"],
                level=given["level"],
                area_no=given["area"].area_from,
                in_region=not given["outside"],
                at=request.at,
            )
            said = _("已登记%(name)s，请接着登记定点期") % {"name": made.name}
            return done(request, said, "care:designate", made.id)
    return page(request, "console/care/register.html", {"form": form})


@console_page()
def designate(request: ConsoleRequest, institution_id: int) -> HttpResponse:
    """Record from when until when an institution is designated."""
    form = DesignationForm(request.POST or None, initial={"designated_from": request.served_on})
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            operations.designate(
                scope=request.scope,
                institution_id=institution_id,
                designated_from=form.cleaned_data["designated_from"],
                designated_until=form.cleaned_data["designated_until"],
                document=form.cleaned_data["document"],
                at=request.at,
            )
            return done(request, _("已登记定点期"), "care:institution", institution_id)
    context = {**_institution(request, institution_id), "form": form}
    return page(request, "console/care/designate.html", context)


def _institution(request: ConsoleRequest, institution_id: int) -> dict[str, Any]:
    try:
        row, designations = queries.institution_page(
            scope=request.scope, institution_id=institution_id, on=request.served_on
        )
    except InstitutionUnknown as unknown:
        raise NotThere(what=_("该医疗机构")) from unknown
    return {
        "one": _shown(row, area_names([row.area_no])),
        "designations": designations,
        "owed": _owed(request, institution_id),
    }


def _shown(row: queries.InstitutionRow, places: dict[int, str]) -> dict[str, Any]:
    return {
        "row": row,
        "kind": operations.KINDS.get(row.kind, row.kind),
        "level": LEVELS_ZH.get(row.level, row.level),
        "place": places.get(row.area_no, ""),
    }


def _owed(request: ConsoleRequest, institution_id: int) -> Owed:
    try:
        book = book_of_kind(request.scope.region, BookKind.INSTITUTIONS)
    except BooksNotOpened:
        return Owed(0)
    watched = overview.watched_account(book.kind)
    rows: dict[str, PartyRow] = {
        row.account: row
        for row in balance_of_party(
            scope=request.scope,
            book_id=book.id,
            party_kind=_INSTITUTION,
            party_id=institution_id,
        )
    }
    found = rows.get(watched)
    return Owed(book.id, found.credit_fen, found.debit_fen) if found else Owed(book.id)
