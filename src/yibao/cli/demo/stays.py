"""Visits of 2010 in Hinggan: settled by institutions of three levels, capped, refused, reversed."""

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from yibao.apps.care import operations as care
from yibao.apps.claims import operations as claims
from yibao.apps.claims.operations import SettledReply
from yibao.cli.demo.clock import at
from yibao.cli.demo.hinggan import VISIT_YEAR, Banner
from yibao.cli.demo.offices import BANNER
from yibao.cli.demo.people import Human
from yibao.rulebook.national import divisions

_DESIGNATED_FROM, _REGISTERED_ON = date(2008, 8, 1), date(2008, 8, 12)
# Code, name, kind, level, in the region, designated.
INSTITUTIONS = (
    ("1522210001", "科尔沁右翼前旗人民医院", "hospital", 2, True, True),
    ("1522210002", "科尔沁镇社区卫生服务中心", "community", 1, True, True),
    ("1522210003", "索伦镇中心卫生院", "township_hospital", 1, True, True),
    ("1522010001", "兴安盟人民医院", "hospital", 3, True, True),
    ("1522210009", "察尔森镇民营医院", "hospital", 1, True, False),
    ("2201010001", "吉林省肿瘤医院", "hospital", 3, False, False),
)
LOCAL, COMMUNITY, RURAL, LEAGUE, PRIVATE, OUTSIDE = range(len(INSTITUTIONS))
_USUAL = ((LOCAL, 40), (COMMUNITY, 22), (RURAL, 15), (LEAGUE, 23))
_ONE_VISIT_IN, _FEWEST = 10, 24
_REVERSED_EVERY = 20
_WHY_REVERSED = ("住院天数录入有误", "费用明细重复上传", "就诊人身份核对有误")
_YUAN = 100


@dataclass(frozen=True)
class Visit:
    """A visit to be settled: whose, where, and its facts."""

    human: Human
    institution: int
    number: str
    facts: dict[str, object]
    settled_on: date


@dataclass
class Ward:
    """The institutions' ids, and what was settled."""

    banner: Banner
    institutions: list[int] = field(default_factory=list)
    settled: list[tuple[Visit, SettledReply]] = field(default_factory=list)
    repeated: int = 0


def open_institutions(banner: Banner) -> Ward:
    """Register the institutions and designate those that have an agreement."""
    ward, moment = Ward(banner), at(_REGISTERED_ON)
    scope = banner.office.staff.scope("clerk", moment)
    area_no, _ = divisions().area_range(BANNER)
    for code, name, kind, level, in_region, designated in INSTITUTIONS:
        made = care.register_institution(
            scope=scope,
            code=code,
            name=name,
            kind=kind,
            level=level,
            area_no=area_no,
            in_region=in_region,
            at=moment,
        )
        ward.institutions.append(made.id)
        if designated:
            care.designate(
                scope=scope,
                institution_id=made.id,
                designated_from=_DESIGNATED_FROM,
                designated_until=None,
                document=f"兴医保协〔2008〕{made.id}号",
                at=moment,
            )
    return ward


