"""Plans of graph versions, kept in memory: a version never changes."""

from functools import lru_cache
from uuid import UUID

from blocks import registry
from blocks.base import Effect, Kind
from blocks.credentials import asks_of
from executions.engine import plan
from graphs import credentials, interface, spec, validation
from graphs.credentials import Need
from graphs.models import GraphVersion
from graphs.validation import Problem


@lru_cache(maxsize=256)
def of_version(version_id: UUID) -> plan.Plan:
    """The plan of a version (two queries the first time)."""
    return plan.build(graph_of_version(version_id), traits_of)


@lru_cache(maxsize=256)
def graph_of_version(version_id: UUID) -> spec.Graph:
    """The drawing of a version."""
    return GraphVersion.objects.get(pk=version_id).load()


@lru_cache(maxsize=256)
def problems_of_version(version_id: UUID) -> tuple[Problem, ...]:
    """What keeps a version from being run."""
    return tuple(validation.run_problems(graph_of_version(version_id)))


@lru_cache(maxsize=256)
def needs_of_version(version_id: UUID) -> tuple[Need, ...]:
    """The credentials that its nodes ask for."""
    return tuple(credentials.needs_of(graph_of_version(version_id)))


def traits_of(block_id: str) -> plan.Traits:
    """What the engine must know of a block; a block that is gone counts as pure and fails when it runs."""
    block = registry.find(block_id)
    if block is None:
        return plan.Traits()
    return plan.Traits(
        block_id=block.id,
        is_pure=block.effect is Effect.PURE,
        is_input=block.kind is Kind.INPUT,
        is_output=block.kind is Kind.OUTPUT,
        is_note=block.kind is Kind.NOTE,
        cost=block.cost,
        opens=block.opens,
        credentials=frozenset(ask.pin for ask in asks_of(block)),
        at_once=block.at_once,
        collects=block.collects,
        catches=block.catches,
        gathers=block.gathers,
        takes_first=block.takes_first,
        counts=block.counts,
        returns=block.returns,
        default_name=interface.default_name(block),
    )
