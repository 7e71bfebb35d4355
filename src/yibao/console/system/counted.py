"""What this process counts of its own: requests, their outcomes and their times."""

import os

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry()
_BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10)
_WHERE = ["worker"]

REQUESTS = Counter(
    "yibao_requests_total",
    "Requests answered, by kind of route and class of status.",
    [*_WHERE, "area", "status"],
    registry=REGISTRY,
)
ERRORS = Counter(
    "yibao_errors_total", "Requests that broke by a mistake of ours.", _WHERE, registry=REGISTRY
)
SECONDS = Histogram(
    "yibao_request_seconds",
    "Time from the request to its answer.",
    _WHERE,
    buckets=_BOUNDS,
    registry=REGISTRY,
)
STATEMENTS = Counter(
    "yibao_statements_total", "Statements sent to the database.", _WHERE, registry=REGISTRY
)


def count(*, area: str, status: int, seconds: float, statements: int) -> None:
    """Count a request. Each process counts for itself and says which one it is."""
    worker = str(os.getpid())
    REQUESTS.labels(worker, area, f"{status // 100}xx").inc()
    SECONDS.labels(worker).observe(seconds)
    STATEMENTS.labels(worker).inc(statements)


def count_error() -> None:
    """Count a request that broke."""
    ERRORS.labels(str(os.getpid())).inc()
