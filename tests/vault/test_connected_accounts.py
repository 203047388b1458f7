"""What a provider has given cannot be given another secret, or be sent elsewhere, by hand."""

import pytest

from accounts.vault import cipher
from accounts.vault.models import Credential

pytestmark = pytest.mark.django_db


@pytest.fixture
def connected(user):
    credential = Credential(
        user=user, title="Mine", provider="example", type="oauth2", hosts=["api.example.com"]
    )
    credential.secret = cipher.encrypt(credential.pk, {"access_token": "at-1"})
    credential.save()
    return credential


@pytest.mark.parametrize(
    "body",
    [
        {"hosts": ["evil.example"]},
        {"hosts": ["api.example.com", "evil.example"]},
        {"api_key": "another"},
        {"hosts": ["evil.example"], "api_key": "another"},
        {"base_url": "https://evil.example/"},
        {"headers": {"Authorization": "x"}},
    ],
)
def test_it_stays_where_it_is(api, connected, body):
    answer = api.put(f"/api/credentials/{connected.pk}", body)
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (400, "validation_error")
    connected.refresh_from_db()
    assert connected.hosts == ["api.example.com"]
    assert cipher.decrypt(connected.pk, connected.secret) == {"access_token": "at-1"}


def test_its_title_can_be_changed(api, connected):
    assert api.put(f"/api/credentials/{connected.pk}", {"title": "Ours"}).json()["title"] == "Ours"


@pytest.mark.parametrize(
    "url", ["https://:pw@llm.example/v1", "https://a:b@llm.example", "https://@x"]
)
def test_an_address_holds_no_password(api, url):
    body = {"title": "x", "provider": "openai_compatible", "type": "api_key", "api_key": "k-1234"}
    assert api.post("/api/credentials", {**body, "base_url": url}).status_code == 400
