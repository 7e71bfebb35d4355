import pytest

from tests.console.signed_in import sign_in_as


@pytest.mark.django_db
def test_x():
    c, s = sign_in_as(role="security_admin", division="430423")
    for p in (
        "/",
        "/areas/",
        "/years/",
        "/access/operators/",
        "/access/operators/new/",
        "/access/operators/1/",
        "/access/operators/1/post/",
        "/access/operators/1/certificate/",
        "/access/audit/",
        "/search/",
        "/posts/",
        "/password/",
        "/nix",
        "/?area=430423105",
        "/?area=15",
    ):
        r = c.get(p)
        print(p, r.status_code, len(r.content), r.headers.get("Location"))
    c, s = sign_in_as(role="township_clerk", division="430423105")
    for p in ("/", "/search/?q=430423", "/areas/", "/access/audit/"):
        r = c.get(p)
        print(p, r.status_code, len(r.content), r.headers)
