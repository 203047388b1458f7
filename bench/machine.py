"""Where and when was measured: a figure means little without it."""

import os
import platform
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from config.local.binaries import find_postgres, find_valkey

PACKAGES = ("django", "celery", "psycopg", "uvicorn")


@dataclass(frozen=True)
class Facts:
    """For the head of the tables."""

    command: str
    day: str
    machine: str
    versions: str
    load: str


def facts(command: str) -> Facts:
    """As they are now, before anything is measured."""
    packages = [f"{name} {version(name)}" for name in PACKAGES]
    return Facts(
        command=command,
        day=datetime.now(UTC).date().isoformat(),
        machine=f"{_processor()}, {os.cpu_count()} cores, {_memory()}, {platform.system()} {platform.release()}",
        versions=", ".join(
            [
                f"Python {sys.version.split()[0]}",
                f"PostgreSQL {find_postgres().version()}",
                f"Valkey {find_valkey().version()}",
                *packages,
            ]
        ),
        load=f"{os.getloadavg()[0]:.1f}",
    )


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory() -> str:
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{size / 2**30:.0f} GB"
