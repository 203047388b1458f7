"""What graphs made for AutoGPT rely on, number by number, on the real engine.

The numbers are those of the list of semantics that this project keeps to. Where the engine means to differ, the
test says so. Not here: 31 (tool routing) is in `test_agents`, 29 also in `test_workers`, 30 in `tests/examples`.
"""

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

import blocks.library  # noqa: F401 fills the catalogue
from blocks.base import WaitsFor
from blocks.registry import all_blocks
from executions import services
from executions.engine.status import Status
from executions.explaining import explain
from executions.models import Execution
from executions.workers import recovery, work
from graphs import documents, files
from graphs.errors import InvalidGraphError
from tests.executions import scene
from tests.executions.scene import drawing, run, save, start, statuses

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("invariants_hold"),
]

ITEMS = "step_through_items_block"
LIST = "create_list_block"


def graph(links="", settings=None, **nodes):
    """A drawing with one link a line; a node is (block id, defaults), or just the block's id."""
    full = {id_: (each, {}) if isinstance(each, str) else each for id_, each in nodes.items()}
    return drawing(full, [line.strip() for line in links.strip().splitlines() if line], settings)


def got(execution, node_id, pin="value"):
    """What the firings of a node got on a pin, in order; those that still wait are left out."""
    fired = execution.node_executions.filter(node_id=node_id).exclude(status=Status.INCOMPLETE)
    return [node.inputs.get(pin) for node in fired.in_order()]


def leftovers(execution, node_id):
    return execution.node_executions.filter(node_id=node_id, status=Status.INCOMPLETE).count()


def items(*values):
    return ITEMS, {"items": list(values)}


def sends(value):
    return "test_pure", {"value": value}


def does(name, behaviour):
    """A block that does this."""
    scene.behaviours[name] = behaviour
    return "test_pure", {"does": name}


def test_01_two_sources_into_one_pin_make_two_firings_in_the_order_of_arrival(user):
    execution = run(
        user, graph("a.value -> c.value\nb.value -> c.value", a=sends(1), b=sends(2), c="test_pure")
    )
    assert got(execution, "c") == [1, 2]


PAIR = "a.item -> c.values_$_0\nb.item -> c.values_$_1"


def test_02_three_values_on_one_pin_and_two_on_another_make_two_firings_and_a_leftover(user):
    execution = run(user, graph(PAIR, a=items(1, 2, 3), b=items("x", "y"), c=LIST))
    assert got(execution, "c", "values") == [[1, "x"], [2, "y"]]
    assert (leftovers(execution, "c"), execution.status) == (1, Status.COMPLETED)


STATIC = "a.output -> c.values_$_0\nb.item -> c.values_$_1"


def test_03_every_value_is_paired_with_the_latest_static_one(user):
    execution = run(
        user,
        graph(
            STATIC + "\nnumbers.item -> a.input\nslow.value -> b.items",
            numbers=items(1, 2, 3),
            a="store_value_block",
            slow=waits(["x", "y"]),
            b=ITEMS,
            c=LIST,
        ),
    )
    let_time_pass(execution)
    assert got(execution, "c", "values") == [[3, "x"], [3, "y"]]


def waits(value):
    return "wait_block", {"value": value, "seconds": 60}


def test_04_a_static_value_that_arrives_late_releases_all_that_wait(user):
    execution = run(
        user,
        graph(
            STATIC + "\nslow.value -> a.input",
            slow=waits(7),
            a="store_value_block",
            b=items("x", "y"),
            c=LIST,
        ),
    )
    assert (got(execution, "c"), leftovers(execution, "c")) == ([], 2)
    let_time_pass(execution)
    assert got(execution, "c", "values") == [[7, "x"], [7, "y"]]


def let_time_pass(execution, node_id=None):
    """Let the timers of a run fire, or only that of one node."""
    timers = execution.node_executions.filter(status=Status.WAITING, waits_for=WaitsFor.TIMER)
    timers = timers.filter(node_id=node_id) if node_id else timers
    timers.update(due_at=timezone.now() - timedelta(seconds=1))
    recovery.release_due()
    work.advance(execution.pk)
    execution.refresh_from_db()


