"""Work of enrolment that outlasts a request: writing a large ledger, chunk by chunk."""

from django.utils.translation import gettext_lazy as _

from yibao.apps.desk.kinds import Kind, register
from yibao.apps.desk.running import Running
from yibao.apps.enrolment.operations.confirming import Progress, confirm_ledger

LEDGER = "ledger"
# Small enough that a wish to pause is heard within seconds, and that the bar moves.
CHUNK_ROWS = 1_000


def write_ledger(running: Running) -> str:
    """Write the good lines of the ledger; held or killed it goes on after the last whole chunk."""

    def told(progress: Progress) -> None:
        running.report(progress.written, progress.of)

    ledger = confirm_ledger(
        scope=running.scope,
        import_id=running.object_id or 0,
        at=running.at,
        chunk_rows=CHUNK_ROWS,
        on_chunk=told,
    )
    return f"入库 {ledger.rows_good:,} 行"


register(
    Kind(
        code=LEDGER,
        label=_("台账入库"),
        action="enrolment.confirm",
        run=write_ledger,
        page="enrolment:import",
        unit=_("行"),
    )
)
