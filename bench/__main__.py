"""`./dev bench`: starts durable servers of its own and lets a Django process measure on them."""

import signal
import sys
import time
from types import FrameType

from bench import options, setup
from config.local.console import Console
from config.local.errors import SetupError
from config.local.folder import ROOT
from config.local.management import python, run_in_foreground

QUICK_SECONDS = 50.0


def main(words: list[str]) -> int:
    began = time.monotonic()
    chosen = options.parse(words)
    console = Console(sys.stderr)
    console.say("bench: starting PostgreSQL and Valkey in a temporary folder …")
    with setup.isolated_servers(console) as env:
        deadline = [f"--deadline={began + QUICK_SECONDS}"] if chosen.quick else []
        return run_in_foreground(
            python("-m", "bench.session", *words, *deadline), env=env, cwd=ROOT
        )


def leave(number: int, frame: FrameType | None) -> None:
    """End through the clean-up that an exception runs, which the default action would skip."""
    sys.exit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, leave)
    try:
        sys.exit(main(sys.argv[1:]))
    except SetupError as error:
        sys.exit(f"bench: {error}")
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