def test_05_later_firings_use_the_new_static_value(user):
    execution = run(
        user,
        graph(
            STATIC + "\nfirst.value -> a.input\nlater.value -> a.input\nlast.value -> c.values_$_1",
            first=sends(1),
            later=waits(2),
            last=waits("y"),
            a="store_value_block",
            b=items("x"),
            c=LIST,
        ),
    )
    let_time_pass(execution, "later")
    let_time_pass(execution, "last")
    assert got(execution, "c", "values") == [[1, "x"], [2, "y"]]


def test_06_a_link_wins_over_the_default_and_null_counts_as_a_value_of_the_link(user):
    """The reference keeps a node waiting that got null for a required pin; here it fails, and says so."""
    null = does("null", lambda value, ports: [("value", None)])
    execution = run(
        user,
        graph(
            "a.value -> c.value\nb.value -> d.value1",
            {"on_error": "continue"},
            a=sends("linked"),
            b=null,
            c=sends("typed in"),
            d=("condition_block", {"operator": "==", "value2": 1}),
        ),
    )
    assert got(execution, "c") == ["linked"]
    assert statuses(execution)["d"] == ["COMPLETED"]


def test_07_entries_of_a_dictionary_are_separate_needs_merged_over_the_default(user):
    links = "a.value -> c.values_#_a\nb.value -> c.values_#_b"
    dictionary = ("create_dictionary_block", {"values": {"a": 0, "z": 9}})
    execution = run(user, graph(links, a=sends(1), b=sends(2), c=dictionary))
    assert got(execution, "c", "values") == [{"a": 1, "b": 2, "z": 9}]


def test_08_a_list_with_only_its_third_item_is_padded_with_nulls(user):
    execution = run(user, graph("a.value -> c.values_$_2", a=sends(1), c=LIST))
    assert got(execution, "c", "values") == [[None, None, 1]]


def test_09_names_reach_into_values_inside_values(user):
    execution = run(user, graph("a.value -> c.value_#_k_$_0", a=sends(1), c="test_pure"))
    assert got(execution, "c") == [{"k": [1]}]


@pytest.mark.parametrize(
    ("selector", "found"),
    [("value_#_k_$_1", [20]), ("value_#_x", []), ("value_#_k_$_9", []), ("value_#_n", [None])],
)
def test_10_a_selector_delivers_what_it_finds_and_nothing_else(user, selector, found):
    source = sends({"k": [10, 20], "n": None})
    execution = run(user, graph(f"a.{selector} -> c.value", a=source, c="test_pure"))
    assert got(execution, "c") == found


def test_11_a_pin_yielded_three_times_makes_three_firings_in_order(user):
    execution = run(user, graph("a.item -> c.value", a=items(1, 2, 3), c="test_pure"))
    assert got(execution, "c") == [1, 2, 3]


def test_12_firings_of_one_node_keep_their_order_whichever_is_faster(user):
    execution = start(
        user,
        graph(
            "a.item -> b.value\nb.value -> c.value",
            a=items(1, 2, 3),
            b="test_idempotent",
            c="test_pure",
        ),
    )
    result = work.burst.run([execution.pk], work.WORKER_ID, partial(min, 100))[execution.pk]
    for attempt in reversed(result.claimed):
        work._commit_for({execution.pk: [(attempt, work.outcome_of(work.Held(attempt, 1e9)))]})
    assert got(execution, "c") == [1, 2, 3]


BROKEN = ("test_pure", {"does": "fail"})


def test_13_a_failure_whose_error_pin_is_linked_goes_on_there_and_the_run_completes(user):
    execution = run(user, graph("a.error -> c.value", a=BROKEN, c="test_pure"))
    assert got(execution, "c") == ["it cannot be done"]
    assert (execution.status, execution.error_count) == (Status.COMPLETED, 1)
    assert statuses(execution)["a"] == ["FAILED"]


