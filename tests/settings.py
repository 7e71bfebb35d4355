"""The product's settings in a home of the tests' own, known before anything reads them."""

import os
import tempfile

if "YIBAO_TEST_HOME" not in os.environ:
    # Workers of pytest-xdist inherit the place. Each has a home and a server of its own in it: what
    # one has begun and not ended is seen on a whole server, by the seals of the audit log for one.
    os.environ["YIBAO_TEST_HOME"] = tempfile.mkdtemp(prefix=f"yibao-test-{os.getpid()}-")
    os.environ["YIBAO_TEST_HOME_OWNER"] = str(os.getpid())
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ.pop(name, None)
os.environ["YIBAO_HOME"] = "{YIBAO_TEST_HOME}/home{PYTEST_XDIST_WORKER}".format_map(
    {"PYTEST_XDIST_WORKER": "", **os.environ}
)

# Many servers of tests run side by side.
os.environ["YIBAO_SHARED_BUFFERS"] = "128"

from yibao.config.settings import *  # noqa: F403
