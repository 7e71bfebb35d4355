"""Settings: declared once, described once, without a secret in them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from environs import EnvError

from tests.database.homes import temporary_place
from yibao.config.environment import SETTINGS, Environment, default_home, reference

ROOT = Path(__file__).resolve().parents[2]
_ASK = """
import json
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in
    ("DATABASES", "DATABASE_EMBEDDED", "SESSION_COOKIE_SECURE", "ALLOWED_HOSTS",
     "SECURE_PROXY_SSL_HEADER", "DEBUG")}, default=str))
print(settings.HOME.path.exists())
"""


def settings_under(**environment):
    """Load the settings in a process of its own and return them, and whether a home was made."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YIBAO")}
    kept |= {"DJANGO_SETTINGS_MODULE": "yibao.config.settings"} | environment
    words = [sys.executable, "-c", _ASK]
    said = subprocess.run(words, env=kept, capture_output=True, text=True, check=True).stdout
    loaded, touched = said.splitlines()
    return json.loads(loaded), touched == "True"


def test_the_settings_page_says_what_the_code_declares():
    page = ROOT / "docs" / "reference" / "settings.md"
    assert page.read_text(encoding="utf-8") == reference()


def test_no_other_place_reads_a_setting_of_the_product():
    declared = {setting.name for setting in SETTINGS}
    for path in (ROOT / "src").rglob("*.py"):
        for name in re.findall(r"os\.(?:environ|getenv)\S*?[\[(]\"(\w+)\"", path.read_text()):
            assert name not in declared, f"{path} reads {name} by itself"


def test_a_setting_that_is_not_declared_cannot_be_read():
    with pytest.raises(AssertionError, match="not declared"):
        Environment().text("YIBAO_SOMETHING")


def test_a_setting_that_is_no_number_is_named(monkeypatch):
    monkeypatch.setenv("YIBAO_POOL", "many")
    with pytest.raises(EnvError, match="YIBAO_POOL"):
        Environment().number("YIBAO_POOL", 8)


def test_loading_the_settings_makes_nothing_and_holds_no_password():
    with temporary_place() as place:
        loaded, touched = settings_under(YIBAO_HOME=str(place / "home"))
    assert not touched
    assert loaded["DATABASE_EMBEDDED"]
    for database in loaded["DATABASES"].values():
        assert "PASSWORD" not in database
        assert database["OPTIONS"]["passfile"].startswith(str(place))
        assert database["OPTIONS"]["prepare_threshold"] == 1
    assert loaded["DATABASES"]["default"]["USER"] == "yibao_app"
    assert loaded["DATABASES"]["owner"]["USER"] == "yibao_owner"


def test_a_database_elsewhere_is_read_from_its_address():
    loaded, touched = settings_under(
        YIBAO_HOME="/nowhere/at/all",
        DATABASE_URL="postgresql://yibao_app:p%40ss@%2FVar%2Frun:6432/town?sslmode=require",
        DATABASE_OWNER_URL="postgresql://yibao_owner:own@db.example/town",
    )
    app, owner = loaded["DATABASES"]["default"], loaded["DATABASES"]["owner"]
    assert not touched
    assert not loaded["DATABASE_EMBEDDED"]
    assert (app["HOST"], app["PORT"], app["NAME"]) == ("/Var/run", "6432", "town")
    assert (app["USER"], app["PASSWORD"]) == ("yibao_app", "p@ss")
    assert app["OPTIONS"]["sslmode"] == "require"
    assert (owner["USER"], owner["HOST"], owner["PORT"]) == ("yibao_owner", "db.example", "")


def test_behind_https_cookies_are_secure():
    plain, _ = settings_under()
    behind, _ = settings_under(YIBAO_ORIGIN="https://yibao.example", YIBAO_HOSTS="a.example, b")
    assert not plain["SESSION_COOKIE_SECURE"]
    assert not plain["DEBUG"]
    assert behind["SESSION_COOKIE_SECURE"]
    assert behind["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert {"yibao.example", "a.example", "b"} <= set(behind["ALLOWED_HOSTS"])


def test_an_ordinary_account_keeps_its_data_in_its_own_directory(monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    monkeypatch.setenv("XDG_DATA_HOME", "/home/li/data")
    assert default_home() == Path("/home/li/data/yibao")
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", "/home/li")
    assert default_home() == Path("/home/li/.local/share/yibao")
    monkeypatch.setattr(os, "getuid", lambda: 0)
    assert default_home() == Path("/var/lib/yibao")


def test_the_key_that_signs_is_made_once(settings):
    assert str(settings.SECRET_KEY) == settings.HOME.secret("secret_key")
    assert str(settings.AUDIT_KEY) == settings.HOME.secret("audit_key")
    assert len(str(settings.SECRET_KEY)) > 40
