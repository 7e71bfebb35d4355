"""The chain over the journal: an entry with its legs is a record, sealed as the audit log is."""

from yibao.apps.access.chain import Chain

JOURNAL = Chain(
    name="journal",
    record="entry",
    table="fund_entry",
    seals="fund_journalseal",
    seal_function="journal_seal",
    sign_function="journal_sign",
    words_function="journal_words",
)
