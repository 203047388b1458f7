import json

import pytest

from blocks.adapters.endpoints import LlmSettings, operator_client
from blocks.adapters.llm import ProviderLlm
from blocks.base import BlockError
from blocks.ports import ChatReply, ChatRequest, Usage
from tests.blocks.adapters.site import Answer

QUESTION = ChatRequest(
    messages=[
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Say hello."},
    ],
    max_tokens=50,
    temperature=0.5,
)
PATHS = {"openai": "/chat/completions", "anthropic": "/v1/messages"}


def sse(*events):
    return b"".join(
        b"data: %b\n\n" % (e.encode() if isinstance(e, str) else json.dumps(e).encode())
        for e in events
    )


def openai_chunk(text=None, finish=None, **more):
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}
    return {"object": "chat.completion.chunk", "model": "m-1", "choices": [choice], **more}


def anthropic_text(text):
    return {"type": "content_block_delta", "delta": {"type": "text_delta", "text": text}}


OPENAI_HELLO = [
    sse(openai_chunk("Hel"), openai_chunk("lo")),
    sse(openai_chunk(finish="stop")),
    sse({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2}}, "[DONE]"),
]
ANTHROPIC_HELLO = [
    b"event: message_start\n"
    + sse({"type": "message_start", "message": {"model": "m-1", "usage": {"input_tokens": 9}}}),
    b": comment\nevent: ping\n" + sse({"type": "ping"}, {"type": "content_block_start"}),
    sse(anthropic_text("Hel"), anthropic_text("lo")),
    sse(
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn"},
            "usage": {"output_tokens": 2},
        },
        {"type": "message_stop"},
    ),
]
HELLO = {"openai": Answer(chunks=OPENAI_HELLO), "anthropic": Answer(chunks=ANTHROPIC_HELLO)}
both = pytest.mark.parametrize("provider", ["openai", "anthropic"])


@pytest.fixture
def naps():
    return []


@pytest.fixture
def used():
    return []


@pytest.fixture
def model(site, http, run, naps, used):
    """Makes a model of one provider at the site."""

    def make(provider, **settings):
        settings = {"base_url": site.url, "api_key": "sk-1", "default_model": "m"} | settings
        return ProviderLlm(
            LlmSettings(provider, **settings),
            http,
            run,
            public=http,
            meter=used.append,
            sleep=naps.append,
        )

    return make


@pytest.fixture
def failing(site, model):
    """The error of a provider that gives these answers."""

    def ask(provider, *answers, question=QUESTION, **settings):
        site.says(PATHS[provider], *answers)
        with pytest.raises(BlockError) as error:
            model(provider, **settings).chat(question)
        return error.value

    return ask


@both
def test_an_answer_is_streamed_and_counted(site, model, run, used, provider):
    site.says(PATHS[provider], HELLO[provider])

    reply = model(provider).chat(QUESTION)

    assert reply == ChatReply("Hello", "m-1", provider, input_tokens=9, output_tokens=2)
    assert run.pieces == ["Hel", "lo"]
    assert used == [Usage(provider, "m-1", 9, 2)]


def test_openai_gets_its_format(site, model):
    site.says("/chat/completions", HELLO["openai"])
    model("openai").chat(QUESTION)
    assert site.seen[0].headers["authorization"] == "Bearer sk-1"
    assert json.loads(site.seen[0].body) == {
        "model": "m",
        "messages": QUESTION.messages,
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 50,
        "temperature": 0.5,
    }


def test_anthropic_gets_its_format(site, model):
    site.says("/v1/messages", HELLO["anthropic"])
    model("anthropic", base_url=f"{site.url}/v1/").chat(QUESTION)
    headers = site.seen[0].headers
    assert (headers["x-api-key"], headers["anthropic-version"]) == ("sk-1", "2023-06-01")
    assert json.loads(site.seen[0].body) == {
        "model": "m",
        "system": "Be kind.",
        "messages": [{"role": "user", "content": "Say hello."}],
        "stream": True,
        "max_tokens": 50,
        "temperature": 0.5,
    }


