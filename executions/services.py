"""What people do with runs: start, stop, delete, and try a single block."""

import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import nullcontext
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import credits, usage
from accounts.errors import TooManyRunsError
from accounts.models import User
from accounts.prices import price_of, prices_of
from accounts.switches import CODE, switched_off
from accounts.vault import services as vault
from blocks import coercion, registry
from blocks.base import BlockError, Effect, WaitsFor
from blocks.masking import Mask
from blocks.ports import Answer, Ports
from blocks.registry import AnyBlock
from executions import accepting, failpoints, plans, queue, tracing
from executions.attempts import credentials, running, spending, world
from executions.attempts.connections import freed
from executions.attempts.stored_values import StoredValues
from executions.bursts import stopping
from executions.engine.firing import Firing, Outcome
from executions.engine.plan import Masks, NodePlan, Plan
from executions.engine.status import OPEN, Status
from executions.errors import NotWaitingError, StillRunningError
from executions.files import services as files
from executions.files.port import RunFiles
from executions.knowledge.port import with_knowledge
from executions.models import Execution, NodeExecution, Recording, Source, new_id
from executions.rows import saving
from graphs import interface, pins, switches
from graphs.errors import InvalidGraphError
from graphs.masks import mask_problems
from graphs.models import GraphVersion
from graphs.validation import Problem

_MAX_WAIT = 10  # seconds, of a block that is run by itself
_LONG_AGO = timedelta(minutes=1)  # more than clocks differ
_MAX_DYNAMIC = 100  # names of pins that reach inside values, for a block that is run by itself


def start_execution(  # noqa: PLR0913 - all by name
    *,
    version: GraphVersion,
    user: User,
    inputs: Mapping[str, Any],
    source: Source = Source.API,
    parent: NodeExecution | None = None,
    credentials_inputs: credentials.References | None = None,
    input_masks: Masks | None = None,
    recording: Recording | None = None,
) -> Execution:
    """Accept a run of this version: once this returns and commits, the run will end, whatever breaks.

    Masks count more than inputs, links and defaults, at every firing of their nodes. The nodes of a recording give what
    it holds: they need no credentials, and cost nothing.

    Raises `InvalidGraphError` when the graph, the inputs or the credentials are wrong or a block is switched off, `InsufficientCreditsError` when the
    balance cannot pay for every node once, beside what runs that have not ended may still cost, and `TooManyRunsError`.
    """
    recorded = recording.nodes if recording else ()
    execution = Execution(
        graph_id=version.graph_id,
        version=version,
        user=user,
        source=source,
        parent=parent,
        depth=parent.execution.depth + 1 if parent else 0,
        inputs=dict(inputs),
        credentials_inputs=dict(credentials_inputs or {}),
        input_masks=input_masks or None,
        event_seq=1,
    )
    if problems := list(_problems(execution, recorded)):
        raise InvalidGraphError.of(problems)
    plan = plans.of_version(version.pk).masked(input_masks).answered(recorded)
    execution.planned_cost, execution.node_count = _cost_of(plan), len(plan.entries)
    execution.trace = tracing.carried()
    firings = [_entry(node, position, inputs) for position, node in enumerate(plan.entries)]
    failpoints.hit("accept.before")
    _accept(execution, plan, firings, recording)
    return execution


def _problems(execution: Execution, recorded: Collection[str]) -> Iterator[Problem]:
    """What keeps it from being started; the nodes of a recording need no credentials."""
    version_id, masks = execution.version_id, execution.input_masks or {}
    graph = plans.graph_of_version(version_id)
    yield from plans.problems_of_version(version_id)
    yield from interface.input_problems(graph, execution.inputs, masks)
    yield from mask_problems(graph, masks)
    yield from credentials.problems(
        [need for need in plans.needs_of_version(version_id) if need.node.id not in recorded],
        execution.user,
        execution.credentials_inputs,
        execution.graph_id,
        is_inherited=execution.parent is not None,
    )


