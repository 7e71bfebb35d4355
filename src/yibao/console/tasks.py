"""What the console declares for jobs: its lists of persons, which the door of exports writes."""

from yibao.console.access import listed as access
from yibao.console.care import listed as care
from yibao.console.claims import listed as claims
from yibao.console.collection import listed as collection
from yibao.console.desk import listed as desk
from yibao.console.enrolment import listed as enrolment
from yibao.console.fund import accounts
from yibao.console.fund import listed as fund
from yibao.console.statistics import listed as statistics
from yibao.console.subsidy import listed as subsidy

LISTED = (desk, statistics, enrolment, collection, subsidy, claims, fund, accounts, care, access)
