"""Reads of a desk."""

from yibao.apps.desk.queries.desk import (
    exports_to_approve,
    failed_jobs,
    find_export,
    find_job,
    job_of,
)
from yibao.apps.desk.queries.notices import (
    NoticeRow,
    notices_for,
    public_notices,
    unread_count,
    written_notices,
)
from yibao.apps.desk.queries.preferences import Preferences, preferences, saved_lists

__all__ = [
    "NoticeRow",
    "Preferences",
    "exports_to_approve",
    "failed_jobs",
    "find_export",
    "find_job",
    "job_of",
    "notices_for",
    "preferences",
    "public_notices",
    "saved_lists",
    "unread_count",
    "written_notices",
]
