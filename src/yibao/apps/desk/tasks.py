"""The desk's own kind of job: the file of an export."""

from django.utils.translation import gettext_lazy as _

from yibao.apps.desk.kinds import Kind, register
from yibao.apps.desk.operations.exports import JOB, export_ended, make_export
from yibao.apps.desk.running import Running


def _make(running: Running) -> str:
    return make_export(running=running)


def _ended(running: Running, why: str) -> None:
    export_ended(running=running, why=why)


register(
    Kind(
        JOB,
        label=_("名单导出"),
        action="export.ask",
        run=_make,
        page="desk:export",
        unit=_("行"),
        # The file is written in one stream: held, it would begin anew.
        holdable=False,
        ended=_ended,
    )
)
