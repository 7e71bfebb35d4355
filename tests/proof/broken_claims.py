"""Seeded faults of the settlement path, switched on in each counter's process as its `seam`."""

import dataclasses
import importlib

# By its module's name: the package gives the function of the same name.
SETTLE = "yibao.apps.claims.operations.settle"


def key_is_not_claimed():
    """Two requests with one key both go on (the table's constraint is dropped beside it)."""
    from yibao.apps.claims import sql

    sql.CLAIM_KEY = sql.CLAIM_KEY.replace("on conflict (client, key) do nothing", "")


def body_is_not_compared():
    """A key that comes again with another request gets the first one's answer."""
    from yibao.apps.claims import replies

    def first_answer(w, *, client, key, fingerprint):
        row = w.run(replies.sql.STORED_REPLY, [client, key]).fetchone()
        return replies.SettledReply(row[2], row[3], bytes(row[1]), replayed=True)

    importlib.import_module(SETTLE).stored_reply = first_answer


def answer_is_made_anew():
    """A repeated request gets an answer of the same content in other bytes."""
    settle = importlib.import_module(SETTLE)
    stored = settle.stored_reply

    def spaced(w, **words):
        found = stored(w, **words)
        return found and dataclasses.replace(found, body=found.body.replace(b",", b", "))

    settle.stored_reply = spaced
