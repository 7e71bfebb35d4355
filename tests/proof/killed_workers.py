"""Workers of batches that say where they are through a pipe, so that R5 can kill them anywhere.

Each worker is a process of its own. It writes a byte after each chunk of a ledger and before each
file that is taken; a byte is whole or not there, whenever the worker dies. One that is to be killed
right after its n-th commit writes a byte there and waits for it; one that is to be killed somewhere
in its work goes some statements on and no further, however late its turn comes.
"""

import contextlib
import os
import select

CHUNK_ROWS = 50
LEDGERS, FILES = "ledgers", "files"


def setup(database):
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    django.setup()


def run(database, kind, jobs, told, fault, held_after=0, held_in=None):
    """Do the jobs, one after another; `told` is the writing end of the parent's pipe."""
    setup(database)
    if fault == "mark_committed_apart":
        mark_committed_apart()
    tell, signs = os.dup(told.fileno()), []

    def say(sign):
        os.write(tell, sign)
        signs.append(sign)

    if held_after:
        hold_after_commits(tell, held_after)
    if held_in:
        hold_in_the_middle(tell, signs, *held_in)
    if kind == LEDGERS:
        for import_id in jobs:
            write_ledger(import_id, lambda: say(b"c"))
    else:
        for job in jobs:
            say(b"f")
            take_file(*job)


def write_ledger(import_id, on_chunk):
    from tests.apps.access.offices import AT
    from yibao.apps.access.scope import Scope
    from yibao.apps.enrolment import operations
    from yibao.core.flow import StepNotAllowed

    with contextlib.suppress(StepNotAllowed):  # another one finished it
        operations.confirm_ledger(
            scope=Scope.system("hengshan"),
            import_id=import_id,
            at=AT,
            chunk_rows=CHUNK_ROWS,
            on_chunk=lambda _: on_chunk(),
        )


def take_file(kind, name, content, department_id):
    """Take a payment file or a roster; one that was taken whole is not taken again."""
    from datetime import date

    from tests.apps.access.offices import AT
    from yibao.apps.access.scope import Scope
    from yibao.apps.collection import operations as collection
    from yibao.apps.collection.operations.files import FileTakenBefore
    from yibao.apps.subsidy import operations as subsidy
    from yibao.apps.subsidy.operations.rosters import RosterTakenBefore

    scope = Scope.system("hengshan")
    with contextlib.suppress(FileTakenBefore, RosterTakenBefore):
        if kind == "payments":
            collection.take_payment_file(scope=scope, file_name=name, content=content, at=AT)
        else:
            subsidy.upload_roster(
                scope=scope,
                year=2021,
                department_id=department_id,
                kind="initial",
                category=None,
                as_of=date(2020, 9, 30),
                file_name=name,
                content=content,
                paper_sealed=True,
                at=AT,
            )


def hold_after_commits(tell, number):
    """Let the worker say so when its n-th transaction is committed, and wait to be killed there."""
    from django.db import connection

    commit, done = connection._commit, []

    def then_held():
        commit()
        done.append(1)
        if len(done) == number:
            os.write(tell, b"h")
            wait_to_be_killed(tell)

    connection._commit = then_held


def hold_in_the_middle(tell, signs, number, statements):
    """Let the worker begin no more than so many statements behind its n-th sign."""
    from django.db import connection

    begun = []

    def counted(execute, *statement):
        if len(signs) >= number:
            begun.append(1)
            if len(begun) > statements:
                wait_to_be_killed(tell)
        return execute(*statement)

    connection.execute_wrappers.append(counted)


def wait_to_be_killed(tell):
    """Wait; where nobody is left to kill it, the worker ends by itself."""
    nobody_listens = select.poll()
    nobody_listens.register(tell, 0)
    nobody_listens.poll()
    os._exit(1)


def mark_committed_apart():
    """The seeded fault: what a chunk's lines became is committed before they are marked."""
    from django.db import connection

    from yibao.apps.access.scope import scoped
    from yibao.apps.enrolment.operations import confirming

    whole, chunk, marks = confirming._write, confirming._write_chunk, []

    def without_the_mark(cursor, ledger, lines, at):
        whole(_Kept(cursor, marks), ledger, lines, at)

    def then_marked(scope, ledger, at, chunk_rows):
        count = chunk(scope, ledger, at, chunk_rows)
        with scoped(scope), connection.cursor() as cursor:
            while marks:
                cursor.execute(confirming._MARKED, marks.pop())
        return count

    confirming._write, confirming._write_chunk = without_the_mark, then_marked


class _Kept:
    """A cursor that keeps the lines' marks for later."""

    def __init__(self, cursor, marks):
        self._cursor, self._marks = cursor, marks

    def execute(self, words, params=None):
        from yibao.apps.enrolment.operations import confirming

        if words == confirming._MARKED:
            return self._marks.append(params)
        return self._cursor.execute(words, params)

    def __getattr__(self, name):
        return getattr(self._cursor, name)