def _accept(
    execution: Execution, plan: Plan, firings: list[Firing], recording: Recording | None
) -> None:
    cost, user = execution.planned_cost, execution.user
    limit = user.run_limit if execution.parent_id is None else None
    with transaction.atomic() if cost or recording or limit else nullcontext():
        if limit:
            _require_room(user, limit)
        credits.require_balance(user, cost, lambda: Execution.objects.promised_by(user))
        while not accepting.insert(execution, plan, firings):
            # Raises, unless the block is on again meanwhile.
            switches.require_on(plans.graph_of_version(execution.version_id))
        if recording:
            recording.execution = execution
            recording.save(force_insert=True)
        _wake(execution.pk, plan, firings)  # first: workers are in more of a hurry than watchers
        accepting.tell(execution)


def _require_room(user: User, limit: int) -> None:
    """Until the transaction ends nobody else can take the same room. Parts of other runs need none, else those would not end."""
    User.objects.select_for_update().get(pk=user.pk)
    if Execution.objects.unfinished().filter(user=user, parent=None)[:limit].count() == limit:
        raise TooManyRunsError(limit)


def _cost_of(plan: Plan) -> int:
    """What it costs to fire every node once."""
    claimed = [node.block_id for node in plan.nodes.values() if not node.traits.is_pure]
    prices = prices_of(set(claimed)) if claimed else {}
    return sum(prices[block_id] for block_id in claimed)


def _entry(node: NodePlan, position: int, inputs: Mapping[str, Any]) -> Firing:
    is_given = node.traits.is_input and inputs.get(node.input_name) is not None
    given = {"value": inputs[node.input_name]} if is_given else {}
    return Firing(new_id(), node.id, position, Status.QUEUED, node.inputs_of(given))


def _wake(execution_id: UUID, plan: Plan, firings: list[Firing]) -> None:
    queue.enqueue_advance(execution_id)
    for firing in firings:
        if not plan.nodes[firing.node_id].traits.is_pure:
            queue.enqueue_node(firing.id)


def stop(execution: Execution) -> Execution | None:
    """Stop a run and its child runs: when this returns, none of their nodes starts any more.

    Nodes that are running are told within a heartbeat; what they still send is dropped. Returns the run as it is
    now, or None when it had ended before.
    """
    is_stopped = stopping.end_now(execution.pk, Status.CANCELLED)
    failpoints.hit("stop.after_commit")
    # One transaction each, parents first: a child that ends meanwhile waits for its parent's row.
    for child in Execution.objects.unfinished().filter(parent__execution=execution):
        stop(child)
    if not is_stopped:
        return None
    execution.refresh_from_db()
    return execution


@transaction.atomic
def requeue(execution: Execution) -> int:
    """Wake workers for a run, and have others take over the attempts that it waits for; returns how many.

    As after a worker's loss: what must not happen twice ends as `outcome_unknown`, and a node that loses three workers
    has failed. A worker that lives after all gives the attempt up at its next heartbeat.
    """
    count = NodeExecution.objects.running_in(execution).update(
        worker=None, lease_until=timezone.now() - _LONG_AGO
    )
    queue.enqueue_advance(execution.pk)
    return count


def replay(execution: Execution) -> Execution:
    """Run the same version once more with the same inputs, for the same user. Raises what `start_execution` raises."""
    return start_execution(
        version=execution.version,
        user=execution.user,
        inputs=execution.inputs,
        source=Source(execution.source) if execution.parent_id is None else Source.API,
        credentials_inputs=execution.credentials_inputs,
    )


def answer(node_execution: NodeExecution, data: Mapping[str, Any]) -> None:
    """Give a node what it waits for from a person. Raises `NotWaitingError`, also when somebody was faster."""
    block = registry.find(node_execution.block_id)
    is_pure = block is None or block.effect is Effect.PURE
    with transaction.atomic():
        is_call = node_execution.waits_for == WaitsFor.APPROVAL
        waited_for = WaitsFor.APPROVAL if is_call else WaitsFor.PERSON
        if not saving.answer(node_execution.pk, waited_for, data, for_advance=is_pure):
            raise NotWaitingError(_("This node does not wait for an answer (any more)"))
        queue.enqueue_advance(node_execution.execution_id)
        failpoints.hit("answer.before_commit")


