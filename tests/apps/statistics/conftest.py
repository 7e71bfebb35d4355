"""Two villages of Xinqiao in the season of 2021."""

import pytest

from tests.apps.collection.town import open_town
from yibao.apps.access.scope import Scope


@pytest.fixture
def county(db) -> Scope:
    return open_town()
