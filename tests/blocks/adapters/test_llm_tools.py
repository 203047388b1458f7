"""Tools, forms, pictures, vectors and lists of models, in both wire formats, against a real server."""

import json

import pytest

from blocks.adapters import model_names
from blocks.adapters.endpoints import LlmSettings
from blocks.adapters.llm import ProviderLlm
from blocks.base import BlockError
from blocks.ports import ChatRequest, Tool, ToolCall, Usage
from tests.blocks.adapters.site import Answer
from tests.blocks.adapters.test_llm_providers import PATHS, anthropic_text, openai_chunk, sse

ADD = Tool("add", "Adds numbers.", {"type": "object", "properties": {"a": {"type": "number"}}})
SCHEMA = {"type": "object", "properties": {"age": {"type": "integer"}}}
PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
TALK = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": [{"type": "text", "text": "Look"}, PICTURE]},
    {
        "role": "assistant",
        "content": "",
        "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}},
            {"id": "c2", "type": "function", "function": {"name": "add", "arguments": "{oops"}},
        ],
    },
    {"role": "tool", "tool_call_id": "c1", "content": "2"},
    {"role": "tool", "tool_call_id": "c2", "content": "no"},
]
both = pytest.mark.parametrize("provider", ["openai", "anthropic"])


@pytest.fixture
def used():
    return []


@pytest.fixture
def model(site, http, run, used):
    def make(provider, **settings):
        settings = {"base_url": site.url, "api_key": "sk-1", "default_model": "m"} | settings
        return ProviderLlm(
            LlmSettings(provider, **settings),
            http,
            run,
            public=http,
            meter=used.append,
            sleep=lambda _: None,
        )

    return make


def openai_tools(*parts):
    return sse(
        *({"choices": [{"index": 0, "delta": {"tool_calls": [part]}}]} for part in parts),
        openai_chunk(finish="tool_calls"),
        "[DONE]",
    )


def anthropic_tools(*blocks):
    """Blocks are (name, pieces of its arguments)."""
    events = [sse({"type": "message_start", "message": {"model": "m-1", "usage": {}}})]
    for index, (name, pieces) in enumerate(blocks):
        block = {"type": "tool_use", "id": f"t{index}", "name": name, "input": {}}
        events.append(sse({"type": "content_block_start", "index": index, "content_block": block}))
        for piece in pieces:
            delta = {"type": "input_json_delta", "partial_json": piece}
            events.append(sse({"type": "content_block_delta", "index": index, "delta": delta}))
    events.append(sse({"type": "message_delta", "delta": {"stop_reason": "tool_use"}}))
    events.append(sse({"type": "message_stop"}))
    return events


def openai_call(index, id_="", name="", arguments=""):
    return {"index": index, "id": id_, "function": {"name": name, "arguments": arguments}}


TWO_CALLS = {
    "openai": [
        openai_tools(
            openai_call(0, "t0", "add"),
            openai_call(0, arguments='{"a"'),
            openai_call(1, "t1", "add", "{"),
            openai_call(0, arguments=": 1}"),
        )
    ],
    "anthropic": anthropic_tools(("add", ['{"a"', ": 1}"]), ("add", ["{"])),
}


@both
def test_tools_that_a_model_asks_for_are_put_together_from_their_pieces(site, model, run, provider):
    site.says(PATHS[provider], Answer(chunks=TWO_CALLS[provider]))

    reply = model(provider).chat(ChatRequest(TALK, tools=[ADD]))

    assert reply.tool_calls == (ToolCall("t0", "add", '{"a": 1}'), ToolCall("t1", "add", "{"))
    assert (reply.text, run.pieces) == ("", [])


def test_openai_is_told_of_tools(site, model):
    site.says("/chat/completions", Answer(chunks=TWO_CALLS["openai"]))
    model("openai").chat(ChatRequest(TALK, tools=[ADD], parallel_tools=False))

    sent = json.loads(site.seen[0].body)
    function = {"name": "add", "description": "Adds numbers.", "parameters": ADD.parameters}
    assert sent["tools"] == [{"type": "function", "function": function}]
    assert sent["parallel_tool_calls"] is False
    assert sent["messages"] == TALK


