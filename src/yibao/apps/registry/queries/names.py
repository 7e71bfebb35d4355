"""The names of persons by their numbers, for lists of other parts."""

from collections.abc import Iterable

from yibao.apps.access.scope import Scope, scoped
from yibao.apps.registry.models import Person


def person_names(*, scope: Scope, person_ids: Iterable[int]) -> dict[int, str]:
    """Return the name of each person that the scope sees; the others are absent."""
    with scoped(scope):
        return dict(Person.objects.filter(id__in=set(person_ids)).values_list("id", "name"))
