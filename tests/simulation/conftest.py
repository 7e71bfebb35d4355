"""One small population for all tests here."""

import pytest

from tests.simulation.population import made
from yibao.simulation.snapshot import Snapshot


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory) -> Snapshot:
    return made(tmp_path_factory.mktemp("population") / "snapshot")
