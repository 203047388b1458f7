"""Which blocks operators have switched off. It counts at once, for graphs, runs and single blocks alike.

Nothing is remembered between two questions: a block that does harm must stop in every process.
"""

from collections.abc import Collection, Mapping

from accounts.models import BlockSwitch
from blocks import registry

CODE = "block_disabled"  # what a run says of a node that failed by it


def switched_off(block_ids: Collection[str]) -> Mapping[str, str]:
    """Those of these blocks that are off, under the names by which they were asked for, and why."""
    own = {id_: block.id for id_ in block_ids if (block := registry.find(id_))}
    rows = BlockSwitch.objects.filter(block_id__in=set(own.values()))
    reasons = dict(rows.values_list("block_id", "reason"))
    return {id_: reasons[own[id_]] for id_ in own if own[id_] in reasons}
