"""Has a process listen to Redis for good, from its first watcher on."""

import asyncio
from weakref import WeakSet

from channels_redis.pubsub import RedisPubSubChannelLayer

_listening: WeakSet[asyncio.AbstractEventLoop] = WeakSet()


async def listen_for_good(layer: RedisPubSubChannelLayer) -> None:
    """Join with a name that never leaves.

    Where nobody is left the layer stops listening, and looks every 100 ms only whether to begin again: what is said
    to the next watcher meanwhile would come late.
    """
    loop = asyncio.get_running_loop()
    if loop not in _listening:
        _listening.add(loop)
        await layer.new_channel()
