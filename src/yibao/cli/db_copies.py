"""`yibao db backup`, `restore` and `drill`: whole copies, points in time, and whether they work."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

from yibao.core.refusal import Refusal
from yibao.database.backup import KEEP, copy_elsewhere, take_backup
from yibao.database.copies import Copies
from yibao.database.restore import restore

_DONE, _FAULTY = 0, 1
_MEGABYTE = 1024 * 1024
_CHINA = ZoneInfo("Asia/Shanghai")


class BackupElsewhere(Refusal):
    """The database is another server's; its administrator backs it up."""

    code = "DB49"
    message = "数据库由外部服务器提供（DATABASE_URL），其备份由该服务器的管理员负责"
    remedy = "请按 docs/howto/database-elsewhere.md 设置 pgbackrest；临时备份可加 --url 与 --to"
    message_en = "The database is another server's (DATABASE_URL), and so are its backups"
    remedy_en = "Set up pgbackrest as docs/howto/database-elsewhere.md says, or give --url and --to"


class MomentUnreadable(Refusal):
    """No moment was given, or words that are none."""

    code = "DB50"
    message = "“{words}”不是一个时刻"
    remedy = '请写成 "2026-11-28 18:00:00+08"；不写时区即为北京时间'
    message_en = '"{words}" is no moment'
    remedy_en = 'Write it like "2026-11-28 18:00:00+08"; without a zone it is China\'s time'


def add_jobs(jobs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the three jobs."""
    backup = jobs.add_parser("backup")
    backup.add_argument("--to", type=Path, metavar="DIR", help="another place than HOME/backup")
    backup.add_argument("--keep", type=int, default=KEEP, help=f"how many to keep ({KEEP})")
    backup.add_argument("--url", help="replication address of a server elsewhere; needs --to")
    back = jobs.add_parser("restore")
    back.add_argument("--at", required=True, metavar="MOMENT", help='"2026-11-28 18:00:00+08"')
    where = back.add_mutually_exclusive_group(required=True)
    where.add_argument("--to", type=Path, metavar="DIR", help="a new home, for YIBAO_HOME")
    where.add_argument("--in-place", action="store_true", help="this home")
    back.add_argument("--from", type=Path, dest="base", metavar="DIR", help="where backups lie")
    back.add_argument(
        "--overwrite", action="store_true", help="replace a database; the old one is kept beside"
    )
    jobs.add_parser("drill")


def backup(arguments: argparse.Namespace) -> int:
    """Take a backup and say what it holds and what it does not."""
    if not settings.DATABASE_EMBEDDED:
        if not (arguments.url and arguments.to):
            raise BackupElsewhere()
        place = copy_elsewhere(arguments.url, arguments.to, binaries=settings.POSTGRES_BINARIES)
        print(f"copied to {place}; its logs are that server's matter. 已复制，日志由该服务器归档。")
        return _DONE
    made = take_backup(
        settings.HOME,
        binaries=settings.POSTGRES_BINARIES,
        to=arguments.to.absolute() if arguments.to else None,
        keep=max(1, arguments.keep),
    )
    seconds = (made.ended - made.began).total_seconds()
    print(f"backup: {made.place}  {made.size // _MEGABYTE} MB in {seconds:.1f} s")
    print(f"any second from {_said(made.ended)} on can be restored. 此后任一秒均可恢复。")
    print(
        f"Not in it: {settings.HOME.secrets} and {settings.HOME.path / 'keys'}. Keep these apart"
        " from the backups: without them nothing can be read.\n"
        "备份不含 secrets 与 keys 两个目录，请另行妥善保管；没有它们，备份无法使用。"
    )
    return _DONE


def bring_back(arguments: argparse.Namespace) -> int:
    """Restore to a moment, here or into a new home."""
    if not settings.DATABASE_EMBEDDED:
        raise BackupElsewhere()
    at = moment(arguments.at)
    done = restore(
        settings.HOME,
        at=at,
        to=None if arguments.in_place else arguments.to,
        overwrite=arguments.overwrite,
        binaries=settings.POSTGRES_BINARIES,
        base=arguments.base,
    )
    if arguments.in_place:
        _note_restoration(at)
    print(f"restored: {_said(at)} from the backup of {_said(done.backup.ended)}")
    if done.put_aside:
        print(f"the data before lies in {done.put_aside}. 原数据保留在此目录。")
    if not arguments.in_place:
        print(f"look at it with YIBAO_HOME={done.home.path} yibao verify")
    return _DONE


def drill(_: argparse.Namespace) -> int:
    """Restore this very second beside the server and compare everything."""
    from yibao.cli.drill import drill as drilled

    if not settings.DATABASE_EMBEDDED:
        raise BackupElsewhere()
    done = drilled(settings.HOME, binaries=settings.POSTGRES_BINARIES)
    for fault in done.faults:
        print(fault)
    print(f"restored {_said(done.at)} from {done.backup} in {done.seconds} s")
    print("drill: ok" if done.ok else f"drill: {len(done.faults)} faults")
    return _DONE if done.ok else _FAULTY


def moment(words: str) -> datetime:
    """Return the moment that somebody typed. Raises MomentUnreadable, also for one to come."""
    try:
        at = datetime.fromisoformat(words.strip())
    except ValueError:
        raise MomentUnreadable(words=words) from None
    at = at if at.tzinfo else at.replace(tzinfo=_CHINA)
    if at > datetime.now(UTC):
        raise MomentUnreadable(words=words)
    return at


def _said(at: datetime) -> str:
    return f"{at.astimezone(_CHINA):%Y-%m-%d %H:%M:%S%z}"


def _note_restoration(at: datetime) -> None:
    """Let the kept heads know that later seals are gone by an operator's decision."""
    from yibao.apps.access import audit, heads
    from yibao.apps.fund.sealing import JOURNAL
    from yibao.database.service import database_at_hand

    with database_at_hand():
        numbers = {chain.name: chain.state().seals for chain in (audit.LOG, JOURNAL)}
        heads.note_restoration(numbers, now=at)


def newest_line() -> str:
    """Return the newest backup in a line, for `yibao db status`."""
    copies = Copies(settings.HOME).all()
    return _said(copies[-1].ended) if copies else "none yet, make one with `yibao db backup`"
