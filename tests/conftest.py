"""One private PostgreSQL for each worker; tests work in it as the application role.

The server starts when the first test asks for a database and stops with its worker. Tables are
made by the owner, tests work under row security like the product. A test that commits
(`transaction=True`) is emptied by the owner afterwards.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

pytest_plugins = ["tests.requirement_marks", "tests.scanning", "tests.snapshots.plugin"]

# The laws are tried on the same examples in every run, and no clock judges them: a run that fails
# is not one that happened to draw. Other examples: pytest --hypothesis-profile=others tests/laws
_NO_CLOCK = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("same", derandomize=True, database=None, **_NO_CLOCK)
hypothesis.settings.register_profile("others", **_NO_CLOCK)
hypothesis.settings.load_profile("same")
# Seconds that one transaction waits for another here. The product's few are for people at a
# counter; on a busy machine two threads of a test may need longer.
_LOCK_SECONDS = 120


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that commit are emptied by the owner: the application role may not truncate."""
    for item in items:
        mark = item.get_closest_marker("django_db")
        if mark and mark.kwargs.get("transaction") and "databases" not in mark.kwargs:
            mark.kwargs["databases"] = ["default", "owner"]


def pytest_configure() -> None:
    """Hash passwords cheaply, and clear away the homes of runs that were killed.

    A server that somebody uses is left alone. Many hundred tests sign in: with the product's cost
    of a hash (a tenth of a second and 100 MB) they would spend most of their time there.
    """
    from django.contrib.auth.hashers import Argon2PasswordHasher

    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.parallelism = 1, 1
    Argon2PasswordHasher.memory_cost = 64
    if os.environ.get("YIBAO_TEST_HOME_OWNER") != str(os.getpid()):
        return
    for place in Path(tempfile.gettempdir()).glob("yibao-test-*-*"):
        pid = place.name.split("-")[2]
        with contextlib.suppress(FileNotFoundError):  # a run beside this one cleared it away
            if place.owner() == Path("/proc/self").owner() and not Path("/proc", pid).exists():
                _clear_away(place)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop a server that a killed worker left behind, and clear the tests' home away."""
    if os.environ.get("YIBAO_TEST_HOME_OWNER") != str(os.getpid()):
        return
    _clear_away(Path(os.environ["YIBAO_TEST_HOME"]))


def _clear_away(place: Path) -> None:
    from yibao.database.home import Home
    from yibao.database.supervisor import Supervisor

    stopped = [Supervisor(Home(home)).stop(forget=True) for home in place.glob("home*")]
    if "in use" not in stopped:
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(autouse=True)
def heads_of_this_test(monkeypatch, tmp_path_factory):
    """Keep the audit's heads of each test apart: the tests of a run share one home."""
    from django.conf import settings

    from yibao.apps.access import heads

    shared, kept = settings.HOME, []

    def place() -> Path:
        if settings.HOME is not shared:
            return Path(settings.HOME.path) / "audit" / "heads"
        if not kept:
            kept.append(tmp_path_factory.mktemp("audit"))
        return kept[0] / "heads"

    monkeypatch.setattr(heads, "place", place)


@pytest.fixture(scope="session")
def database_server() -> Iterator[None]:
    """Hold the private server for as long as this worker lives."""
    from django.conf import settings

    from yibao.database.supervisor import Supervisor

    Path(os.environ["YIBAO_TEST_HOME"]).chmod(0o711)
    with Supervisor(settings.HOME, binaries=settings.POSTGRES_BINARIES).running():
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    database_server, django_test_environment, django_db_blocker, django_db_modify_db_settings
) -> Iterator[None]:
    """Make this worker's database by the owner's migrations; close the pool before it goes."""
    from django.db import connections
    from django.db.backends.signals import connection_created
    from django.test.utils import setup_databases, teardown_databases

    connection_created.connect(_wait_long, dispatch_uid="wait_long")
    with django_db_blocker.unblock():
        made = setup_databases(
            verbosity=0, interactive=False, aliases={"default", "owner"}, serialized_aliases=[]
        )
    yield
    with django_db_blocker.unblock():
        for connection in connections.all(initialized_only=True):
            connection.close()
            connection.close_pool()
        teardown_databases(made, verbosity=0)


def _wait_long(connection: Any, **_: Any) -> None:
    connection.connection.execute(f"set lock_timeout = '{_LOCK_SECONDS}s'")
