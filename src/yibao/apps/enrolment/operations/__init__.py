"""What changes enrolment: years, ledgers, lists, coverage."""

from yibao.apps.enrolment.guards import paid_guard
from yibao.apps.enrolment.operations.checking import check_ledger, decide_warnings
from yibao.apps.enrolment.operations.confirming import confirm_ledger
from yibao.apps.enrolment.operations.covering import (
    CoverAnswer,
    CoverItem,
    cancel_coverage,
    cover,
    suspend_unpaid,
)
from yibao.apps.enrolment.operations.enrolling import (
    Entry,
    NewOtherCover,
    enrol,
    record_other_cover,
    record_other_covers,
    withdraw,
)
from yibao.apps.enrolment.operations.files import error_file, template
from yibao.apps.enrolment.operations.households import (
    LinesRefused,
    MemberFault,
    enrol_household,
)
from yibao.apps.enrolment.operations.mending import mend_by_file, mend_rows
from yibao.apps.enrolment.operations.undoing import LinesAlreadyPaid, undo_ledger
from yibao.apps.enrolment.operations.uploading import drop_ledger, upload_ledger
from yibao.apps.enrolment.operations.years import close_year, open_year

__all__ = [
    "CoverAnswer",
    "CoverItem",
    "Entry",
    "LinesAlreadyPaid",
    "LinesRefused",
    "MemberFault",
    "NewOtherCover",
    "cancel_coverage",
    "check_ledger",
    "close_year",
    "confirm_ledger",
    "cover",
    "decide_warnings",
    "drop_ledger",
    "enrol",
    "enrol_household",
    "error_file",
    "mend_by_file",
    "mend_rows",
    "open_year",
    "paid_guard",
    "record_other_cover",
    "record_other_covers",
    "suspend_unpaid",
    "template",
    "undo_ledger",
    "upload_ledger",
    "withdraw",
]
