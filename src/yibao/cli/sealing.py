"""A round of sealing: the audit log, the journal, and the heads that are kept outside."""

from yibao.apps.access import audit, heads, queries
from yibao.apps.access.chain import Seal
from yibao.apps.fund.sealing import JOURNAL


def seal_round() -> dict[str, Seal]:
    """Seal both chains by the database's clock and keep their heads; return what was sealed."""
    now = queries.clock().now
    made = {chain.name: chain.seal(at=now) for chain in (audit.LOG, JOURNAL)}
    states = {chain.name: chain.state() for chain in (audit.LOG, JOURNAL)}
    heads.keep(
        {name: (state.seals, state.head) for name, state in states.items() if state.seals}, now=now
    )
    return {name: seal for name, seal in made.items() if seal is not None}


def seal_faults() -> list[str]:
    """Return every fault of both chains, each with the chain's name."""
    kept, lines = heads.kept(JOURNAL.name)
    journal = [f"journal: {fault}" for fault in JOURNAL.verify(kept)]
    return audit.verify() + [one for one in journal if one not in lines]