def test_a_server_without_keys_gets_no_authorization(site, model):
    site.says("/chat/completions", HELLO["openai"])
    model("openai", api_key="").chat(ChatRequest(messages=QUESTION.messages, model="other"))
    assert "authorization" not in site.seen[0].headers
    assert json.loads(site.seen[0].body)["model"] == "other"


@pytest.mark.parametrize(
    ("complaint", "gone", "new"),
    [
        (
            "Use 'max_completion_tokens' instead of 'max_tokens'",
            "max_tokens",
            "max_completion_tokens",
        ),
        ("unknown field stream_options", "stream_options", None),
    ],
)
def test_a_dialect_of_the_format_is_learnt_from_the_complaint(site, model, complaint, gone, new):
    body = json.dumps({"error": {"message": complaint}}).encode()
    site.says("/chat/completions", Answer(400, body=body), HELLO["openai"])

    assert model("openai").chat(QUESTION).text == "Hello"

    first, second = (json.loads(seen.body) for seen in site.seen)
    assert set(first) - set(second) == {gone}
    assert set(second) - set(first) == ({new} if new else set())


@both
@pytest.mark.parametrize(
    ("answer", "code", "says"),
    [
        (Answer(401, body=b'{"error": {"message": "Bad key sk-1"}}'), "llm_auth", "API key"),
        (Answer(404, body=b'{"error": {"message": "no m"}}'), "llm_unknown_model", "m: no m"),
        (Answer(404, body=b"<html>"), "llm_unknown_model", "model m (status 404)."),
        (Answer(400, body=b'{"error": "Model Not Exist"}'), "llm_unknown_model", "Not Exist"),
        (
            Answer(400, body=b'{"message": "m is not a valid model ID"}'),
            "llm_unknown_model",
            "not a valid",
        ),
        (Answer(400, body=b'{"error": "model \'m\' not found"}'), "llm_unknown_model", "model m:"),
        (Answer(402, body=b"{}"), "llm_quota", "no credit"),
        (Answer(429, body=b'{"error": {"message": "check your quota"}}'), "llm_quota", "quota"),
        (
            Answer(403, body=b'{"detail": "not in your region"}'),
            "llm_refused",
            "not in your region",
        ),
        (Answer(400, body=b'{"error": {"message": "key sk-1 odd"}}'), "llm_refused", "key … odd"),
        (Answer(307, {"Location": "http://10.0.0.1/"}), "llm_refused", "status 307"),
        (Answer(418, chunks=[b"x" * 70_000]), "llm_refused", "status 418"),
        (Answer(400, body=b"[" * 60_000), "llm_refused", "status 400"),
    ],
)
def test_a_refusal_is_explained_and_not_repeated(failing, site, naps, provider, answer, code, says):
    error = failing(provider, answer)
    assert (error.code, error.retryable, len(site.seen), naps) == (code, False, 1, [])
    assert says in str(error)
    assert "sk-1" not in str(error)


@both
@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 529])
def test_a_busy_provider_is_asked_again(site, model, naps, provider, status):
    busy = Answer(status, {"Retry-After": "1"}, b'{"error": {"message": "overloaded"}}')
    site.says(PATHS[provider], busy, busy, HELLO[provider])
    assert model(provider).chat(QUESTION).text == "Hello"
    assert (len(site.seen), naps) == (3, [0.25] * 8)


@both
def test_three_tries_are_enough(failing, site, naps, provider):
    error = failing(provider, Answer(500))
    assert (error.code, error.retryable, len(site.seen)) == ("llm_unavailable", True, 3)
    assert sum(naps) == 3.0


@pytest.mark.parametrize("wait", ["31", "86400"])
def test_a_long_wait_is_not_waited_for(failing, site, naps, wait):
    error = failing("openai", Answer(429, {"Retry-After": wait}))
    assert (error.retryable, len(site.seen), naps) == (True, 1, [])


