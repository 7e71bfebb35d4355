"""Work whose process dies once: at one bucket, the first time that it is asked for it."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path

from yibao.simulation.counting import Counted, count_bucket
from yibao.simulation.job import Job


@dataclass(frozen=True)
class DiesAt:
    """Kills its own process at a bucket as long as fewer than `times` marks lie in `place`."""

    place: str
    bucket: int
    times: int = 1

    def __call__(self, job: Job, bucket: int) -> Counted:
        died = len(list(Path(self.place).glob("died-*")))
        if bucket == self.bucket and died < self.times:
            Path(self.place, f"died-{died}").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return count_bucket(job, bucket)
