"""A private PostgreSQL, reached through a Unix socket only."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg

from config.local import private
from config.local.binaries import Binary, copy_postgres, find_postgres
from config.local.errors import SetupError
from config.local.folder import DataFolder
from config.local.processes import Account, Program, account_options, command_line, wait_until
from config.local.watchdog import signal_process

NAME = "agentloom"  # of the database and of the role that owns it
SOCKET = ".s.PGSQL.5432"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "shared_preload_libraries": "",
    "timezone": "UTC",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
}
THROWAWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def socket_folder(folder: DataFolder) -> Path:
    return private.private_path(folder) / "socket"


def database_url(folder: DataFolder) -> str:
    """In django-environ's form for a Unix socket: its folder, then the database's name."""
    return f"postgresql://{NAME}@/{socket_folder(folder)}/{NAME}"


def server_account() -> Account | None:
    """PostgreSQL refuses to run as root, so root starts it as `nobody`; others as themselves."""
    if os.getuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


@dataclass(frozen=True)
class Postgres:
    """The server of one data folder; throw-away servers trade durability for speed."""

    folder: DataFolder
    durable: bool = True
    account: Account | None = None

    @classmethod
    def of(cls, folder: DataFolder, *, durable: bool = True) -> "Postgres":
        return cls(folder, durable, server_account())

    @property
    def data(self) -> Path:
        home = private.private_path(self.folder) if self.account else self.folder.path
        return home / "postgres"

    def describe(self) -> str:
        binary = find_postgres()
        return f"PostgreSQL {binary.version()} ({binary.source}) in {self.data}"

    def prepare(self) -> None:
        """Make the folders, and the cluster if there is none yet."""
        home = private.claim(self.folder)
        self._make_folder(home / "socket")
        if not self.data.exists():
            self._initialise()
        self._settle_with_predecessor()

    def program(self) -> Program:
        settings = SETTINGS | ({} if self.durable else THROWAWAY_SETTINGS)
        if sys.platform == "linux":
            # After a crash: one call in place of one for every file, which takes seconds.
            settings["recovery_init_sync_method"] = "syncfs"
        settings["unix_socket_directories"] = str(socket_folder(self.folder))
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return Program(
            name="postgres",
            command=[str(self._binary().path), "-D", str(self.data), *options],
            env=_environment(),
            cwd=self.data,
            stop_signal=signal.SIGINT,  # ends sessions at once and closes cleanly
            log=self.folder.logs / "postgres.log",
            account=self.account,
            is_server=True,
        )

    def answers(self) -> bool:
        if not (socket_folder(self.folder) / SOCKET).exists():
            return False
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def complete(self) -> None:
        """Make the database if there is none yet."""
        with self._connect("postgres") as connection:
            query = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(query, [NAME]).fetchone() is None:
                connection.execute(f"CREATE DATABASE {NAME}")

    def is_empty(self) -> bool:
        """No table has been made yet."""
        with self._connect(NAME) as connection:
            row = connection.execute("SELECT to_regclass('django_migrations') IS NULL").fetchone()
        return bool(row and row[0])

    def _connect(self, database: str) -> "psycopg.Connection[tuple[object, ...]]":
        host = str(socket_folder(self.folder))
        return psycopg.connect(
            host=host, user=NAME, dbname=database, connect_timeout=5, autocommit=True
        )

    def _binary(self) -> Binary:
        binary = find_postgres()
        return (
            copy_postgres(binary, private.private_path(self.folder) / "program")
            if self.account
            else binary
        )

    def _settle_with_predecessor(self) -> None:
        """PostgreSQL does not start while the process named in its lock file seems to live."""
        file = self.data / "postmaster.pid"
        if not file.exists():
            return
        pid = int(file.read_text().splitlines()[0])
        words = command_line(pid)
        if words and str(self.data) not in words:
            file.unlink()  # since then the machine has given that number to another process
        else:
            wait_until(lambda: not signal_process(pid, 0), 10)

    def _make_folder(self, path: Path) -> None:
        path.mkdir(mode=0o700, exist_ok=True)
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)

    def _initialise(self) -> None:
        """Into a draft folder first, so that a cluster that exists is a whole one."""
        draft, binary = self.data.with_name("postgres.draft"), self._binary()
        shutil.rmtree(draft, ignore_errors=True)
        self._make_folder(draft)
        result = subprocess.run(
            [
                str(binary.path.with_name("initdb")),
                "-D",
                str(draft),
                *self._cluster_options(binary),
            ],
            check=False,
            env=_environment(),
            cwd=draft,
            capture_output=True,
            text=True,
            start_new_session=True,  # Ctrl-C is this process's affair
            **account_options(self.account),
        )
        if result.returncode:
            raise SetupError(
                f"PostgreSQL could not make its data folder {self.data}:\n{result.stderr.strip()}"
            )
        draft.rename(self.data)

    def _cluster_options(self, binary: Binary) -> list[str]:
        # PostgreSQL's own Unicode rules sort alike on every system; they came with version 17.
        own_rules = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        locale = own_rules if int(binary.version().split(".")[0]) >= 17 else ["--locale=C.UTF-8"]
        options = ["-U", NAME, "-A", "trust", "-E", "UTF8", "--no-instructions", *locale]
        return options if self.durable else [*options, "--no-sync"]


def _environment() -> dict[str, str]:
    """Not the caller's: PGDATA and the like would change what the server does."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
