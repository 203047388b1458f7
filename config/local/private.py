"""A folder outside the data folder, for what cannot live in it.

The path of a socket may have 103 bytes on macOS, so the socket lives here. PostgreSQL refuses to
run as root; started by root it runs as `nobody`, who cannot reach into root's folders, so then its
program and its data live here too.
"""

import hashlib
import os
import shutil
import socket
import stat
from pathlib import Path

from config.local.errors import SetupError
from config.local.folder import DataFolder

# Unlike /tmp it keeps its content when the machine starts again.
PLACE = Path("/var/tmp")  # nosec B108 # noqa: S108 - the folder's owner and mode are checked before use


def private_path(folder: DataFolder) -> Path:
    digest = hashlib.sha256(f"{os.getuid()}:{folder.path}".encode()).hexdigest()
    return PLACE / f"agentloom-{digest[:12]}"


def claim(folder: DataFolder) -> Path:
    """The private folder of a data folder; what a deleted one of the same name left is removed."""
    path, folder_id = private_path(folder), folder.secrets().folder_id
    path.mkdir(mode=0o711, exist_ok=True)
    _refuse_strangers(path)
    mark = path / "folder-id"
    if not mark.exists() or mark.read_text() != folder_id:
        _refuse_living(path)
        remove(folder)
        path.mkdir(mode=0o711)
        mark.write_text(folder_id)
    return path


def remove(folder: DataFolder) -> None:
    shutil.rmtree(private_path(folder), ignore_errors=True)


def _refuse_strangers(path: Path) -> None:
    facts = path.lstat()
    is_ours = stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.getuid()
    if not is_ours or facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise SetupError(
            f"{path} belongs to somebody else. Remove it, or choose another folder with --data."
        )


def _refuse_living(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as probe:
        if probe.connect_ex(str(path / "socket" / ".s.PGSQL.5432")) == 0:
            raise SetupError(
                f"PostgreSQL of a deleted data folder still runs in {path}. Stop it first."
            )
