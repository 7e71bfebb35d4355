"""What the register can be asked: search, a person's page, a household's, facts for the rules."""

from yibao.apps.registry.queries.areas import area_names
from yibao.apps.registry.queries.erasures import (
    ErasureLine,
    erasure,
    erasures,
    erasures_waiting,
)
from yibao.apps.registry.queries.facts import facts_of_persons
from yibao.apps.registry.queries.looking import Look, looks_at, times_looked
from yibao.apps.registry.queries.names import person_names
from yibao.apps.registry.queries.pages import (
    DocumentLine,
    HouseholdPage,
    IdentityLine,
    Member,
    PersonPage,
    household_page,
    person_page,
)
from yibao.apps.registry.queries.search import Found, search, search_named

__all__ = [
    "DocumentLine",
    "ErasureLine",
    "Found",
    "HouseholdPage",
    "IdentityLine",
    "Look",
    "Member",
    "PersonPage",
    "area_names",
    "erasure",
    "erasures",
    "erasures_waiting",
    "facts_of_persons",
    "household_page",
    "looks_at",
    "person_names",
    "person_page",
    "search",
    "search_named",
    "times_looked",
]
