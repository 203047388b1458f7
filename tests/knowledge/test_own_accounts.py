"""Vectors by an account of one's own, at a real server of OpenAI's format."""

import json

import pytest
from django.core.exceptions import ValidationError

from accounts import outbound
from accounts.models import TokenUsage
from accounts.vault import services as vault
from blocks.base import BlockError
from blocks.registry import find
from executions import services as runs
from executions.knowledge import services
from executions.knowledge.models import Collection, Document
from tests.blocks.adapters.site import Answer, running_site

KEY = "sk-own-5c1f"
VECTOR = json.dumps({"data": [{"index": 0, "embedding": [3, 4]}], "model": "small"}).encode()
COLLECTIONS = "/api/knowledge/collections"


@pytest.fixture
def site():
    with running_site() as running:
        running.says("/embeddings", Answer(body=VECTOR))
        yield running
    outbound.http().close()


@pytest.fixture
def own(user, site):
    return vault.create(
        user,
        title="Mine",
        provider="openai_compatible",
        type="api_key",
        secret={"api_key": KEY},
        base_url=site.url,
    )


def run(user, block_id, credential=None, **inputs):
    reference = {"credentials": {"id": str(credential.pk)}} if credential else {}
    return runs.run_block(block=find(block_id), user=user, inputs=inputs | reference)


def add(user, credential=None, **inputs):
    inputs = {"collection": "Handbook", "document": "Tea.", "name": "tea"} | inputs
    return run(user, "add_to_knowledge_block", credential, **inputs)


def authorized(site):
    return [seen.headers.get("authorization") for seen in site.seen]


def test_blocks_add_and_search_by_an_account_of_ones_own(user, site, own):
    assert add(user, own, model="small")["passages"] == [1]
    found = run(user, "search_knowledge_block", own, query="tea", collection="Handbook")
    assert found["passages"][0][0]["closeness"] == 1
    assert authorized(site) == [f"Bearer {KEY}"] * 2
    assert [json.loads(seen.body)["model"] for seen in site.seen] == ["small", "small"]
    assert set(TokenUsage.objects.values_list("price", flat=True)) == {0}


def test_without_the_account_the_search_says_what_to_do(user, site, own):
    add(user, own, model="small")
    with pytest.raises(BlockError, match="name a credential of your own") as refusal:
        run(user, "search_knowledge_block", query="tea", collection="Handbook")
    assert refusal.value.code == "embedder_missing"


@pytest.mark.parametrize(
    ("before", "given", "message"),
    [
        (None, {}, "Say which model"),
        ({}, {}, "are made by the model offline-words"),
        ({"model": "small"}, {"model": "large"}, "are made by the model small"),
    ],
)
def test_an_account_that_does_not_fit_the_collection_is_refused(user, own, before, given, message):
    if before is not None:
        services.create_collection(user.pk, name="Handbook", **before)
    with pytest.raises(BlockError, match=message):
        add(user, own, **given)
    assert not Document.objects.exists()


def test_the_account_of_a_collection_indexes_uploads_and_answers_searches(api, site, own, index):
    body = {"name": "Handbook", "model": "small", "credential_id": str(own.pk)}
    made = api.post(COLLECTIONS, body).json()
    assert made["credential_id"] == str(own.pk)
    api.post(f"{COLLECTIONS}/{made['id']}/documents", {"name": "tea", "text": "Tea."})
    index()
    assert Document.objects.get().status == "ready"
    [found] = api.post("/api/knowledge/search", {"query": "tea"}).json()["results"]
    assert found["document"] == "tea"
    assert authorized(site) == [f"Bearer {KEY}"] * 2
    assert {use.block_id for use in own.uses.all()} == {"knowledge"}


def test_a_node_needs_no_account_where_the_collection_has_one(user, own):
    services.create_collection(user.pk, name="Handbook", model="small", credential=own)
    assert add(user)["passages"] == [1]


def test_a_revoked_account_fails_with_its_name(user, own, index):
    collection = services.create_collection(user.pk, name="Handbook", model="small", credential=own)
    document = services.add_document(collection, name="tea", text="Tea.")
    vault.revoke(own)
    index()
    document.refresh_from_db()
    assert (document.status, document.error) == ("failed", "The credential “Mine” was revoked")


def test_the_same_model_elsewhere_makes_all_vectors_anew(user, own, index):
    collection = services.create_collection(user.pk, name="Handbook", model="small")
    services.change_collection(collection, credential=own)
    services.add_document(collection, name="tea", text="Tea.")
    index()
    services.change_collection(collection, name="Teas")
    assert Document.objects.get().status == "ready"
    services.change_collection(collection, credential=None)
    assert Document.objects.get().status == "embedding"


def test_accounts_of_others_and_for_other_things_are_refused(api, stranger, user):
    given = {"title": "x", "type": "api_key", "secret": {"api_key": KEY}}
    theirs = vault.create(stranger, provider="openai", **given)
    other = vault.create(user, provider="github", **given)
    for credential in (theirs, other):
        body = {"name": "Handbook", "model": "small", "credential_id": str(credential.pk)}
        assert api.post(COLLECTIONS, body).status_code == 400
    assert not Collection.objects.exists()


def test_an_account_without_a_model_of_it_is_refused(user, own):
    with pytest.raises(ValidationError, match="Say which model"):
        services.create_collection(user.pk, name="Handbook", credential=own)


def test_the_page_offers_ones_own_accounts(client, user, own):
    client.force_login(user)
    body = {"name": "Handbook", "model": "small", "credential": str(own.pk)}
    assert client.post("/knowledge/", body).status_code == 302
    assert Collection.objects.get().credential == own
    assert "Mine" in client.get(f"/knowledge/{Collection.objects.get().pk}/change/").text
