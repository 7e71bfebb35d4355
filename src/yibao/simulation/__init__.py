"""What if: a proposal against the rulebook in force, over a whole population.

The population is a Parquet snapshot split by person; each bucket is decided under both rulebooks by
the same code, wherever it runs; what comes back are whole numbers that add up in any order.
"""

from yibao.simulation.job import Job, plan
from yibao.simulation.outcome import Outcome
from yibao.simulation.run import run

__all__ = ["Job", "Outcome", "plan", "run"]
