"""Agents: a model that chooses among nodes as tools, and runs that survive whatever happens between its steps."""

import json

import pytest
from django.utils import timezone

from accounts.models import ModelPrice
from chaos import invariants
from executions import services
from executions.engine.status import Status
from executions.models import Execution, NodeExecution
from executions.workers import recovery, work
from tests.blocks.adapters.site import Answer, running_provider, running_site
from tests.executions import scene
from tests.executions.provider import asks, said
from tests.executions.scene import drawing, run, save, statuses

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def model(settings):
    with running_provider(settings) as site:
        yield site


def script(model, *answers):
    model.says("/chat/completions", *answers)


def told(model):
    """The messages that the model was given, for each time that it was asked."""
    return [json.loads(seen.body)["messages"] for seen in model.seen]


def agent(**pins):
    return ("agent_block", {"prompt": "Do it.", "agent_mode_max_iterations": 5, **pins})


def team(settings=None, metadata=None, links=(), **pins):
    """An agent with a pure and an effectful tool."""
    return drawing(
        {
            "agent": agent(**pins),
            "pure": ("test_pure", {}),
            "act": ("test_idempotent", {}),
            "out": ("output_block", {"name": "answer"}),
        },
        [
            "agent.tools -> pure.value",
            "agent.tools_^_act_~_value -> act.value",
            "agent.finished -> out.value",
            *links,
        ],
        settings,
        metadata={"pure": {"title": "Pure one"}, "act": {"title": "act"}} | (metadata or {}),
    )


def run_all(execution):
    for _ in range(6):
        for each in Execution.objects.unfinished():
            work.advance(each.pk)
        work.fill_slots()
    execution.refresh_from_db()


def test_an_agent_calls_tools_until_it_has_an_answer(user, model):
    script(
        model,
        asks(("pure_one", {"value": "a"}), ("act", {"value": "b"})),
        asks(("act", {"value": "c"})),
        said("Done."),
    )
    execution = run(user, team())
    run_all(execution)

    assert (execution.status, execution.outputs) == (Status.COMPLETED, {"answer": ["Done."]})
    assert scene.calls["echo"] == ["a", "b", "c"]
    assert statuses(execution) == {
        "agent": ["COMPLETED"],
        "pure": ["COMPLETED"],
        "act": ["COMPLETED", "COMPLETED"],
        "out": ["COMPLETED"],
    }
    results = [message for message in told(model)[-1] if message["role"] == "tool"]
    assert [(each["tool_call_id"], each["content"]) for each in results] == [
        ("call_1", "a"),
        ("call_2", "b"),
        ("call_3", "c"),
    ]
    assert list(invariants.check([execution.pk], sink_log=[])) == []


def test_the_calls_of_a_large_graph_are_opened_once_it_has_a_burst_of_its_own(
    user, model, monkeypatch
):
    script(model, asks(("pure_one", {"value": "a"}), ("act", {"value": "b"})), said("Done."))
    other = run(user, drawing({"wait": ("wait_block", {"seconds": 500})}))
    woken = []
    monkeypatch.setattr(work.queue, "enqueue_advance", woken.append)
    monkeypatch.setattr(work.burst, "MAX_SHARING", 2)

    def share(ended):
        large = ended[0].execution_id
        for id_ in work._commit_for({large: [ended], other.pk: []}):
            woken.append(id_)
            work.advance(id_)

    monkeypatch.setattr(work, "_commit_one", share)
    execution = scene.start(user, team())
    woken.clear()
    work.fill_slots()

    execution.refresh_from_db()
    assert set(woken) == {execution.pk}
    assert (execution.status, execution.outputs) == (Status.COMPLETED, {"answer": ["Done."]})
    assert scene.calls["echo"] == ["a", "b"]
    assert list(invariants.check([execution.pk], sink_log=[])) == []


def test_a_model_is_told_what_its_tools_take(user, model):
    script(model, said("Hi."))
    graph = drawing(
        {
            "agent": agent(multiple_tool_calls=True),
            "sum": ("calculator_block", {"operation": "Add"}),
            "llm": ("llm_call_block", {"prompt": "x"}),
        },
        [
            "agent.tools -> sum.a",
            "agent.tools -> sum.b",
            "agent.tools -> llm.prompt_values_#_My Text",
        ],
    )
    run_all(run(user, graph))

    sent = json.loads(model.seen[0].body)
    functions = {each["function"]["name"]: each["function"] for each in sent["tools"]}
    assert functions["calculator"]["parameters"]["required"] == ["a", "b"]
    assert (
        functions["calculator"]["parameters"]["properties"]["a"]["description"]
        == "The first number."
    )
    assert [*functions["ask_a_language_model"]["parameters"]["properties"]] == ["my_text"]


def test_a_tool_that_fails_is_the_business_of_the_model(user, model):
    node = ("test_idempotent", {"does": "fail"})
    graph = drawing(
        {"agent": agent(), "act": node},
        ["agent.tools -> act.value"],
        {"on_error": "stop"},
        metadata={"act": {"title": "act"}},
    )
    script(model, asks(("act", {"value": 1})), said("It cannot be done."))
    execution = run(user, graph)
    run_all(execution)

    assert execution.status == Status.COMPLETED
    assert statuses(execution) == {"agent": ["COMPLETED"], "act": ["FAILED"]}
    assert told(model)[-1][-1]["content"] == "The tool failed: it cannot be done"


