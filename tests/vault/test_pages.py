"""The pages of the vault."""

import pytest

from accounts.vault import services
from accounts.vault.models import Credential
from accounts.vault.oauth_settings import providers_in
from tests.pages.conftest import logged_in
from tests.pages.reading import text_of
from tests.vault.conftest import SECRET


@pytest.fixture
def page(user):
    return logged_in(user)


@pytest.mark.parametrize(
    ("type_", "given", "values"),
    [
        ("api_key", {"api_key": SECRET}, {"api_key": SECRET}),
        (
            "user_password",
            {"username": "ada", "password": " x1 "},
            {"username": "ada", "password": " x1 "},
        ),
        (
            "host_scoped",
            {"headers": "X-Team: a:b\r\nX-Key: 12"},
            {"headers": {"X-Team": "a:b", "X-Key": "12"}},
        ),
    ],
)
def test_a_credential_is_kept_and_not_shown_again(page, type_, given, values):
    form = {"title": "Work", "provider": "http", "hosts": "example.com\r\n", **given}
    answer = page.post(f"/credentials/new/{type_}/", form, follow=True)
    assert "The credential is kept." in text_of(answer)
    assert SECRET not in answer.content.decode()
    assert services.open_secret(Credential.objects.get()).values == values


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"hosts": ""}, "Say to which hosts"),
        ({"provider": "nobody"}, "Select a valid choice"),
        ({"headers": "no colon"}, "Each line needs"),
        ({"headers": "Host: example.com"}, "a name that cannot be used"),
    ],
)
def test_a_refused_form_says_why_and_does_not_repeat_the_secret(page, changed, sentence):
    headers = f"X-Key: {SECRET}"
    given = {"title": "Work", "provider": "http", "hosts": "example.com", "headers": headers}
    answer = page.post("/credentials/new/host_scoped/", given | changed)
    assert sentence in text_of(answer)
    assert SECRET not in answer.content.decode()


def test_an_empty_secret_stays_as_it_is(page, keep):
    credential = keep()
    page.post(f"/credentials/{credential.pk}/", {"title": "Home", "hosts": "example.com"})
    credential.refresh_from_db()
    assert credential.title == "Home"
    assert services.open_secret(credential).values == {"api_key": SECRET}


def test_other_hosts_need_the_secret_again(page, keep):
    credential = keep()
    given = {"title": "Home", "hosts": "evil.example"}
    answer = page.post(f"/credentials/{credential.pk}/", given)
    assert "This part of the secret is missing" in text_of(answer)


def test_the_page_of_one_tells_of_its_uses_and_its_buttons_work(page, keep, user):
    credential = keep()
    services.open_for(user.pk, credential.pk, services.Use("http_get_block"))
    assert "http_get_block" in text_of(page.get(f"/credentials/{credential.pk}/"))
    for verb, sentence in [
        ("check", "It can be read"),
        ("default", "default"),
        ("revoke", "revoked"),
        ("check", "was revoked"),
        ("delete", "deleted"),
    ]:
        answer = page.post(f"/credentials/{credential.pk}/{verb}/", follow=True)
        assert sentence in text_of(answer), verb


def test_connecting_leads_to_the_provider_by_a_link(page, settings):
    given = {"authorize_url": "https://id.example/a", "token_url": "https://id.example/t"}
    settings.OAUTH_PROVIDERS = providers_in(
        {"example": {**given, "client_id": "us", "hosts": ["api.example"]}}
    )
    assert "Connect an account" in text_of(page.get("/credentials/"))
    answer = page.post("/credentials/connect/", {"provider": "example"})
    assert 'href="https://id.example/a?response_type=code' in answer.content.decode()
    assert page.post("/credentials/connect/", {"provider": "nobody"}).status_code == 302


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_the_same_number_of_queries(
    page, keep, number, django_assert_max_num_queries
):
    for _ in range(number):
        keep()
    with django_assert_max_num_queries(5):
        page.get("/credentials/")
