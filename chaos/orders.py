"""What a process of the crew can be told to do."""

from dataclasses import dataclass

SETTINGS = "chaos.settings"
WORKER = [
    *(
        "--quiet",
        "--skip-checks",
        "worker",
        "--pool",
        "threads",
        "--concurrency",
        "4",
        "--loglevel",
        "warning",
    ),
    *("--without-gossip", "--without-mingle", "--without-heartbeat"),
]


@dataclass(frozen=True)
class Order:
    """What a new process is to do, and how it is broken."""

    log: str
    step: str = ""  # of `chaos.steps`, for a client; empty for a worker
    argument: str = ""
    failpoints: str = ""
    statement: str = ""  # `action@n` for the n-th statement
