"""The process that forks the others: one for each line of its input, answered with the number of the new process."""

import json
import os
import signal
import sys

import django

from chaos.orders import Order

django.setup()

from chaos import duty  # noqa: E402 - see the line above


def lead() -> None:
    """Until the input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
    for line in sys.stdin:
        order = Order(**json.loads(line))
        pid = os.fork()
        if not pid:
            duty.do(order)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    lead()
