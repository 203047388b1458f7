"""Models that are asked in the name of a user's own credential."""

import json

import pytest

from blocks.adapters import endpoints, model_names
from blocks.adapters.endpoints import LlmSettings
from blocks.adapters.llm import ProviderLlm
from blocks.base import BlockError
from blocks.credentials import CredentialType, Secret
from blocks.ports import ChatReply, ChatRequest, EmbedReply, Usage
from tests.blocks.adapters.site import Answer
from tests.blocks.adapters.test_llm_providers import HELLO, PATHS

OWN = "sk-own-5c1f"
OPERATORS = "sk-operators"
HEADERS = {"openai": ("authorization", f"Bearer {OWN}"), "anthropic": ("x-api-key", OWN)}


@pytest.fixture
def secret(site):
    def make(provider="openai_compatible", **changed):
        given = {"hosts": (site.host,), "values": {"api_key": OWN}, "base_url": site.url}
        return Secret(provider, CredentialType.API_KEY, **(given | changed))

    return make


@pytest.fixture
def used():
    return []


@pytest.fixture
def model(site, http, strict_http, run, used):
    """The installation's model, which has a server that nobody may be sent to by a credential of their own."""

    def make(provider="offline", public=http, **settings):
        settings = {"base_url": "http://127.0.0.1:9", "api_key": OPERATORS} | settings
        return ProviderLlm(
            LlmSettings(provider, **settings),
            strict_http,
            run,
            public=public,
            meter=used.append,
            sleep=print,
        )

    return make


def question(secret, model="m"):
    return ChatRequest([{"role": "user", "content": "Hi"}], model, credential=secret)


@pytest.mark.parametrize(
    ("provider", "wire"),
    [("openai_compatible", "openai"), ("groq", "openai"), ("anthropic", "anthropic")],
)
def test_the_provider_of_the_credential_is_asked_with_its_key(
    site, model, secret, used, provider, wire
):
    site.says(PATHS[wire], HELLO[wire])

    reply = model("openai").chat(question(secret(provider)))

    assert reply == ChatReply("Hello", "m-1", provider, input_tokens=9, output_tokens=2)
    assert used == [Usage(provider, "m-1", 9, 2, is_own=True)]
    name, value = HEADERS[wire]
    assert site.seen[0].headers[name] == value
    assert OPERATORS not in str(site.seen)


def test_the_limits_of_the_installation_are_not_for_a_key_of_ones_own(site, model, secret):
    site.says("/chat/completions", HELLO["openai"])
    model("openai", allow=("small-*",)).chat(question(secret(), "large"))
    assert json.loads(site.seen[0].body)["model"] == "large"


def test_without_a_name_of_a_model_the_usual_one_is_not_guessed(site, model, secret):
    with pytest.raises(BlockError, match="Say which model to ask") as error:
        model("openai", default_model="m").chat(question(secret(), ""))
    assert (error.value.code, site.seen) == ("llm_not_configured", [])


def test_a_private_address_is_refused_unless_the_operator_allows_it(
    site, model, secret, strict_http
):
    with pytest.raises(BlockError) as error:
        model(public=strict_http).chat(question(secret()))
    assert (error.value.code, site.seen) == ("ssrf_blocked", [])


def test_the_key_goes_to_its_own_hosts_only(site, model, secret):
    with pytest.raises(BlockError) as error:
        model().chat(question(secret(hosts=("example.com",))))
    assert (error.value.code, site.seen) == ("credential_host_refused", [])


def test_what_the_provider_says_of_the_key_is_not_repeated(site, model, secret):
    body = json.dumps({"error": {"message": f"The key {OWN} is for other models"}}).encode()
    site.says("/chat/completions", Answer(403, {}, body))
    with pytest.raises(BlockError, match="The key … is for other models"):
        model().chat(question(secret()))


def test_a_credential_for_something_else_asks_nobody(site, model, secret):
    with pytest.raises(BlockError, match="GitHub has no language models"):
        model().chat(question(secret("github")))
    assert site.seen == []


def test_vectors_come_from_the_provider_of_the_credential(site, model, secret, used):
    row = {"index": 0, "embedding": [1, 0]}
    body = json.dumps({"data": [row], "usage": {"prompt_tokens": 3}}).encode()
    site.says("/embeddings", Answer(body=body))

    reply = model().embed(["tea"], "e", secret())

    assert reply == EmbedReply([[1.0, 0.0]], "e", "openai_compatible", 3)
    assert used == [Usage("openai_compatible", "e", 3, is_own=True)]
    assert site.seen[0].headers["authorization"] == f"Bearer {OWN}"


def test_a_provider_without_vectors_says_so(model, secret):
    with pytest.raises(BlockError) as error:
        model().embed(["tea"], "e", secret("anthropic"))
    assert error.value.code == "llm_no_embeddings"


def test_the_models_of_a_credentials_provider_are_told(site, http, secret):
    site.says("/models", Answer(body=b'{"data": [{"id": "b"}, {"id": "a"}]}'))
    assert model_names.names_at(endpoints.of_credential(secret(), http)) == ["a", "b"]
    assert site.seen[0].headers["authorization"] == f"Bearer {OWN}"
