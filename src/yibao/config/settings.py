"""Django's settings. What the environment may change is declared in yibao.config.environment."""

import importlib.util
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from yibao.config import logs
from yibao.config.environment import Environment, default_home
from yibao.database.home import APP_ROLE, DATABASE_NAME, OWNER_ROLE, PORT, Home
from yibao.database.memory import memory_bytes, shared_megabytes
from yibao.rulebook.regions import signing_in

_environment = Environment()
_package = Path(__file__).resolve().parent.parent

# The home is not touched here: a command that needs no database leaves no trace.
HOME = Home(
    Path(_environment.text("YIBAO_HOME") or default_home()).absolute(),
    _environment.number("YIBAO_SHARED_BUFFERS", shared_megabytes(memory_bytes())),
)
POSTGRES_BINARIES = (
    Path(_binaries) if (_binaries := _environment.text("YIBAO_POSTGRES_BIN")) else None
)
SEALING_KEYS = _environment.words("YIBAO_KEYS")
SEALING_CIPHER = _environment.text("YIBAO_CIPHER") or "aes"
# Where an office keeps the settings it decided (access.rulebooks); None: in the home.
RULEBOOK_SETTINGS: Path | None = None
DEBUG = _environment.flag("YIBAO_DEBUG")
SECRET_KEY = SimpleLazyObject(
    lambda: _environment.text("YIBAO_SECRET_KEY") or HOME.secret("secret_key")
)
AUDIT_KEY = SimpleLazyObject(
    lambda: _environment.text("YIBAO_AUDIT_KEY") or HOME.secret("audit_key")
)
# A program of the office that stamps the kept heads; None: none.
STAMP_COMMAND = _environment.text("YIBAO_STAMP")
METRICS_TOKEN = _environment.text("YIBAO_METRICS_TOKEN") or ""


# -- Database ----------------------------------------------------------------------------------


def _elsewhere(url: str) -> dict[str, Any]:
    """Read a database's address; what follows the question mark goes to libpq."""
    parts = urlsplit(url)
    # Not `parts.hostname`: that is in small letters, and a socket's directory may not be.
    host = parts.netloc.rpartition("@")[2].partition(":")[0]
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(host),
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def _embedded(role: str) -> dict[str, Any]:
    """Return the embedded server's address; libpq reads the password file when it connects."""
    return {
        "NAME": DATABASE_NAME,
        "USER": role,
        "HOST": str(HOME.socket_directory),
        "PORT": str(PORT),
        "OPTIONS": {"passfile": str(HOME.passfile)},
    }


_app_url = _environment.text("DATABASE_URL")
_owner_url = _environment.text("DATABASE_OWNER_URL")
# Whether the server is ours to start and stop.
DATABASE_EMBEDDED = not _app_url
_app = _elsewhere(_app_url) if _app_url else _embedded(APP_ROLE)
_owner = _elsewhere(_owner_url) if _owner_url else dict(_app) if _app_url else _embedded(OWNER_ROLE)

for _database in (_app, _owner):
    _database["ENGINE"] = "django.db.backends.postgresql"
    # Without a threshold nothing is ever prepared, and the server's share of the work doubles.
    _database["OPTIONS"] = _database["OPTIONS"] | {
        "server_side_binding": True,
        "prepare_threshold": 1,
    }
_app["OPTIONS"]["pool"] = {
    "min_size": 1,
    "max_size": _environment.number("YIBAO_POOL", 8),
    "timeout": 10,  # seconds until a page says that the server is away, rather than wait on
}
# The mirror is the same database under the other role: tests work as the application does.
DATABASES = {"default": _app | {"TEST": {"MIRROR": "owner"}}, "owner": _owner}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- Parts ---------------------------------------------------------------------------------------

_APPS = (
    "access",
    "desk",
    "policy",
    "fund",
    "registry",
    "enrolment",
    "collection",
    "subsidy",
    "care",
    "claims",
    "statistics",
)


def _there(*modules: str) -> list[str]:
    return [name for name in modules if importlib.util.find_spec(f"{name}.apps")]


INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "pgtrigger",
    *_there(*(f"yibao.apps.{name}" for name in _APPS), "yibao.web", "yibao.console"),
]
MIDDLEWARE = [
    "yibao.console.system.requests.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "yibao.web.assets.PackedFiles",
    "yibao.web.headers.StrictHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "yibao.console.preferences.PreferencesMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "yibao.console.methods.DeclaredMethods",
]
ROOT_URLCONF = "yibao.config.urls"
WSGI_APPLICATION = "yibao.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_package / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            # {% csrf_token %} marks every form besides: no draft is lost, no form is done twice.
            "builtins": ["yibao.console.templatetags.marked"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [_place for _place in (_package / "web" / "static",) if _place.is_dir()]
# Served straight from the package: nothing to collect before the first start.
WHITENOISE_USE_FINDERS = True
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "yibao.web.assets.DigestFinder",
]
STORAGES = {"staticfiles": {"BACKEND": "yibao.web.assets.DigestNames"}}

# -- Log -------------------------------------------------------------------------------------------

# Ours alone, set up below: a line a request, masked.
LOGGING_CONFIG = None
LOG_FORM = _environment.text("YIBAO_LOG") or ("text" if DEBUG else "json")
logs.set_up(form=LOG_FORM, debug=DEBUG)

# -- Language and time ---------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [_package / "web" / "locale", _package / "console" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# -- Safety ---------------------------------------------------------------------------------------

_origin = _environment.text("YIBAO_ORIGIN") or "http://127.0.0.1:8000"
_https = urlsplit(_origin).scheme == "https"
ALLOWED_HOSTS = [
    urlsplit(_origin).hostname or "127.0.0.1",
    "127.0.0.1",
    "localhost",
    *_environment.words("YIBAO_HOSTS"),
]
CSRF_TRUSTED_ORIGINS = [_origin]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
# The longest a cookie lasts; yibao.console.session ends a session earlier.
SESSION_COOKIE_AGE = int(signing_in().longest.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "yibao.console.errors.csrf_failed"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if _https:
    # Bound to this host and path by the browser: no other host of the domain can plant one.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SECURE_CONTENT_TYPE_NOSNIFF = True
# A year, once an office serves by https: browsers then ask for nothing else.
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_REFERRER_POLICY = SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
