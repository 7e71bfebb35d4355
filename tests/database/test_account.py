"""The server's account is made once, however many processes want it at the same moment."""

import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest

from yibao.database.account import server_account

AT_ONCE = 6
# Accounts of its own: what is made below stays in a copy that ends with the process.
IN_A_COPY = """
cp -a /etc "$1/etc"
mount --bind "$1/etc" /etc
sed -i '/^yibao:/d' /etc/passwd /etc/shadow /etc/group /etc/gshadow
exec "$2" -m tests.database.test_account
"""


def _ask(barrier, answers):
    barrier.wait()
    account = server_account(Path("/nonexistent"))
    answers.put((account.name, account.uid, account.gid))


def _ask_at_once():
    context = multiprocessing.get_context("fork")
    barrier, answers = context.Barrier(AT_ONCE), context.Queue()
    asking = [context.Process(target=_ask, args=(barrier, answers)) for _ in range(AT_ONCE)]
    for one in asking:
        one.start()
    print(*sorted(answers.get() for _ in asking), sep="\n")


@pytest.mark.skipif(os.getuid() != 0, reason="an account is made by root only")
def test_processes_that_start_together_get_the_same_account(tmp_path):
    if subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode:
        pytest.skip("this machine lets nobody have mounts of his own")
    words = ["unshare", "-m", "sh", "-ec", IN_A_COPY, "sh", tmp_path, sys.executable]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    answered = done.stdout.splitlines()
    assert len(answered) == AT_ONCE
    assert answered[0].startswith("('yibao', ")
    assert set(answered) == {answered[0]}


if __name__ == "__main__":
    _ask_at_once()
