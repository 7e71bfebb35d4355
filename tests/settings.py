"""The product's settings in a home of the tests' own, known before anything reads them."""

import os
import tempfile

if "YIBAO_TEST_HOME" not in os.environ:
    # Workers of pytest-xdist inherit it, so that all share one server.
    os.environ["YIBAO_TEST_HOME"] = tempfile.mkdtemp(prefix=f"yibao-test-{os.getpid()}-")
    os.environ["YIBAO_TEST_HOME_OWNER"] = str(os.getpid())
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ.pop(name, None)
os.environ["YIBAO_HOME"] = os.environ["YIBAO_TEST_HOME"] + "/home"

from yibao.config.settings import *  # noqa: F403