@pytest.mark.parametrize("wait", ["Wed, 21 Oct 2026 07:28:00 GMT", "-5", "nan", "1e9"])
def test_an_odd_wait_counts_as_none(failing, site, naps, wait):
    failing("openai", Answer(503, {"Retry-After": wait}))
    assert (len(site.seen), sum(naps)) == (3, 3.0)


def test_waiting_ends_when_the_run_is_stopped(site, http, run):
    def stop(_seconds):
        run.stops_after = 0

    site.says("/chat/completions", Answer(503, {"Retry-After": "20"}))
    settings = LlmSettings("openai", site.url, "k", "m")
    with pytest.raises(BlockError) as error:
        ProviderLlm(settings, http, run, public=http, meter=print, sleep=stop).chat(QUESTION)
    assert (error.value.code, len(site.seen)) == ("cancelled", 1)


@both
def test_a_stopped_run_does_not_wait_for_the_next_piece(site, model, run, provider):
    run.stops_after = 1
    first = {"openai": openai_chunk("Hel"), "anthropic": anthropic_text("Hel")}[provider]
    site.says(PATHS[provider], Answer(chunks=[sse(first)], holds=True))
    with pytest.raises(BlockError) as error:
        model(provider).chat(QUESTION)
    assert (error.value.code, run.pieces) == ("cancelled", ["Hel"])


@both
@pytest.mark.parametrize(
    "chunks",
    [
        [b"data: {not json\n\n"],
        [b"data: [1, 2]\n\n"],
        [b"data: " + b"[" * 100_000 + b"\n\n"],
        [b"<html>Welcome</html>"],
        [b'{"choices": [{"message": {"content": "not streamed"}}]}'],
        [sse(openai_chunk("Hel")), sse(anthropic_text("Hel"))],
    ],
    ids=["garbage", "no object", "nested", "page", "not streamed", "no end"],
)
def test_a_garbled_answer_is_an_error(failing, provider, chunks):
    error = failing(provider, Answer(chunks=chunks))
    assert (error.code, error.retryable) == ("llm_broken_stream", True)


@both
def test_a_connection_that_breaks_in_the_middle_is_an_error(failing, run, provider):
    first = {"openai": OPENAI_HELLO[:1], "anthropic": ANTHROPIC_HELLO[:3]}[provider]
    error = failing(provider, Answer(chunks=first, breaks=True))
    assert (error.code, run.pieces) == ("llm_broken_stream", ["Hel", "lo"])


@pytest.mark.parametrize(
    ("provider", "event"),
    [
        ("openai", {"error": {"message": "overloaded"}}),
        (
            "anthropic",
            {"type": "error", "error": {"type": "overloaded_error", "message": "overloaded"}},
        ),
    ],
)
def test_a_failure_inside_the_stream_is_repeated_only_before_the_first_text(
    failing, site, provider, event
):
    error = failing(provider, Answer(chunks=[sse(event)]))
    assert (error.code, len(site.seen), "overloaded" in str(error)) == ("llm_unavailable", 3, True)


def test_a_failure_after_the_first_text_is_not_repeated(failing, site):
    chunks = [sse(openai_chunk("Hel")), sse({"error": "overloaded"})]
    error = failing("openai", Answer(chunks=chunks))
    assert (error.code, len(site.seen)) == ("llm_broken_stream", 1)


@pytest.mark.parametrize(
    ("provider", "event"),
    [
        ("openai", openai_chunk(finish="content_filter")),
        ("anthropic", {"type": "message_delta", "delta": {"stop_reason": "refusal"}}),
    ],
)
def test_a_filtered_answer_is_an_error(failing, provider, event):
    assert failing(provider, Answer(chunks=[sse(event)])).code == "llm_refused"


