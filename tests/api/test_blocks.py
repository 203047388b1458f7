"""/api/blocks: the catalogue, and running a single block."""

import pytest

from accounts.models import User
from blocks import api as blocks_api
from blocks import registry
from tests.blocks.adapters.site import Answer, running_provider

BLOCKS = "/api/blocks"
ADD = {"a": 2, "b": 3, "operation": "Add"}


def test_every_block_is_listed_with_its_pins_and_costs(api):
    listed = api.get(BLOCKS).json()
    assert [each["id"] for each in listed] == [block.id for block in registry.all_blocks()]
    llm = next(each for each in listed if each["id"] == "llm_call_block")
    assert llm["costs"] == [{"cost_type": "run", "cost_amount": 1}]
    assert "prompt" in llm["input_schema"]["properties"]
    assert "error" in llm["output_schema"]["properties"]


def test_a_list_that_the_client_has_is_not_sent_again(api):
    first = api.get(BLOCKS)
    again = api.get(BLOCKS, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")


def test_a_list_is_not_confirmed_to_who_is_not_known(anonymous_api, api):
    etag = api.get(BLOCKS)["ETag"]
    assert anonymous_api.get(BLOCKS, HTTP_IF_NONE_MATCH=etag).status_code == 401


def test_the_texts_come_in_the_language_of_the_client(api):
    english, chinese = (
        api.get(BLOCKS, HTTP_ACCEPT_LANGUAGE=language) for language in ("en", "zh-CN")
    )
    assert english["ETag"] != chinese["ETag"]
    assert "Accept-Language" in chinese["Vary"]
    wait = next(each for each in chinese.json() if each["id"] == "wait_block")
    assert (wait["name"], wait["input_schema"]["properties"]["seconds"]["description"]) == (
        "等待",
        "等待多久。",
    )


def test_a_block_answers_to_its_id_and_its_aliases(api):
    block = next(block for block in registry.all_blocks() if block.aliases)
    by_id = api.get(f"{BLOCKS}/{block.id}").json()
    assert by_id["name"] == block.name
    assert [api.get(f"{BLOCKS}/{alias}").json() for alias in block.aliases] == [by_id] * len(
        block.aliases
    )


@pytest.mark.parametrize("id_", ["nothing", "%00", "x" * 5_000, "__proto__"])
def test_a_block_that_is_not_there_is_404(api, id_):
    assert api.get(f"{BLOCKS}/{id_}").status_code == 404
    assert api.post(f"{BLOCKS}/{id_}/execute", {}).status_code == 404


def test_a_block_answers_with_lists_of_values_by_pin(api):
    answer = api.post(f"{BLOCKS}/calculator_block/execute", ADD)
    assert (answer.status_code, answer.json()) == (200, {"result": [5]})


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({**ADD, "a": "many"}, "invalid_input"),
        ({"a": 1}, "invalid_input"),
        ({**ADD, "operation": "Divide", "b": 0}, "block_failed"),
        ([], "bad_request"),
        ("x", "bad_request"),
    ],
)
def test_what_a_block_cannot_do_is_400(api, body, code):
    answer = api.post(f"{BLOCKS}/calculator_block/execute", body)
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (400, code)


def test_a_block_that_waits_for_a_moment_is_waited_for(api):
    given = {"seconds": 0.01, "data": "tea"}
    assert api.post(f"{BLOCKS}/wait_block/execute", given).status_code == 200
    answer = api.post(f"{BLOCKS}/wait_block/execute", {**given, "seconds": 60})
    assert (answer.status_code, answer.json()["detail"]) == (
        400,
        "This block waits, so it works in a run only",
    )


def test_running_a_block_costs_what_a_node_costs(api, user):
    answer = api.post(f"{BLOCKS}/llm_call_block/execute", {"prompt": "Summarize: it rains."})
    assert answer.status_code == 200
    assert User.objects.get(pk=user.pk).credits == user.credits - 1


def test_without_credits_a_block_that_costs_does_not_run(api):
    User.objects.update(credits=0)
    answer = api.post(f"{BLOCKS}/llm_call_block/execute", {"prompt": "x"})
    assert answer.status_code == 402
    assert answer.json()["detail"].startswith("Insufficient balance")


def test_models_are_suggested_and_the_list_is_kept_for_a_while(api, settings):
    blocks_api._model_names.cache_clear()
    with running_provider(settings, "a") as site:
        site.says("/models", Answer(body=b'{"data": [{"id": "b"}, {"id": "a"}]}'))
        told = [api.get("/api/models").json() for _ in range(2)]
        asked = len(site.seen)
    blocks_api._model_names.cache_clear()
    suggestion = {"provider": "openai", "default": "a", "models": ["a", "b"], "problem": ""}
    assert (told, asked) == ([suggestion] * 2, 1)


def test_a_provider_that_tells_no_models_is_not_a_fault(api, settings):
    blocks_api._model_names.cache_clear()
    with running_provider(settings, "a") as site:
        site.says("/models", Answer(401))
        told = api.get("/api/models").json()
    assert (told["models"], "API key" in told["problem"]) == ([], True)
