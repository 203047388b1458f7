"""Logins of other sites (OpenID Connect), tried with a server that runs here."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client

from accounts import credits, services
from accounts.audit.models import AuditEntry
from accounts.identity import transport
from accounts.identity.providers import social_settings
from accounts.models import User
from tests.factories import PASSWORD, UserFactory
from tests.identity.conftest import mails
from tests.identity.openid_server import running_server
from tests.pages.conftest import logged_in
from tests.pages.reading import text_of

ADDRESS = "/login/elsewhere/company/"


@pytest.fixture
def server(db, settings):
    """A site named company, whose people may make accounts here."""
    with running_server() as server:
        configure(settings, server)
        yield server
    transport._http.cache_clear()


def configure(settings, server, **changed):
    fields = {"name": "The Company", "server_url": server.address, "client_id": "us"}
    fields |= {"client_secret": "s3cret", "sign_up": True} | changed
    settings.SOCIALACCOUNT_PROVIDERS = social_settings({"company": fields})
    settings.OUTBOUND_ALLOWED_HOSTS = []
    transport._http.cache_clear()


def come_back(server, browser, query="?process=login&next=/blocks/"):
    """Go there, agree, and come back; what that leads to."""
    page = browser.post(f"{ADDRESS}{query}")
    assert page.status_code == 200
    assert page["Refresh"] == f"0;url={page.context['url']}"
    return browser.get(server.agree(page.context["url"]), follow=False)


def test_who_comes_for_the_first_time_gets_an_account(server):
    browser = Client()
    assert "Log in with The Company" in text_of(browser.get("/login/"))
    assert come_back(server, browser).url == "/blocks/"
    user = User.objects.get()
    assert (user.email, user.name, user.credits) == ("ada@example.com", "Ada Lovelace", 10_000)
    assert (user.has_usable_password(), user.has_verified_email) == (False, True)
    assert browser.get("/graphs/").status_code == 200
    assert not SocialToken.objects.exists()
    again = Client()
    come_back(server, again)
    assert again.get("/graphs/").status_code == 200
    assert User.objects.count() == 1
    assert AuditEntry.objects.filter(action="connection").count() == 1


def test_the_way_is_guarded_by_state_and_by_pkce(server):
    browser = Client()
    there = parse_qs(urlsplit(browser.post(ADDRESS).context["url"]).query)
    assert there["code_challenge_method"] == ["S256"]
    assert there["redirect_uri"] == [f"http://testserver{ADDRESS}callback/"]
    answer = browser.get(f"{ADDRESS}callback/?code=x&state=other")
    assert "did not confirm who you are" in text_of(answer)
    assert Client().get(f"{ADDRESS}callback/?code=x&state={there['state'][0]}").status_code == 403
    assert not User.objects.exists()


def test_a_link_or_a_picture_does_not_begin_it(server):
    assert Client().get(ADDRESS).url == "/login/"
    assert Client(enforce_csrf_checks=True).post(ADDRESS).status_code == 403


def test_a_code_that_was_used_opens_nothing(server):
    browser = Client()
    back = server.agree(browser.post(ADDRESS).context["url"])
    server.codes.clear()
    assert "did not confirm" in text_of(browser.get(back))
    assert not User.objects.exists()


@pytest.mark.parametrize("fault", ["aud", "iss", "exp"])
def test_an_id_token_that_is_not_for_us_opens_nothing(server, fault):
    server.claims |= {
        "aud": {"aud": "them"},
        "iss": {"iss": "https://evil.example"},
        "exp": {"exp": 1},
    }[fault]
    assert "did not confirm" in text_of(come_back(server, Client()))
    assert not User.objects.exists()


def test_where_strangers_may_not_come_in_only_those_who_are_connected_do(server, settings):
    configure(settings, server, sign_up=False)
    settings.SIGNUP_OPEN = True  # for passwords, which is another matter
    answer = come_back(server, Client())
    assert answer.status_code == 403
    assert "Nobody has connected this login" in text_of(answer)
    assert not User.objects.exists()


def test_an_address_that_is_known_here_opens_nothing(server):
    user = UserFactory(email="ada@example.com")
    browser = Client()
    assert "There is an account with your e-mail address" in text_of(come_back(server, browser))
    assert browser.get("/graphs/").status_code == 302
    assert not SocialAccount.objects.exists()
    assert list(User.objects.all()) == [user]


def test_an_address_that_the_other_site_has_not_verified_is_verified_here(server):
    server.claims["email_verified"] = False
    browser = Client()
    assert come_back(server, browser).url == "/signup/sent/"
    assert browser.get("/graphs/").status_code == 302
    assert [message.to for message in mails()] == [["ada@example.com"]]


def test_without_an_address_there_is_no_account(server):
    del server.claims["email"]
    assert "does not tell your e-mail address" in text_of(come_back(server, Client()))


def test_people_connect_their_account_log_in_and_disconnect(server, user):
    page = logged_in(user)
    credits.grant(user, 5)
    assert come_back(server, page, "?process=connect").url == "/account/connections/"
    user.refresh_from_db()
    assert user.credits == 10_005
    assert "The Company" in text_of(page.get("/account/connections/"))
    browser = Client()
    come_back(server, browser)
    assert browser.get("/account/").context["user"] == user
    page.post(f"/account/connections/{SocialAccount.objects.get().pk}/")
    assert not SocialAccount.objects.exists()


def test_a_login_that_is_connected_is_not_taken_over(server, user, stranger):
    come_back(server, logged_in(stranger), "?process=connect")
    answer = come_back(server, logged_in(user), "?process=connect")
    assert answer.url == "/account/connections/"
    assert SocialAccount.objects.get().user == stranger


def test_who_has_a_second_factor_needs_it_here_too(server, user, app):
    come_back(server, logged_in(user), "?process=connect")
    browser = Client()
    assert come_back(server, browser).url == "/login/code/"
    assert browser.get("/graphs/").status_code == 302
    assert browser.post("/login/code/", {"code": app.code()}).url == "/blocks/"


def test_a_closed_account_stays_closed(server, user):
    come_back(server, logged_in(user), "?process=connect")
    User.objects.update(is_active=False)
    browser = Client()
    assert come_back(server, browser).url == "/login/closed/"
    assert browser.get("/graphs/").status_code == 302


def test_nobody_is_led_to_a_third_site(server):
    browser = Client()
    answer = come_back(server, browser, "?process=login&next=https://evil.example/")
    assert answer.url == "/dashboard/"


def test_a_site_that_does_not_answer_is_said(server, settings):
    configure(settings, server, server_url="http://127.0.0.1:9/")
    assert "does not answer" in text_of(Client().post(ADDRESS))


def test_the_other_site_cannot_send_us_into_the_private_network(server, sink_site):
    server.document["userinfo_endpoint"] = f"{sink_site.url}/"
    assert "did not confirm" in text_of(come_back(server, Client()))
    assert sink_site.seen == []


def test_a_site_that_is_not_set_up_is_404(db):
    assert Client().post("/login/elsewhere/nobody/").status_code == 404
    assert Client().get("/login/elsewhere/nobody/callback/").status_code == 404


@pytest.mark.parametrize(
    "fields", [{"server_url": "https://a"}, {"client_id": "x", "server_url": "y", "secret": "z"}]
)
def test_a_wrong_setting_says_what_is_wrong(fields):
    with pytest.raises(ValueError, match="company has wrong fields"):
        social_settings({"company": fields})


def test_the_last_way_in_is_a_password(server):
    come_back(server, Client())
    user = User.objects.get()
    services.set_password(user, PASSWORD)
    assert (
        Client().post("/login/", {"login": user.email, "password": PASSWORD}).url == "/dashboard/"
    )
