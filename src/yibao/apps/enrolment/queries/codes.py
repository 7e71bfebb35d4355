"""A ledger's import by its number."""

from yibao.apps.access.scope import Scope
from yibao.apps.registry.finding import FoundCode, found_codes

_IMPORT = """
select i.id, i.id::text, '', i.area_no,
       jsonb_build_object('kind', i.kind, 'year', i.year, 'rows', i.rows_total)::text
  from enrolment_ledgerimport i
 where i.id = %(id)s and i.id > %(after)s order by i.id limit %(limit)s"""


def imports_by_number(*, scope: Scope, number: int, after_id: int, limit: int) -> list[FoundCode]:
    """Return the import of this number. One query."""
    scope.require("enrolment.read")
    values = {"id": number, "after": after_id, "limit": limit}
    return found_codes(scope=scope, sql=_IMPORT, values=values)
