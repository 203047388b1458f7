"""Which blocks this process claims: an installation may part its blocks into classes, and its workers by them.

`BLOCK_CLASSES` names the classes, each with ids and categories of blocks; what is in none is in the class `default`.
A worker serves the classes in `WORKER_CLASSES`, or all of them. Blocks that run in bursts are run by every worker.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from django.conf import settings

from blocks import registry


@dataclass(frozen=True, slots=True)
class Served:
    """The blocks that are listed, or all others."""

    block_ids: Collection[str] = ()
    are_listed: bool = False
    is_everything: bool = True
    is_default: bool = True  # whether what is in no class is served

    def takes(self, block_id: str) -> bool:
        """Whether node executions of this block are claimed here."""
        return (block_id in self.block_ids) is self.are_listed


@cache
def served() -> Served:
    """What the settings of this process say."""
    chosen = set(settings.WORKER_CLASSES)
    if not chosen:
        return Served()
    ours = _members(chosen)
    if settings.DEFAULT_BLOCK_CLASS not in chosen:
        return Served(ours, are_listed=True, is_everything=False, is_default=False)
    others = _members(settings.BLOCK_CLASSES.keys() - chosen)
    return Served(others - ours, is_everything=not others - ours)


def _members(classes: Collection[str]) -> frozenset[str]:
    named = {name for each in classes for name in settings.BLOCK_CLASSES.get(each, ())}
    blocks = registry.all_blocks()
    return frozenset(block.id for block in blocks if named & {block.id, block.category})


def unknown_members() -> list[str]:
    """What the settings name that is neither a block nor a category."""
    known = {name for block in registry.all_blocks() for name in (block.id, block.category)}
    named = {name for members in settings.BLOCK_CLASSES.values() for name in members}
    return sorted(named - known)