@pytest.mark.parametrize(("policy", "status"), [("continue", "COMPLETED"), ("fail", "FAILED")])
def test_14_a_failure_without_a_link_ends_there(user, policy, status):
    """As the reference has it with `continue`; unless told otherwise such a run ends FAILED here."""
    execution = run(
        user, graph("a.value -> c.value", {"on_error": policy}, a=BROKEN, c="test_pure")
    )
    assert (execution.status, execution.error_count) == (status, 1)
    assert got(execution, "c") == []


def test_15_what_was_yielded_before_an_error_is_delivered(user):
    half = does("half", lambda value, ports: [("value", 1), ("error", "no more"), ("value", 2)])
    execution = run(
        user, graph("a.value -> c.value", {"on_error": "continue"}, a=half, c="test_pure")
    )
    assert got(execution, "c") == [1]


def test_16_only_the_branch_that_is_taken_fires_and_a_join_of_both_never_does(user):
    execution = run(
        user,
        graph(
            """
            if.yes_output -> yes.value
            if.no_output -> no.value
            yes.value -> both.values_$_0
            no.value -> both.values_$_1
            """,
            **{"if": ("condition_block", {"value1": 5, "operator": ">", "value2": 3})},
            yes="test_pure",
            no="test_pure",
            both=LIST,
        ),
    )
    assert (got(execution, "yes"), got(execution, "no"), got(execution, "both")) == ([5], [], [])
    assert execution.status == Status.COMPLETED


def test_17_a_list_that_is_led_back_to_itself_collects_five_items_and_one_is_left_over(user):
    execution = run(
        user,
        graph(
            """
            seed.updated_list -> add.list
            each.item -> add.entry
            add.updated_list -> add.list
            """,
            seed=("add_to_list_block", {"entry": 0}),
            each=items(1, 2, 3, 4, 5),
            add="add_to_list_block",
        ),
    )
    last = execution.node_executions.filter(node_id="add", status=Status.COMPLETED).in_order()
    assert dict(last.last().outputs)["updated_list"] == [0, 1, 2, 3, 4, 5]
    assert leftovers(execution, "add") == 1


def test_18_a_loop_that_counts_stops_after_three(user):
    execution = run(
        user,
        graph(
            """
            begin.value -> count.value
            count.value -> again.value
            again.value -> count.value
            count.over -> end.value
            """,
            begin=sends("go"),
            count=("counter_block", {"limit": 3}),
            again="test_pure",
            end="test_pure",
        ),
    )
    assert (got(execution, "again"), got(execution, "end")) == (["go"] * 3, ["go"])


ASK = {"ask": ("input_block", {"name": "who"})}


def test_19_a_required_input_that_is_missing_is_refused_before_anything_starts(user):
    """As the strict mode of the reference; an input that may be empty sends nothing."""
    with pytest.raises(InvalidGraphError, match='"who" is required'):
        start(user, graph(**ASK))
    optional = {"ask": ("text_input_block", {"name": "who", "value": ""})}
    execution = run(user, graph("ask.result -> c.value", **optional, c="test_pure"))
    assert execution.status == Status.COMPLETED


def test_20_an_input_with_a_link_into_it_starts_with_the_run(user):
    execution = run(
        user,
        graph("a.value -> ask.value\nask.result -> c.value", **ASK, a=sends(2), c="test_pure"),
        who=1,
    )
    assert got(execution, "c") == [1, 2]


def test_21_notes_never_run(user):
    execution = run(user, graph("a.value -> n.text", a=sends("x"), n="note_block"))
    assert "n" not in statuses(execution)


def test_22_outputs_are_lists_by_name_in_the_order_of_their_firings(user):
    execution = run(
        user,
        graph(
            "a.item -> x.value\na.item -> y.value",
            a=items(1, 2),
            x=("output_block", {"name": "said"}),
            y=("output_block", {"name": "also"}),
        ),
    )
    assert execution.outputs == {"said": [1, 2], "also": [1, 2]}


