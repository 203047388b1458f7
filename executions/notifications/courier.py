"""Spreads and sends in the background, some messages at the same time."""

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from uuid import UUID

from executions.attempts.connections import freed
from executions.background import in_every_worker
from executions.notifications import sending, spreading

logger = logging.getLogger(__name__)

SENDERS = 4  # that may wait for other servers at the same time


class Courier:
    """One a process. What it knows beside its rows, such as whom it sends to now, may be lost with it."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(SENDERS, thread_name_prefix="courier")
        self._sending: list[Future[None]] = []
        self._busy: set[UUID] = set()  # users

    def look(self, stopped: threading.Event) -> None:
        """Spread what is new, and have as many senders begin as there is to send."""
        with freed():
            while spreading.spread():
                pass
            self._sending = [each for each in self._sending if not each.done()]
            due = sending.count_due(SENDERS - len(self._sending))
        for _ in range(due):
            future = self._pool.submit(self._send_all, stopped)
            future.add_done_callback(_report)
            self._sending.append(future)

    def _send_all(self, stopped: threading.Event) -> None:
        while not stopped.is_set() and self._send_one():
            pass

    def _send_one(self) -> bool:
        with freed():
            dispatch = sending.claim([*self._busy])
        if dispatch is None:
            return False
        self._busy.add(dispatch.user_id)
        try:
            sending.send(dispatch)
        finally:
            self._busy.discard(dispatch.user_id)
        return True


def _report(done: Future[None]) -> None:
    if error := done.exception():
        logger.error("A notification could not be sent", exc_info=error)


in_every_worker("courier", Courier().look)
