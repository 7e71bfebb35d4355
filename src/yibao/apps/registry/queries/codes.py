"""A household by its own number."""

from yibao.apps.access.scope import Scope
from yibao.apps.registry.finding import FoundCode, found_codes

_HOUSEHOLD = """
select h.id, h.household_no, coalesce(p.name, ''), h.area_no,
       jsonb_build_object('village_no', h.village_no,
           'members', (select count(*) from registry_person m where m.household_id = h.id))::text
  from registry_household h left join registry_person p on p.id = h.head_id
 where h.household_no = %(number)s and h.id > %(after)s order by h.id limit %(limit)s"""


def households_by_number(
    *, scope: Scope, number: str, after_id: int, limit: int
) -> list[FoundCode]:
    """Return the household with this number. One query."""
    scope.require("registry.search")
    values = {"number": number, "after": after_id, "limit": limit}
    return found_codes(scope=scope, sql=_HOUSEHOLD, values=values)
