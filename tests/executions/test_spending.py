"""Runs pay for the tokens of the language models that they ask."""

import pytest

from accounts.models import ModelPrice, TokenUsage
from blocks.adapters.llm import LlmSettings
from chaos import invariants
from executions import services, work
from executions.engine.status import Status
from tests.blocks.adapters.site import running_site
from tests.executions.provider import said
from tests.executions.scene import drawing, run

pytestmark = pytest.mark.django_db(transaction=True)

ASK = drawing({"ask": ("llm_call_block", {"prompt": "Hello", "retry": 1})})


@pytest.fixture
def provider(settings):
    with running_site() as site:
        settings.LLM = LlmSettings("openai", site.url, "k", "m")
        ModelPrice.objects.create(pattern="m-*", input_price=200, output_price=1000)
        yield site


def spent(user):
    before = user.credits
    user.refresh_from_db()
    return before - user.credits


def test_a_run_pays_for_its_blocks_and_their_tokens(user, provider):
    provider.says("/chat/completions", said("Hi", 10_000, 1_500))

    execution = run(user, ASK)

    assert execution.status == Status.COMPLETED
    node = execution.node_executions.get()
    assert (execution.cost, node.cost, spent(user)) == (5, 5, 5)  # 1 + (2 + 1.5), rounded up
    assert TokenUsage.objects.get().reference == f"{node.pk}:1"
    assert list(invariants.check([execution.pk], sink_log=[])) == []


def test_a_failure_is_free(user, provider):
    provider.says("/chat/completions", *[said("no JSON", 10_000)] * 3)
    ask = {"prompt": "?", "expected_format": {"a": "b"}}

    run(user, drawing({"ask": ("ai_structured_response_generator_block", ask)}))

    assert spent(user) == 0
    assert TokenUsage.objects.count() == 3


def test_an_outcome_that_comes_too_late_is_not_paid_for_twice(user, provider):
    provider.says("/chat/completions", said("Hi", 10_000))
    execution = services.start_execution(version=run(user, ASK).version, user=user, inputs={})
    with work.transaction.atomic():
        claimed, _unpaid = work._claim(None)
    attempt = next(each for each in claimed if each.execution_id == execution.pk)
    outcome = work._execute(work.Held(attempt, 1e9))
    for _ in range(2):
        work._commit_for({execution.pk: [(attempt, outcome)]})

    execution.refresh_from_db()
    assert (execution.cost, spent(user)) == (3, 6)  # the first run has paid as much


def test_a_block_that_is_tried_alone_pays_too(user, provider):
    provider.says("/chat/completions", said("Hi", 10_000))
    services.run_block(
        block=services.registry.find("llm_call_block"), user=user, inputs={"prompt": "Hello"}
    )
    assert spent(user) == 3
