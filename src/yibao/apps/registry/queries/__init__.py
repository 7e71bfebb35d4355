"""What the register can be asked: search, a person's page, a household's, facts for the rules."""

from yibao.apps.registry.queries.areas import area_names
from yibao.apps.registry.queries.facts import facts_of_persons
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
from yibao.apps.registry.queries.search import Found, search

__all__ = [
    "DocumentLine",
    "Found",
    "HouseholdPage",
    "IdentityLine",
    "Member",
    "PersonPage",
    "area_names",
    "facts_of_persons",
    "household_page",
    "person_names",
    "person_page",
    "search",
]
