"""The windows of one process, for what must be limited while Redis is away."""

import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Sequence

from accounts.limits.rates import Standing, Window

_MOST_NAMES = 10_000  # the one that asked longest ago is forgotten first

_lock = threading.Lock()
_asked: OrderedDict[str, deque[float]] = OrderedDict()


def take(windows: Sequence[Window]) -> Standing:
    """Count a request in each of these windows, unless one of them is full."""
    now = time.monotonic()
    with _lock:
        standings = [_standing(window, now) for window in windows]
        if all(standing.is_admitted for standing in standings):
            for window in windows:
                _asked[window.name].append(now)
    return min(standings, key=lambda standing: (standing.is_admitted, standing.remaining))


def _standing(window: Window, now: float) -> Standing:
    moments = _asked.setdefault(window.name, deque())
    _asked.move_to_end(window.name)
    if len(_asked) > _MOST_NAMES:
        _asked.popitem(last=False)
    limit, seconds = window.rate.limit, window.rate.seconds
    while moments and moments[0] <= now - seconds:
        moments.popleft()
    oldest = moments[0] if moments else now
    left = limit - len(moments)
    return Standing(left > 0, limit, max(left - 1, 0), math.ceil(oldest + seconds - now))
