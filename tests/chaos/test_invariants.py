"""What the one script of invariants sees: nothing where all is well, and each thing that is broken by hand."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import F

import chaos.blocks  # noqa: F401 - they are in the catalogue now
from accounts.models import CreditEntry, User
from chaos import invariants
from executions.models import Event, Execution, NodeExecution
from executions.workers import recovery, work
from tests.executions.scene import drawing, start

pytestmark = pytest.mark.django_db(transaction=True)


def graph_for(sink):
    """Every kind of step: an input, a fan-out with an effect for each item, a join, a static value, a retry, credits."""
    return drawing(
        {
            "ask": ("text_input_block", {"name": "text"}),
            "items": ("for_each_block", {"items": ["a", "b", "c"]}),
            "do": ("chaos_idempotent", {"url": f"{sink.url}/do"}),
            "all": ("collect_block", {}),
            "pay": ("chaos_paid", {"url": f"{sink.url}/pay?refuse=1"}),
            "once": ("chaos_at_most_once", {"url": f"{sink.url}/once"}),
            "join": ("test_pure", {}),
            "out": ("output_block", {"name": "said"}),
        },
        [
            "items.item -> do.value",
            "do.value -> all.item",
            "all.list -> pay.value",
            "ask.text -> once.value",
            "once.value -> join.value_#_once",
            "pay.value -> join.value_#_paid",
            "join.value -> out.value",
        ],
        metadata={"pay": {"retry": {"count": 2, "base": 0}}},
    )


@pytest.fixture
def execution(user, sink, kept_history):
    """A run with all of it, done."""
    execution = start(user, graph_for(sink), text="hello")
    work.advance(execution.pk)
    for _ in range(5):
        work.fill_slots()
        recovery.release_due()
    execution.refresh_from_db()
    return execution


def found(sink):
    return invariants.check(sink_log=sink.entries(), patience=timedelta(0))


def test_nothing_is_wrong_with_a_run_that_went_well(execution, sink):
    assert (execution.status, execution.error) == ("COMPLETED", "")
    assert execution.outputs == {"said": [{"once": "hello", "paid": ["a", "b", "c"]}]}
    assert found(sink) == []


def node(execution, node_id):
    return execution.node_executions.filter(node_id=node_id)


def another(execution, node_id):
    """A node execution that nothing has led to."""
    twin = node(execution, node_id).first()
    twin.pk, twin.position = None, execution.node_count
    twin._state.adding = True
    twin.save()
    Execution.objects.update(node_count=F("node_count") + 1)


BROKEN = {
    "a node is open after the end": (
        "I1",
        lambda e: node(e, "out").update(status="RUNNING"),
    ),
    "a node left its end": ("I2", lambda e: node(e, "join").update(status="FAILED")),
    "a run left its end": ("I2", lambda e: Execution.objects.update(status="RUNNING")),
    "a node ran although nobody had claimed it anew": (
        "I3",
        lambda e: node(e, "once").update(status="RUNNING", fence=0),
    ),
    "a lease by a clock that is wrong": (
        "P11",
        lambda e: node(e, "once").update(
            status="RUNNING", fence=9, lease_until=e.created_at - timedelta(hours=2)
        ),
    ),
    "a timer went on early": (
        "I11",
        lambda e: [
            node(e, "pay").update(
                status="WAITING", waits_for="retry", due_at=e.created_at + timedelta(hours=1)
            ),
            node(e, "pay").update(status="QUEUED"),
        ],
    ),
    "a run is stuck": ("I6", lambda e: Execution.objects.update(status="WAITING")),
    "a worker that hangs would not be noticed": (
        "I6",
        lambda e: node(e, "do").update(status="RUNNING", lease_until=None),
    ),
    "a successor is missing": ("I7", lambda e: node(e, "join").delete()),
    "a join fired twice": ("I7", lambda e: another(e, "join")),
    "an input was started twice": ("I7", lambda e: another(e, "ask")),
    "an item was lost": (
        "I7",
        lambda e: node(e, "pay").update(inputs={"url": "x", "value": ["a", "b"]}),
    ),
    "items in the wrong order": (
        "I7",
        lambda e: node(e, "all").update(inputs={"items": ["b", "a", "c"], "fan_out": 1}),
    ),
    "a fan-out was collected twice": ("I7", lambda e: another(e, "all")),
    "a firing got something else": ("I7", lambda e: node(e, "join").update(inputs={"value": 1})),
    "a value belongs to no item": ("I7", lambda e: node(e, "do").update(scope=[])),
    "credits are missing": ("I8", lambda e: User.objects.update(credits=F("credits") - 1)),
    "a success was given back": (
        "I8",
        lambda e: CreditEntry.objects.create(
            user=e.user, amount=3, reason="refund", reference=str(node(e, "pay").get().pk)
        ),
    ),
    "a success was not paid": (
        "I8",
        lambda e: CreditEntry.objects.filter(reason="usage").delete(),
    ),
    "outputs changed after the end": ("I9", lambda e: node(e, "do").update(outputs=[])),
    "an event is missing": ("I12", lambda e: Event.objects.filter(seq=2).delete()),
    "the end is not told": ("I12", lambda e: e.events.order_by("seq").last().delete()),
    "a node started after the end": (
        "I13",
        lambda e: node(e, "out").update(started_at=e.ended_at + timedelta(seconds=1)),
    ),
    "more failures than retries": ("I14", lambda e: node(e, "pay").update(failures=4)),
    "more losses than a poison may cause": ("I14", lambda e: node(e, "do").update(losses=4)),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_seen(execution, sink, name):
    number, break_it = BROKEN[name]
    break_it(execution)

    assert f"({number})" in " ".join(found(sink))


def test_effects_that_came_twice_or_never_or_with_another_key_are_seen(execution, sink):
    log = sink.entries()
    once = next(each for each in log if each.kind == "chaos_at_most_once")
    paid = next(each for each in log if each.kind == "chaos_paid")
    other_key = replace(paid, key="another")

    assert "I4" in " ".join(invariants.check([execution.pk], sink_log=[*log, once]))
    assert "different keys (I5)" in " ".join(
        invariants.check([execution.pk], sink_log=[*log, other_key])
    )
    assert "no effect (I5)" in " ".join(
        invariants.check([execution.pk], sink_log=[each for each in log if each is not once])
    )


def test_the_command_tells_operators_and_fails(execution, capsys):
    call_command("check_invariants", execution=[execution.pk])
    assert capsys.readouterr().out == "Everything is as it must be.\n"

    NodeExecution.objects.update(losses=4)
    with pytest.raises(CommandError, match="violations"):
        call_command("check_invariants")
    assert "(I14)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("block_id", "arrived"),
    [
        ("merge_block", [["a", 1]]),
        ("merge_block", [["a", 1], ["b", 2], ["b", 2]]),
        ("first_to_arrive_block", [["a", 3]]),
        ("first_to_arrive_block", [["a", 1], ["b", 2]]),
    ],
    ids=["lost", "twice", "never sent", "not only the first"],
)
def test_a_merge_of_something_else_than_what_arrived_is_seen(user, sink, block_id, arrived):
    graph = drawing(
        {
            "one": ("test_pure", {"value": 1}),
            "two": ("test_pure", {"value": 2}),
            "merge": (block_id, {}),
        },
        ["one.value -> merge.values_#_a", "two.value -> merge.values_#_b"],
    )
    execution = start(user, graph)
    work.advance(execution.pk)
    assert found(sink) == []

    node(execution, "merge").update(inputs={"arrived": arrived})
    assert "(I7)" in " ".join(found(sink))