def test_what_a_tool_gives_does_not_go_along_its_links(user, model):
    script(model, asks(("act", {"value": 1})), said("Done."))
    execution = run(user, team(links=["act.value -> out.value"]))
    run_all(execution)
    assert execution.outputs == {"answer": ["Done."]}


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (("nobody", {}), 'there is no tool "nobody"'),
        (("act", "{not json"), "Expecting property name"),
        (("act", "[1]"), "must be a JSON object"),
        (("act", "[" * 5_000), "nested too deeply"),
    ],
)
def test_a_call_that_cannot_be_made_is_explained_to_the_model(user, model, call, complaint):
    script(model, asks(call), said("I see."))
    execution = run(user, team())
    recovery.release_due()
    run_all(execution)

    assert execution.outputs == {"answer": ["I see."]}
    assert complaint in told(model)[-1][-1]["content"]
    assert scene.calls["echo"] == []


def test_an_agent_may_be_asked_only_so_often(user, model):
    script(model, asks(("act", {"value": 1})))
    execution = run(user, team(agent_mode_max_iterations=3))
    run_all(execution)

    assert execution.status == Status.FAILED
    assert "not done after asking the model 3 times" in execution.error
    assert (len(model.seen), len(scene.calls["echo"])) == (3, 3)
    failed = execution.node_executions.get(node_id="agent")
    assert [pin for pin, _ in failed.outputs] == ["conversations", "error"]


def test_an_agent_may_spend_only_so_much(user, model):
    ModelPrice.objects.create(pattern="m-*", input_price=100_000, output_price=100_000)
    script(model, asks(("act", {"value": 1})))
    execution = run(user, team(max_cost=4))  # an answer costs 2, the agent itself 1
    run_all(execution)

    assert "not done after spending 5 credits" in execution.error
    assert len(model.seen) == 2


def test_an_agent_whose_tool_takes_too_long_ends(user, model):
    script(model, asks(("wait", {"value": 1})))
    graph = drawing(
        {"agent": agent(max_seconds=60), "wait": ("wait_block", {"seconds": 3600})},
        ["agent.tools -> wait.value"],
        metadata={"wait": {"title": "wait"}},
    )
    execution = run(user, graph)
    run_all(execution)
    assert statuses(execution) == {"agent": ["WAITING"], "wait": ["WAITING"]}
    waiting = execution.node_executions.get(node_id="agent")
    kept = waiting.memory
    kept["memory"]["began"] = "2020-01-01T00:00:00+00:00"
    execution.node_executions.filter(node_id="agent").update(due_at=timezone.now(), memory=kept)

    recovery.release_due()
    run_all(execution)

    assert statuses(execution)["agent"] == ["FAILED"]


def asked(execution):
    return NodeExecution.objects.get(execution=execution, waits_for="approval")


@pytest.mark.parametrize("node", ["pure", "act"])
@pytest.mark.parametrize(
    ("answer", "runs", "result"),
    [
        ({"approved": True}, ["a"], "a"),
        (
            {"approved": False, "message": "Too risky"},
            [],
            "The tool failed: A person refused this. Too risky",
        ),
    ],
)
def test_a_sensitive_tool_starts_when_a_person_lets_it(user, model, node, answer, runs, result):
    name = {"pure": "pure_one", "act": "act"}[node]
    title = {"pure": "Pure one", "act": "act"}[node]
    script(model, asks((name, {"value": "a"})), said("Done."))
    execution = run(user, team(metadata={node: {"title": title, "sensitive": True}}))
    run_all(execution)
    assert (execution.status, statuses(execution)[node]) == (Status.WAITING, ["WAITING"])
    assert scene.calls["echo"] == []

    services.answer(asked(execution), answer)
    run_all(execution)

    assert scene.calls["echo"] == runs
    assert told(model)[-1][-1]["content"] == result
    assert execution.outputs == {"answer": ["Done."]}


def test_a_sub_graph_is_a_tool_and_its_cost_counts(user, model):
    child = save(
        user,
        drawing(
            {
                "in": ("text_input_block", {}),
                "do": ("test_paid", {}),
                "out": ("output_block", {"name": "said"}),
            },
            ["in.text -> do.value", "do.value -> out.value"],
        ),
    )
    script(model, asks(("helper", {"text": "hello"})), said("Done."))
    graph = drawing(
        {
            "agent": agent(),
            "sub": (
                "agent_executor_block",
                {"graph_id": str(child.graph_id), "agent_name": "Helper"},
            ),
        },
        ["agent.tools -> sub.text"],
    )
    execution = run(user, graph)
    run_all(execution)

    assert execution.status == Status.COMPLETED
    assert told(model)[-1][-1]["content"] == "hello"