def child_of(version, links, **nodes):
    child = ("agent_executor_block", {"graph_id": str(version.graph_id)})
    return graph(links, child=child, **nodes)


def test_23_sub_graphs_nest_their_pins_may_have_spaces_and_stop_reaches_all(user):
    leaf = graph("wait.value -> out.value", wait=waits(1),
                 out=("output_block", {"name": "My result!"}))  # fmt: skip
    middle = child_of(
        save(user, leaf), "child.My result! -> out.value", out=("output_block", {"name": "deep"})
    )
    execution = start(
        user,
        child_of(
            save(user, middle), "child.deep -> out.value", out=("output_block", {"name": "top"})
        ),
    )
    bring_on()
    assert Execution.objects.filter(status=Status.WAITING).count() == 3
    other = services.start_execution(version=execution.version, user=user, inputs={})
    bring_on()

    services.stop(other)
    for run_ in Execution.objects.unfinished():
        let_time_pass(run_)
    bring_on()

    execution.refresh_from_db()
    assert (execution.status, execution.outputs) == (Status.COMPLETED, {"top": [1]})
    assert Execution.objects.filter(status=Status.CANCELLED).count() == 3


def bring_on():
    """Bring all runs as far as they go."""
    for _ in range(4):
        for each in Execution.objects.unfinished():
            work.advance(each.pk)
        work.fill_slots()


def masked(user, drawn, masks, **inputs):
    execution = services.start_execution(
        version=save(user, drawn), user=user, inputs=inputs, input_masks=masks
    )
    work.advance(execution.pk)
    work.fill_slots()
    execution.refresh_from_db()
    return execution


def test_24_a_mask_counts_more_than_links_and_defaults_at_every_firing(user):
    drawn = graph("a.item -> c.value", a=items(1, 2), c="test_pure", d=sends(3))
    execution = masked(user, drawn, {"c": {"value": "mine"}, "d": {"value": "mine"}})
    assert (got(execution, "c"), got(execution, "d")) == (["mine", "mine"], ["mine"])


def test_24_a_mask_is_kept_when_the_run_is_taken_over(user):
    drawn = graph(
        "a.value -> b.value\nb.value -> c.value", a=sends(1), b="test_idempotent", c="test_pure"
    )
    execution = services.start_execution(
        version=save(user, drawn), user=user, inputs={}, input_masks={"c": {"value": "mine"}}
    )
    work.burst.run([execution.pk], work.WORKER_ID, partial(min, 0))
    work.fill_slots()
    assert got(execution, "c") == ["mine"]


def test_24_a_mask_reaches_the_nodes_of_child_runs(user):
    leaf = graph("c.value -> out.value", c=sends("theirs"), out=("output_block", {"name": "said"}))
    outer = child_of(
        save(user, leaf), "child.said -> out.value", out=("output_block", {"name": "top"})
    )
    for_leaf = {"nodes_input_masks": {"c": {"value": "mine"}}}
    execution = masked(user, outer, {"child": for_leaf})
    bring_on()
    execution.refresh_from_db()
    assert execution.outputs == {"top": ["mine"]}


@pytest.mark.parametrize(
    ("masks", "sentence"),
    [
        ({"gone": {}}, 'The graph has no node "gone" to be masked'),
        ({"c": {"gone": 1}}, 'there is no pin "gone" to be masked'),
    ],
)
def test_24_a_mask_for_what_the_graph_does_not_have_is_refused(user, masks, sentence):
    with pytest.raises(InvalidGraphError, match=sentence):
        masked(user, graph(c=sends(1)), masks)


