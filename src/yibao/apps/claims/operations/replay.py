"""Decide a person's year again from the stored facts, and settle what comes out otherwise."""

from datetime import datetime

from django.utils.timezone import localdate

from yibao.apps.access.scope import Scope
from yibao.apps.claims import sql
from yibao.apps.claims.benefit import benefit_rule
from yibao.apps.claims.case import nobody
from yibao.apps.claims.rows import Place, corrections, write_audit, write_settlements, write_year
from yibao.apps.claims.year import Difference, Standing, Year, decide_again
from yibao.apps.claims.year_change import LAWS
from yibao.database.errors import refused
from yibao.database.writer import writing


def replay_year(*, scope: Scope, person_id: int, year: int, at: datetime) -> list[Difference]:
    """Decide the year again by the rules as known on the day of `at`; return what differed.

    Differences are settled at once as corrections; with the same rules there are none. Raises
    NotThere for a person outside the scope.
    """
    scope.require("claims.replay")
    with refused(LAWS), writing(scope.area_from, scope.area_until) as w:
        locked = w.run(sql.LOCK_YEAR, [person_id, year])
        stood = w.run(sql.STANDING, [person_id, year])
        placed = w.run(sql.PERSON_PLACE, [person_id])
        row, standing = locked.fetchone(), [Standing.of(one) for one in stood.fetchall()]
        where = placed.fetchone()
        if where is None:
            raise nobody()
        if row is None or not standing:
            return []
        rule = benefit_rule(scope.region, year, localdate(at))
        before = Year.of(row)
        decided = decide_again(before, rule, standing)
        place = Place.of(scope, *where, person_id, year, at)
        write_settlements(w, place, corrections(w, decided, because="复算"))
        write_year(w, before, decided.year)
        write_audit(
            w,
            place,
            action="claims.replay",
            object_id=person_id,
            detail={"year": year, "differences": len(decided.differences)},
        )
        return list(decided.differences)
