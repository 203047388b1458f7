"""One attempt on a node execution: what comes of it, and what that settles."""

from django.db import connection

from blocks import registry
from blocks.base import BlockError, Effect
from blocks.ports import Ports
from executions import failpoints, plans
from executions.attempts import claims, credentials, opening, running, tools, world
from executions.attempts.claims import Attempt, Settlement
from executions.attempts.credentials import NoCredentialError
from executions.attempts.stored_values import StoredValues
from executions.bursts import calls
from executions.engine.firing import Outcome, Wait
from executions.engine.retry import RETRY
from executions.files.port import RunFiles
from executions.knowledge.port import with_knowledge
from executions.workers import children
from executions.workers.slots import Held


def outcome_of(held: Held) -> Outcome:
    """Run the block. While it waits for the world this thread holds no database connection."""
    failpoints.hit("attempt.before_block")
    attempt = held.attempt
    block = registry.find(attempt.block_id)
    try:
        inputs, opened = opening.credentials_for(attempt, attempt.node_id, block, attempt.inputs)
    except NoCredentialError as error:
        may_be_left_out = plans.of_version(attempt.version_id).nodes[attempt.node_id].is_optional
        return Outcome.skip() if may_be_left_out else running.failure([], str(error), error.code)
    except BlockError as error:
        return running.failure([], str(error), error.code, retryable=error.retryable)
    if block and block.effect is Effect.AT_MOST_ONCE:
        if not claims.mark_effect(attempt):
            return running.failure([], "Another worker has this node now", "lost")
        failpoints.hit("attempt.effect_marked")
    connection.close()  # back to the pool
    context = _context_of(held, opened)
    try:
        outcome = running.refusal(attempt.answer) or running.run_block(
            block, inputs, _ports_of(attempt, context, opened), context.mask
        )
        outcome.used = context.used
        return outcome
    finally:
        context.flush()
        failpoints.hit("attempt.after_block")
        connection.close()  # a block may have asked the database for something


def _context_of(held: Held, opened: credentials.Opened) -> world.NodeContext:
    attempt = held.attempt
    return world.NodeContext(
        attempt.id,
        attempt.node_id,
        attempt.execution_id,
        attempt.timezone,
        held.cancelled,
        *calls.recalled(attempt.id, attempt.answer),
        mask=opened.mask(),
    )


def _ports_of(attempt: Attempt, context: world.NodeContext, opened: credentials.Opened) -> Ports:
    files = RunFiles(attempt.user_id, attempt.execution_id, attempt.id)
    ports = world.ports_for(
        context,
        children.ChildRuns(attempt),
        opened,
        files,
        tools.NodeTools(attempt, context),
        StoredValues(attempt.user_id, attempt),
    )
    return with_knowledge(ports, attempt.user_id)


def settlement_of(attempt: Attempt, outcome: Outcome) -> Settlement:
    """Whether the node ends with this outcome, or goes on later."""
    if outcome.wait:
        return Settlement(attempt, wait=outcome.wait)
    if _may_be_repeated(attempt):
        policy = plans.of_version(attempt.version_id).nodes[attempt.node_id].policy
        delay = policy.wait_before_retry(outcome, attempt.failures + 1, attempt.id)
        if delay is not None:
            return Settlement(attempt, wait=Wait(RETRY, delay), failures=1)
    return Settlement(attempt, outcome)


def _may_be_repeated(attempt: Attempt) -> bool:
    """Whether a failed attempt may have another one; what may have happened once must not happen twice."""
    block = registry.find(attempt.block_id)
    return block is not None and block.effect is not Effect.AT_MOST_ONCE
