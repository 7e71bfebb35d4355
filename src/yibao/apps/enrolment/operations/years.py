"""Opening and closing an insured year; nothing is enrolled in a year that is not open."""

from datetime import date, datetime

from django.db import transaction

from yibao.apps.access import audit
from yibao.apps.access.rulebooks import book_of
from yibao.apps.access.scope import Scope
from yibao.apps.enrolment.models import InsuredYear
from yibao.core.refusal import Refusal
from yibao.database.errors import refused


class YearAlreadyOpen(Refusal):
    """Raised for a year that was opened before."""

    code = "E670"
    message = "{year} 年度已经开启"
    remedy = "直接办理参保即可"
    message_en = "The year {year} is open already"
    remedy_en = "Enrolment can go on"


class YearNotOpen(Refusal):
    """Raised for enrolment in a year that nobody opened, or that is closed."""

    code = "E671"
    message = "{year} 年度没有开启参保，或已经结束"
    remedy = "请由县级经办先开启该年度"
    message_en = "The year {year} is not open for enrolment"
    remedy_en = "Have the county's clerk open it first"
    field = "year"


@transaction.atomic
def open_year(*, scope: Scope, year: int, on: date, at: datetime) -> InsuredYear:
    """Open a year of the region for enrolment. Raises NotAllowed, YearAlreadyOpen."""
    scope.require("enrolment.open_year")
    with refused({"a_year_opens_once": YearAlreadyOpen(year=year)}):
        opened = InsuredYear.objects.create(
            region=scope.region,
            year=year,
            opened_on=on,
            rulebook_hash=book_of(scope.region).text_hash,
        )
    _tell(scope, "enrolment.open_year", year, at)
    return opened


@transaction.atomic
def close_year(*, scope: Scope, year: int, on: date, at: datetime) -> InsuredYear:
    """Close a year: ledgers and lists of it are finished. Raises NotAllowed, YearNotOpen."""
    scope.require("enrolment.open_year")
    opened = the_open_year(region=scope.region, year=year)
    opened.closed_on = on
    opened.save(update_fields=["closed_on"])
    _tell(scope, "enrolment.close_year", year, at)
    return opened


def the_open_year(*, region: str, year: int) -> InsuredYear:
    """Return the year, which must be open. Raises YearNotOpen."""
    found = InsuredYear.objects.filter(region=region, year=year, closed_on=None).first()
    if found is None:
        raise YearNotOpen(year=year)
    return found


def _tell(scope: Scope, action: str, year: int, at: datetime) -> None:
    audit.record(scope=scope, action=action, at=at, object_kind="insured_year", object_id=str(year))