def test_anthropic_is_told_of_tools_pictures_and_results_in_its_own_way(site, model):
    site.says("/v1/messages", Answer(chunks=TWO_CALLS["anthropic"]))
    model("anthropic").chat(ChatRequest(TALK, tools=[ADD], parallel_tools=False))

    sent = json.loads(site.seen[0].body)
    assert sent["tools"] == [
        {"name": "add", "description": "Adds numbers.", "input_schema": ADD.parameters}
    ]
    assert sent["tool_choice"] == {"type": "auto", "disable_parallel_tool_use": True}
    image = {"type": "base64", "media_type": "image/png", "data": "AAAA"}
    assert sent["messages"] == [
        {
            "role": "user",
            "content": [{"type": "text", "text": "Look"}, {"type": "image", "source": image}],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "tool_use", "id": "c1", "name": "add", "input": {"a": 1}},
                {"type": "tool_use", "id": "c2", "name": "add", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "c1", "content": "2"},
                {"type": "tool_result", "tool_use_id": "c2", "content": "no"},
            ],
        },
    ]


@pytest.mark.parametrize(
    "part",
    [
        "not an object",
        {"function": "no object"},
        {"index": -1, "function": {"name": ["add"], "arguments": {"a": 1}}},
        {"index": "0"},
    ],
)
def test_a_garbled_tool_call_has_no_name_and_breaks_nothing(site, model, part):
    site.says("/chat/completions", Answer(chunks=[sse(openai_chunk("Hm")), openai_tools(part)]))
    reply = model("openai").chat(ChatRequest(TALK, tools=[ADD]))
    assert reply.text == "Hm"
    assert [(call.name, call.arguments) for call in reply.tool_calls] in ([], [("", "")])


def test_a_flood_of_tool_calls_is_refused(site, model):
    parts = [openai_call(index, name="add") for index in range(101)]
    site.says("/chat/completions", Answer(chunks=[openai_tools(*parts)]))
    with pytest.raises(BlockError) as error:
        model("openai").chat(ChatRequest(TALK, tools=[ADD]))
    assert error.value.code == "llm_too_long"


def test_openai_is_held_to_a_schema(site, model):
    site.says("/chat/completions", Answer(chunks=[sse(openai_chunk('{"age": 3}'), "[DONE]")]))
    assert model("openai").chat(ChatRequest(TALK, response_schema=SCHEMA)).text == '{"age": 3}'
    assert json.loads(site.seen[0].body)["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": SCHEMA},
    }


def test_a_server_that_knows_no_schemas_is_asked_without(site, model):
    refusal = Answer(400, body=b'{"error": "unknown field response_format"}')
    site.says("/chat/completions", refusal, Answer(chunks=[sse(openai_chunk("{}"), "[DONE]")]))
    assert model("openai").chat(ChatRequest(TALK, response_schema=SCHEMA)).text == "{}"
    assert "response_format" not in json.loads(site.seen[1].body)


def test_anthropic_is_held_to_a_schema_by_a_tool_whose_arguments_are_the_answer(site, model, run):
    answer = Answer(chunks=anthropic_tools(("give_answer", ['{"age"', ": 3}"])))
    site.says("/v1/messages", answer)
    reply = model("anthropic").chat(ChatRequest(TALK, response_schema=SCHEMA))
    assert (reply.text, reply.tool_calls) == ('{"age": 3}', ())
    assert run.pieces == ['{"age"', ": 3}"]
    assert json.loads(site.seen[0].body)["tool_choice"] == {"type": "tool", "name": "give_answer"}


def test_anthropic_may_speak_before_it_asks_for_a_tool(site, model):
    events = anthropic_tools(("add", ["{}"]))
    site.says("/v1/messages", Answer(chunks=[sse(anthropic_text("Let me see. ")), *events]))
    reply = model("anthropic").chat(ChatRequest(TALK, tools=[ADD]))
    assert (reply.text, len(reply.tool_calls)) == ("Let me see. ", 1)


