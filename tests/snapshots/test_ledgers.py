"""The ledgers that go out empty, and the lines that come back with reasons."""

import io
from datetime import date

import pytest
import python_calamine

from tests.apps.access.offices import AT, open_office
from tests.apps.enrolment.ledger_files import line, upload
from tests.apps.registry.people import number, xinqiao
from yibao.apps.enrolment import operations
from yibao.apps.enrolment.ledgers import forms, template


def rows_of(content: bytes) -> str:
    """The first sheet, a row a line, without empty ends and empty lines."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    lines = (" | ".join(str(cell) for cell in row).rstrip(" |") for row in rows)
    return "\n".join(text for text in lines if text)


@pytest.mark.parametrize("kind", forms())
def test_an_empty_ledger(kind, snapshot):
    content = template(
        kind, year=2021, region="衡山县", township="新桥镇", village="查泉村", lines=2
    )
    snapshot(f"ledger-{kind}", rows_of(content))


@pytest.mark.django_db
def test_the_error_file(snapshot):
    county = open_office()
    operations.open_year(scope=county, year=2021, on=date(2020, 9, 20), at=AT)
    township = xinqiao(county)
    twice = number(7)
    ledger = upload(
        township,
        line(1),
        line(2, number=number(2)[:-1] + ("0" if number(2)[-1] != "0" else "1")),
        line(3, sex="女"),
        line(4, relation="亲戚"),
        line(5, claimed=100),
        line(6, claimed=0),
        line(7, number=twice),
        line(8, number=twice),
        line(9, name=""),
        line(10, number=float(430423198005060000)),
        line(11, notice="广播"),
        at=AT,
    )
    content = operations.error_file(scope=township, import_id=ledger.pk, at=AT)
    snapshot("ledger-errors", rows_of(content))
