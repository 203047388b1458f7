"""Ids of blocks in files of the AutoGPT platform: UUIDs, and thirteen malformed ones from before October 2024."""

import re
from collections.abc import Callable

from blocks import registry

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.ASCII)
# How the malformed ones begin and end. Of some only a part is known, so they are looked at after all known ids.
_LEGACY = (
    (r"a1b2c3d4-5e6f-7g8h-9i0j-k1l2m3n4o5p6", "436c3984-57fd-4b85-8e9a-459b356883bd"),
    (r"b2g2c3d4-.*", "0e50422c-6dee-4145-83d6-3a5a392f65de"),
    (r"c3d4e5f6-7g8h-.*-m3n4o5p6q7r8", "a0a69be1-4528-491c-a85a-a4ab6873e3f0"),
    (r"c3d4e5f6-g7h8-.*", "32a87eab-381e-4dd4-bdb8-4c47151be35a"),
    (r"b2c3d4e5-6f7g-.*", "87840993-2053-44b7-8da4-187ad4ee518c"),
    (r"h1i2j3k4-.*", "d0822ab5-9f8a-44a3-8971-531dd0178b6b"),
    (r"d3f4g5h6-.*", "df06086a-d5ac-4abb-9996-2ad0acb2eff7"),
    (r"h5e7f8g9-.*", "f5b0f5d0-1862-4d61-94be-3ad0fa772760"),
    (r"a1234567-89ab-.*", "4335878a-394e-4e67-adf2-919877ff49ae"),
    (r"f8e7d6c5-.*", "f66a3543-28d3-4ab5-8945-9b336371e2ce"),
    (r"b29c1b50-.*-1b0e6fcbf0h2", "716a67b3-6760-42e7-86dc-18645c6e00fc"),
    (r"31d1064e-7446-4693-o7d4-65e5ca9110d1", "cc10ff7b-7753-4ff2-9af6-9399b1a7eddc"),
    (r"c6731acb-4105-4zp1-.*", "5ebe6768-8e5d-41e3-9134-1c7bd89a8d52"),
)


def block_of(id_: str) -> registry.AnyBlock | None:
    """Our block for an id in a file, or None."""
    known = registry.find(id_)
    if known:
        return known
    modern = next((new for old, new in _LEGACY if re.fullmatch(old, id_)), None)
    return registry.find(modern) if modern else None


def uuid_of(block_id: str, find: Callable[[str], registry.AnyBlock | None] = registry.find) -> str:
    """The id of the original for one of our blocks; our own for a block that it does not have."""
    block = find(block_id)
    aliases = block.aliases if block else ()
    return next((alias for alias in aliases if _UUID.fullmatch(alias)), block_id)


def is_foreign(block_id: str) -> bool:
    """Whether an id is of the original's kind, a UUID or a malformed one, and not one of our names."""
    return bool(_UUID.fullmatch(block_id)) or (
        registry.find(block_id) is None and any(re.fullmatch(old, block_id) for old, _ in _LEGACY)
    )
