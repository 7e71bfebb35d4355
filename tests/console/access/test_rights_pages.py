"""Pages of rights: a post is asked for with what it opens, approved by another, looked at yearly."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.apps.access.offices import AT, ON, hire
from tests.console.signed_in import sign_in_as
from yibao.apps.access import operations, queries
from yibao.apps.access.models import GrantRequest, Post

pytestmark = pytest.mark.django_db
WANTED = {
    "role": "county_clerk",
    "valid_from": ON.isoformat(),
    "valid_until": (ON + timedelta(days=90)).isoformat(),
    "reason": "轮岗",
}


@pytest.fixture
def office():
    """Two administrators at their browsers, and a clerk of the township."""
    first = hire(role="security_admin", division="430423", name="罗一")
    second = hire(role="security_admin", division="430423", name="罗二")
    clerk = hire(role="township_clerk", division="430423105", name="曾建华")
    return {
        "first": sign_in_as(role="", division="", staff=first)[0],
        "second": sign_in_as(role="", division="", staff=second)[0],
        "clerk": clerk,
        "scopes": (first.scope, second.scope),
    }


def wanted(division="430423", **changed):
    place = queries.organisation_by_division(division)
    return WANTED | {"organisation": place.id} | changed


def asked(office, **changed):
    address = reverse("access:grant_post", args=[office["clerk"].operator.id])
    return office["first"].post(address, wanted(**changed) | {"send": "1"})


def text_of(answer):
    return answer.content.decode()


def test_what_a_post_opens_is_shown_before_it_is_asked_for(office):
    address = reverse("access:grant_post", args=[office["clerk"].operator.id])
    answer = office["first"].post(address, wanted() | {"check": "1"})
    said = text_of(answer)
    assert answer.status_code == 200
    assert "衡山县" in said and "个乡镇（街道）" in said
    assert "与现任岗位不互斥" in said
    assert "匹配缴费" in said
    assert "不能再担任：县级复核" in said
    assert not GrantRequest.objects.exists()


def test_a_post_that_excludes_the_held_one_is_said_and_refused(office):
    address = reverse("access:grant_post", args=[office["clerk"].operator.id])
    answer = office["first"].post(address, wanted(role="auditor") | {"check": "1"})
    assert "现任乡镇经办" in text_of(answer)
    answer = asked(office, role="auditor")
    assert answer.status_code == 422
    assert "不能由同一人担任" in text_of(answer)


def test_a_request_is_approved_by_the_second_administrator_only(office):
    answer = asked(office)
    made = GrantRequest.objects.get()
    assert answer.headers["Location"].startswith(reverse("access:grant", args=[made.id]))
    page = reverse("access:grant", args=[made.id])
    own = text_of(office["first"].get(page))
    assert "须由另一名安全管理员批准" in own and "撤回申请" in own
    assert reverse("access:approve_grant", args=[made.id]) not in own
    refused = office["first"].post(reverse("access:approve_grant", args=[made.id]), {"go": "1"})
    assert refused.status_code == 409
    said = text_of(office["second"].get(page))
    assert "批准后：曾建华" in said and "可以批准" in said
    answer = office["second"].post(reverse("access:approve_grant", args=[made.id]), {"go": "1"})
    assert answer.status_code == 302
    assert Post.objects.get(request=made).role == "county_clerk"


def test_a_returned_request_goes_back_with_its_reason_and_comes_again(office):
    asked(office)
    made = GrantRequest.objects.get()
    back = reverse("access:return_grant", args=[made.id])
    assert office["second"].post(back, {"reason": ""}).status_code == 422
    assert office["second"].post(back, {"reason": "期限过长"}).status_code == 302
    assert "期限过长" in text_of(office["first"].get(reverse("access:grant", args=[made.id])))
    again = reverse("access:revise_grant", args=[made.id])
    shorter = wanted(valid_until=(ON + timedelta(days=30)).isoformat())
    assert office["first"].post(again, shorter | {"send": "1"}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.valid_until) == ("waiting", ON + timedelta(days=30))


def test_a_request_is_withdrawn(office):
    asked(office)
    made = GrantRequest.objects.get()
    gone = office["first"].post(reverse("access:withdraw_grant", args=[made.id]), {"go": "1"})
    assert gone.status_code == 302
    made.refresh_from_db()
    assert made.state == "withdrawn"


def test_what_waits_stands_on_the_second_administrators_first_page_and_in_the_menu(office):
    asked(office)
    assert "岗位授权待批准" in text_of(office["second"].get("/"))
    assert "岗位授权待批准" not in text_of(office["first"].get("/"))


def test_a_post_that_runs_out_stands_on_the_first_page(office):
    operations.end_post(
        scope=office["scopes"][0], post_id=office["clerk"].post.id, reason="换期限", at=AT
    )
    operations.grant_by_two(
        drafter=office["scopes"][0],
        approver=office["scopes"][1],
        operator_id=office["clerk"].operator.id,
        organisation_id=queries.organisation_by_division("430423105").id,
        role="village_agent",
        valid_from=ON,
        valid_until=ON + timedelta(days=20),
        reason="临时",
        at=AT,
    )
    assert "岗位即将到期" in text_of(office["first"].get("/"))
    assert "20 天" in text_of(office["first"].get(reverse("access:grants")))


def test_a_post_is_ended_with_a_reason(office):
    address = reverse("access:end_post", args=[office["clerk"].post.id])
    assert "新桥镇" in text_of(office["first"].get(address))
    assert office["first"].post(address, {"reason": ""}).status_code == 422
    assert office["first"].post(address, {"reason": "调岗"}).status_code == 302
    said = text_of(office["first"].get(reverse("access:posts") + "?which=past"))
    assert "调岗" in said and "罗一" in said


def test_the_yearly_review_keeps_or_ends_each_post(office):
    clerk = office["clerk"].post
    said = text_of(office["first"].get(reverse("access:review")))
    assert "曾建华" in said and said.count("保留") > 1
    address = reverse("access:review_post", args=[clerk.id])
    assert office["first"].post(address, {"act": "end", "reason": ""}).status_code == 422
    assert office["first"].post(address, {"act": "keep", "reason": ""}).status_code == 302
    again = office["first"].post(address, {"act": "keep", "reason": ""})
    assert again.status_code == 422 and "已经复核" in text_of(again)


def test_operators_are_found_by_number_name_post_and_state(office):
    found = text_of(office["first"].get(reverse("access:operators"), {"q": "曾"}))
    assert "曾建华" in found and "罗二" not in found
    found = text_of(office["first"].get(reverse("access:operators"), {"role": "security_admin"}))
    assert "罗二" in found and "曾建华" not in found
    found = text_of(office["first"].get(reverse("access:operators"), {"state": "closed"}))
    assert "没有符合条件的行" in found


def test_a_page_of_operators_asks_as_often_for_many_as_for_few(
    office, django_assert_max_num_queries
):
    address = reverse("access:operators")
    office["first"].get(address)
    with django_assert_max_num_queries(40) as few:
        office["first"].get(address)
    for n in range(5):
        hire(role="village_agent", division="430423105", name=f"罗{n}")
    with django_assert_max_num_queries(len(few)):
        office["first"].get(address)


def test_the_auditor_sees_who_may_what_and_changes_nothing(office):
    auditor, _ = sign_in_as(role="auditor", division="430423")
    said = text_of(auditor.get(reverse("access:matrix")))
    assert "批准岗位授权" in said and "access.approve_grant" in said
    said = text_of(auditor.get(reverse("access:exclusive")))
    assert "互斥" in said and "冲正" in said
    assert auditor.get(reverse("access:grants")).status_code == 403
    assert auditor.get(reverse("access:posts")).status_code == 200


def test_the_page_of_an_account_says_posts_in_words_and_hides_ones_own_buttons(office):
    said = text_of(
        office["first"].get(reverse("access:operator", args=[office["clerk"].operator.id]))
    )
    assert "新桥镇 12 个村（社区）" in said and "申请岗位" in said and "停用账号" in said
    own = office["scopes"][0].operator_id
    said = text_of(office["first"].get(reverse("access:operator", args=[own])))
    assert "申请岗位" not in said and "停用账号" not in said


def test_after_a_decision_the_next_request_comes_by_itself(office):
    asked(office)
    office["clerk"] = hire(role="township_clerk", division="430423105", name="谭小红")
    asked(office)
    first, second = GrantRequest.objects.order_by("-drafted_at", "-id")
    page = [reverse("access:grant", args=[one.id]) for one in (first, second)]
    shown = [text_of(office["second"].get(one)) for one in page]
    assert "Alt N" in shown[0] and "Alt P" not in shown[0] and page[1] in shown[0]
    assert "Alt P" in shown[1] and "Alt N" not in shown[1] and page[0] in shown[1]
    assert "Alt N" not in text_of(office["first"].get(page[0])), "one's own are no queue"
    answer = office["second"].post(
        reverse("access:approve_grant", args=[first.id]), {"go": "1"}, follow=True
    )
    assert answer.request["PATH_INFO"] == page[1]
    assert "这是下一件，还有 1 件" in text_of(answer)
    assert "Alt N" not in text_of(answer)


def test_an_approval_counts_for_what_the_approver_read_and_nothing_else(office):
    """A tab that was opened before the request was returned and made larger approves nothing."""
    asked(office, valid_until=(ON + timedelta(days=30)).isoformat())
    made = GrantRequest.objects.get()
    page = text_of(office["second"].get(reverse("access:grant", args=[made.id])))
    shown = page.partition('name="shown" value="')[2].partition('"')[0]
    approve = reverse("access:approve_grant", args=[made.id])
    back = reverse("access:return_grant", args=[made.id])
    assert office["second"].post(back, {"reason": "期限太长"}).status_code == 302
    again = reverse("access:revise_grant", args=[made.id])
    assert office["first"].post(again, wanted() | {"send": "1"}).status_code == 302

    answer = office["second"].post(approve, {"shown": shown})
    assert answer.status_code == 409
    assert "E965" in text_of(answer)
    assert not Post.objects.filter(role="county_clerk").exists()

    page = text_of(office["second"].get(reverse("access:grant", args=[made.id])))
    shown = page.partition('name="shown" value="')[2].partition('"')[0]
    assert office["second"].post(approve, {"shown": shown}).status_code == 302
    assert Post.objects.filter(role="county_clerk").exists()
