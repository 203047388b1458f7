"""The data folder: everything an installation on this machine must not lose."""

import base64
import contextlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from config.local.errors import SetupError

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_DATA = ROOT / "var"


@dataclass(frozen=True)
class Secrets:
    """Made once, when the folder is made."""

    folder_id: str
    secret_key: str
    valkey_password: str


@dataclass(frozen=True)
class DataFolder:
    """A folder with its sub-folders; two folders never share a server."""

    path: Path

    @classmethod
    def open(cls, path: Path) -> "DataFolder":
        """The folder at `path`, made if need be, readable for its owner alone."""
        folder = cls(path.resolve())
        try:
            for part in (folder.path, folder.records, folder.logs):
                part.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise SetupError(
                f"The data folder {folder.path} cannot be made: {error.strerror}."
            ) from error
        return folder

    @property
    def records(self) -> Path:
        return self.path / "processes"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    def secrets(self) -> Secrets:
        file = self.path / "secrets.json"
        if not file.exists():
            _write_once(file, json.dumps(_new_secrets()))
        return Secrets(**json.loads(file.read_text()))

    def credential_keys(self) -> list[str]:
        """What credentials are encrypted with, one a line, the newest first."""
        file = self.path / "credential-keys"
        if not file.exists():
            _write_once(file, _new_key() + "\n")
        return file.read_text().split()


def _new_key() -> str:
    """A Fernet key."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _new_secrets() -> dict[str, str]:
    return {
        "folder_id": secrets.token_hex(16),
        "secret_key": secrets.token_urlsafe(64),
        "valkey_password": secrets.token_urlsafe(32),
    }


def _write_once(file: Path, text: str) -> None:
    """Write the whole file or nothing; of two writers at once the first one wins."""
    draft = file.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
    with contextlib.suppress(FileExistsError):
        os.link(draft, file)
    draft.unlink()