def delete_execution(execution: Execution) -> None:
    """Hide a run that has ended, and remove the files that it has written. Raises `StillRunningError` for one that has not."""
    failpoints.hit("delete.before")
    hidden = Execution.objects.filter(pk=execution.pk).exclude(status__in=OPEN)
    if not hidden.update(deleted_at=timezone.now()):
        raise StillRunningError(_("This run has not ended yet; stop it first"))
    files.delete_of_run(execution)


def run_block(*, block: AnyBlock, user: User, inputs: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Run one block now; returns {pin: [value, …]}. Charged like a node: refunded when it fails.

    Dynamic names of pins reach inside values, as those of links do. A block that waits for a few seconds to pass is
    waited for.

    Raises `BlockError` when the inputs are wrong or the block fails.
    """
    if block.id in (off := switched_off({block.id})):
        raise BlockError(switches.sentence(block, off[block.id]), code=CODE)
    inputs = _assembled(inputs)
    chooser = credentials.Chooser(user.pk, given={}, defaults=inputs)
    inputs, opened = chooser.open(block, inputs, vault.Use(block.id))
    coercion.parse_input(block, inputs)
    id_ = new_id()
    with transaction.atomic():
        credits.spend(user.pk, price_of(block), reference=str(id_))
        credits.reserve(user.pk, spending.held_for(block, inputs), reference=f"{id_}:1")
    context = world.NodeContext(id_, block.id, id_, user.timezone, is_watched=False)
    ports = world.ports_for(
        context,
        credentials=opened,
        files=RunFiles(user.pk, None, id_),
        storage=StoredValues(user.pk),
    )
    ports = with_knowledge(ports, user.pk)
    outcome = _outcome_of(block, inputs, context, ports, opened.mask())
    usage.charge(user.pk, context.used, reference=f"{id_}:1", is_free=outcome.error is not None)
    if outcome.error is not None or outcome.wait:
        credits.give_back(user.pk, [str(id_)])
    if outcome.error is not None:
        raise BlockError(outcome.error, code=outcome.error_code)
    if outcome.wait:
        raise BlockError("This block waits, so it works in a run only")
    outputs: dict[str, list[Any]] = {}
    for pin, value in outcome.outputs:
        outputs.setdefault(pin, []).append(value)
    return outputs


def _outcome_of(
    block: AnyBlock, inputs: Mapping[str, Any], context: world.NodeContext, ports: Ports, mask: Mask
) -> Outcome:
    """How the block ends, or what it waits for when that takes long."""
    ends = time.monotonic() + _MAX_WAIT
    while True:
        with freed():
            outcome = running.run_block(block, inputs, ports, mask)
        wait = outcome.wait
        if not wait or wait.waits_for != WaitsFor.TIMER:
            return outcome
        seconds = wait.seconds or 0
        if time.monotonic() + seconds > ends:
            return outcome
        time.sleep(seconds)
        context.answer = Answer(WaitsFor.TIMER)
        context.memory = (wait.memory or {}).get("memory")


def _assembled(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """With what dynamic names bring put inside of their pins' values."""
    try:
        _require_few_dynamic(inputs)
        return pins.assemble({}, dict(inputs))
    except ValueError as error:
        raise BlockError(str(error), code="invalid_input") from error


def _require_few_dynamic(inputs: Mapping[str, Any]) -> None:
    """Each of them may pad a list. Raises `ValueError`."""
    if sum(bool(pins.parse(name)[1]) for name in inputs) > _MAX_DYNAMIC:
        raise ValueError(f"More than {_MAX_DYNAMIC} names of pins reach inside values")
