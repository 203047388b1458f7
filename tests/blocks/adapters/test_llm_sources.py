"""What models tell beside their answer: pages that they have used, what they have thought, and its id."""

import pytest

from blocks.adapters.endpoints import LlmSettings
from blocks.adapters.llm import ProviderLlm
from blocks.ports import ChatRequest
from tests.blocks.adapters.site import Answer
from tests.blocks.adapters.test_llm_providers import HELLO, PATHS, anthropic_text, openai_chunk, sse

URL = "https://example.com/tea"
CITED = {"type": "url_citation", "url_citation": {"url": URL}}
TITLED = {"type": "url_citation", "url_citation": {"url": URL, "title": "Tea"}}
HOSTILE = [None, 1, [], {}, {"url": 1}, {"type": "url_citation", "url_citation": "x"}]


@pytest.fixture
def ask(site, http, run):
    def ask(provider="openai", **more):
        settings = LlmSettings(provider, base_url=site.url, api_key="k", default_model="m")
        model = ProviderLlm(settings, http, run, public=http, meter=print, sleep=print)
        return model.chat(ChatRequest([{"role": "user", "content": "Tea?"}], **more))

    return ask


def streamed(*events):
    return Answer(chunks=[sse(*events, openai_chunk(finish="stop"), "[DONE]")])


def with_delta(**delta):
    return {"choices": [{"delta": {"content": "Tea", **delta}}]}


@pytest.mark.parametrize(
    ("event", "sources"),
    [
        (with_delta(annotations=[TITLED]), (TITLED,)),
        (with_delta(annotations=[{"type": "url_citation", "url": URL}]), (CITED,)),
        (with_delta() | {"search_results": [{"url": URL, "title": "Tea"}]}, (TITLED,)),
        (with_delta() | {"citations": [URL, URL]}, (CITED,)),
        (with_delta(annotations=HOSTILE) | {"citations": HOSTILE, "search_results": "x"}, ()),
    ],
)
def test_the_pages_that_a_model_has_used_are_told_once(site, ask, event, sources):
    site.says(PATHS["openai"], streamed(event, event))
    assert ask().annotations == sources


def test_thoughts_and_the_id_of_an_answer_are_told(site, ask):
    site.says(
        PATHS["openai"],
        streamed(
            {**with_delta(reasoning_content="Hm"), "id": "answer-1"}, with_delta(reasoning=", tea")
        ),
    )
    reply = ask()
    assert (reply.text, reply.reasoning, reply.id) == ("TeaTea", "Hm, tea", "answer-1")


def test_the_other_format_tells_them_too(site, ask):
    start = {"type": "message_start", "message": {"id": "msg-1", "model": "m"}}
    thought = {"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": "Hm"}}
    ends = {"type": "message_stop"}
    site.says(PATHS["anthropic"], Answer(chunks=[sse(start, thought, anthropic_text("Tea"), ends)]))
    reply = ask("anthropic")
    assert (reply.text, reply.reasoning, reply.id) == ("Tea", "Hm", "msg-1")


def test_a_server_that_lets_nobody_choose_how_long_to_think_is_asked_without(site, ask):
    refusal = Answer(400, {}, b'{"error": {"message": "Unknown: reasoning_effort"}}')
    site.says(PATHS["openai"], refusal, HELLO["openai"])
    assert ask(reasoning_effort="high").text == "Hello"
    assert [b"reasoning_effort" in seen.body for seen in site.seen] == [True, False]
