"""Keeps servers, or dummies with a child of their own, running until a signal comes."""

import sys
from pathlib import Path

from config.local.console import Console
from config.local.folder import DataFolder
from config.local.processes import Program, wait_until
from config.local.session import running_servers
from config.local.supervisor import Supervisor


def keep(supervisor):
    supervisor.obey_signals()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    supervisor.run()


def keep_dummies(folder, console):
    with Supervisor(folder.records, console) as supervisor:
        for name in ("one", "two"):
            pid_file = folder.path / f"{name}.pid"
            script = f"sleep 1000 & echo $! >{pid_file}; wait"
            supervisor.start(Program(name, ["/bin/sh", "-c", script], env={}, cwd=folder.path))
            wait_until(lambda path=pid_file: path.exists() and path.read_text(), 10)
        keep(supervisor)


def keep_servers(folder, console):
    with running_servers(folder, console, durable=False) as supervisor:
        keep(supervisor)


if __name__ == "__main__":
    keeper = {"servers": keep_servers, "dummies": keep_dummies}[sys.argv[1]]
    keeper(DataFolder.open(Path(sys.argv[2])), Console(sys.stderr))
