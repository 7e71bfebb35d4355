"""Look at the installation and say of each part whether it is well and, if not, what to do.

Exit code 1 when a check fails; a warning does not fail.
"""

import argparse
import json
import os
import stat
import sys
from importlib.resources import files
from pathlib import Path

from django.conf import settings
from django.db import connections

from yibao.core.refusal import Refusal
from yibao.database.figures import everywhere, figures
from yibao.database.health import FAIL, OK, WARN, Check, checks, worst
from yibao.database.sealing_keys import KeysGone
from yibao.database.service import close_connections, pending, supervisor, use_settings

_PYTHON = (3, 11)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the form of the answer."""
    parser.add_argument("--json", action="store_true", help="print the checks as data")


def run(arguments: argparse.Namespace) -> int:
    """Run every check and print one line each, with the remedy where one is needed."""
    use_settings()
    said = [_python(), *_home(), *_database(), _fonts()]
    if arguments.json:
        data = {"doctor": worst(said), "checks": [one.as_data() for one in said]}
        print(json.dumps(data, ensure_ascii=False, indent=1))
    else:
        for one in said:
            print(f"{one.mark:4}  {one.name_en:32}  {one.found_en}  {one.name}：{one.found}")
            if one.mark != OK:
                print(f"{'':38}{one.remedy_en}\n{'':38}{one.remedy}")
        print(f"doctor: {worst(said)}")
    return 1 if worst(said) == FAIL else 0


def _python() -> Check:
    words = ".".join(map(str, sys.version_info[:3]))
    return Check(
        "python",
        OK if sys.version_info[:2] >= _PYTHON else FAIL,
        *("Python", "Python", words, words),
        "请使用 Python 3.11 或更新的版本",
        "Use Python 3.11 or newer",
    )


def _home() -> list[Check]:
    """Nobody else may read the secrets, and there must be some."""
    home = settings.HOME
    if not home.path.exists():
        words = (f"{home.path} 尚未建立", f"{home.path} is not made yet")
        fix = ("首次启动时自动建立", "It is made at the first start")
        return [Check("home", WARN, "数据目录", "Home", *words, *fix)]
    said = []
    for place, name in ((home.secrets, "secrets"), (home.path / "keys", "keys")):
        if not place.exists():
            elsewhere = name == "keys" and bool(settings.SEALING_KEYS)
            if name == "keys" and not elsewhere and (home.secrets / "keys_made").exists():
                said.append(_refused("keys", "目录 keys", "Directory keys", KeysGone(place=place)))
                continue
            words = ("由环境变量给出", "given by the environment") if elsewhere else None
            words = words or ("尚未建立", "not made yet")
            fix = ("首次使用时自动建立", "Made at the first use")
            said.append(Check(name, OK if elsewhere else WARN, name, name, *words, *fix))
            continue
        open_ = [one for one in (place, *place.rglob("*")) if _is_open(one)]
        words = (f"{len(open_)} 个文件可被他人读取", f"{len(open_)} files are open to others")
        said.append(
            Check(
                name,
                FAIL if open_ else OK,
                *(f"目录 {name}", f"Directory {name}"),
                *(words if open_ else ("仅属主可读", "its owner's alone")),
                f"chmod -R go-rwx {place}",
                f"chmod -R go-rwx {place}",
            )
        )
    return said


def _is_open(path: Path) -> bool:
    return not path.is_symlink() and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _database() -> list[Check]:
    """Ask the database; one that cannot be reached is one failed check, not a traceback."""
    import django

    try:
        if settings.DATABASE_EMBEDDED:
            with supervisor().running():
                django.setup()
                return _asked()
        django.setup()
        return _asked()
    except Refusal as refusal:
        return [_refused("database", "数据库", "Database", refusal)]
    finally:
        close_connections()


def _refused(code: str, name: str, name_en: str, refusal: Refusal) -> Check:
    words = (name, name_en, refusal.message, refusal.message_en)
    return Check(code, FAIL, *words, refusal.remedy, refusal.remedy_en)


def _asked() -> list[Check]:
    waiting = pending()
    said = [_migrations(waiting), *([] if waiting else [_keys_fit()])]
    connection = connections["default"]
    with everywhere(connection) as cursor:
        found = figures(cursor)
    return said + checks(found, settings.HOME, embedded=settings.DATABASE_EMBEDDED)


def _keys_fit() -> Check:
    """Open the newest sealed value of each table; with no keys at all nothing is made for it."""
    from yibao.database.sealing_fit import newest_values

    try:
        opened, closed = newest_values()
    except Refusal as refusal:
        return _refused("keys_fit", "密钥与数据", "Keys and data", refusal)
    words = (f"打开 {opened} 个，打不开 {closed} 个", f"{opened} values open, {closed} do not")
    return Check(
        "keys_fit",
        FAIL if closed else OK,
        *("密钥与数据", "Keys and data"),
        *(words if opened or closed else ("还没有加密的数据", "nothing is sealed yet")),
        "请从密钥备份恢复这个数据库的密钥，再运行 yibao keys check",
        "Restore this database's keys from their backup, then run yibao keys check",
    )


def _migrations(waiting: list[str]) -> Check:
    words = ", ".join(waiting[:3])
    return Check(
        "migrations",
        FAIL if waiting else OK,
        *("表结构", "Tables"),
        f"待更新：{words}" if waiting else "已是最新",
        f"pending: {words}" if waiting else "up to date",
        "请运行 yibao db upgrade",
        "Run yibao db upgrade",
    )


def _fonts() -> Check:
    """Browsers use Chinese fonts of their own; our numerals' font is in the package."""
    places = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
    cjk = any(
        word in name.lower()
        for place in places
        if place.is_dir()
        for _, _, names in os.walk(place)
        for name in names
        for word in ("cjk", "wqy", "simsun", "source-han", "noto-sans-sc", "uming", "ukai")
    )
    packed = any(files("yibao.web").joinpath("static").iterdir())
    return Check(
        "fonts",
        OK if packed else FAIL,
        *("字体与静态文件", "Fonts and static files"),
        "齐全；浏览器用本机中文字体" + ("" if cjk else "（本服务器没有，无妨）"),
        "there; browsers use their own Chinese fonts" + ("" if cjk else " (none here, no matter)"),
        "请重新安装软件包",
        "Install the package anew",
    )