def settle_all(ward: Ward, *, people: int, seed: int) -> None:
    """Settle the year's visits in the order of their settlement, then reverse some."""
    visits = make_visits(ward.banner, count=max(_FEWEST, people // _ONE_VISIT_IN), seed=seed)
    for nth, visit in enumerate(sorted(visits, key=lambda one: (one.settled_on, one.number))):
        ward.settled.append((visit, _settle(ward, visit, again=nth % 12 == 0)))
    ward.banner.progress.say("visits settled", len(ward.settled))
    _reverse_some(ward)


def _settle(ward: Ward, visit: Visit, *, again: bool) -> SettledReply:
    """Settle one visit; where the line broke the institution asks again and gets the same bytes."""
    moment = at(visit.settled_on, 15)
    scope = ward.banner.office.staff.scope("medical", moment)
    code = INSTITUTIONS[visit.institution][0]
    ask = {
        "scope": scope,
        "client": code,
        "key": f"{code}-{visit.number}",
        "person_id": ward.banner.person(visit.human),
        "institution_id": ward.institutions[visit.institution],
        "number": visit.number,
        "facts": visit.facts,
        "at": moment,
    }
    reply = claims.settle(**ask)
    if again:
        second = claims.settle(**ask)
        assert second.body == reply.body, "the same request has the same answer"
        ward.repeated += 1
    return reply


def _reverse_some(ward: Ward) -> None:
    """A second person takes back what was settled wrongly, each with its reason."""
    last = max(visit.settled_on for visit, _ in ward.settled)
    moment = at(last + timedelta(days=1), 10)
    scope = ward.banner.office.staff.scope("reviewer", moment)
    usual = [one for one in ward.settled if _was_paid(one[1])]
    wrong = usual[_REVERSED_EVERY // 2 :: _REVERSED_EVERY]
    for nth, (visit, reply) in enumerate(wrong):
        claims.reverse(
            scope=scope,
            client="console",
            key=f"reverse-{visit.number}",
            settlement_id=reply.settlement_id,
            because=_WHY_REVERSED[nth % len(_WHY_REVERSED)],
            at=moment + timedelta(minutes=nth),
        )
    ward.banner.progress.say("settlements reversed", len(wrong))


def _was_paid(reply: SettledReply) -> bool:
    return bool(json.loads(reply.body)["reason"] == "paid")


# -- The visits ------------------------------------------------------------------------------------


def make_visits(banner: Banner, *, count: int, seed: int) -> list[Visit]:
    """Return the year's visits: one of each special kind, and usual stays for the rest."""
    maker = _Maker(banner, random.Random(f"visits/{seed}"))  # noqa: S311 - made data, no secret
    found = [*maker.over_the_cap(), *maker.special_disease(), *maker.accident()]
    found += [*maker.refused(), *maker.away(), *maker.suspended()]
    while len(found) < count:
        found.append(maker.usual(len(found)))
    maker.come_late(found)
    return found


class _Maker:
    """Makes visits from one seeded source."""

    def __init__(self, banner: Banner, source: random.Random) -> None:
        self._source = source
        self._unpaid = banner.unpaid
        stopped = {one.key for one in banner.unpaid}
        self._people = [one for one in banner.people if one.key not in stopped]
        self._pupils = [one for one in self._people if one.student not in ("", "university")]
        self._old = [one for one in self._people if one.born.year < 1958]
        self._number = 0

    def usual(self, nth: int) -> Visit:
        """A stay in one of the designated institutions."""
        places, weights = [place for place, _ in _USUAL], [weight for _, weight in _USUAL]
        place = self._source.choices(places, weights)[0]
        yuan = int(min(60_000, 300 + self._source.lognormvariate(8.1, 0.8)))
        admitted = date(VISIT_YEAR, 1, 4) + timedelta(days=(nth * 37) % 320)
        return self._stay(self._source.choice(self._people), place, admitted, yuan)

    def over_the_cap(self) -> Iterable[Visit]:
        """Three bills of one person that together pass the year's limit."""
        human = self._old[0]
        for month, yuan in ((2, 38_000), (6, 42_500), (10, 26_300)):
            yield self._stay(human, LEAGUE, date(VISIT_YEAR, month, 8), yuan)

    def special_disease(self) -> Iterable[Visit]:
        """Special outpatient care up to its own limit."""
        human = self._old[-1]
        for month in (1, 3, 5, 7):
            day = date(VISIT_YEAR, month, 20)
            facts = {"kind": "special_outpatient", "special_disease": "insulin"}
            yield self._visit(human, COMMUNITY, day, day, 1_150, facts)

    def accident(self) -> Iterable[Visit]:
        """A pupil's accident without fault, over its own limit; one by another's fault."""
        for nth, (cause, yuan) in enumerate((("no_fault", 46_800), ("traffic", 8_200))):
            human = self._pupils[nth]
            admitted = date(VISIT_YEAR, 4 + nth, 12)
            yield self._stay(human, LOCAL, admitted, yuan, accident=cause)

    def refused(self) -> Iterable[Visit]:
        """What the fund does not pay: filed too late, not designated, without a transfer."""
        first, second, third = self._old[1:4]
        admitted = date(VISIT_YEAR, 3, 9)
        late = {"kind": "emergency", "reported_on": date(VISIT_YEAR, 3, 19)}
        yield self._visit(first, PRIVATE, admitted, date(VISIT_YEAR, 3, 10), 5_400, late)
        yield self._stay(second, PRIVATE, date(VISIT_YEAR, 8, 2), 3_900)
        yield self._stay(third, OUTSIDE, date(VISIT_YEAR, 9, 6), 22_400)

    def away(self) -> Iterable[Visit]:
        """With an approved transfer, or filed in time, other hospitals are paid too."""
        first, second = self._old[4:6]
        yield self._stay(first, OUTSIDE, date(VISIT_YEAR, 5, 17), 31_600, transfer_approved=True)
        rescue = {"kind": "emergency", "reported_on": date(VISIT_YEAR, 7, 5)}
        day = date(VISIT_YEAR, 7, 3)
        yield self._visit(second, PRIVATE, day, day, 2_750, rescue)

    def suspended(self) -> Iterable[Visit]:
        """Whoever has not paid by 1 May is not paid a stay after it, but one before."""
        # The second of them has not made it up by then (every third does).
        for human in self._unpaid[1:2]:
            yield self._stay(human, LOCAL, date(VISIT_YEAR, 2, 22), 4_100)
            yield self._stay(human, LOCAL, date(VISIT_YEAR, 7, 19), 4_100)

    def come_late(self, found: list[Visit]) -> None:
        """Bills of spring that arrive in autumn: the year is decided again in its order."""
        human = found[0].human
        early = self._stay(human, LOCAL, date(VISIT_YEAR, 3, 15), 6_600)
        found[-1] = Visit(
            human, early.institution, early.number, early.facts, date(VISIT_YEAR, 11, 9)
        )

    def _stay(self, human: Human, place: int, admitted: date, yuan: int, **more: object) -> Visit:
        days = 3 + self._source.randrange(18)
        facts = {"kind": "inpatient"} | more
        return self._visit(human, place, admitted, admitted + timedelta(days=days), yuan, facts)

    def _visit(
        self,
        human: Human,
        place: int,
        admitted: date,
        discharged: date,
        yuan: int,
        facts: dict[str, object],
    ) -> Visit:
        self._number += 1
        total = yuan * _YUAN + self._source.randrange(_YUAN)
        outside = total * self._source.randrange(4, 18) // 100
        given = facts | {
            "admitted_on": admitted,
            "discharged_on": discharged,
            "total_fen": total,
            "eligible_cost": total - outside,
        }
        settled_on = discharged + timedelta(days=self._source.randrange(3))
        return Visit(human, place, f"ZY2010{self._number:05d}", given, settled_on)
