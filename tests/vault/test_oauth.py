"""Connecting an account at an OAuth provider, against a real server."""

import base64
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.errors import CredentialUnavailableError
from accounts.vault import oauth, services
from accounts.vault.models import Credential, PendingConnection
from accounts.vault.oauth_settings import providers_in
from tests.blocks.adapters.site import Answer

TOKEN = {"access_token": "at-1", "refresh_token": "rt-1", "expires_in": 3600}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def provider(site, settings):
    given = {
        "authorize_url": f"{site.url}/authorize",
        "token_url": f"{site.url}/token",
        "client_id": "us",
        "client_secret": "our-secret",
        "scopes": ["read"],
        "hosts": [site.host],
    }
    settings.OAUTH_PROVIDERS = providers_in({"example": given})
    return site


def token_answer(**changed):
    return Answer(200, {"content-type": "application/json"}, json.dumps(TOKEN | changed).encode())


def browser_of(user):
    client = Client()
    client.force_login(user)
    return client


def begin(api):
    """The query with which the user is sent to the provider."""
    answer = api.post("/api/credentials/connect", {"provider": "example", "title": "Mine"})
    assert answer.status_code == 200
    query = parse_qs(urlsplit(answer.json()["login_url"]).query)
    return {name: values[0] for name, values in query.items()}


def come_back(browser, state, code="the-code"):
    return browser.get("/credentials/callback/", {"state": state, "code": code})


def test_a_code_and_the_proof_of_who_asked_become_a_credential(api, user, provider):
    provider.says("/token", token_answer())
    asked = begin(api)
    answer = come_back(browser_of(user), asked["state"])
    credential = Credential.objects.get()
    assert answer.url == f"/credentials/{credential.pk}/"
    sent = {name: values[0] for name, values in parse_qs(provider.seen[0].body.decode()).items()}
    proof = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest())
    assert proof.decode().rstrip("=") == asked["code_challenge"]
    assert asked["code_challenge_method"] == "S256"
    assert (sent["code"], sent["redirect_uri"]) == ("the-code", asked["redirect_uri"])
    assert services.open_secret(credential).values == {"access_token": "at-1"}


def test_a_state_works_once(api, user, provider):
    provider.says("/token", token_answer())
    state, browser = begin(api)["state"], browser_of(user)
    assert come_back(browser, state).status_code == 302
    assert come_back(browser, state).status_code == 400
    assert Credential.objects.count() == 1


@pytest.mark.parametrize("state", ["", "wrong", "\x00"])
def test_a_state_that_was_not_given_is_refused(api, user, provider, state):
    begin(api)
    assert come_back(browser_of(user), state).status_code == 400
    assert not provider.seen


def test_somebody_elses_state_is_refused(api, stranger, provider):
    assert come_back(browser_of(stranger), begin(api)["state"]).status_code == 400
    assert not Credential.objects.exists()


def test_a_state_that_has_expired_is_refused_and_forgotten(api, user, provider):
    state = begin(api)["state"]
    PendingConnection.objects.update(expires_at=timezone.now())
    assert come_back(browser_of(user), state).status_code == 400
    oauth.forget_pending()
    assert not PendingConnection.objects.exists()


def test_a_user_who_refuses_gets_no_credential(api, user, provider):
    state = begin(api)["state"]
    answer = browser_of(user).get(
        "/credentials/callback/", {"state": state, "error": "access_denied"}
    )
    assert answer.status_code == 400
    assert not provider.seen


@pytest.mark.parametrize(
    "answer",
    [
        Answer(400, {}, b'{"error": "invalid_grant"}'),
        Answer(200, {}, b"not json"),
        Answer(200, {}, b"[1]"),
        Answer(200, {}, b'{"access_token": ""}'),
        Answer(200, {}, b'{"access_token": {"a": 1}}'),
        Answer(503),
    ],
)
def test_a_provider_that_gives_no_token_is_told_of(api, user, provider, answer):
    provider.says("/token", answer)
    assert come_back(browser_of(user), begin(api)["state"]).status_code == 400
    assert not Credential.objects.exists()


def test_a_provider_that_is_not_set_up_is_refused(api):
    answer = api.post("/api/credentials/connect", {"provider": "nobody"})
    assert answer.json()["error"]["error_code"] == "connection_failed"


@pytest.fixture
def expired(api, user, provider):
    """A credential whose access token is over."""
    provider.says("/token", token_answer(), token_answer(access_token="at-2", refresh_token="rt-2"))
    come_back(browser_of(user), begin(api)["state"])
    Credential.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    return Credential.objects.get()


def test_many_who_need_a_new_token_ask_for_one(expired, provider):
    def token(_):
        try:
            return services.open_secret(Credential.objects.get()).values["access_token"]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(token, range(8))) == {"at-2"}
    renewals = [seen for seen in provider.seen if b"grant_type=refresh_token" in seen.body]
    assert len(renewals) == 1
    assert b"refresh_token=rt-1" in renewals[0].body


def test_a_refused_renewal_makes_the_credential_unavailable(expired, provider):
    provider.says("/token", Answer(400, {}, b"{}"))
    provider.next_answer("/token")  # the good answer that is left
    with pytest.raises(CredentialUnavailableError, match="cannot be renewed") as refusal:
        services.open_secret(expired)
    assert not refusal.value.retryable


def test_a_provider_that_is_away_is_worth_another_try(expired, settings, provider):
    provider.says("/token", Answer(503))
    provider.next_answer("/token")
    with pytest.raises(CredentialUnavailableError) as refusal:
        services.open_secret(expired)
    assert refusal.value.retryable
