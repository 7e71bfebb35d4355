"""The independent check of books and accumulators: it recomputes everything from the rows.

It shares no code with what writes the rows: plain SQL and arithmetic of its own, given nothing
but a connection string. A mistake in the product's own sums cannot hide here.
"""

from yibao.verify.report import Check, Report
from yibao.verify.run import ask, verify

__all__ = ["Check", "Report", "ask", "verify"]
