"""Hengshan with books, the year 2021 open, twelve people of 查泉村 on its list."""

import pytest

from tests.apps.collection.town import open_town, settle_in
from yibao.apps.access.scope import Scope


@pytest.fixture
def county(db) -> Scope:
    return open_town()


@pytest.fixture
def twelve(county: Scope) -> list[int]:
    return settle_in(county, 12)
