"""Looks through every column of every table for words that must not lie there in the open."""

from collections.abc import Iterable

from django.db import connections

_COLUMNS = """
    select c.table_name, c.column_name from information_schema.columns c
      join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
       and (c.data_type in ('text', 'character varying', 'character', 'json', 'jsonb', 'bytea',
                            'ARRAY', 'USER-DEFINED'))
     order by 1, 2"""


def found_in_the_open(words: Iterable[str]) -> list[str]:
    """Return "table.column: word" for each word that a column holds, as text or as bytes.

    Looks as the owner, who sees every row, and also into what is written in hexadecimal or in
    base64, as session data are.
    """
    found = []
    with connections["owner"].cursor() as cursor:
        cursor.execute(_COLUMNS)
        for table, column in cursor.fetchall():
            for word in words:
                if _holds(cursor, table, column, word):
                    found.append(f"{table}.{column}: {word}")
    return found


def columns_looked_at() -> int:
    """Return how many columns are looked through."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(_COLUMNS)
        return len(cursor.fetchall())


def _holds(cursor, table: str, column: str, word: str) -> bool:
    cursor.execute(
        f"""
        select exists (select from "{table}" where position(%s in "{column}"::text) > 0
                          or position(%s in "{column}"::text) > 0)""",
        [word, word.encode().hex()],
    )
    if cursor.fetchone()[0]:
        return True
    if table == "django_session" and column == "session_data":
        from django.contrib.sessions.backends.db import SessionStore

        cursor.execute("select session_data from django_session")
        return any(word in str(SessionStore().decode(data)) for (data,) in cursor.fetchall())
    return False
