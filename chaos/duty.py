"""What a process of the crew does after it was forked, until it ends."""

import os
import signal
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

from chaos import failures, statements, steps
from chaos.orders import WORKER, Order
from config.celery import app
from executions.workers import work

# What each worker would load for itself after the fork: a few hundred modules.
for _name in (
    "celery.apps.worker",
    "celery.bin.celery",
    "celery.concurrency.thread",
    "celery.worker.consumer",
    "channels_redis.pubsub",
    "kombu.transport.redis",
    "psycopg_pool",
):
    import_module(_name)


def do(order: Order) -> NoReturn:
    """Be a worker, or a client; never returns."""
    code = 1
    try:
        _prepare(order)
        if order.step:
            steps.STEPS[order.step](order.argument)
        else:
            app.worker_main(WORKER)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _prepare(order: Order) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with Path(order.log).open("ab") as log:
        for number in (1, 2):
            os.dup2(log.fileno(), number)
    os.close(0)
    work.WORKER_ID = uuid4()  # the one of the parent is everybody's
    report = Path(order.log).with_name("failpoints.txt")
    failures.name_sessions()
    failures.arm(order.failpoints, report)
    if order.statement:
        statements.arm(order.statement, report)
