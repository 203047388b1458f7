"""Which tools and blocks an AutoPilot has."""

import json

import pytest

from blocks.base import BlockError, Suspend
from blocks.registry import find
from tests.blocks.ports import answering, run_block


def tools_of(**pins):
    script = answering({"text": "Done."})
    run_block("autopilot_block", {"prompt": "Do it.", **pins}, script)
    return [tool.name for tool in script.asked[0].tools]


@pytest.mark.parametrize(
    ("pins", "tools"),
    [
        ({}, ["find_block", "run_block", "find_graph", "run_graph"]),
        ({"tools": ["run_graph", "find_graph", "bash"]}, ["find_block", "run_block"]),
        ({"tools": ["run_block"], "tools_exclude": False}, ["run_block"]),
        ({"tools": [], "tools_exclude": False}, []),
    ],
)
def test_it_has_the_tools_that_are_chosen(pins, tools):
    assert tools_of(**pins) == tools


def wait_after(block_id, **pins):
    """How it waits when the model wants this block."""
    arguments = json.dumps({"block_id": block_id, "inputs": {"text": "one two"}})
    asked = {"tool_calls": [{"id": "a", "name": "run_block", "arguments": arguments}]}
    with pytest.raises(Suspend) as wait:
        run_block("autopilot_block", {"prompt": "?", **pins}, answering(asked))
    return wait.value


@pytest.mark.parametrize(
    "name",
    [
        "word_character_count_block",
        "ab2a782d-22cf-4587-8a70-55b59b3f9f90",
        "Count words and characters",
    ],
)
def test_blocks_are_chosen_by_any_of_their_names(name):
    block = find("word_character_count_block")
    (call,) = wait_after(block.id, blocks=[name], blocks_exclude=False).calls
    assert (call.node_id, call.inputs["errand"]["block_id"]) == ("node", block.id)
    refused = wait_after(block.id, blocks=[name])
    assert "cannot be run here" in refused.memory["messages"][-1]["content"]
    assert refused.calls == ()


def test_another_firing_runs_what_was_asked_for():
    (call,) = wait_after("word_character_count_block").calls
    given = run_block("autopilot_block", call.inputs)
    assert given == [("errand_outputs", {"word_count": [2], "character_count": [7]})]


@pytest.mark.parametrize("block_id", ["send_email_block", "agent_executor_block", "nothing", ""])
def test_an_errand_runs_nothing_that_may_not_be_run(block_id):
    errand = {"block_id": block_id, "inputs": {}}
    with pytest.raises(BlockError, match="cannot be run here"):
        run_block("autopilot_block", {"prompt": "?", "errand": errand})


def test_a_block_that_is_chosen_and_not_here_is_named():
    with pytest.raises(BlockError, match='There is no block "Gmail"'):
        run_block("autopilot_block", {"prompt": "?", "blocks": ["Gmail"], "blocks_exclude": False})


def test_an_attempt_that_is_repeated_remembers_its_words_once():
    script = answering({"text": "Hi!"}, {"text": "Hi!"})
    for _ in range(2):
        run_block("autopilot_block", {"prompt": "Hello", "session_id": "tea"}, script)
    assert len(script.kept["autopilot/tea", True]) == 2


def test_a_session_forgets_its_beginning_when_it_grows_too_large():
    script = answering(*[{"text": "y" * 400_000}] * 3)
    for number in range(3):
        given = {"prompt": f"{number}", "session_id": "tea"}
        run_block("autopilot_block", given, script)
    kept = script.kept["autopilot/tea", True]
    assert [each["content"][:1] for each in kept] == ["1", "y", "2", "y"]


@pytest.mark.parametrize(("value", "message"), [(5, "is no session"), ([5], "Message 1 needs")])
def test_what_is_no_session_is_not_overwritten(value, message):
    script = answering()
    script.kept["autopilot/tea", True] = value
    with pytest.raises(BlockError, match=message):
        run_block("autopilot_block", {"prompt": "?", "session_id": "tea"}, script)
