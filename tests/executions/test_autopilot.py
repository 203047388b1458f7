"""An AutoPilot finds and runs blocks and graphs by itself, as node executions that everybody sees."""

import json

import pytest

from accounts.models import BlockPrice, BlockSwitch
from executions.engine.status import Status
from executions.models import Execution
from executions.workers import recovery, work
from tests.blocks.adapters.site import running_provider
from tests.executions.provider import asks, said
from tests.executions.scene import drawing, run, save, start, statuses

pytestmark = pytest.mark.django_db(transaction=True)

CHILD = drawing(
    {"in": ("input_block", {"name": "tea"}), "out": ("output_block", {"name": "served"})},
    ["in.result -> out.value"],
)


@pytest.fixture
def model(settings):
    with running_provider(settings) as site:
        yield site


def script(model, *answers):
    model.says("/chat/completions", *answers)


def told(model):
    """What the model was last told by a tool."""
    return json.loads(model.seen[-1].body)["messages"][-1]["content"]


def pilot(**pins):
    return drawing(
        {
            "pilot": ("autopilot_block", {"prompt": "Do it.", **pins}),
            "out": ("output_block", {"name": "answer"}),
            "done": ("output_block", {"name": "done"}),
        },
        ["pilot.response -> out.value", "pilot.tool_calls -> done.value"],
    )


def run_all(execution):
    for _ in range(8):
        recovery.release_due()
        for each in Execution.objects.unfinished():
            work.advance(each.pk)
        work.fill_slots()
    execution.refresh_from_db()


def add(**inputs):
    return ("run_block", {"block_id": "calculator_block", "inputs": {"operation": "Add", **inputs}})


def test_it_finds_a_block_runs_it_and_answers(user, model):
    script(model, asks(("find_block", {"query": "calculat"})), asks(add(a=1, b=2)), said("3."))
    execution = run(user, pilot())
    run_all(execution)

    assert (execution.status, execution.outputs["answer"]) == (Status.COMPLETED, ["3."])
    found, added = execution.outputs["done"][0]
    assert "calculator_block" in [each["id"] for each in json.loads(found["output"])]
    assert (added["output"], added["success"]) == ("3", True)


def test_it_finds_a_graph_and_runs_it_again_and_again(user, model):
    version = save(user, CHILD)
    graph_id = str(version.graph_id)
    script(
        model,
        asks(("find_graph", {"query": "scene"})),
        asks(
            ("run_graph", {"graph_id": graph_id, "inputs": {"tea": "green"}}),
            ("run_graph", {"graph_id": graph_id, "inputs": {"tea": "black"}}),
        ),
        said("Two teas."),
    )
    execution = run(user, pilot())
    run_all(execution)

    found, *served = execution.outputs["done"][0]
    assert json.loads(found["output"])[-1]["inputs"]["properties"].keys() == {"tea"}
    assert [each["output"] for each in served] == ["green", "black"]
    runs = Execution.objects.filter(parent__execution=execution)
    assert [each.outputs["served"] for each in runs.order_by("created_at")] == [
        ["green"],
        ["black"],
    ]
    assert statuses(execution)["pilot"] == ["COMPLETED"] * 3  # it, and its two errands
    assert len(model.seen) == 3


@pytest.mark.parametrize(
    ("forbid", "reason"),
    [
        (lambda id_: BlockSwitch.objects.create(block_id=id_), "switched off"),
        (lambda id_: BlockPrice.objects.create(block_id=id_, price=5), "costs credits"),
    ],
)
def test_what_operators_have_decided_of_a_block_holds_here_too(user, model, forbid, reason):
    forbid("http_get_block")
    call = ("run_block", {"block_id": "http_get_block", "inputs": {"url": "https://example.com"}})
    script(model, asks(call), said("It cannot be done."))
    run_all(run(user, pilot()))

    assert reason in told(model)


@pytest.mark.parametrize("block_id", ["send_email_block", "llm_call_block", "for_each_block", "?"])
def test_it_runs_no_block_that_could_do_harm(user, model, block_id):
    script(model, asks(("run_block", {"block_id": block_id})), said("No."))
    run_all(run(user, pilot()))

    assert "cannot be run here" in told(model)


def test_it_runs_no_graph_of_somebody_else(user, stranger, model):
    version = save(stranger, CHILD)
    script(
        model,
        asks(("find_graph", {"query": ""}), ("run_graph", {"graph_id": str(version.graph_id)})),
        said("No."),
    )
    execution = run(user, pilot())
    run_all(execution)

    found, ran = execution.outputs["done"][0]
    assert str(version.graph_id) not in found["output"]
    assert (ran["success"], Execution.objects.owned_by(stranger).count()) == (False, 0)


def test_graphs_are_nested_as_deeply_as_it_may(user, model):
    version = save(user, pilot(max_recursion_depth=1))
    call = ("run_graph", {"graph_id": str(version.graph_id)})
    script(model, asks(call), asks(call), said("Deep enough."), said("Done."))
    execution = start(user, pilot(max_recursion_depth=1))
    run_all(execution)

    child = Execution.objects.get(parent__execution=execution)
    assert "nested deeper than 1 levels" in child.outputs["done"][0][0]["output"]
    assert statuses(execution)["pilot"] == ["COMPLETED", "COMPLETED"]  # it, and its errand


def test_a_dry_run_runs_nothing(user, model):
    script(model, asks(add(a=1, b=2), ("find_block", {"query": "calculator"})), said("I would."))
    execution = run(user, pilot(dry_run=True))
    run_all(execution)

    ran, found = execution.outputs["done"][0]
    assert (ran["output"], "calculator_block" in found["output"]) == (
        "This is a dry run: it was not run.",
        True,
    )


def test_a_session_goes_on_in_a_later_run(user, model):
    script(model, said("Hello Ada."), said("You are Ada."))
    for prompt in ("I am Ada.", "Who am I?"):
        run_all(run(user, pilot(prompt=prompt, session_id="ada")))

    asked = [each["content"] for each in json.loads(model.seen[-1].body)["messages"]]
    assert asked[1:] == ["I am Ada.", "Hello Ada.", "Who am I?"]


def test_a_model_that_never_ends_is_stopped(user, model):
    script(model, asks(("find_block", {"query": "x"})))
    execution = start(user, pilot())
    for _ in range(8):
        run_all(execution)

    assert execution.status == Status.FAILED
    assert "not done after asking the model 50 times" in execution.error
