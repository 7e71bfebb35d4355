"""Every setting that the environment may change, declared once: name, meaning, what it is without.

`docs/reference/settings.md` is written from this list (`make docs`), and a test holds the two
together.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from environs import Env


@dataclass(frozen=True)
class Setting:
    """One environment variable: what it means and what holds where it is not set."""

    name: str
    meaning: str
    otherwise: str


SETTINGS = (
    Setting(
        "YIBAO_HOME",
        "The directory that holds data, secrets and locks.",
        "`/var/lib/yibao` as root; else `$XDG_DATA_HOME/yibao` or `~/.local/share/yibao`",
    ),
    Setting(
        "YIBAO_POSTGRES_BIN",
        "The directory of the PostgreSQL programs (initdb, postgres, psql) to use, versions 15–18.",
        "the system's newest, then the installed wheels",
    ),
    Setting(
        "YIBAO_SHARED_BUFFERS",
        "How many megabytes of memory the embedded server keeps pages of its tables in"
        " (`shared_buffers`); read when it starts.",
        "an eighth of the machine's or container's memory, at least 128 and at most 1024",
    ),
    Setting(
        "DATABASE_URL",
        "A PostgreSQL elsewhere, for the application role:"
        " `postgresql://yibao_app:…@host/name`. The embedded server is then not used.",
        "the embedded server",
    ),
    Setting(
        "DATABASE_OWNER_URL",
        "The same database for the role that owns the tables and migrates; needed by `migrate`,"
        " not by the serving processes.",
        "the embedded server, or none where DATABASE_URL is set",
    ),
    Setting(
        "YIBAO_SECRET_KEY",
        "The key that signs sessions and forms; the same on every machine of an installation.",
        "made once, kept in the home",
    ),
    Setting(
        "YIBAO_AUDIT_KEY",
        "The key of the audit log's seals; the same on every machine of an installation.",
        "made once, kept in the home",
    ),
    Setting(
        "YIBAO_KEYS",
        "The keys that seal numbers and telephones, for several machines on one database: words as"
        " the files of HOME/keys hold them, separated by commas.",
        "files in the home, made once",
    ),
    Setting(
        "YIBAO_CIPHER",
        "What newly made keys are for: `aes` (AES-256-GCM, HMAC-SHA-256) or `sm4` (SM4-GCM,"
        " HMAC-SM3).",
        "`aes`",
    ),
    Setting(
        "YIBAO_ORIGIN",
        "The address that browsers use, e.g. `https://yibao.example`; https makes cookies secure.",
        "`http://127.0.0.1:8000`",
    ),
    Setting(
        "YIBAO_HOSTS",
        "Further host names to answer to, separated by commas.",
        "that of YIBAO_ORIGIN, `127.0.0.1` and `localhost`",
    ),
    Setting(
        "YIBAO_POOL",
        "How many database connections a serving process holds at most.",
        "8",
    ),
    Setting(
        "YIBAO_STAMP",
        "A program that is given a head's digest (64 hexadecimal digits) on standard input and"
        " answers with a time-stamp authority's token: written beside each kept head.",
        "heads are kept without a token",
    ),
    Setting(
        "YIBAO_LOG",
        "How the log is written to standard error: `json` (a line a request) or `text`.",
        "`json`; `text` with YIBAO_DEBUG",
    ),
    Setting(
        "YIBAO_METRICS_TOKEN",
        "The token (`Authorization: Bearer …`) that `/metrics` asks of callers elsewhere.",
        "`/metrics` answers this machine only",
    ),
    Setting(
        "YIBAO_DEBUG",
        "Show errors in full to the browser; for development only.",
        "no",
    ),
)
_NAMES = frozenset(setting.name for setting in SETTINGS)


class Environment:
    """Reads declared settings, and only those."""

    def __init__(self, env: Env | None = None) -> None:
        self._env = env or Env()

    def text(self, name: str, otherwise: str | None = None) -> str | None:
        """Return the text of a setting, or `otherwise` where it is not set or empty."""
        assert name in _NAMES, f"{name} is not declared in yibao.config.environment"
        return self._env.str(name, "") or otherwise

    def number(self, name: str, otherwise: int) -> int:
        """Return a whole number. Raises environs' error, naming the setting, for anything else."""
        assert name in _NAMES, f"{name} is not declared in yibao.config.environment"
        return int(self._env.int(name, otherwise))

    def flag(self, name: str) -> bool:
        """Return whether a setting says yes."""
        assert name in _NAMES, f"{name} is not declared in yibao.config.environment"
        return bool(self._env.bool(name, False))

    def words(self, name: str) -> list[str]:
        """Return the words of a setting that are separated by commas."""
        return [word.strip() for word in (self.text(name) or "").split(",") if word.strip()]


def default_home() -> Path:
    """Return where the home lies when nobody says."""
    if os.getuid() == 0:
        return Path("/var/lib/yibao")
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "yibao"


def reference() -> str:
    """Return the page docs/reference/settings.md."""
    lines = ["# Settings", "", "Read from the environment when a process starts. All are optional."]
    lines += ["", "| setting | meaning | where it is not set |", "| --- | --- | --- |"]
    lines += [f"| `{one.name}` | {one.meaning} | {one.otherwise} |" for one in SETTINGS]
    return "\n".join(lines) + "\n"
