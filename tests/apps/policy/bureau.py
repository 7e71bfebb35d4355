"""The league's bureau at work: an officer who drafts, a reviewer who decides, and their papers."""

from dataclasses import dataclass
from datetime import date

from tests.apps.access.offices import hire
from tests.apps.books import moment
from yibao.apps.access.scope import Scope
from yibao.apps.policy import operations
from yibao.apps.policy.models import Proposal
from yibao.apps.policy.overlays import Paper

REGION, LEAGUE, BANNER = "xingan", "1522", "152221"
AT = moment("2009-12-20 10:00")
PAPER = Paper("关于降低住院起付标准的通知", "兴医保〔2009〕31号", date(2009, 12, 10))
# The deductibles of 待遇 3 are 200, 300 and 400; proposed: 50 less each, from 2010.
LOWERED = """\
parameters:
  deductible_base:
    is: {1: 150, 2: 250, 3: 350}
    from: 2010
    cite: proposal_1 1
"""


@dataclass(frozen=True)
class Bureau:
    """The scopes of the two persons."""

    officer: Scope
    reviewer: Scope

    def draft(self, text=LOWERED, *, title="降低起付标准", paper=PAPER, at=AT) -> Proposal:
        made = operations.open_draft(scope=self.officer, title=title, at=at)
        return self.save(made, text, title=title, paper=paper, at=at)

    def save(self, made, text, *, title="降低起付标准", paper=PAPER, at=AT) -> Proposal:
        return operations.save_draft(
            scope=self.officer, proposal_id=made.id, title=title, text=text, paper=paper, at=at
        )

    def submit(self, made, *, at=AT) -> Proposal:
        return operations.submit(scope=self.officer, proposal_id=made.id, at=at)

    def activate(self, made, *, by=None, at=AT, **given) -> Proposal:
        given = {
            "version": made.version,
            "document": PAPER.number,
            "document_on": PAPER.published,
            **given,
        }
        return operations.activate(scope=by or self.reviewer, proposal_id=made.id, at=at, **given)

    def lowered(self, text=LOWERED, *, at=AT) -> Proposal:
        """Draft, submit and activate."""
        made = self.submit(self.draft(text, at=at), at=at)
        return self.activate(made, at=at)

    def enter(self, parameter="newborn_time", value="90 days", *, since="2009", at=AT, **given):
        given = {"until": "", "known": None, "paper": PAPER, "article": "", **given}
        return operations.enter_setting(
            scope=self.officer, parameter=parameter, value=value, since=since, at=at, **given
        )


def open_bureau(*, at=AT) -> Bureau:
    """Hire the two persons at the league's own agency."""
    officer = hire(role="policy_officer", division=LEAGUE, name="孟和", at=at)
    reviewer = hire(role="county_reviewer", division=LEAGUE, name="谭丽娟", at=at)
    return Bureau(officer.scope, reviewer.scope)
