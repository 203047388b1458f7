"""The agent, as it works without a provider."""

import pytest

from executions.engine.status import Status
from tests.executions.scene import statuses

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_offline_model_follows_the_calls_that_the_task_spells_out(run_example):
    execution = run_example("agent_with_tools.json")

    assert execution.status == Status.COMPLETED
    assert execution.outputs == {"answer": ['{"word_count": 6, "character_count": 18}\n42']}
    assert statuses(execution)["count"] == statuses(execution)["calculate"] == ["COMPLETED"]


def test_a_task_that_spells_out_nothing_gets_an_honest_answer(run_example):
    execution = run_example("agent_with_tools.json", task="Write a poem.")
    assert "offline model" in execution.outputs["answer"][0]
