"""Which department's money supports a category."""

from datetime import date

from yibao.apps.access.models import Organisation, OrganisationKind
from yibao.apps.access.rulebooks import book_of
from yibao.apps.access.spoken import region_words

PAYERS, CATEGORIES = "payer", "support_category"
_FINANCE_PAYS = "finance_pays"


def payers_of(region: str, year: int) -> dict[str, int]:
    """Return the office that pays for a category where it is not the one that lists it."""
    office = finance_office(region)
    return dict.fromkeys(finance_categories(region, year), office) if office else {}


def finance_categories(region: str, year: int) -> frozenset[str]:
    """Return the categories that finance pays (方案 四(四)1)."""
    book = book_of(region)
    if _FINANCE_PAYS not in book.parameters:
        return frozenset()
    found = book.value_of(_FINANCE_PAYS, on=date(year, 1, 1))
    assert isinstance(found, frozenset), "a set of codes"
    return found


def finance_office(region: str) -> int | None:
    """Return the finance office of the region's widest area, None where none is recorded."""
    offices = Organisation.objects.filter(region_id=region, kind=OrganisationKind.FINANCE)
    widest = offices.order_by("area_from", "-area_until").first()
    return widest.id if widest else None


def payer_label(region: str, category: str) -> str:
    """Return who or what a grant is for, in words: a category of support or a level of finance."""
    book = book_of(region)
    for enumeration in (PAYERS, CATEGORIES):
        if category in book.enumerations[enumeration].codes:
            return region_words(region, enumeration, category)
    return category


def is_fiscal_share(region: str, category: str) -> bool:
    """Tell whether a grant is a level's share of the dues, not the support of a category."""
    return category in book_of(region).enumerations[PAYERS].codes
