import pytest

from tests.apps.policy.bureau import open_bureau


@pytest.fixture
def bureau(db):
    return open_bureau()
