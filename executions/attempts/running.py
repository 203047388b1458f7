"""Runs a block once and says how it ended."""

import logging
import traceback
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db.utils import InterfaceError, OperationalError

from accounts import switches
from blocks import coercion, registry
from blocks.base import ERROR_PIN, BlockError, Effect, Suspend, WaitsFor
from blocks.masking import Mask
from blocks.ports import Ports
from blocks.registry import AnyBlock
from executions.engine.firing import Outcome, PinValues, Wait
from executions.engine.recording import NOT_RECORDED
from executions.engine.values import UnstorableError, dump

logger = logging.getLogger(__name__)

_NO_MASK = Mask()

MAX_OUTPUTS = 100_000  # values that one firing may send


def run_block(
    block: AnyBlock | None, inputs: Mapping[str, Any], ports: Ports, mask: Mask | None = None
) -> Outcome:
    """Run to the end or to the first failure. Values that came before a failure are kept.

    What the mask hides is neither in the outcome nor in the log. Raises nothing but the errors of a database that
    is away, which are no fault of the block.
    """
    outcome = _outcome_of(block, inputs, ports, _NO_MASK if mask is None else mask)
    return _masked(outcome, mask) if mask else outcome


def _outcome_of(
    block: AnyBlock | None, inputs: Mapping[str, Any], ports: Ports, mask: Mask
) -> Outcome:
    outputs: list[tuple[str, Any]] = []
    try:
        return _run(block, inputs, ports, outputs)
    except Suspend as wait:
        return Outcome([], wait=Wait(wait.waits_for, wait.seconds, _memory_of(wait)))
    except BlockError as error:
        return failure(outputs, str(error), error.code, retryable=error.retryable)
    except UnstorableError as error:
        return failure([], f"The output is not usable: {error}", "output_not_storable")
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # a bug in the block: tell us, hide the details
        trace = mask.text(traceback.format_exc())
        logger.error("Block %s failed\n%s", block.id if block else "", trace)  # noqa: TRY400 - masked
        return failure(outputs, "The block stopped unexpectedly", "block_crashed", retryable=True)


def _run(
    block: AnyBlock | None, inputs: Mapping[str, Any], ports: Ports, outputs: list[tuple[str, Any]]
) -> Outcome:
    if block is None:
        raise BlockError("This block is not installed any more", code="block_missing")
    data = coercion.parse_input(block, inputs)
    for pin, value in block.run(data, ports):
        outputs.append((pin, value))
        if pin == ERROR_PIN:
            return Outcome(outputs, str(value), "block_failed", outputs_json=dump(outputs))
        if len(outputs) > MAX_OUTPUTS:
            outputs.clear()
            raise BlockError(
                f"The block sent more than {MAX_OUTPUTS:,} values", code="output_too_large"
            )
    return Outcome(outputs, outputs_json=dump(outputs))


def _masked(outcome: Outcome, mask: Mask) -> Outcome:
    outputs = [(pin, mask.value(value)) for pin, value in outcome.outputs]
    error = None if outcome.error is None else mask.text(outcome.error)
    wait = outcome.wait and replace(outcome.wait, memory=mask.value(outcome.wait.memory))
    return replace(outcome, wait=wait, outputs=outputs, error=error, outputs_json="")


def _memory_of(wait: Suspend) -> dict[str, Any] | None:
    """What is kept of a wait, as it is stored."""
    if wait.memory is None and not wait.calls:
        return None
    called = [
        {"id": call.id, "node_id": call.node_id, "inputs": dict(call.inputs)} for call in wait.calls
    ]
    return {"memory": wait.memory, "calls": called}


def refusal(answer: Mapping[str, Any] | None) -> Outcome | None:
    """The outcome of a called node that a person did not let start; None where it may."""
    if not answer or answer["by"] != WaitsFor.APPROVAL or answer["data"].get("approved"):
        return None
    remark = answer["data"].get("message") or ""
    return failure([], f"A person refused this. {remark}".strip(), "refused")


def switched_off() -> Outcome:
    """The outcome of a node whose block operators have switched off since the run began."""
    return failure([], "An operator has switched off this block", switches.CODE)


def not_recorded(block_id: str) -> Outcome | None:
    """The outcome of a node that asks the world what was not recorded; None for a block that asks nothing of it."""
    block = registry.find(block_id)
    if block is None or block.effect is Effect.PURE:
        return None
    message = (
        "It asked something that was not recorded: this node, or what leads to it, is not as it was"
    )
    return failure([], message, NOT_RECORDED)


def failure(outputs: PinValues, message: str, code: str, *, retryable: bool = False) -> Outcome:
    """The outcome of a failed attempt: the message goes out of the `error` pin too."""
    everything = [*outputs, (ERROR_PIN, message)]
    try:
        return Outcome(everything, message, code, retryable, dump(everything))
    except UnstorableError:
        return Outcome([(ERROR_PIN, message)], message, code, retryable)
