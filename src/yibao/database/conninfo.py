"""Where a database is, in the words of libpq."""

from typing import Any

from psycopg.conninfo import make_conninfo

# What else Django's options hand to libpq.
_LIBPQ = ("passfile", "sslmode", "sslrootcert", "sslcert", "sslkey", "service")


def connection_words(at: dict[str, Any]) -> str:
    """Return libpq's connection string for one of Django's databases."""
    options = {name: at["OPTIONS"][name] for name in _LIBPQ if name in at["OPTIONS"]}
    return make_conninfo(
        dbname=at["NAME"],
        user=at["USER"],
        password=at.get("PASSWORD") or None,
        host=at.get("HOST") or None,
        port=at.get("PORT") or None,
        **options,
    )
