"""What the console declares for jobs: its lists of persons, which the door of exports writes."""

from yibao.console.desk import listed as desk
from yibao.console.statistics import listed as statistics

LISTED = (desk, statistics)
