"""The API of the vault: what goes in never comes out."""

import pytest

from accounts.vault.models import Credential
from tests.blocks.adapters.site import Answer
from tests.vault.conftest import SECRET

NEW = {
    "title": "Work",
    "provider": "http",
    "type": "api_key",
    "hosts": ["api.example.com"],
    "api_key": SECRET,
}


def test_no_answer_has_the_secret(api):
    made = api.post("/api/credentials", NEW)
    assert made.status_code == 201
    pk = made.json()["id"]
    answers = [
        made,
        api.get("/api/credentials"),
        api.get(f"/api/credentials/{pk}"),
        api.put(f"/api/credentials/{pk}", {"title": "Home"}),
        api.post(f"/api/credentials/{pk}/test"),
        api.post(f"/api/credentials/{pk}/default"),
        api.get(f"/api/credentials/{pk}/usage"),
        api.post(f"/api/credentials/{pk}/revoke"),
    ]
    assert [answer.status_code for answer in answers[1:]] == [200] * 7
    assert [answer for answer in answers if SECRET in answer.content.decode()] == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"api_key": ""}, "api_key: This field may not be blank."),
        ({"api_key": "a\r\nX-Evil: 1"}, "A key has no line breaks"),
        ({"type": "oauth2"}, "is not a valid choice"),
        ({"type": "user_password", "api_key": "x"}, "has no such part"),
        ({"type": "host_scoped", "headers": {"Host": "x"}, "api_key": None}, "may not be null"),
        ({"provider": "Nobody!"}, "small letters"),
        ({"provider": "smtp"}, "choose one of: user_password"),
        ({"hosts": []}, "Say to which hosts"),
        ({"hosts": ["https://example.com/"]}, "A host looks like"),
        ({"hosts": ["*.*"]}, "A host looks like"),
        ({"hosts": ["exam\u0000ple.com"]}, "NUL"),
        ({"provider": "openai_compatible", "base_url": "file:///etc/passwd"}, "Give an address"),
        ({"provider": "openai", "base_url": "https://evil.example"}, "address of its own"),
        ({"secret": "x"}, "There is no such field"),
    ],
)
def test_what_could_not_be_used_is_refused(api, changed, sentence):
    answer = api.post("/api/credentials", {**NEW, **changed})
    assert answer.status_code == 400
    assert sentence in answer.json()["error"]["message"]
    assert SECRET not in answer.content.decode()
    assert not Credential.objects.exists()


def test_a_key_of_a_known_provider_goes_to_its_hosts_only(api):
    answer = api.post("/api/credentials", {**NEW, "provider": "openai", "hosts": ["evil.example"]})
    assert answer.json()["hosts"] == ["api.openai.com"]


def test_who_does_not_know_the_secret_cannot_send_it_elsewhere(api, keep):
    address = f"/api/credentials/{keep().pk}"
    refused = api.put(address, {"hosts": ["evil.example"]})
    assert (refused.status_code, api.get(address).json()["hosts"]) == (400, ["example.com"])
    moved = api.put(address, {"hosts": ["other.example"], "api_key": "sk-another"})
    assert moved.json()["hosts"] == ["other.example"]


def test_there_is_one_default_for_a_provider(api, keep):
    first, second = keep(is_default=True), keep(is_default=True)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.is_default, second.is_default) == (False, True)


def test_a_revoked_credential_has_no_secret_any_more(api, keep):
    credential = keep(is_default=True)
    api.post(f"/api/credentials/{credential.pk}/revoke")
    credential.refresh_from_db()
    assert (credential.secret, credential.is_default) == ("", False)
    for verb in ("test", "default"):
        answer = api.post(f"/api/credentials/{credential.pk}/{verb}")
        assert answer.status_code == 409
        assert answer.json()["error"]["error_code"] == "credential_unavailable"


@pytest.mark.parametrize(
    ("status", "works"), [(200, True), (401, False), (403, False), (500, None), (302, None)]
)
def test_the_test_button_says_what_the_provider_says(api, keep, site, status, works):
    site.says("/v1/models", Answer(status))
    credential = keep(provider="openai_compatible", base_url=f"{site.url}/v1", hosts=[])
    answer = api.post(f"/api/credentials/{credential.pk}/test")
    assert answer.json()["works"] is works
    assert site.seen[0].headers["authorization"] == f"Bearer {SECRET}"


def test_the_models_that_a_credentials_provider_offers_are_told(api, keep, site):
    site.says("/models", Answer(body=b'{"data": [{"id": "b"}, {"id": "a"}]}'), Answer(401))
    own = keep(provider="openai_compatible", base_url=site.url)

    told, refused = (api.get(f"/api/credentials/{own.pk}/models").json() for _ in range(2))

    names = {"provider": "openai_compatible", "default": "", "models": ["a", "b"], "problem": ""}
    assert told == names
    assert "refused the API key" in refused["problem"]
    assert site.seen[0].headers["authorization"] == f"Bearer {SECRET}"
    without = api.get(f"/api/credentials/{keep().pk}/models").json()
    assert "no language models" in without["problem"]
