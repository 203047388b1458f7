"""Replaying a run from a node on."""

from uuid import UUID

import pytest

from executions.errors import NotReplayableError, StillRunningError
from executions.models import NodeExecution
from executions.replays import services
from executions.workers import work
from graphs import services as graphs
from graphs import spec
from tests.executions import scene
from tests.executions.scene import calls

pytestmark = pytest.mark.django_db(transaction=True)

LINE = scene.drawing(
    {
        "ask": ("text_input_block", {"name": "text"}),
        "fetch": ("test_paid", {"does": "replay fetch"}),
        "think": ("test_paid", {"does": "replay think"}),
        "tell": ("output_block", {"name": "answer"}),
    },
    ["ask.text -> fetch.value", "fetch.value -> think.value", "think.value -> tell.value"],
)


@pytest.fixture(autouse=True)
def _blocks():
    calls.clear()
    scene.behaviours["replay fetch"] = lambda value, _: iter([("value", f"<{value}>")])
    scene.behaviours["replay think"] = lambda value, _: iter([("value", f"{value}!")])


def replay(execution, node_id, **more):
    """The replay, when it has come as far as it goes."""
    started = services.replay(execution=execution, node_id=node_id, user=execution.user, **more)
    work.advance(started.pk)
    work.fill_slots()
    started.refresh_from_db()
    return started


def paid_for(execution):
    return dict(execution.node_executions.values_list("node_id", "cost"))


def test_what_lies_before_the_node_keeps_its_outputs_costs_nothing_and_is_not_asked_again(user):
    run = scene.run(user, LINE, text="tea")
    again = replay(run, "think")
    assert (again.status, again.outputs) == ("COMPLETED", {"answer": ["<tea>!"]})
    assert {name: len(calls[f"replay {name}"]) for name in ("fetch", "think")} == {
        "fetch": 1,
        "think": 2,
    }
    assert paid_for(again) == {"ask": 0, "fetch": 0, "think": 5, "tell": 0}
    assert (run.cost, again.cost, again.recording.of_id) == (10, 5, run.pk)


def test_a_changed_input_counts_instead_of_what_the_node_had_got(user):
    run = scene.run(user, LINE, text="tea")
    again = replay(run, "think", changed={"value": "coffee"})
    assert again.outputs == {"answer": ["coffee!"]}
    assert replay(again, "tell").outputs == {"answer": ["coffee!"]}


def test_a_failed_run_goes_on_where_it_failed(user):
    scene.behaviours["replay think"] = lambda value, _: scene.behaviours["replay broken"](value)
    run = scene.run(user, LINE, text="tea")
    assert run.status == "FAILED"
    scene.behaviours["replay think"] = lambda value, _: iter([("value", "well")])
    assert replay(run, "think").outputs == {"answer": ["well"]}
    assert len(calls["replay fetch"]) == 1


def test_a_replay_outlives_the_run_that_it_was_taken_from(user):
    run = scene.run(user, LINE, text="tea")
    started = services.replay(execution=run, node_id="think", user=user)
    run.delete()
    work.advance(started.pk)
    work.fill_slots()
    started.refresh_from_db()
    assert (started.outputs, started.recording.of_id) == ({"answer": ["<tea>!"]}, None)


def test_each_item_of_a_fan_out_gets_what_was_recorded_for_it(user):
    drawing = scene.drawing(
        {
            "each": ("for_each_block", {"items": ["a", "b", "c"]}),
            "fetch": ("test_idempotent", {"does": "replay fetch"}),
            "think": ("test_idempotent", {"does": "replay think"}),
            "all": ("collect_block", {}),
            "tell": ("output_block", {"name": "answer"}),
        },
        [
            "each.item -> fetch.value",
            "fetch.value -> think.value",
            "think.value -> all.item",
            "all.list -> tell.value",
        ],
    )
    run = scene.run(user, drawing)
    assert run.outputs == {"answer": [["<a>!", "<b>!", "<c>!"]]}
    scene.behaviours["replay think"] = lambda value, _: iter([("value", f"{value}?")])
    assert replay(run, "think").outputs == {"answer": [["<a>?", "<b>?", "<c>?"]]}
    assert len(calls["replay fetch"]) == 3


