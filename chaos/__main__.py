"""`./dev chaos`: makes an installation of its own in a temporary folder and lets a Django process break it."""

import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from bench.setup import FOREIGN_SETTINGS, HOST
from chaos import options
from config.local import private
from config.local.errors import SetupError
from config.local.folder import ROOT, DataFolder
from config.local.management import python, run_in_foreground
from config.local.servers import environment, servers_of


def main(words: list[str]) -> int:
    chosen = options.parse(words)
    settings = "chaos.shipped_settings" if chosen.scenarios else "chaos.campaign_settings"
    words = [*words, "--seed", str(chosen.seed)]
    with own_installation(settings) as env:
        return run_in_foreground(python("-m", "chaos.session", *words), env=env, cwd=ROOT)


@contextlib.contextmanager
def own_installation(settings: str) -> Iterator[dict[str, str]]:
    """A folder for servers that nobody else uses, prepared but not started; gives what leads there."""
    for name in FOREIGN_SETTINGS:
        os.environ.pop(name, None)
    # Not below /tmp: that may be memory, where fsync costs nothing.
    with tempfile.TemporaryDirectory(prefix="agentloom-chaos-", dir=private.PLACE) as path:
        folder = DataFolder.open(Path(path))
        try:
            for server in servers_of(folder):
                server.prepare()
            yield environment(folder) | {
                "DJANGO_SETTINGS_MODULE": settings,
                "OUTBOUND_ALLOWED_HOSTS": HOST,
                "LOG_LEVEL": "WARNING",
                "PYTHONPATH": str(ROOT),
            }
        finally:
            private.remove(folder)


def leave(number: int, frame: FrameType | None) -> None:
    """End through the clean-up that an exception runs, which the default action would skip."""
    sys.exit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, leave)
    try:
        sys.exit(main(sys.argv[1:]))
    except SetupError as error:
        sys.exit(f"chaos: {error}")
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
