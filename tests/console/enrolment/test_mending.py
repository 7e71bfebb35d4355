"""Mending a ledger: in the grid, by the corrected error file; a family; a job that pauses."""

import io
import re
from datetime import date

import pytest
import python_calamine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.apps.access.offices import AT, open_office
from tests.apps.enrolment.ledger_files import line, upload
from tests.apps.enrolment.spoilt import workbook
from tests.apps.registry.people import CHAQUAN, number
from tests.console.signed_in import sign_in_as
from yibao.apps.access.models import AuditRecord, Organisation
from yibao.apps.access.scope import scoped
from yibao.apps.desk import jobs
from yibao.apps.enrolment import operations
from yibao.apps.enrolment.models import Enrolment, LedgerImport
from yibao.apps.registry.models import Person
from yibao.console.enrolment import views

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    scope = open_office()
    operations.open_year(scope=scope, year=2021, on=date(2020, 9, 20), at=AT)
    return sign_in_as(role="township_clerk", division="430423105")


@pytest.fixture
def spoilt(clerk):
    """Two good lines, two wrong ones."""
    _, scope = clerk
    return upload(scope, line(1), line(2), line(3, sex="M"), line(4, claimed=1), at=AT)


def words_of(answer) -> str:
    return answer.content.decode()


def sent_by(words: str) -> dict[str, str]:
    """The grid's inputs as the browser would send them."""
    given = dict(re.findall(r'<input[^>]* name="(g-[^"]+)" value="([^"]*)"', words))
    for name, options in re.findall(r'<select[^>]* name="(g-\d+-[^"]+)".*?>(.*?)</select>', words):
        chosen = re.search(r'value="([^"]*)" selected', options)
        given[name] = chosen[1] if chosen else ""
    return {name: value for name, value in given.items() if "__n__" not in name}


def test_a_faulty_line_is_mended_in_its_place_and_checked_again(clerk, spoilt):
    browser, scope = clerk
    address = reverse("enrolment:mend", args=[spoilt.pk])
    page = browser.get(address)
    given = sent_by(words_of(page))
    assert given["g-1-sex"] == "M" and given["g-1-number"] == number(3)
    answer = browser.post(address, given | {"g-1-sex": "男"})
    assert answer.headers["Location"].startswith(address)
    with scoped(scope):
        ledger = LedgerImport.objects.get(pk=spoilt.pk)
    assert (ledger.rows_total, ledger.rows_good, ledger.rows_bad) == (4, 3, 1)
    given = sent_by(words_of(browser.get(address)))
    answer = browser.post(address, given | {"g-1-claimed": "280"})
    assert answer.headers["Location"].startswith(reverse("enrolment:import", args=[spoilt.pk]))
    with scoped(scope):
        assert LedgerImport.objects.get(pk=spoilt.pk).rows_good == 4
        assert not Enrolment.objects.exists()


def test_showing_whole_numbers_for_mending_is_logged(clerk, spoilt):
    browser, _ = clerk
    browser.get(reverse("enrolment:mend", args=[spoilt.pk]))
    with scoped(clerk[1]):
        shown = AuditRecord.objects.filter(action="enrolment.mend_rows").last()
    assert shown.detail == {"shown": 2} and shown.object_id == str(spoilt.pk)


def test_a_wrong_correction_stays_an_error_with_its_cause(clerk, spoilt):
    browser, _ = clerk
    address = reverse("enrolment:mend", args=[spoilt.pk])
    given = sent_by(words_of(browser.get(address)))
    browser.post(address, given | {"g-1-sex": "男", "g-1-number": number(3)[:-1]})
    words = words_of(browser.get(address))
    assert "E101" in words and number(3)[:-1] in words


def test_nothing_changed_is_said(clerk, spoilt):
    browser, _ = clerk
    address = reverse("enrolment:mend", args=[spoilt.pk])
    answer = browser.post(address, sent_by(words_of(browser.get(address))))
    assert answer.status_code == 422 and "E221" in words_of(answer)


def test_only_the_corrected_error_file_is_uploaded(clerk, spoilt):
    browser, scope = clerk
    content = browser.get(reverse("enrolment:errors", args=[spoilt.pk])).content
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    head = [str(cell) for cell in rows[2]]
    for row in rows[3:5]:
        row[head.index("性别*")] = "男"
        row[head.index("个人缴费*")] = 280
    mended = workbook({"台账": rows[:5]})
    address = reverse("enrolment:mend_file", args=[spoilt.pk])
    answer = browser.post(address, {"file": SimpleUploadedFile("错误行.xlsx", mended)})
    assert answer.status_code == 302, words_of(answer)
    with scoped(scope):
        ledger = LedgerImport.objects.get(pk=spoilt.pk)
        assert (ledger.rows_total, ledger.rows_good, ledger.rows_bad) == (4, 4, 0)
        assert LedgerImport.objects.count() == 1


def test_the_error_file_of_another_ledger_is_refused(clerk, spoilt):
    browser, scope = clerk
    other = upload(scope, *(line(n) for n in range(11, 21)), line(21, sex="M"), at=AT)
    content = browser.get(reverse("enrolment:errors", args=[other.pk])).content
    address = reverse("enrolment:mend_file", args=[spoilt.pk])
    answer = browser.post(address, {"file": SimpleUploadedFile("错误行.xlsx", content)})
    assert answer.status_code == 422 and "E220" in words_of(answer)


