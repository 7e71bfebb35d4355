"""A small made-up population, and jobs over it."""

from functools import cache
from pathlib import Path

from yibao.rulebook.loader import layers, rulebook
from yibao.simulation.deciding import COLUMNS
from yibao.simulation.job import Job, plan_text, words_of
from yibao.simulation.snapshot import Snapshot
from yibao.simulation.synthetic import make_population

REGION, YEAR, PEOPLE, BUCKETS, SEED = "xingan", 2010, 1200, 4, 11
PROPOSALS = Path(__file__).parents[2] / "docs/howto/proposals"
LOWER = PROPOSALS / "xingan-lower-deductible.yaml"
DEARER = PROPOSALS / "xingan-raised-share.yaml"

BOTH = """
overlay: both
over: xingan
authority: proposal
sources: {甲: {title: 两项一并测算, published: 2009-06-01}}
parameters:
  deductible_base: {values: [{from: 2010, is: {1: 100, 2: 300, 3: 500}, cite: 甲 一}]}
  year_cap: {values: [{from: 2010, is: 25000, cite: 甲 二}]}
  split:
    values:
    - from: 2010
      cite: 甲 三
      is:
        adult: {personal: 150, central: 20, region: 25, league: 15, county: 15}
        adult_aided: {personal: 60, central: 80, region: 40, league: 25, county: 20}
        child: {personal: 40, central: 40, region: 25, league: 15, county: 15}
        child_aided: {personal: 30, central: 45, region: 28, league: 16, county: 16}
"""


@cache
def words():
    return words_of(rulebook(REGION))


def made(
    place: Path, *, people: int = PEOPLE, seed: int = SEED, buckets: int = BUCKETS
) -> Snapshot:
    return make_population(
        place,
        words=words(),
        region=REGION,
        year=YEAR,
        people_wanted=people,
        seed=seed,
        buckets=buckets,
    )


def job_for(snapshot: Snapshot, text: str = BOTH, *, reader: str = COLUMNS) -> Job:
    return plan_text(
        region=REGION,
        below=layers(REGION),
        text=text,
        file="proposal.yaml",
        year=YEAR,
        snapshot=snapshot,
        reader=reader,
    )
