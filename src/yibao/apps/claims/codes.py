"""A settlement by its number."""

from yibao.apps.access.scope import Scope
from yibao.apps.registry.finding import FoundCode, found_codes

_SETTLEMENT = """
select s.id, s.settlement_no, p.name, s.area_no,
       jsonb_build_object('kind', s.kind, 'institution', i.name, 'fund', s.fund_pay_fen)::text
  from claims_settlement s
  join registry_person p on p.id = s.person_id
  join care_institution i on i.id = s.institution_id
 where s.settlement_no = %(number)s and s.id > %(after)s order by s.id limit %(limit)s"""


def settlements_by_number(
    *, scope: Scope, number: str, after_id: int, limit: int
) -> list[FoundCode]:
    """Return the settlement with this number. One query."""
    scope.require("claims.read")
    values = {"number": number, "after": after_id, "limit": limit}
    return found_codes(scope=scope, sql=_SETTLEMENT, values=values)