def family(**cells):
    area = Organisation.objects.get(division=str(CHAQUAN)).pk
    given = {
        "area": area,
        "household_no": "0099",
        "g-rows": "3",
        "g-1-relation": "户主",
        "g-1-name": "查小明",
        "g-1-number": number(71),
        "g-1-phone": "13800005521",
        "g-2-relation": "子",
        "g-2-name": "查大山",
        "g-2-number": number(72),
    }
    return given | cells


def test_a_family_is_registered_and_enrolled_at_once(clerk):
    browser, scope = clerk
    address = reverse("enrolment:household")
    answer = browser.post(address, family())
    assert answer.status_code == 302, words_of(answer)
    assert "可以接着登记下一户" in words_of(browser.get(answer.headers["Location"]))
    with scoped(scope):
        people = Person.objects.filter(household__village_no="0099")
        assert sorted(one.name for one in people) == ["查大山", "查小明"]
        assert Enrolment.objects.filter(person__in=people).count() == 2


@pytest.mark.parametrize(
    ("cells", "code", "cell"),
    [
        ({"g-2-number": "43042319700101102"}, "E101", "id_g-2-number"),
        ({"g-2-number": number(71)}, "E402", "id_g-2-number"),
        ({"g-1-relation": "子"}, "E501", "id_g-1-relation"),
        ({"g-2-name": ""}, "E201", "id_g-2-name"),
        ({"g-2-relation": "女"}, "E122", "id_g-2-relation"),
    ],
)
def test_what_is_wrong_stands_in_its_cell_with_cause_and_cure(clerk, cells, code, cell):
    browser, scope = clerk
    answer = browser.post(reverse("enrolment:household"), family(**cells))
    words = words_of(answer)
    assert answer.status_code == 422
    assert code in words and f'href="#{cell}"' in words and f'id="{cell}-error"' in words
    assert 'value="查小明"' in words  # what was typed stays
    with scoped(scope):
        assert not Person.objects.filter(name="查小明").exists()


def test_a_person_registered_already_is_named_at_the_number(clerk):
    browser, _ = clerk
    browser.post(reverse("enrolment:household"), family())
    answer = browser.post(reverse("enrolment:household"), family(household_no="0100"))
    assert answer.status_code == 422 and 'href="#id_g-1-number"' in words_of(answer)


def test_a_line_is_added_without_scripts(clerk):
    browser, _ = clerk
    answer = browser.post(reverse("enrolment:household"), family(**{"g-add": "1"}))
    words = words_of(answer)
    assert answer.status_code == 200
    assert 'name="g-4-name"' in words and 'value="查小明"' in words and 'value="0099"' in words


def test_a_large_ledger_is_written_by_a_job_that_pauses_and_goes_on(clerk, monkeypatch):
    monkeypatch.setattr(views, "_AT_ONCE", 1)
    browser, scope = clerk
    ledger = upload(scope, *(line(n) for n in range(1, 6)), at=AT)
    address = reverse("enrolment:import", args=[ledger.pk])
    answer = browser.post(reverse("enrolment:confirm", args=[ledger.pk]), follow=True)
    assert "排队等待后台处理" in words_of(answer) and "暂停" in words_of(answer)
    browser.post(reverse("enrolment:pause", args=[ledger.pk]))
    assert "已暂停" in words_of(browser.get(address))
    assert jobs.run_next(worker="w") is None  # held: nobody takes it
    browser.post(reverse("enrolment:resume", args=[ledger.pk]))
    assert jobs.run_next(worker="w").state == "done"
    assert "已入库 5 行" in words_of(browser.get(address))
    with scoped(scope):
        assert Enrolment.objects.count() == 5


def test_a_job_that_is_asked_to_pause_stops_after_a_whole_batch(clerk, monkeypatch):
    from yibao.apps.enrolment import tasks

    monkeypatch.setattr(views, "_AT_ONCE", 1)
    monkeypatch.setattr(tasks, "CHUNK_ROWS", 2)
    browser, scope = clerk
    ledger = upload(scope, *(line(n) for n in range(1, 6)), at=AT)
    browser.post(reverse("enrolment:confirm", args=[ledger.pk]))
    pause = reverse("enrolment:pause", args=[ledger.pk])
    whole = tasks.confirm_ledger

    def confirmed(**given):
        told = given["on_chunk"]

        def first_then_pause(progress):
            if progress.written == 2:
                browser.post(pause)
            told(progress)

        return whole(**given | {"on_chunk": first_then_pause})

    monkeypatch.setattr(tasks, "confirm_ledger", confirmed)
    assert jobs.run_next(worker="w").state == "paused"
    with scoped(scope):
        assert Enrolment.objects.count() == 2
    page = words_of(browser.get(reverse("enrolment:import", args=[ledger.pk])))
    assert "已暂停，已写入的有效" in page and "2 / 5" in page
    browser.post(reverse("enrolment:resume", args=[ledger.pk]))
    assert jobs.run_next(worker="another").state == "done"
    with scoped(scope):
        assert Enrolment.objects.count() == 5
