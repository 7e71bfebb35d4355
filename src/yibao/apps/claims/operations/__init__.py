"""What decides and writes settlements. Each call is one transaction and takes the year's lock."""

from yibao.apps.claims.operations.replay import replay_year
from yibao.apps.claims.operations.reverse import reverse
from yibao.apps.claims.operations.settle import TrialOutdated, settle
from yibao.apps.claims.operations.trial import Outcome, trial
from yibao.apps.claims.replies import SettledReply

__all__ = ["Outcome", "SettledReply", "TrialOutdated", "replay_year", "reverse", "settle", "trial"]
