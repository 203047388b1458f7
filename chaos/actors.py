"""The processes of an installation, each of which can be killed, frozen and started again."""

import os
import signal
from dataclasses import replace

from config.local.console import Console
from config.local.folder import DataFolder
from config.local.leash import Leash
from config.local.processes import Child, Program, wait_until

_PATIENCE = 20.0


class Actor:
    """One process; what it says goes to the folder's logs."""

    def __init__(self, program: Program, leash: Leash, folder: DataFolder) -> None:
        self.program = replace(program, log=folder.logs / f"{program.name}.log")
        self._leash, self._folder = leash, folder
        self._child: Child | None = None
        self.is_frozen = False

    @property
    def pid(self) -> int:
        """Of the process that was started last."""
        assert self._child
        return self._child.pid

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.exit_code is None

    def start(self) -> None:
        """Start it, unless it runs."""
        if not self.is_running:
            self._child = Child(
                self.program,
                leash=self._leash,
                records=self._folder.records,
                console=Console(),
            )

    def kill(self) -> None:
        """`kill -9`, of it and its children."""
        if self._child:
            self._child.clear()
        self._child, self.is_frozen = None, False

    def end(self, number: signal.Signals) -> None:
        """Send a signal that ends it, and wait for that."""
        if self.is_running:
            os.kill(self.pid, number)
            wait_until(lambda: not self.is_running, _PATIENCE)
        self.kill()

    def freeze(self) -> None:
        """It keeps its connections and does nothing."""
        if self.is_running:
            os.kill(self.pid, signal.SIGSTOP)
            self.is_frozen = True

    def thaw(self) -> None:
        """It goes on as if nothing had been."""
        if self.is_frozen:
            os.kill(self.pid, signal.SIGCONT)
            self.is_frozen = False

    def heal(self) -> None:
        """However it was treated, it runs afterwards."""
        self.thaw()
        self.start()
