"""An agency with open books, made in a moment: what every test of money starts from."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from yibao.apps.access.models import Organisation, PoolingRegion
from yibao.apps.access.scope import Scope
from yibao.apps.fund import operations
from yibao.rulebook.regions import region as region_of

SHANGHAI = ZoneInfo("Asia/Shanghai")


def moment(text):
    """`2009-06-14 16:22` in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def agency_of(code):
    wanted = region_of(code)
    region, _ = PoolingRegion.objects.get_or_create(
        code=code,
        defaults={
            "name": wanted.name,
            "bureau_name": wanted.bureau,
            "area_from": wanted.area_from,
            "area_until": wanted.area_until,
        },
    )
    agency, _ = Organisation.objects.get_or_create(
        region=region,
        kind="agency",
        name=wanted.agency,
        defaults={"area_from": wanted.area_from, "area_until": wanted.area_until},
    )
    return agency


def open_books(code, *, on=date(2008, 1, 1), at="2008-01-01 09:00"):
    """Open the four books of a region's agency; return the system's scope and the books by kind."""
    scope = Scope.system(code)
    books = operations.open_books(scope=scope, unit_id=agency_of(code).id, on=on, at=moment(at))
    return scope, books
