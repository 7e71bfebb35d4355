"""What the database refused: its code and the constraint's name, and the sentence for it."""

import contextlib
from collections.abc import Iterator, Mapping

import psycopg
from django.db import Error as DjangoError

from yibao.core.refusal import Refusal

UNIQUE, OVERLAP, CHECK, FOREIGN = "23505", "23P01", "23514", "23503"
DENIED, LOCK_TIMEOUT, DISK_FULL = "42501", "55P03", "53100"
# Ours: an entry whose legs do not sum to zero; a change of a table that only grows.
UNBALANCED, APPEND_ONLY, UNSEALED = "YB001", "YB002", "YB004"
# What access_apart says of two acts (access/0009); its state is that of other rules of rows too.
_NO_PERSON = "no person did"
_RESTARTING = frozenset({"57P01", "57P02", "57P03", "08000", "08001", "08003", "08006"})


class LockWaitedTooLong(Refusal):
    """Another counter works on the same rows."""

    code = "DB20"
    message = "其他窗口正在办理同一笔业务"
    remedy = "请稍候再试；本次操作没有写入任何数据"
    message_en = "Another counter is working on the same record"
    remedy_en = "Try again in a moment; nothing of this attempt was written"


class StorageFull(Refusal):
    """The server's disk is full: it cannot write, so no page opens that leaves a record."""

    code = "DB21"
    message = "数据库磁盘已满，不能写入，须留痕的查询也暂停"
    remedy = "请管理员释放空间；本次操作没有写入任何数据"
    message_en = "The database's disk is full: nothing is written, and what leaves a record waits"
    remedy_en = "Have the administrator free some room; nothing of this attempt was written"


class ServerRestarting(Refusal):
    """The server went away in the middle; whether a commit was heard is for the key to tell."""

    code = "DB22"
    message = "数据库正在重新启动"
    remedy = "请稍候以同一业务流水号重试，系统不会重复办理"
    message_en = "The database is restarting"
    remedy_en = "Try again with the same key in a moment; nothing is done twice"


class MoneyWaitsForSeal(Refusal):
    """The audit log was not sealed for hours: nothing that moves money is written, reading goes on.

    The limit stands in the migration access/0006_audit_of_keys.
    """

    code = "DB23"
    message = "审计日志已超过 4 小时没有封存，暂停一切资金业务，查询照常"
    remedy = "请系统管理员查看“系统状态”并运行 yibao work；本次操作没有写入任何数据"
    message_en = "The audit log was not sealed for over 4 hours: money waits, enquiries go on"
    remedy_en = "Have the administrator run yibao work or yibao audit seal; nothing was written"


class NoSecondPerson(Refusal):
    """The row does not name two persons for two acts: a task did one, or nobody."""

    code = "DB24"
    message = "这件事须由两个人先后办理，第一步没有办，或不是由人办理的"
    remedy = "请一位同事先办第一步，再由另一人办第二步；本次操作没有写入任何数据"
    message_en = "This takes two people one after the other; no person did the first step"
    remedy_en = "Have a colleague do the first step, then another the second; nothing was written"


_SENTENCES: dict[str, type[Refusal]] = {
    LOCK_TIMEOUT: LockWaitedTooLong,
    DISK_FULL: StorageFull,
    UNSEALED: MoneyWaitsForSeal,
}


def constraint_of(error: BaseException) -> tuple[str | None, str | None]:
    """Return SQLSTATE and constraint name of a database error, Django's or psycopg's.

    Both None when the error did not come from the server.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, psycopg.Error) and cause.sqlstate:
            return cause.sqlstate, cause.diag.constraint_name
        cause = cause.__cause__
    return None, None


# Errors in a statement itself: their words name tables and columns, never what a row holds.
_OF_THE_STATEMENT = "42"


def quoting_nobody(error: BaseException) -> str | None:
    """Return what a log may say of a server's error; None for an error that is none of these.

    The server quotes values: of the row that failed, of the key that was there, of the text that
    is no number.
    """
    if not isinstance(error, psycopg.Error | DjangoError):
        return None
    cause: BaseException | None = error
    while cause is not None and not (isinstance(cause, psycopg.Error) and cause.sqlstate):
        cause = cause.__cause__
    if not isinstance(cause, psycopg.Error) or cause.sqlstate is None:
        return None
    diag = cause.diag
    facts = [diag.table_name, diag.column_name, diag.constraint_name]
    if cause.sqlstate.startswith(_OF_THE_STATEMENT):
        facts.append(diag.message_primary)
    return " ".join([f"SQLSTATE {cause.sqlstate}", *filter(None, facts)])


def refusal_of(error: BaseException) -> Refusal | None:
    """Return the refusal for what any operation may meet: a wait, a disk, a restart, a seal."""
    state, _ = constraint_of(error)
    if state in _SENTENCES:
        return _SENTENCES[state]()
    if _NO_PERSON in str(error):
        return NoSecondPerson()
    lost = isinstance(error, psycopg.OperationalError) or isinstance(
        error.__cause__, psycopg.OperationalError
    )
    if state in _RESTARTING or (lost and state is None):
        return ServerRestarting()
    return None


@contextlib.contextmanager
def refused(by: Mapping[str, Refusal]) -> Iterator[None]:
    """Raise the refusal that stands for the constraint which the block broke.

    `by` maps constraint names to refusals; every other error passes as it is, except the few of
    `refusal_of`, which become theirs.
    """
    try:
        yield
    except (psycopg.Error, DjangoError) as error:
        _, name = constraint_of(error)
        refusal = by.get(name or "") or refusal_of(error)
        if refusal is None:
            raise
        raise refusal from error
