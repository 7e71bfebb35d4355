"""Accounts and offices by their number, inside a scope."""

from django.utils.translation import gettext_lazy as _

from yibao.apps.access.models import Operator, Organisation
from yibao.apps.access.scope import NotThere, Scope


def organisation_in(organisation_id: int, scope: Scope | None) -> Organisation:
    """Return a place or office of the scope. Raises NotThere."""
    found = Organisation.objects.filter(id=organisation_id).first()
    if found is None or (scope is not None and not _within(found, scope)):
        raise NotThere(what=_("该机构"))
    return found


def operator_in(operator_id: int, scope: Scope) -> Operator:
    """Return an account of the scope. Raises NotThere."""
    found = Operator.objects.select_related("organisation").filter(id=operator_id).first()
    if found is None or not _within(found.organisation, scope):
        raise NotThere(what=_("该账号"))
    return found


def _within(organisation: Organisation, scope: Scope) -> bool:
    same_region = organisation.region_id == scope.region
    return same_region and scope.holds(organisation.area_from)
