"""What a run of a block costs: what operators say, else what its class says. Counts from the next claim on."""

from collections.abc import Collection

from accounts.models import BlockPrice
from blocks import registry
from blocks.base import Effect
from blocks.registry import AnyBlock


def price_of(block: AnyBlock) -> int:
    """Credits for one run of this block."""
    return prices_of({block.id})[block.id]


def prices_of(block_ids: Collection[str]) -> dict[str, int]:
    """Credits for one run of each of these blocks, by any of their names. Pure blocks are part of the product and cost nothing."""
    blocks = {id_: registry.find(id_) for id_ in block_ids}
    priced = {block.id for block in blocks.values() if block and is_priced(block)}
    rows = BlockPrice.objects.filter(block_id__in=priced)
    here = dict(rows.values_list("block_id", "price")) if priced else {}
    return {id_: here.get(block.id, block.cost) if block else 0 for id_, block in blocks.items()}


def is_priced(block: AnyBlock) -> bool:
    """Whether operators may set a price: for what a worker claims."""
    return block.effect is not Effect.PURE