def test_25_a_node_without_its_optional_credential_is_skipped(user):
    ask = ("send_authenticated_web_request_block", {"url": "https://example.com", "method": "GET"})
    drawn = graph("ask.response -> c.value", ask=ask, c="test_pure")
    version = save(user, drawn)
    with pytest.raises(InvalidGraphError, match="needs a credential"):
        services.start_execution(version=version, user=user, inputs={})
    optional = replace(drawn.nodes["ask"], metadata={"credentials_optional": True})
    execution = run(user, replace(drawn, nodes={**drawn.nodes, "ask": optional}))
    assert execution.status == Status.COMPLETED
    assert (statuses(execution)["ask"], got(execution, "c")) == ([Status.SKIPPED], [])
    assert explain(execution, "ask")[0].startswith("It was skipped")


def test_26_a_webhook_trigger_without_a_payload_is_refused_and_runs_with_one(user):
    drawn = graph("hook.payload -> c.value", hook="webhook_trigger_block", c="test_pure")
    with pytest.raises(InvalidGraphError, match='The input "payload" is required'):
        start(user, drawn)
    given = run(user, drawn, payload={"order": 7})
    execution = masked(user, drawn, {"hook": {"value": {"order": 7}}})
    assert got(given, "c") == got(execution, "c") == [{"order": 7}]


@pytest.mark.parametrize(
    ("answer", "outputs"),
    [
        ({"approved": True}, {"yes": [1]}),
        ({"approved": True, "data": 2}, {"yes": [2]}),
        ({"approved": False}, {"no": [1]}),
    ],
)
def test_27_a_person_approves_edits_or_rejects(user, answer, outputs):
    """The reference has a switch that approves everything; here a deadline with a default does that."""
    execution = run(
        user,
        graph(
            "ask.approved_data -> yes.value\nask.rejected_data -> no.value",
            ask=("human_in_the_loop_block", {"data": 1, "name": "Go on?"}),
            yes=("output_block", {"name": "yes"}),
            no=("output_block", {"name": "no"}),
        ),
    )
    assert execution.status == Status.WAITING
    services.answer(execution.node_executions.get(node_id="ask"), answer)
    work.advance(execution.pk)
    execution.refresh_from_db()
    assert execution.outputs == outputs


@pytest.mark.parametrize("state", ["queued", "running", "in review"])
def test_28_stop_ends_a_run_at_once_wherever_it_is(user, state):
    asks = ("human_in_the_loop_block", {"data": 1, "name": "?"})
    node = asks if state == "in review" else "test_idempotent"
    pin = "name" if state == "in review" else "value"
    execution = start(user, graph(f"begin.value -> a.{pin}", begin=sends("?"), a=node))
    work.burst.run([execution.pk], work.WORKER_ID, partial(min, 0 if state == "queued" else 1))
    expected = {"queued": "QUEUED", "running": "RUNNING", "in review": "WAITING"}
    assert statuses(execution)["a"] == [expected[state]]
    assert services.stop(execution).status == Status.CANCELLED
    assert statuses(execution)["a"] == ["CANCELLED"]


def test_29_a_run_whose_worker_is_lost_goes_on_without_a_loss(user):
    links = "begin.value -> a.value\na.value -> c.value"
    execution = start(user, graph(links, begin=sends(1), a="test_idempotent", c="test_pure"))
    work.burst.run([execution.pk], work.WORKER_ID, partial(min, 1))
    execution.node_executions.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert recovery.take_back_lost().nodes
    work.fill_slots()
    execution.refresh_from_db()
    assert (execution.status, got(execution, "c")) == (Status.COMPLETED, [1])


def test_30_a_graph_that_is_written_out_and_read_in_again_runs_the_same(user):
    before = graph("ask.result -> c.value\nc.value -> out.value", **ASK, c="test_pure",
                   out=("output_block", {"name": "said"}))  # fmt: skip
    text = files.text_of(save(user, before))
    after = documents.parse(json.loads(text)).drawing()
    assert run(user, after, who=1).outputs == run(user, before, who=1).outputs == {"said": [1]}


def test_32_every_block_has_examples_that_are_tested():
    """The pairs themselves are walked by `tests/blocks/test_examples.py`."""
    ours = [block for block in all_blocks() if type(block).__module__.startswith("blocks.")]
    assert [block.id for block in ours if len(block.examples) < 2] == []
