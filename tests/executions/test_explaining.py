"""Why did this node run, wait, or not run?"""

import pytest
from django.utils import translation

from executions import services
from executions.explaining import explain
from tests.executions import scene
from tests.executions.scene import drawing, run

pytestmark = pytest.mark.django_db(transaction=True)

BRANCH = drawing(
    {
        "if": ("condition_block", {"value1": 1, "operator": ">", "value2": 5}),
        "yes": ("test_pure", {}),
        "after": ("test_pure", {}),
        "both": ("create_list_block", {}),
        "note": ("note_block", {"text": "hi"}),
    },
    [
        "if.yes_output -> yes.value",
        "yes.value -> after.value",
        "if.result -> both.values_$_0",
        "yes.value -> both.values_$_1",
    ],
    metadata={"yes": {"title": "Yes branch"}},
)


def test_the_reasons_are_told_in_the_readers_language(user):
    with translation.override("zh-hans"):
        assert explain(run(user, BRANCH), "yes") == [
            "它没有运行过。",
            "“value”上没有收到任何值：“if”运行了，但没有从“yes_output”发出任何值。",
        ]


@pytest.mark.parametrize(
    ("node", "sentences"),
    [
        ("if", ["It ran because it starts with the run."]),
        (
            "yes",
            [
                "It never ran.",
                'Nothing has arrived on "value": "if" ran and sent nothing on "yes_output".',
            ],
        ),
        ("after", ["It never ran.", 'Nothing has arrived on "value": "Yes branch" did not run.']),
        (
            "both",
            [
                'It has a value for "values_$_0".',
                'Nothing has arrived on "values_$_1": "Yes branch" did not run.',
            ],
        ),
        ("note", ["Notes never run."]),
    ],
)
def test_a_run_that_has_ended_tells_why_each_node_did_or_did_not_run(user, node, sentences):
    assert explain(run(user, BRANCH), node) == sentences


def test_a_failure_tells_its_message_and_how_often_it_was_tried(user):
    execution = run(user, drawing({"bad": ("test_idempotent", {"does": "fail"})}))

    assert explain(execution, "bad") == [
        "It ran because it starts with the run and failed after one attempt: it cannot be done"
    ]


def test_a_node_that_waits_tells_what_for_and_those_behind_it_tell_of_it(user):
    graph = drawing(
        {"ask": ("human_in_the_loop_block", {"data": 1, "name": "?"}), "next": ("test_pure", {})},
        ["ask.approved_data -> next.value"],
    )
    execution = run(user, graph)

    assert explain(execution, "ask") == ["It waits for somebody to answer."]
    assert explain(execution, "next") == [
        "It has not run yet.",
        'Nothing has arrived on "value": "ask" has not ended yet.',
    ]
    services.stop(execution)
    execution.refresh_from_db()
    assert explain(execution, "ask") == ["It was cancelled because its run was ended."]


def test_a_node_that_ran_because_of_a_value_says_on_which_pin(user):
    execution = run(
        user, drawing({"a": ("test_pure", {}), "b": ("test_pure", {})}, ["a.value -> b.value"])
    )

    assert explain(execution, "b") == ['It ran because a value had arrived on "value".']
    assert scene.calls["echo"] == [None, None]


def test_a_node_that_the_graph_does_not_have_is_an_error(user):
    with pytest.raises(KeyError):
        explain(run(user, BRANCH), "nowhere")