def vectors(*rows, **more):
    return Answer(body=json.dumps({"data": list(rows), "model": "e-1"} | more).encode())


def test_vectors_come_in_the_order_of_the_texts_and_are_counted(site, model, used):
    rows = [{"index": 1, "embedding": [0, 1]}, {"index": 0, "embedding": [1, 0.5]}]
    site.says("/embeddings", Answer(429), vectors(*rows, usage={"prompt_tokens": 7}))

    reply = model("openai").embed(["a", "b"])

    assert (reply.vectors, reply.model) == ([[1.0, 0.5], [0.0, 1.0]], "e-1")
    assert used == [Usage("openai", "e-1", 7)]
    assert json.loads(site.seen[1].body) == {"model": "text-embedding-3-small", "input": ["a", "b"]}


@pytest.mark.parametrize(
    "answer",
    [
        vectors(),
        vectors({"embedding": [1]}, {"embedding": [2]}),
        vectors({"embedding": []}),
        vectors({"embedding": [True]}),
        vectors({"embedding": ["1"]}),
        vectors("row"),
        Answer(body=b'{"data": [{"embedding": [NaN]}]}'),
        Answer(body=b"<html>"),
        Answer(body=b"[" * 50_000),
    ],
)
def test_vectors_that_are_none_are_refused(site, model, answer):
    site.says("/embeddings", answer)
    with pytest.raises(BlockError) as error:
        model("openai").embed(["a"])
    assert error.value.code == "llm_broken_stream"


def test_anthropic_has_no_vectors(model):
    with pytest.raises(BlockError) as error:
        model("anthropic").embed(["a"])
    assert error.value.code == "llm_no_embeddings"


def test_offline_vectors_are_closer_where_words_are_shared(model):
    cats, kittens, tax = (
        model("offline")
        .embed(["The cat sleeps on the sofa", "A cat on a sofa", "Income tax law"])
        .vectors
    )
    close = sum(a * b for a, b in zip(cats, kittens, strict=True))
    far = sum(a * b for a, b in zip(cats, tax, strict=True))
    assert close > 0.5 > abs(far)
    assert model("offline").embed([""]).vectors == [[0.0] * 256]


def settings_of(site, provider, **more):
    return LlmSettings(provider, site.url, "sk-1", **more)


@pytest.mark.parametrize(
    ("provider", "path"), [("openai", "/models"), ("anthropic", "/v1/models?limit=1000")]
)
def test_the_models_of_a_provider_are_listed_as_far_as_they_are_allowed(site, http, provider, path):
    rows = [{"id": "gpt-b"}, {"id": "other"}, {"id": "gpt-a"}, {"id": None}]
    site.says(path, Answer(body=json.dumps({"data": rows}).encode()))
    settings = settings_of(site, provider, allow=("gpt-*",))
    assert model_names.offered(settings, http) == ["gpt-a", "gpt-b"]


@pytest.mark.parametrize("body", [b"{}", b"[]", b"x", b'{"data": [1]}', b'{"data": {"id": 1}}'])
def test_a_list_of_models_in_another_shape_is_an_error(site, http, body):
    site.says("/models", Answer(body=body))
    with pytest.raises(BlockError):
        model_names.offered(settings_of(site, "openai"), http)


SCRIPT = 'Please.\n@add {"a": 1}\n@add {"a": 2}'


def test_the_offline_model_follows_calls_that_are_spelled_out_and_nothing_else(model):
    asked = [{"role": "user", "content": SCRIPT}]
    offline = model("offline")
    first = offline.chat(ChatRequest(asked, tools=[ADD]))
    assert first.tool_calls == (ToolCall("call_0", "add", '{"a": 1}'),)
    asked += [{"role": "tool", "tool_call_id": "call_0", "content": "two"}]
    assert offline.chat(ChatRequest(asked, tools=[ADD])).tool_calls[0].arguments == '{"a": 2}'
    asked += [{"role": "tool", "tool_call_id": "call_1", "content": "three"}]
    assert offline.chat(ChatRequest(asked, tools=[ADD])).text == "two\nthree"
    assert offline.chat(ChatRequest(asked[:1])).tool_calls == ()
