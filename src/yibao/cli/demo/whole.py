"""The whole run: both regions, one after the other, and what they came to."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from yibao.apps.access import audit
from yibao.apps.access.models import PoolingRegion
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.registry.models import Person
from yibao.cli.demo import hinggan, stays
from yibao.cli.demo.clock import at
from yibao.cli.demo.offices import Office, open_hinggan
from yibao.cli.demo.progress import Progress
from yibao.cli.demo.report import Figures, figures
from yibao.cli.demo.workbooks import FileBox
from yibao.cli.demo.xinqiao import Stop, run_xinqiao

_SEALED_ON = date(2022, 1, 6)


@dataclass(frozen=True)
class Made:
    """A finished run: its figures and the offices that stand."""

    figures: Figures
    offices: tuple[Office, ...]
    stop: Stop


def run_whole(
    *, people: int, seed: int, files: Path | None, stop: Stop, quiet: bool = False
) -> Made:
    """Run both regions in the database at hand and count. Raises TooFewPeople."""
    progress, box = Progress(quiet=quiet), FileBox(files)
    with progress.part("新桥镇 Xinqiao, insured year 2021"):
        campaign = run_xinqiao(people=people, seed=seed, progress=progress, files=box, stop=stop)
    with progress.part("科尔沁右翼前旗 a banner of Hinggan, 2008 to 2010"):
        office = open_hinggan(seed=seed, at=at(hinggan.OPENED_ON))
        banner = hinggan.make_banner(office, people=people, seed=seed, progress=progress, files=box)
        hinggan.open_books(banner)
        hinggan.register_people(banner)
        ward = stays.open_institutions(banner)
        hinggan.run_years(banner)
        stays.settle_all(ward, people=people, seed=seed)
    audit.seal(at=at(_SEALED_ON))
    counted = figures()
    progress.say("verified: " + counted.verify)
    return Made(counted, (campaign.office, office), stop)


def holds_persons() -> bool:
    """Tell whether anybody is registered in any region of the database."""
    for code in PoolingRegion.objects.values_list("code", flat=True):
        with scoped(Scope.system(code)):
            if Person.objects.exists():
                return True
    return False
