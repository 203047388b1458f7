"""What attempts cost: the price of their block when they are claimed, the tokens of language models afterwards.

Tokens are paid for when they are used, so enough for a usual answer is held back while the attempt runs; else one who
starts many at once could use more than they have.
"""

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts import credits, usage
from accounts.errors import InsufficientCreditsError
from blocks import registry
from blocks.library.llm import AiBlock
from blocks.registry import AnyBlock
from executions.attempts import claims
from executions.attempts.claims import Attempt
from executions.attempts.credentials import is_named
from executions.engine.firing import Outcome
from executions.engine.values import dump
from executions.models import Execution, NodeExecution

Ended = tuple[Attempt, Outcome]
_CHARACTERS_PER_TOKEN = 3
_USUAL_ANSWER = 4_096  # tokens, where a node sets no limit


def reserve(attempt: Attempt) -> None:
    """Take the price of a first attempt, and hold back what its tokens may cost. In the transaction of the claim.

    Raises `InsufficientCreditsError` and takes nothing.
    """
    held = _held_for(attempt)
    try:
        with transaction.atomic() if held else nullcontext():
            credits.reserve(attempt.user_id, held, reference=attempt.reference)
            if attempt.attempts == 1:
                credits.spend(attempt.user_id, attempt.cost, reference=str(attempt.id))
    except InsufficientCreditsError:
        forgo(attempt)
        raise


def forgo(attempt: Attempt) -> None:
    """Take back what the claim has counted: the attempt will not start."""
    if attempt.attempts == 1:
        _add_to_run(attempt, -attempt.cost)


def _held_for(attempt: Attempt) -> int:
    block = registry.find(attempt.block_id)
    held = held_for(block, attempt.inputs)
    if not held or block is None:
        return 0
    given = Execution.objects.values_list("credentials_inputs", flat=True)
    is_own = is_named(block, {}, given.get(pk=attempt.execution_id))
    return 0 if is_own else held


def held_for(block: AnyBlock | None, inputs: Mapping[str, Any]) -> int:
    """Credits to hold back for the tokens of one attempt; 0 where none are used, or where they are free.

    A user's own credential is paid for elsewhere.
    """
    if not isinstance(block, AiBlock) or is_named(block, inputs, {}):
        return 0
    limit = inputs.get("max_tokens")
    return usage.estimate(
        str(inputs.get("model") or settings.LLM.default_model),
        len(dump(inputs)) // _CHARACTERS_PER_TOKEN,
        limit if isinstance(limit, int) and limit > 0 else _USUAL_ANSWER,
    )


def of_ours(ended: Iterable[Ended]) -> list[Ended]:
    """Those that may have used tokens and are still ours; they stay so until the transaction ends."""
    asking = [each for each in ended if each[1].used or isinstance(_block_of(each[0]), AiBlock)]
    # In the order in which everybody locks rows.
    return [each for each in sorted(asking, key=lambda each: each[0].id) if claims.hold(each[0])]


def charge(ended: Iterable[Ended]) -> None:
    """Have the owners of runs pay for the tokens of these attempts, in the transaction that keeps their outcomes.

    What failed is free. To be done last: everybody locks nodes, runs and users in this order.
    """
    for attempt, outcome in sorted(ended, key=lambda each: each[0].user_id):
        if taken := _charge(attempt, outcome):
            NodeExecution.objects.filter(pk=attempt.id).update(cost=F("cost") + taken)
            _add_to_run(attempt, taken)


def _charge(attempt: Attempt, outcome: Outcome) -> int:
    return usage.charge(
        attempt.user_id,
        outcome.used,
        reference=attempt.reference,
        is_free=outcome.error is not None,
    )


def _block_of(attempt: Attempt) -> AnyBlock | None:
    return registry.find(attempt.block_id)


def _add_to_run(attempt: Attempt, amount: int) -> None:
    Execution.objects.filter(pk=attempt.execution_id).update(cost=F("cost") + amount)
