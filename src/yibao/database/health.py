"""How the installation is: each check with a mark, what was found, and what to do.

Asked by `yibao doctor`, the page of the system's state, and the metrics; all of it is SQL and the
home's own files, so that the three never differ. Nothing here shows a person or a secret.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from yibao.database.binaries import SUPPORTED
from yibao.database.cluster import FLOOR_BYTES, free_bytes
from yibao.database.copies import Copies
from yibao.database.figures import Figures
from yibao.database.home import APP_ROLE, Home
from yibao.database.roles import EXTENSIONS

OK, WARN, FAIL = "ok", "warn", "fail"
# Money waits after four hours (access/0006_audit_of_keys); the page warns long before.
SEAL_WARN, SEAL_FAIL = timedelta(minutes=10), timedelta(hours=4)
BACKUP_WARN, BACKUP_FAIL = timedelta(hours=26), timedelta(days=8)
DRILL_WARN = timedelta(days=35)
COUNT_WARN = timedelta(minutes=15)
CLOCK_WARN, CLOCK_FAIL = timedelta(seconds=5), timedelta(minutes=1)
_ROOM_WARN = 16 * FLOOR_BYTES
_FULL_WARN = 80  # percent of the connections
_LONG = timedelta(minutes=15)
_PERCENT = 100
_GIGABYTE = 1024**3


@dataclass(frozen=True)
class Check:
    """One finding: ok, warn or fail, in both languages, with what to do where it is not ok."""

    code: str
    mark: str
    name: str
    name_en: str
    found: str
    found_en: str
    remedy: str = ""
    remedy_en: str = ""

    def words(self, language: str) -> tuple[str, str, str]:
        """Return name, finding and remedy in the language of a page ("zh…" or "en")."""
        if language.startswith("en"):
            return self.name_en, self.found_en, self.remedy_en
        return self.name, self.found, self.remedy

    def as_data(self) -> dict[str, str]:
        """Return the check for `--json`."""
        return {
            "code": self.code,
            "mark": self.mark,
            "name": self.name_en,
            "found": self.found_en,
            "remedy": self.remedy_en if self.mark != OK else "",
        }


def checks(found: Figures, home: Home, *, embedded: bool) -> list[Check]:
    """Return every check of the running installation."""
    asked: list[Callable[[], Check]] = [
        lambda: _version(found),
        lambda: _role(found),
        lambda: _durable(found),
        lambda: _text(found),
        lambda: _extensions(found),
        lambda: _checksums(found),
        lambda: _clocks(found),
        lambda: _connections(found),
        lambda: _waiting(found),
        lambda: _replication(found),
        lambda: _sealing(found),
        lambda: _jobs(found),
        lambda: _counted(found),
        lambda: _sessions(found),
    ]
    said = [one() for one in asked]
    if embedded:
        said += [_room(home), _backup(found, home), _drill(found, home)]
    else:
        said.append(_elsewhere())
    return said


def worst(said: list[Check]) -> str:
    """Return the worst mark of all."""
    marks = {one.mark for one in said}
    return FAIL if FAIL in marks else WARN if WARN in marks else OK


def _version(found: Figures) -> Check:
    major = found.version // 10_000
    words = f"PostgreSQL {major}.{found.version % 10_000}"
    return Check(
        "version",
        OK if major in SUPPORTED else FAIL,
        *("数据库版本", "Database version", words, words),
        "请使用 PostgreSQL 15 至 18",
        "Use PostgreSQL 15 to 18",
    )


def _role(found: Figures) -> Check:
    bad = found.above_the_wall
    return Check(
        "role",
        FAIL if bad else OK,
        *("应用角色", "Application role"),
        f"{APP_ROLE} 不存在或可绕过行级权限" if bad else f"{APP_ROLE} 受行级权限约束",
        f"{APP_ROLE} is missing or passes row security" if bad else f"{APP_ROLE} is walled in",
        f"alter role {APP_ROLE} nosuperuser nobypassrls",
        f"alter role {APP_ROLE} nosuperuser nobypassrls",
    )


def _durable(found: Figures) -> Check:
    good = found.synchronous in ("on", "remote_apply", "remote_write")
    return Check(
        "synchronous_commit",
        OK if good else FAIL,
        *("提交即落盘", "Commits are on disk", found.synchronous, found.synchronous),
        f"alter role {APP_ROLE} set synchronous_commit = 'on'：否则断电会丢失已确认的业务",
        f"alter role {APP_ROLE} set synchronous_commit = 'on': else a crash loses what was done",
    )


def _text(found: Figures) -> Check:
    good = found.encoding == "UTF8" and found.collation in ("C", "POSIX", "C.UTF-8")
    words = f"{found.encoding}, {found.collation}, {found.ctype}"
    return Check(
        "text",
        OK if good else WARN if found.encoding == "UTF8" else FAIL,
        *("编码与排序", "Encoding and collation", words, words),
        "请以 encoding UTF8、lc_collate C、lc_ctype C.UTF-8 建库，否则前缀查询用不上索引",
        "Make the database with UTF8, lc_collate C, lc_ctype C.UTF-8: prefixes then use an index",
    )


def _extensions(found: Figures) -> Check:
    missing = [name for name in EXTENSIONS if name not in found.extensions]
    words = ", ".join(missing or EXTENSIONS)
    return Check(
        "extensions",
        FAIL if missing else OK,
        *("扩展", "Extensions"),
        f"缺少 {words}" if missing else words,
        f"missing: {words}" if missing else words,
        f"create extension {words}",
        f"create extension {words}",
    )


def _checksums(found: Figures) -> Check:
    return Check(
        "checksums",
        OK if found.checksums == "on" else WARN,
        *("数据页校验", "Page checksums", found.checksums, found.checksums),
        "停库后运行 pg_checksums --enable",
        "Stop the server and run pg_checksums --enable",
    )


def _clocks(found: Figures) -> Check:
    apart = abs(found.now - found.app_now)
    seconds = f"{apart.total_seconds():.1f}"
    return Check(
        "clocks",
        FAIL if apart > CLOCK_FAIL else WARN if apart > CLOCK_WARN else OK,
        *("时钟之差", "Clocks apart", f"相差 {seconds} 秒", f"{seconds} s apart"),
        "请在两台机器上启用时间同步（chrony）；业务时间以数据库为准",
        "Synchronise both machines' clocks (chrony); the database's clock decides",
    )


def _connections(found: Figures) -> Check:
    words = f"{found.connections} / {found.connections_most}"
    full = found.connections * _PERCENT >= found.connections_most * _FULL_WARN
    return Check(
        "connections",
        WARN if full else OK,
        *("连接数", "Connections", words, words),
        "请减小 YIBAO_POOL 或进程数，或增大 max_connections",
        "Lower YIBAO_POOL or the number of workers, or raise max_connections",
    )


def _waiting(found: Figures) -> Check:
    minutes = found.longest_transaction // timedelta(minutes=1)
    bad = found.locks_waiting > 0 or found.longest_transaction > _LONG
    return Check(
        "locks",
        WARN if bad else OK,
        *("锁与长事务", "Locks and long transactions"),
        f"{found.locks_waiting} 个在等锁，最长的事务 {minutes} 分钟",
        f"{found.locks_waiting} wait for a lock, the longest transaction takes {minutes} min",
        "稍后再看；长时间不结束的，请在数据库中查 pg_stat_activity，长事务还会挡住封存",
        "Look again; what does not end stands in pg_stat_activity, and holds up sealing too",
    )


def _replication(found: Figures) -> Check:
    words = f"{found.standbys}"
    return Check(
        "replication",
        OK,
        *("备用服务器", "Standby servers"),
        f"{words} 台" if found.standbys else "没有备用服务器",
        f"{words} connected" if found.standbys else "none",
    )


def _sealing(found: Figures) -> Check:
    name = ("审计封存", "Sealing of the audit log")
    remedy = (
        "请启动 yibao work（或 yibao serve），查看有无长事务；超过 4 小时暂停资金业务",
        "Start yibao work (or yibao serve), look for a long transaction; money waits after 4 h",
    )
    if found.sealed_until is None:
        return Check("sealing", WARN, *name, "还没有封存过", "never sealed yet", *remedy)
    late = found.now - found.sealed_until
    minutes = late // timedelta(minutes=1)
    return Check(
        "sealing",
        FAIL if late > SEAL_FAIL else WARN if late > SEAL_WARN else OK,
        *name,
        f"{minutes} 分钟前的一切均已封存",
        f"everything of {minutes} minutes ago is sealed",
        *remedy,
    )


def _jobs(found: Figures) -> Check:
    waiting, running = found.jobs.get("waiting", 0), found.jobs.get("running", 0)
    failed = found.jobs.get("failed", 0)
    return Check(
        "jobs",
        FAIL if found.jobs_stalled else OK,
        *("任务", "Jobs"),
        f"等待 {waiting}，进行中 {running}，失败 {failed}，无响应 {found.jobs_stalled}",
        f"{waiting} wait, {running} run, {failed} failed, {found.jobs_stalled} without a sign",
        "请启动 yibao work：无响应的任务由它收回",
        "Start yibao work: it takes back the jobs whose worker died",
    )


def _counted(found: Figures) -> Check:
    name = ("人数汇总", "Counting of residents")
    remedy = (
        "请启动 yibao work（或 yibao serve）；看板暂用此前汇总的人数",
        "Start yibao work (or yibao serve); boards show the counts of before",
    )
    if found.counted_ago is None:
        return Check("counts", OK, *name, "尚未汇总过", "never counted yet", *remedy)
    minutes = found.counted_ago // timedelta(minutes=1)
    return Check(
        "counts",
        WARN if found.counted_ago > COUNT_WARN else OK,
        *name,
        f"{minutes} 分钟前",
        f"{minutes} minutes ago",
        *remedy,
    )


def _sessions(found: Figures) -> Check:
    return Check(
        "sessions",
        OK,
        *("登录会话", "Sessions", f"{found.sessions} 个", f"{found.sessions}"),
    )


def _room(home: Home) -> Check:
    free = free_bytes(home.path)
    words = f"{free / _GIGABYTE:.1f} GB"
    return Check(
        "disk",
        FAIL if free < FLOOR_BYTES else WARN if free < _ROOM_WARN else OK,
        *("磁盘空间", "Disk", f"剩余 {words}", f"{words} free"),
        f"请释放 {home.path} 所在磁盘的空间，或减少保留的备份（yibao db backup --keep）",
        f"Free some room on the disk of {home.path}, or keep fewer backups",
    )


def _backup(found: Figures, home: Home) -> Check:
    name = ("备份", "Backup")
    remedy = ("请运行 yibao db backup，并启用每日定时", "Run yibao db backup, and its daily timer")
    try:
        copies = Copies(home).all()
    except PermissionError:
        return Check("backup", WARN, *name, "本账户无权查看备份目录", "not ours to read", *remedy)
    if not copies:
        return Check("backup", WARN, *name, "还没有备份", "none yet", *remedy)
    age = found.now - copies[-1].ended
    hours = age // timedelta(hours=1)
    failing = found.archive_failures and (
        found.last_archived is None or found.now - found.last_archived > SEAL_FAIL
    )
    return Check(
        "backup",
        FAIL if age > BACKUP_FAIL or failing else WARN if age > BACKUP_WARN else OK,
        *name,
        f"{hours} 小时前，共 {len(copies)} 份" + ("；日志归档失败" if failing else ""),
        f"{hours} hours ago, {len(copies)} kept" + ("; archiving fails" if failing else ""),
        *remedy,
    )


def _drill(found: Figures, home: Home) -> Check:
    name = ("恢复演练", "Restore drill")
    remedy = ("请运行 yibao db drill", "Run yibao db drill")
    try:
        last = Copies(home).last_drill()
    except PermissionError:
        last = None
    if last is None:
        return Check("drill", WARN, *name, "还没有演练过", "never done", *remedy)
    age = found.now - last.at
    days = age // timedelta(days=1)
    said = (f"{days} 天前，", f"{days} days ago: ")
    if not last.ok:
        first = last.faults[0]
        return Check("drill", FAIL, *name, f"{said[0]}{first}", f"{said[1]}{first}", *remedy)
    mark = WARN if age > DRILL_WARN else OK
    return Check(
        "drill",
        mark,
        *name,
        f"{said[0]}完全一致，用时 {last.seconds} 秒",
        f"{said[1]}everything the same, in {last.seconds} s",
        *remedy,
    )


def _elsewhere() -> Check:
    return Check(
        "backup",
        WARN,
        *("备份", "Backup"),
        "由外部数据库服务器负责，本系统无法核对",
        "the other server's matter, not to be seen from here",
        "请按 docs/howto/database-elsewhere.md 设置 pgbackrest 并定期演练",
        "Set up pgbackrest as docs/howto/database-elsewhere.md says, and drill",
    )
