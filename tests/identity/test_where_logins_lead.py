"""Whatever stands behind `next`, a login leads to a page of ours, and no page of it breaks."""

import pytest
from django.test import Client as Browser

from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
PAGES = ("/login/", "/login/closed/", "/signup/sent/", "/password/forgotten/", "/login/passkey/")
ELSEWHERE = (
    *(
        "http://[::1",
        "https://[x]/",
        "//[",
        "http://evil.example",
        "https://localhost/",
        "\\\\evil",
    ),
    *(
        "///evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "https:///x",
    ),
    *(
        "\t//evil.example",
        "/\t/evil.example",
        "\x00//evil.example",
        "http://testserver@evil.example",
    ),
)


@pytest.mark.parametrize("place", ELSEWHERE)
def test_b_04_no_next_leads_elsewhere_or_breaks_a_page(user, place):
    for page in PAGES:
        assert Browser().get(page, {"next": place}).status_code in {200, 302}
    form = {"login": user.email, "password": PASSWORD, "next": place}
    assert Browser().post("/login/", form).url == "/dashboard/"
    leave = Browser().post("/language/", {"language": "en", "next": place})
    assert leave.url == "/"


def test_b_04_a_page_of_ours_is_reached(user):
    form = {"login": user.email, "password": PASSWORD, "next": "/blocks/?q=text"}
    assert Browser().post("/login/", form).url == "/blocks/?q=text"
