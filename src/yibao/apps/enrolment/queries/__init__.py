"""What enrolment can be asked."""

from yibao.apps.enrolment.queries.coverages import (
    CoverageLine,
    Covered,
    coverages_of,
    covered_in,
    covered_on,
)
from yibao.apps.enrolment.queries.facts import facts_for_rules
from yibao.apps.enrolment.queries.imports import (
    ImportLine,
    ImportPage,
    ReasonCount,
    RowLine,
    import_page,
    imports,
    imports_of_rows,
)
from yibao.apps.enrolment.queries.lists import (
    EnrolmentLine,
    OtherCoverLine,
    Unpaid,
    enrolments_of,
    other_covers_of,
    unpaid_of,
    years,
)
from yibao.apps.enrolment.queries.mending import (
    FaultyColumn,
    FaultyLine,
    FaultyLines,
    faulty_lines,
    imports_to_mend,
)

__all__ = [
    "CoverageLine",
    "Covered",
    "EnrolmentLine",
    "FaultyColumn",
    "FaultyLine",
    "FaultyLines",
    "ImportLine",
    "ImportPage",
    "OtherCoverLine",
    "ReasonCount",
    "RowLine",
    "Unpaid",
    "coverages_of",
    "covered_in",
    "covered_on",
    "enrolments_of",
    "facts_for_rules",
    "faulty_lines",
    "import_page",
    "imports",
    "imports_of_rows",
    "imports_to_mend",
    "other_covers_of",
    "unpaid_of",
    "years",
]
