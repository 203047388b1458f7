"""Runs pay for the tokens of the language models that they ask."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts import credits
from accounts.errors import InsufficientCreditsError
from accounts.models import BlockPrice, ModelPrice, TokenUsage
from blocks.base import BlockError
from chaos import invariants
from executions import services
from executions.attempts import claims
from executions.engine.status import Status
from executions.models import Execution
from executions.workers import recovery, work
from tests.blocks.adapters.site import running_provider
from tests.executions.provider import said
from tests.executions.scene import drawing, run, save, start

pytestmark = pytest.mark.django_db(transaction=True)

FREE = drawing({"a": ("test_idempotent", {})})
ASK = drawing({"ask": ("llm_call_block", {"prompt": "Hello", "retry": 1})})


@pytest.fixture
def provider(settings):
    with running_provider(settings) as site:
        ModelPrice.objects.create(pattern="m*", input_price=200, output_price=1000)
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
        claimed, _unpaid = work._claim(100, None)
    attempt = next(each for each in claimed if each.execution_id == execution.pk)
    outcome = work.outcome_of(work.Held(attempt, 1e9))
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


def test_m_03_of_many_started_at_once_only_those_run_that_can_be_paid(user):
    version = save(user, drawing({"pay": ("test_paid", {})}))
    credits.grant(user, 5 * 5 - user.credits)

    def start(_):
        try:
            return services.start_execution(version=version, user=user, inputs={})
        except InsufficientCreditsError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        accepted = [execution for execution in pool.map(start, range(20)) if execution]
    work.advance(*(execution.pk for execution in accepted))
    work.fill_slots()

    ended = Execution.objects.filter(status=Status.COMPLETED).count()
    assert (len(accepted), ended, spent_in_all(user)) == (5, 5, 25)
    assert list(invariants.check(sink_log=[])) == []


def spent_in_all(user):
    user.refresh_from_db()
    return 25 - user.credits


def test_operators_set_the_price_of_what_starts_from_now_on(user):
    run(user, FREE)
    assert spent(user) == 0
    BlockPrice.objects.create(block_id="test_idempotent", price=7)
    assert run(user, FREE).cost == 7 == spent(user)
    BlockPrice.objects.update(price=2)
    assert run(user, FREE).cost == 2 == spent(user)
    assert list(invariants.check(sink_log=[])) == []


def test_a_price_that_operators_set_is_given_back_when_the_node_fails(user):
    BlockPrice.objects.create(block_id="test_idempotent", price=7)
    assert run(user, drawing({"a": ("test_idempotent", {"does": "fail"})})).cost == 0
    assert spent(user) == 0


def claim_one(user):
    execution = services.start_execution(version=save(user, ASK), user=user, inputs={})
    with work.transaction.atomic():
        [attempt], _unpaid = work._claim(100, None)
    return execution, attempt


def test_credits_for_a_usual_answer_are_held_back_while_a_model_is_asked(user, provider):
    provider.says("/chat/completions", said("Hi", 1_000))
    _execution, attempt = claim_one(user)
    assert spent(user) == 1 + 5  # the block, and 4,096 tokens of m

    outcome = work.outcome_of(work.Held(attempt, 1e9))
    work._commit_for({attempt.execution_id: [(attempt, outcome)]})

    assert spent(user) == 1 - 5  # the tokens that were used cost one credit
    assert list(invariants.check(sink_log=[])) == []


def test_who_could_not_pay_for_a_usual_answer_cannot_ask(user, provider):
    credits.grant(user, 5 - user.credits)
    execution = run(user, ASK)
    assert (execution.status, execution.cost, provider.seen) == (Status.FAILED, 0, [])
    assert execution.node_executions.get().error_code == "insufficient_credits"


@pytest.mark.parametrize("accident", ["stopped", "lost"])
def test_what_is_held_back_is_free_again_when_the_attempt_is_over(user, provider, accident):
    execution, _attempt = claim_one(user)
    if accident == "stopped":
        services.stop(execution)
        assert spent(user) == 0
    else:
        execution.node_executions.update(lease_until=timezone.now() - timedelta(hours=1))
        recovery.take_back_lost()
        assert spent(user) == 1  # the block is paid for once, whatever happens to its worker
    assert list(invariants.check(sink_log=[])) == []


def test_m_04_what_is_stopped_after_its_effect_stays_paid(user):
    BlockPrice.objects.create(block_id="test_at_most_once", price=7)
    execution = start(user, drawing({"act": ("test_at_most_once", {})}))
    with work.transaction.atomic():
        [attempt], _unpaid = work._claim(100, None)
    claims.mark_effect(attempt)
    services.stop(execution)

    execution.refresh_from_db()
    assert execution.cost == 7 == spent(user)
    assert list(invariants.check(sink_log=[])) == []


def test_m_02_a_block_that_is_tried_alone_costs_what_operators_say(user):
    BlockPrice.objects.create(block_id="test_idempotent", price=7)
    block = services.registry.find("test_idempotent")
    services.run_block(block=block, user=user, inputs={})
    assert spent(user) == 7
    with pytest.raises(BlockError):
        services.run_block(block=block, user=user, inputs={"does": "fail"})
    assert spent(user) == 0
