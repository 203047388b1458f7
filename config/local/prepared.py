"""Remembers that a database has been prepared by this very code, so that a start need not do it again."""

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from config.local.folder import ROOT, DataFolder
from config.local.postgres import Postgres

# What preparing may read: code, migrations, demo data, static files, the versions of the packages.
SOURCES = [
    "accounts",
    "blocks",
    "config",
    "database",
    "examples",
    "executions",
    "graphs",
    "requirements.lock",
]


def is_prepared(folder: DataFolder, *, demo: bool) -> bool:
    """Always False for a database set by address: others may have changed it."""
    if os.environ.get("DATABASE_URL") or not _mark(folder).exists():
        return False
    return (
        _mark(folder).read_text() == fingerprint(demo=demo) and not Postgres.of(folder).is_empty()
    )


def remember(folder: DataFolder, *, demo: bool) -> None:
    _mark(folder).write_text(fingerprint(demo=demo))


def forget(folder: DataFolder) -> None:
    _mark(folder).unlink(missing_ok=True)


def fingerprint(*, demo: bool, root: Path = ROOT) -> str:
    """A digest of all that preparing depends on."""
    settings = sorted(item for item in os.environ.items() if item[0].startswith("AGENTLOOM_"))
    digest = hashlib.sha256(repr((sys.version, demo, settings)).encode())
    for path in _files(root):
        facts = path.stat()
        digest.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for source in SOURCES:
        found = sorted((root / source).rglob("*")) if (root / source).is_dir() else [root / source]
        yield from (path for path in found if path.is_file() and path.suffix != ".pyc")


def _mark(folder: DataFolder) -> Path:
    return folder.path / "prepared"
