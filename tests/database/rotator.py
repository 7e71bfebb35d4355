"""Rotates the data key in a process of its own and stops dead in mid-chunk, for a test to kill it.

Started with the database's name and the directory of the keys. Prints "here" when the third chunk
is written and not committed, and then waits to be killed.
"""

import os
import sys
import threading
from pathlib import Path


def main(database: str, place: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.conf import settings

    for alias in ("default", "owner"):
        settings.DATABASES[alias]["NAME"] = database
    django.setup()
    from yibao.database import sealing, sealing_rotation
    from yibao.database.sealing_keys import KeyFiles, Keys

    own = Keys(KeyFiles(Path(place), "aes"))
    sealing.keys = lambda: own
    sealing_rotation.CHUNK = 50
    write, chunks = sealing_rotation._write, []

    def stops_in_the_third(*arguments):
        write(*arguments)
        chunks.append(1)
        if len(chunks) == 3:
            print("here", flush=True)
            threading.Event().wait()

    sealing_rotation._write = stops_in_the_third
    sealing_rotation.rotate(settle=0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
