"""Departments of Hengshan and their rosters as workbooks."""

import io
from datetime import date

import xlsxwriter

from tests.apps.access.offices import AT, by_a_person, hire
from tests.apps.registry.people import number
from yibao.apps.access import operations as access
from yibao.apps.access import queries as offices
from yibao.apps.subsidy import operations

YEAR = 2021
HEAD = ("姓名", "身份证号", "类别", "乡镇", "村")


def office(scope, name="衡山县民政局", kind="department"):
    county = offices.organisation_by_division("430423")
    return access.add_organisation(scope=scope, kind=kind, name=name, parent_id=county.id, at=AT).id


def roster_file(*lines, head=HEAD) -> bytes:
    """Return a roster; a line is (n, category) or the cells themselves."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        page = book.add_worksheet("名单")
        page.write_row(0, 0, head)
        for at, line in enumerate(lines, start=1):
            page.write_row(at, 0, _cells(line))
    return packed.getvalue()


def _cells(line):
    if isinstance(line[0], int):
        return ["王建华", number(line[0]), *line[1:]]
    return list(line)


def upload(scope, *lines, department=None, kind="initial", head=HEAD, at=AT, **given):
    usual = {
        "year": YEAR,
        "department_id": department or office(scope),
        "kind": kind,
        "category": None,
        "as_of": date(2020, 9, 30),
        "file_name": "名单.xlsx",
        "content": roster_file(*lines, head=head),
        "paper_sealed": True,
    }
    return operations.upload_roster(scope=scope, at=at, **(usual | given))


def second_person():
    """Another operator of the county, who may confirm."""
    return hire(role="county_clerk", division="430423", name="刘复核").scope


def confirmed(scope, *lines, second=None, **given):
    """A roster of two persons: the system, which opens a test's town, is none of them."""
    roster = upload(by_a_person(scope), *lines, **given)
    return operations.confirm_roster(
        scope=second or second_person(), roster_id=roster.id, at=given.get("at", AT)
    )


def match(scope, at=AT):
    return operations.match(scope=by_a_person(scope), year=YEAR, at=at)


def fix(scope, *, kind, at=AT):
    """Fix the list as the county's reviewer: the system fixes none."""
    return operations.fix_list(scope=by_a_person(scope, "易复审"), year=YEAR, kind=kind, at=at)