def test_an_agent_can_be_the_tool_of_an_agent(user, model):
    script(
        model,
        asks(("inner", {"prompt": "Please"})),
        asks(("act", {"value": 7})),
        said("Seven."),
        said("It says seven."),
    )
    graph = drawing(
        {
            "outer": agent(),
            "inner": agent(),
            "act": ("test_idempotent", {}),
            "out": ("output_block", {"name": "answer"}),
        },
        ["outer.tools -> inner.prompt", "inner.tools -> act.value", "outer.finished -> out.value"],
        metadata={"inner": {"title": "inner"}, "act": {"title": "act"}},
    )
    execution = run(user, graph)
    run_all(execution)

    assert execution.outputs == {"answer": ["It says seven."]}
    assert statuses(execution)["inner"] == ["COMPLETED"]


def test_in_a_loop_each_item_has_an_agent_of_its_own(user, model):
    script(
        model,
        asks(("act", {"value": 1})),
        asks(("act", {"value": 2})),
        said("one"),
        said("two"),
    )
    graph = drawing(
        {
            "each": ("for_each_block", {"items": ["a", "b"]}),
            "agent": agent(),
            "act": ("test_idempotent", {}),
            "all": ("collect_block", {}),
            "out": ("output_block", {"name": "all"}),
        },
        [
            "each.item -> agent.prompt",
            "agent.tools -> act.value",
            "agent.finished -> all.item",
            "all.list -> out.value",
        ],
        metadata={"act": {"title": "act"}},
    )
    execution = run(user, graph)
    run_all(execution)

    assert execution.status == Status.COMPLETED
    assert sorted(execution.outputs["all"][0]) == ["one", "two"]


def test_stop_ends_an_agent_and_its_tools(user, model):
    script(model, asks(("act", {"value": 1})))
    execution = run(user, team(metadata={"act": {"title": "act", "sensitive": True}}))
    run_all(execution)
    services.stop(execution)
    assert set(execution.node_executions.values_list("status", flat=True)) == {"CANCELLED"}


@pytest.mark.parametrize("pin", ["tools", "tools_^_act_~_value", "tools_^_old_name_~_value"])
@pytest.mark.parametrize("has_prompt_by_link", [True, False])
def test_in_a_single_step_arguments_go_along_links_and_results_come_back(
    user, model, pin, has_prompt_by_link
):
    script(model, asks(("act", {"value": "a"})), asks(("act", {"value": "b"})), said("Done."))
    prompt = {} if has_prompt_by_link else {"prompt": "Do it."}
    graph = drawing(
        {
            "start": ("store_value_block", {"input": "Do it."}),
            "agent": ("3b191d9f-356f-482d-8238-ba04b6d18381", prompt),
            "act": ("test_idempotent", {}),
            "out": ("output_block", {"name": "answer"}),
        },
        [
            *(["start.output -> agent.prompt"] if has_prompt_by_link else []),
            f"agent.{pin} -> act.value",
            "act.value -> agent.last_tool_output",
            "agent.conversations -> agent.conversation_history",
            "agent.finished -> out.value",
        ],
        metadata={"act": {"title": "act"}},
    )
    execution = run(user, graph)
    run_all(execution)

    assert (execution.status, execution.outputs) == (Status.COMPLETED, {"answer": ["Done."]})
    assert scene.calls["echo"] == ["a", "b"]
    assert [message["role"] for message in told(model)[-1]] == [
        "system", "user", "assistant", "tool", "assistant", "tool",
    ]  # fmt: skip


def test_an_mcp_server_offers_all_its_tools(user, model):
    with running_site() as server:
        tools = {"tools": [{"name": "Look up!", "description": "Looks.", "inputSchema": {}}]}
        found = {"content": [{"type": "text", "text": "42"}]}
        for result in (tools, found):
            server.says("/mcp", *(Answer(body=body) for body in mcp_session(result)))
        script(model, asks(("look_up", {"q": "life"})), said("It is 42."))
        graph = drawing(
            {"agent": agent(), "mcp": ("mcp_tool_block", {"server_url": f"{server.url}/mcp"})},
            ["agent.tools -> mcp.tool_arguments"],
        )
        execution = run(user, graph)
        run_all(execution)
        call = json.loads(server.seen[-1].body)["params"]

    assert execution.status == Status.COMPLETED
    assert call == {"name": "Look up!", "arguments": {"q": "life"}}
    assert told(model)[-1][-1]["content"] == "42"


def mcp_session(result):
    """What a server says from the greeting to the result."""
    hello = {"jsonrpc": "2.0", "id": 1, "result": {"protocolVersion": "2025-06-18"}}
    return json.dumps(hello).encode(), b"", json.dumps({"id": 2, "result": result}).encode()


def test_an_agent_whose_mcp_server_is_gone_says_so(user, model):
    graph = drawing(
        {"agent": agent(), "mcp": ("mcp_tool_block", {"server_url": "http://127.0.0.1:9/mcp"})},
        ["agent.tools -> mcp.tool_arguments"],
    )
    execution = run(user, graph)
    assert execution.status == Status.FAILED
    assert model.seen == []
