"""Sliding windows in Redis, one for all processes.

A window is a hash of 30 slots with the number of requests in each. Slots that reach into the window count as a whole,
so that there are never more requests in a window than its rate allows; a place gets free up to a thirtieth later than
it could. A request that is refused is not counted. The clock is that of Redis.
"""

import logging
import math
import time
from collections.abc import Sequence
from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.commands.core import Script
from redis.exceptions import RedisError
from redis.retry import Retry

from accounts.limits.rates import Standing, Window

logger = logging.getLogger(__name__)

_PATIENCE = 0.1  # seconds; a request must not wait for its limit
_PAUSE = 2.0  # seconds without another try after Redis did not answer
_SLOTS = 30
_PREFIX = "agentloom:rate:"
_TAKE = """
local slots = tonumber(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local admitted, tightest = 1, nil
for i, key in ipairs(KEYS) do
  local limit, width = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  local slot, used = math.floor(now / width), 0
  local oldest, fields = slot, redis.call('HGETALL', key)
  for j = 1, #fields, 2 do
    local one = tonumber(fields[j])
    if one < slot - slots then
      redis.call('HDEL', key, fields[j])
    else
      used = used + tonumber(fields[j + 1])
      oldest = math.min(oldest, one)
    end
  end
  local left, reset = limit - used, (oldest + slots + 1) * width - now
  if left <= 0 then admitted = 0 end
  if tightest == nil or left < tightest[2] or (left <= 0 and reset > tightest[3]) then
    tightest = {limit, left, reset}
  end
end
if admitted == 1 then
  for i, key in ipairs(KEYS) do
    local width = tonumber(ARGV[2 * i + 1])
    redis.call('HINCRBY', key, math.floor(now / width), 1)
    redis.call('PEXPIRE', key, math.ceil((slots + 1) * width))
  end
end
return {admitted, tightest[1], tightest[2], math.ceil(tightest[3])}
"""


class _Breaker:
    """Keeps requests from a Redis that does not answer: now and then one of them tries."""

    def __init__(self) -> None:
        self._closed_until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the caller may ask Redis."""
        now = time.monotonic()
        if now < self._closed_until:
            return False
        if self._closed_until:
            self._closed_until = now + _PAUSE  # the others wait for how this one fares
        return True

    def failed(self, error: RedisError) -> None:
        """Redis did not answer."""
        self._closed_until = time.monotonic() + _PAUSE
        logger.warning("Redis cannot count requests (%s); logins are counted here", error)

    def answered(self) -> None:
        """Redis is there (again)."""
        self._closed_until = 0.0


_breaker = _Breaker()


def take(windows: Sequence[Window]) -> Standing | None:
    """Count a request in each of these windows, unless one of them is full; None when Redis does not answer."""
    if not _breaker.is_open:
        return None
    numbers: list[float] = [_SLOTS]
    for window in windows:
        numbers += [window.rate.limit, window.rate.seconds * 1000 / _SLOTS]
    try:
        admitted, limit, left, reset = _script()(
            keys=[_PREFIX + window.name for window in windows], args=numbers
        )
    except RedisError as error:
        _breaker.failed(error)
        return None
    _breaker.answered()
    remaining = max(left - admitted, 0)
    return Standing(bool(admitted), limit, remaining, math.ceil(reset / 1000))


@cache
def _script() -> Script:
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=_PATIENCE,
        socket_connect_timeout=_PATIENCE,
        retry=Retry(NoBackoff(), 0),
    )
    return client.register_script(_TAKE)
