"""Pages of jobs, exports, notices and the guide: who sees what, and what each leads to."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.apps.access.offices import AT
from tests.apps.desk import desks
from tests.console.season import late_season
from tests.console.signed_in import sign_in_as
from yibao.apps.access.models import Role
from yibao.apps.access.queries import clock
from yibao.apps.desk import jobs
from yibao.rulebook import desk as limits
from yibao.web.markdown import html_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _season():
    desks.declare()
    late_season()


def browser(role: str, division: str = "430423", name: str = "曾建华"):
    return sign_in_as(role=role, division=division, name=name)


def said(client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()
    main = answer.content.decode().partition("<main")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def ask(client, **more):
    given = {"purpose": "check", "purpose_words": "第二次排查核对", "kind": "csv", **more}
    return client.post("/desk/exports/ask/unpaid/", given)


def test_the_rows_are_counted_before_anybody_asks():
    client, _ = browser(Role.COUNTY_CLERK)
    assert "导出未缴名单 5 行" in said(client, "/desk/exports/ask/unpaid/")
    assert "未缴原因：村里未填写" in said(client, "/desk/exports/ask/unpaid/?query=reason%3Dnone")


def test_the_file_has_the_conditions_and_columns_of_the_list():
    client, _ = browser(Role.COUNTY_CLERK)
    query = "query=kind%3Dunpaid%26cols%3Dname%26cols%3Dkind"
    given = {"purpose": "check", "purpose_words": "第二次排查核对", "kind": "csv"}
    asked = client.post(f"/desk/exports/ask/people/?{query}", given)
    desks.run_all()
    number = asked.url.split("/")[3]
    file = b"".join(client.post(f"/desk/exports/{number}/take/").streaming_content)
    lines = file.decode("utf-8-sig").splitlines()
    assert lines[1] == "姓名,参保状态,导出标记"
    assert len(lines) == 2 + 5
    assert lines[2].startswith("王*华,未参保,E")


def test_a_list_that_is_none_or_not_the_posts_is_not_exported():
    client, _ = browser(Role.COUNTY_CLERK)
    assert client.get("/desk/exports/ask/nothing/").status_code == 404
    medical, _ = browser(Role.MEDICAL_CLERK, name="周明")
    assert medical.get("/desk/exports/ask/unpaid/").status_code == 403


def test_a_large_export_goes_by_the_queue_of_a_second_person(monkeypatch):
    small = replace(limits.exports(), rows_without_approval=3)
    monkeypatch.setattr(limits, "exports", lambda: small)
    client, _ = browser(Role.COUNTY_CLERK)
    page = ask(client).url
    assert "待审批" in said(client, page)
    assert client.post(page, {"do": "approve"}).status_code in (403, 422)
    other, _ = browser(Role.COUNTY_REVIEWER, name="刘芳")
    assert "名单导出待审批" in said(other, "/")
    refused = other.post(page, {"do": "reject", "because": ""})
    assert refused.status_code == 422
    assert "没有写明退回的原因" in refused.content.decode()
    other.post(page, {"do": "approve"})
    assert "名单导出待审批" not in said(other, "/")
    desks.run_all()
    assert "下载文件" in said(client, page)
    assert "下载文件" not in said(other, page)
    assert other.post(f"{page.partition('?')[0]}take/").status_code == 409


def test_the_ledger_shows_ones_own_and_to_the_auditor_everybodys_and_leaves_as_a_file():
    client, _ = browser(Role.COUNTY_CLERK)
    ask(client)
    town, _ = browser(Role.TOWNSHIP_CLERK, "430423105", "罗文书")
    ask(town)
    assert "第二次排查核对" in said(town, "/desk/exports/")
    assert "共 1 行" in said(town, "/desk/exports/")
    auditor, _ = browser(Role.AUDITOR, name="周明")
    assert "共 2 行" in said(auditor, "/desk/exports/")
    file = auditor.get("/desk/exports/?csv=1").content.decode("utf-8-sig")
    assert len(file.splitlines()) == 1 + 2
    assert "罗文书" in file


def test_a_job_is_held_goes_on_and_is_shown_by_its_own_part():
    client, scope = browser(Role.TOWNSHIP_CLERK, "430423105")
    made = jobs.enqueue(scope=scope, kind="counting", title="数到三", given={"to": 3}, at=AT)
    page = f"/desk/jobs/{made.id}/"
    assert "数到三" in said(client, "/desk/jobs/")
    part = client.get(f"{page}progress/").content.decode()
    assert 'hx-get="' in part and "<html" not in part
    client.post(page, {"do": "hold"})
    assert "已暂停" in said(client, page)
    client.post(page, {"do": "go_on"})
    desks.run_all()
    assert "3 步" in said(client, page)
    assert "hx-get" not in client.get(f"{page}progress/").content.decode()
    assert client.post(page, {"do": "nonsense"}).status_code == 404
    assert client.post(page, {"do": "hold"}).status_code == 409
    other, _ = browser(Role.TOWNSHIP_CLERK, "430423104", "周明")
    assert other.get(page).status_code == 404


def test_a_failed_job_waits_on_the_first_page_with_its_cause():
    client, scope = browser(Role.TOWNSHIP_CLERK, "430423105")
    given = {"to": 3, "break_at": 2}
    made = jobs.enqueue(scope=scope, kind="counting", title="数到三", given=given, at=AT)
    desks.run_all()
    assert "任务没有完成" in said(client, "/")
    assert "E865" in said(client, f"/desk/jobs/{made.id}/")


def test_a_notice_is_written_told_in_the_bar_and_read():
    writer, _ = browser(Role.SYSTEM_ADMIN, name="唐敏")
    now = clock(region="hengshan").at
    given = {
        "title": "周六停机",
        "text": "20:00 起停机",
        "shown_from": f"{now - timedelta(hours=1):%Y-%m-%d %H:%M}",
        "shown_until": f"{now + timedelta(days=1):%Y-%m-%d %H:%M}",
        "is_urgent": "on",
        "is_public": "on",
    }
    assert writer.post("/desk/notices/write/", given).status_code == 302
    assert writer.post("/desk/notices/write/", {"title": ""}).status_code == 422
    client, _ = browser(Role.COUNTY_CLERK, name="周明")
    assert "通知公告未读" in said(client, "/")
    assert "周六停机" in said(client, "/statistics/unpaid/")
    client.post("/desk/notices/", {})
    assert "通知公告未读" not in said(client, "/")
    assert "周六停机" not in said(client, "/statistics/unpaid/")
    client.cookies.clear()
    assert "周六停机" in client.get("/sign-in/").content.decode()
    assert client.get("/desk/notices/write/").status_code == 302


def test_only_who_may_writes_notices():
    client, _ = browser(Role.COUNTY_CLERK)
    assert client.get("/desk/notices/write/").status_code == 403


def test_each_menu_entry_has_a_page_of_help():
    client, _ = browser(Role.COUNTY_CLERK)
    contents = client.get("/help/").content.decode()
    names = set(re.findall(r'href="/help/([a-z0-9-]+)/', contents))
    assert len(names) > 10
    for name in names:
        assert client.get(f"/help/{name}/").status_code == 200, name
    assert client.get("/help/nothing-at-all/").status_code == 404
    assert client.get("/help/pictures/..%2F..%2Fsecret.png").status_code == 404


def test_a_field_has_its_help_beside_it():
    client, _ = browser(Role.COUNTY_CLERK)
    page = client.get("/desk/exports/ask/unpaid/").content.decode()
    assert page.count('<details class="yb-help"') == 3
    assert "用途决定哪些内容可以不遮盖" in page


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# 标题", '<h1 id="标题">标题</h1>'),
        ("a\nb", "<p>a b</p>"),
        ("- a\n- **b**", "<ul><li>a</li><li><b>b</b></li></ul>"),
        ("1. a\n2. `b`", "<ol><li>a</li><li><code>b</code></li></ol>"),
        ("> a", "<blockquote><p>a</p></blockquote>"),
        ("[a](b.md)", '<p><a href="b.md">a</a></p>'),
        ("![a](b.png)", '<p><img src="b.png" alt="a" loading="lazy"></p>'),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("[a](javascript:x)", "<p>a</p>"),
        ("[a](https://evil.example/)", "<p>a</p>"),
        (
            '![a" onerror="x](b.png)',
            '<p><img src="b.png" alt="a&quot; onerror=&quot;x" loading="lazy"></p>',
        ),
    ],
)
def test_the_guide_is_written_in_a_small_safe_markdown(text, html):
    assert html_of(text) == html


def test_a_table_has_heads_and_a_caption():
    html = html_of("| a | b |\n| --- | --- |\n| 1 | 2 |")
    assert '<th scope="col">a</th>' in html
    assert "<td>2</td>" in html
    assert "<caption" in html
