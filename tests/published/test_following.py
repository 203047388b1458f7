"""What a visitor hears of an answer while it is written: what leads to the output, and nothing else."""

import asyncio
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from executions import events, services
from executions.live import following
from executions.published import chats
from executions.workers import work
from graphs import spec
from tests.factories import VersionFactory


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_texts_of_the_writers_come_as_they_are_written_and_end_with_the_run(user):
    version = await sync_to_async(VersionFactory)(owner=user)
    start = sync_to_async(services.start_execution)
    execution = await start(version=version, user=user, inputs={"text": "x"})
    heard = []

    async def listen():
        async for text in following.follow_texts(execution.pk, {"ask"}, seconds=20):
            heard.append(text)  # noqa: PERF401 - one after the other, as they come

    listening = asyncio.create_task(listen())
    tell = sync_to_async(events.stream)
    while not heard:  # until the listener has joined
        await tell(execution.pk, uuid4(), "hidden", "no")
        await tell(execution.pk, uuid4(), "ask", "a")
        await asyncio.sleep(0)
    await sync_to_async(work.advance)(execution.pk)
    await asyncio.wait_for(listening, 20)
    assert set(heard) == {"a"}


def test_only_what_leads_to_the_answer_is_heard():
    graph = spec.Graph(
        nodes={
            "ask": spec.Node("ask", "text_input_block", {"name": "message"}),
            "think": spec.Node("think", "llm_call_block", {}),
            "say": spec.Node("say", "llm_call_block", {}),
            "notes": spec.Node("notes", "output_block", {"name": "notes"}),
            "out": spec.Node("out", "output_block", {"name": "answer"}),
        },
        links=(
            spec.Link("1", "ask", "text", "think", "prompt"),
            spec.Link("2", "think", "response", "say", "prompt"),
            spec.Link("3", "think", "response", "notes", "value"),
            spec.Link("4", "say", "response", "out", "value"),
        ),
    )
    pins = chats.pins_of(graph)
    assert pins == chats.ChatPins("message", "", "answer")
    assert chats.writers_of(graph, pins) == {"say"}
