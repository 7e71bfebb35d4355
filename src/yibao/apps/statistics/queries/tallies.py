"""What figures of many residents are counted from: each resident, or the counts that are kept.

Both are told as one table `tallied` (area_no, kind, since_on, reason, people), so that a question
is asked in the same words of either.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from yibao.apps.statistics.queries.standing import STANDING
from yibao.rulebook.desk import tallies

DAY = "(s.since at time zone 'Asia/Shanghai')::date"
# Every resident as he stands; the village's reason is looked up where it is asked for.
_LIVE = f"""
{STANDING}, tallied as (
    select s.area_no, s.kind, {DAY} as since_on, '' as reason, 1 as people from standing s
)
"""  # noqa: S608 - fixed texts
LIVE_WITH_REASONS = f"""
{STANDING}, tallied as (
    select s.area_no, s.kind, {DAY} as since_on, coalesce(e.unpaid_reason, '') as reason,
           1 as people
      from standing s
      left join enrolment_enrolment e
             on e.person_id = s.person_id and e.year = %(year)s and e.withdrawn_at is null
            and s.kind = 'unpaid'
)
"""  # noqa: S608 - fixed texts
_KEPT = """
tallied as (
    select area_no, kind, since_on, reason, people from statistics_tally
     where year = %(year)s and taken_at = %(taken_at)s
)
"""
_NEWEST = """
select taken_at, sum(people) from statistics_tally
 where year = %(year)s and taken_at = (
       select max(taken_at) from statistics_tally
        where year = %(year)s and taken_at <= %(on)s)
 group by taken_at
"""


@dataclass(frozen=True, slots=True)
class Source:
    """The words that define `tallied`, their parameters, and the moment that it tells of.

    `is_late` says that the counting stands still: what is kept is older than it should be.
    """

    words: str
    values: dict[str, Any]
    on: datetime
    is_late: bool = False


def source(cursor: Any, *, year: int, on: datetime, with_reasons: bool = False) -> Source:
    """Return what to count from within the cursor's scope. One statement.

    The newest counts kept at that moment serve for more people than are counted in a moment,
    however old they are. For fewer, for a moment before the oldest that are kept, and where none
    are kept, each resident is looked at.
    """
    limits = tallies()
    cursor.execute(_NEWEST, {"year": year, "on": on})
    taken_at, people = cursor.fetchone() or (None, 0)
    if people > limits.counted_live_up_to:
        is_late = on - taken_at > limits.good_for(year=year, on=localdate(on))
        return Source(_KEPT, {"year": year, "taken_at": taken_at}, taken_at, is_late)
    live = LIVE_WITH_REASONS if with_reasons else _LIVE
    return Source(live, {"year": year, "on": on, "day": localdate(on)}, on)
