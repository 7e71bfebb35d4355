"""The names of areas: public, so without a scope."""

from collections.abc import Iterable

from yibao.apps.access.models import Organisation, OrganisationKind

PLACES = (
    OrganisationKind.CITY,
    OrganisationKind.COUNTY,
    OrganisationKind.TOWNSHIP,
    OrganisationKind.VILLAGE,
)


def area_names(area_nos: Iterable[int]) -> dict[int, str]:
    """Return the name of the smallest place that begins at each number; unknown ones are absent."""
    rows = (
        Organisation.objects.filter(area_from__in=set(area_nos), kind__in=PLACES)
        .order_by("-area_until")
        .values_list("area_from", "name")
    )
    return dict(rows)