@pytest.mark.parametrize("text", [None, " \n"])
def test_an_empty_answer_is_an_error(failing, text):
    chunks = [sse(openai_chunk(text), openai_chunk(finish="stop"), "[DONE]")]
    error = failing("openai", Answer(chunks=chunks))
    assert (error.code, error.retryable) == ("llm_empty", True)


@pytest.mark.parametrize(
    "chunks",
    [[sse(openai_chunk("x" * 500_000))] * 5, [b"data: " + b"x" * 5_000_000]],
    ids=["many pieces", "one line"],
)
def test_an_overlong_answer_is_an_error(failing, chunks):
    assert failing("openai", Answer(chunks=chunks, holds=True)).code == "llm_too_long"


def test_text_that_cannot_be_stored_is_cleaned(site, model):
    site.says("/chat/completions", Answer(chunks=[sse(openai_chunk("a\0b\ud800"), "[DONE]")]))
    assert model("openai").chat(QUESTION).text == "ab?"


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (None, (5, 2)),
        ({"prompt_tokens": -5, "completion_tokens": "many"}, (5, 2)),
        ({"prompt_tokens": True, "completion_tokens": 1.5}, (5, 2)),
        ({"prompt_tokens": 10**30, "completion_tokens": 0}, (100_000_000, 0)),
        ([], (5, 2)),
    ],
)
def test_token_counts_that_cannot_be_believed_are_estimated(site, model, usage, expected):
    chunks = [sse(openai_chunk("Hello"), {"choices": [], "usage": usage}, "[DONE]")]
    site.says("/chat/completions", Answer(chunks=chunks))
    reply = model("openai").chat(QUESTION)
    assert (reply.input_tokens, reply.output_tokens) == expected


@pytest.mark.parametrize(
    "event", [{}, {"choices": "x"}, {"choices": [1]}, {"choices": [{"delta": 1}]}]
)
def test_events_of_an_odd_shape_are_skipped(site, model, event):
    site.says("/chat/completions", Answer(chunks=[sse(event, openai_chunk("Hi"), "[DONE]")]))
    assert model("openai").chat(QUESTION).text == "Hi"


def test_only_allowed_models_are_asked(failing, site, model):
    site.says("/chat/completions", HELLO["openai"])
    question = ChatRequest(messages=[], model="gpt-9")
    error = failing("openai", question=question, allow=("m", "gpt-4*"))
    assert (error.code, site.seen) == ("model_not_allowed", [])
    assert str(error) == "The model gpt-9 may not be used here. Allowed: m, gpt-4*."
    allowed = ChatRequest(messages=[], model="gpt-4o")
    assert model("openai", allow=("m", "gpt-4*")).chat(allowed).text == "Hello"


def test_some_model_must_be_chosen(failing):
    assert failing("openai", default_model="").code == "llm_not_configured"


def test_a_provider_that_is_not_there_is_unreachable(failing, site, naps):
    site.close()
    error = failing("openai")
    assert (error.code, error.retryable, naps) == ("unreachable", True, [])


def test_a_provider_inside_is_only_reached_through_the_client_of_the_operator(
    site, strict_http, run
):
    site.says("/chat/completions", HELLO["openai"])
    settings = LlmSettings("openai", site.url, "k", "m")
    with pytest.raises(BlockError) as error:
        ProviderLlm(settings, strict_http, run, public=strict_http, meter=print).chat(QUESTION)
    assert (error.value.code, site.seen) == ("ssrf_blocked", [])

    client = operator_client(site.url)
    assert (
        ProviderLlm(settings, client, run, public=strict_http, meter=print).chat(QUESTION).text
        == "Hello"
    )
    with pytest.raises(BlockError):
        client.request("GET", "http://127.0.0.1:1/")
    client.close()


def test_settings_name_an_existing_provider_and_hide_the_key():
    with pytest.raises(ValueError, match="must be one of"):
        LlmSettings(provider="openia")
    assert "sk-1" not in repr(LlmSettings("openai", api_key="sk-1"))
