"""The region of Hengshan with its real divisions, and two scopes in it."""

import pytest

from tests.apps.access.offices import open_office
from tests.apps.registry.people import xinqiao
from yibao.apps.access.scope import Scope


@pytest.fixture
def county(db) -> Scope:
    """The whole region of Hengshan."""
    return open_office()


@pytest.fixture
def township(county: Scope) -> Scope:
    """The township of Xinqiao."""
    return xinqiao(county)
