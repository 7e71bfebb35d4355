"""Whether the keys of this machine are those of the database, looked at before anybody works.

Keys of another installation seal without complaint, and what they sealed beside the rest is lost
when the right ones are put back. So the newest value of each table is opened first.
"""

from django.db import connections
from psycopg import sql

from yibao.core.refusal import Refusal
from yibao.database import sealing
from yibao.database.figures import everywhere
from yibao.database.sealing import unseal
from yibao.database.sealing_rotation import tables


class KeysStrange(Refusal):
    """Raised where the keys open none of the database's newest values."""

    code = "KEY9"
    message = "{place} 的密钥不是这个数据库的：最新的 {values} 个加密值一个也打不开"
    remedy = "请从密钥备份恢复这个数据库的密钥再启动；用这些密钥继续办理会造成数据无法读出"
    message_en = "The keys in {place} are not this database's: they open none of {values} values"
    remedy_en = "Restore this database's keys from their backup; work under these would be lost"


def check_keys_fit() -> None:
    """Raise KeysStrange where sealed values are there and none of the newest opens.

    Also what is wrong with the keys themselves: KeysGone, KeyMissing, KeyUnreadable.
    """
    opened, closed = newest_values()
    if closed and not opened:
        raise KeysStrange(place=sealing.keys().ring().place, values=closed)


def newest_values() -> tuple[int, int]:
    """Return how many of the newest values of each table open, and how many do not.

    Where there are some, no key is made: KeysGone where none is there.
    """
    found = _newest()
    if found:
        sealing.keys().reread(had_some=True)
    opened = 0
    for of, blob in found:
        try:
            unseal(blob, of=of)
        except Refusal:
            continue
        opened += 1
    return opened, len(found) - opened


def _newest() -> list[tuple[str, bytes]]:
    """Return the sealed values of the newest row of each table, with what is bound into them."""
    found = []
    with everywhere(connections["default"]) as cursor:
        for one in tables():
            cursor.execute(
                sql.SQL("select {0} from {1} order by {2} desc limit 1").format(
                    sql.SQL(", ").join(one.names()),
                    sql.Identifier(one.table),
                    sql.Identifier(one.key),
                )
            )
            for row in cursor.fetchall():
                found += [(c.of, bytes(blob)) for c, blob in zip(one.columns, row) if blob]
    return found