def test_the_same_question_gets_its_answers_in_their_order(user):
    numbers = iter([1, 2])
    scene.behaviours["replay fetch"] = lambda value, _: iter([("value", next(numbers))])
    drawing = scene.drawing(
        {
            "each": ("for_each_block", {"items": ["same", "same"]}),
            "fetch": ("test_idempotent", {"does": "replay fetch"}),
            "think": ("test_idempotent", {"does": "replay think"}),
            "tell": ("output_block", {"name": "answer"}),
        },
        ["each.item -> fetch.value", "fetch.value -> think.value", "think.value -> tell.value"],
    )
    run = scene.run(user, drawing)
    assert sorted(replay(run, "think").outputs["answer"]) == ["1!", "2!"]


def test_what_the_former_run_never_asked_is_not_asked_by_the_replay(user):
    run = scene.run(user, LINE, text="tea")
    nodes = {**LINE.nodes, "fetch": spec.Node("fetch", "test_paid", {"does": "echo"})}
    changed = graphs.save_version(
        graph=run.graph, name="Scene", description="", drawing=type(LINE)(nodes, LINE.links)
    )
    again = replay(run, "think", version=changed)
    assert again.status == "FAILED"
    assert again.node_executions.get(node_id="fetch").error_code == "not_recorded"
    assert "echo" not in calls


def test_a_branch_that_was_stopped_runs_anew(user):
    run = scene.run(user, LINE, text="tea")
    NodeExecution.objects.filter(execution=run, node_id="fetch").update(status="CANCELLED")
    assert replay(run, "tell").outputs == {"answer": ["<tea>!"]}
    assert len(calls["replay fetch"]) == 2


def test_what_cannot_be_replayed_is_refused_in_clear_words(user):
    going_on = scene.start(user, LINE, text="tea")
    with pytest.raises(StillRunningError, match="not ended"):
        services.replay(execution=going_on, node_id="think", user=user)
    run = scene.run(user, LINE, text="tea")
    with pytest.raises(NotReplayableError, match="no such node"):
        services.replay(execution=run, node_id="nothing", user=user)
    NodeExecution.objects.filter(execution=run, node_id="think").delete()
    with pytest.raises(NotReplayableError, match="did not run"):
        services.replay(execution=run, node_id="think", user=user)


def test_the_api_replays_a_run_and_says_of_which_it_is_one(api, user):
    run = scene.run(user, LINE, text="tea")
    body = {"node_id": "think", "inputs": {"value": "coffee"}}
    answer = api.post(f"/api/executions/{run.pk}/replay", body)
    assert answer.status_code == 201
    address = f"/api/executions/{answer.json()['id']}"
    assert api.get(address).json()["replay_of"] == str(run.pk)
    refused = api.post(f"/api/executions/{run.pk}/replay", {"node_id": "x"})
    assert refused.status_code == 409
    assert refused.json()["error"]["error_code"] == "not_replayable"


def test_the_page_replays_with_a_value_that_was_edited(page, user):
    run = scene.run(user, LINE, text="tea")
    address = f"/executions/{run.pk}/replay/?node=think"
    assert page.get(address).context["form"]["pin-value"].value() == "<tea>"
    given = {"pin-value": "coffee", "pin-does": "replay think"}
    location = page.post(address, given)["Location"]
    work.advance(UUID(location.split("/")[-2]))
    work.fill_slots()
    shown = page.get(location).content.decode()
    assert "coffee!" in shown
    assert f"/executions/{run.pk}/" in shown


def test_failed_runs_are_retried_together_and_others_are_left(page, user):
    failing = scene.drawing({"f": ("test_pure", {"does": "fail"})})
    failed, fine = scene.run(user, failing), scene.run(user, LINE, text="tea")
    page.post("/executions/several/", {"verb": "retry", "row": [failed.pk, fine.pk]})
    assert (failed.graph.executions.count(), fine.graph.executions.count()) == (2, 1)
