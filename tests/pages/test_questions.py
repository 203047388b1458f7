"""Nodes that wait for a person, and runs that start runs."""

import pytest

from executions import services
from executions.engine.status import Status
from executions.models import Execution, NodeExecution
from executions.workers import work
from graphs import spec
from tests.factories import ExecutionFactory, NodeExecutionFactory, VersionFactory
from tests.pages.reading import text_of


def approval(data, **inputs):
    return spec.Graph(
        nodes={
            "ask": spec.Node(
                "ask", "human_in_the_loop_block", {"name": "Pay it?", "data": data} | inputs
            ),
            "yes": spec.Node("yes", "output_block", {"name": "yes"}),
            "no": spec.Node("no", "output_block", {"name": "no"}),
        },
        links=(
            spec.Link("1", "ask", "approved_data", "yes", "value"),
            spec.Link("2", "ask", "rejected_data", "no", "value"),
        ),
    )


@pytest.fixture
def ask(user):
    """Run until a person is asked; returns the node execution that waits."""

    def ask(data, **inputs):
        version = VersionFactory(owner=user, drawing=approval(data, **inputs))
        execution = services.start_execution(version=version, user=user, inputs={})
        work.advance(execution.pk)
        return NodeExecution.objects.get(execution=execution, status=Status.WAITING)

    return ask


def answer(page, firing, **given):
    address = f"/executions/{firing.execution_id}/firings/{firing.pk}/answer/"
    reply = page.post(address, given)
    work.advance(firing.execution_id)
    return reply


def outputs_of(firing):
    return Execution.objects.get(pk=firing.execution_id).outputs


def test_the_run_shows_what_is_asked(page, ask):
    firing = ask({"amount": 5})
    words = text_of(page.get(f"/executions/{firing.execution_id}/"))
    assert "Waiting for your answer Pay it?" in words


@pytest.mark.parametrize(
    ("given", "outputs"),
    [
        ({"decision": "approve", "changed": '{"amount": 5}'}, {"yes": [{"amount": 5}]}),
        ({"decision": "approve", "changed": '{"amount": 3}'}, {"yes": [{"amount": 3}]}),
        ({"decision": "reject", "changed": '{"amount": 5}'}, {"no": [{"amount": 5}]}),
        ({"decision": "approve"}, {"yes": [{"amount": 5}]}),
    ],
)
def test_the_answer_decides_how_the_run_goes_on(page, ask, given, outputs):
    firing = ask({"amount": 5})
    answer(page, firing, **given)
    assert outputs_of(firing) == outputs


def test_text_comes_back_as_text(page, ask):
    firing = ask("5")
    answer(page, firing, decision="approve", changed="5")
    assert outputs_of(firing) == {"yes": ["5"]}


def test_data_that_may_not_be_changed_is_not(page, ask):
    firing = ask({"amount": 5}, editable=False)
    answer(page, firing, decision="approve", changed='{"amount": 3}')
    assert outputs_of(firing) == {"yes": [{"amount": 5}]}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"decision": "approve", "changed": "{"}, "This is not JSON"),
        ({"decision": "perhaps"}, "Your answer"),
    ],
)
def test_an_answer_that_makes_no_sense_is_asked_again(page, ask, given, sentence):
    firing = ask({"amount": 5})
    reply = answer(page, firing, **given)
    assert (reply.status_code, outputs_of(firing)) == (422, {})
    assert sentence in text_of(reply)


def test_who_is_too_late_is_told(page, ask):
    firing = ask(1)
    answer(page, firing, decision="approve")
    reply = answer(page, firing, decision="reject")
    assert "does not wait for an answer" in text_of(page.get(reply.url))


def test_a_stranger_cannot_answer(stranger_page, ask):
    firing = ask(1)
    assert answer(stranger_page, firing, decision="approve").status_code == 404
    assert outputs_of(firing) == {}


def test_a_question_that_the_page_shows_is_not_sent_again(page, ask):
    firing = ask(1)
    live = f"/executions/{firing.execution_id}/live/"
    assert 'id="run-questions"' in page.get(live).content.decode()
    assert 'id="run-questions"' not in page.get(live, {"asked": firing.pk}).content.decode()


def test_a_run_and_the_run_that_it_started_lead_to_each_other(page, user, version):
    firing = NodeExecutionFactory(execution__user=user, execution__version=version)
    child = ExecutionFactory(user=user, version=version, parent=firing)
    parent = f"/executions/{firing.execution_id}/"
    panel = page.get(f"{parent}firings/{firing.pk}/").content.decode()
    assert f'href="/executions/{child.pk}/"' in panel
    assert f'href="{parent}"' in page.get(f"/executions/{child.pk}/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_person_lets_a_sensitive_tool_start_and_sees_what_it_is_given(page, user):
    prompt = '@remember {"input": "the safe is open"}'
    graph = spec.Graph(
        nodes={
            "agent": spec.Node(
                "agent", "agent_block", {"prompt": prompt, "agent_mode_max_iterations": 3}
            ),
            "keep": spec.Node(
                "keep", "store_value_block", {}, {"title": "Remember", "sensitive": True}
            ),
            "out": spec.Node("out", "output_block", {"name": "answer"}),
        },
        links=(
            spec.Link("1", "agent", "tools", "keep", "input"),
            spec.Link("2", "agent", "finished", "out", "value"),
        ),
    )
    version = VersionFactory(owner=user, drawing=graph)
    execution = services.start_execution(version=version, user=user, inputs={})
    work.advance(execution.pk)
    work.fill_slots()
    firing = NodeExecution.objects.get(execution=execution, node_id="keep")

    words = text_of(page.get(f"/executions/{execution.pk}/"))
    assert "May “Remember” run?" in words
    assert "the safe is open" in words

    answer(page, firing, decision="approve")
    work.fill_slots()
    assert outputs_of(firing) == {"answer": ["the safe is open"]}
