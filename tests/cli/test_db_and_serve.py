"""`yibao db` and `yibao serve` as an operator types them."""

import os
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.database.homes import connect, free_port, temporary_home
from yibao.database.home import OWNER_ROLE
from yibao.database.supervisor import Supervisor

YIBAO = Path(__file__).resolve().parents[2] / ".venv" / "bin" / "yibao"


@pytest.fixture
def home():
    with temporary_home() as made:
        yield made


def environment(home):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YIBAO")}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    return kept | {"YIBAO_HOME": str(home.path), "YIBAO_SHARED_BUFFERS": "128"}


def yibao(home, *words, **further):
    return subprocess.run(
        [YIBAO, *words],
        env=environment(home) | further,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.heavy
def test_start_keeps_the_server_up_until_stop(home):
    assert yibao(home, "db", "status").returncode == 1
    assert "not made yet" in yibao(home, "db", "status").stdout
    assert "new database" in yibao(home, "db", "start").stdout
    assert "running already" in yibao(home, "db", "start").stdout
    status = yibao(home, "db", "status")
    assert status.returncode == 0
    assert str(home.socket_directory) in status.stdout
    with Supervisor(home).running():
        stop = yibao(home, "db", "stop")
        assert stop.returncode == 1
        assert "Others still use it" in stop.stdout
    assert "was not running" in yibao(home, "db", "stop").stdout


@pytest.mark.heavy
def test_the_shell_opens_as_the_application_role_and_says_what_it_sees(home):
    migrated = yibao(home, "db", "migrate")
    assert "registry.0001_initial" in migrated.stdout
    assert "up to date" in yibao(home, "db", "migrate").stdout
    ask = ["--", "-Atc", "select current_user || ' ' || count(*) from registry_person"]
    shell = yibao(home, "db", "shell", *ask)
    assert "without a scope" in shell.stdout
    assert "yibao_app 0" in shell.stdout
    assert "yibao_owner 0" in yibao(home, "db", "shell", "--owner", *ask).stdout
    assert Supervisor(home).status().pid is None


def test_a_database_elsewhere_is_not_started_here_and_an_unreachable_one_is_named(home):
    url = "postgresql://yibao_app:word@%2Fnowhere/town"
    for job in ("start", "stop"):
        refused = yibao(home, "db", job, DATABASE_URL=url)
        assert refused.returncode == 1
        assert "DATABASE_URL" in refused.stderr
    assert "town at /nowhere, as yibao_app" in yibao(home, "db", "status", DATABASE_URL=url).stdout
    refused = yibao(home, "db", "migrate", DATABASE_URL=url)
    assert refused.returncode == 1
    assert "/nowhere" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not home.path.exists()


@pytest.mark.heavy
def test_one_database_elsewhere_serves_as_the_embedded_one_does(home):
    with Supervisor(home).running():
        place = str(home.socket_directory).replace("/", "%2F")
        urls = {
            name: f"postgresql://{role}:{home.secret(role)}@{place}:5432/yibao"
            for name, role in (("DATABASE_URL", "yibao_app"), ("DATABASE_OWNER_URL", OWNER_ROLE))
        }
        behind = yibao(home, "serve", DATABASE_URL=urls["DATABASE_URL"])
        assert behind.returncode == 1
        assert "DATABASE_OWNER_URL" in behind.stderr
        assert "access.0001_initial" in yibao(home, "db", "migrate", **urls).stdout
        with connect(home) as app:
            assert app.execute("select count(*) from registry_person").fetchone() == (0,)


@pytest.mark.heavy
def test_serve_answers_until_interrupted_and_takes_the_database_down_with_it(home):
    port = str(free_port())
    words = [YIBAO, "serve", "--port", port]
    server = subprocess.Popen(words, env=environment(home), stdout=subprocess.PIPE, text=True)
    try:
        address = server.stdout.readline().split()[2]
        assert address == f"http://127.0.0.1:{port}"
        try:
            with urllib.request.urlopen(address) as page:
                assert page.status == 200
        except urllib.error.HTTPError as error:
            assert error.code < 500
        assert Supervisor(home).status().used
        taken = yibao(home, "serve", "--port", port)
        assert taken.returncode == 1
        assert "--port" in taken.stderr
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate()
    assert server.returncode == 0
    assert Supervisor(home).status().pid is None
