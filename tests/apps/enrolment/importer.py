"""Confirms a ledger in a process of its own and stops dead in mid-chunk, for a test to kill it.

Started with the database's name and the ledger's id. Prints "here" when it stands in the third
chunk with everything of it written and nothing committed, and then waits to be killed.
"""

import os
import sys
import threading


def main(database: str, import_id: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from tests.apps.access.offices import AT
    from yibao.apps.access.scope import Scope
    from yibao.apps.enrolment.operations import confirming

    write, chunks = confirming._write, []

    def stops_in_the_third(*arguments):
        write(*arguments)
        chunks.append(1)
        if len(chunks) == 3:
            print("here", flush=True)
            threading.Event().wait()

    confirming._write = stops_in_the_third
    confirming.confirm_ledger(
        scope=Scope.system("hengshan"), import_id=import_id, at=AT, chunk_rows=50
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
