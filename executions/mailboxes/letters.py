"""What a run gets of a mail. Pure, but for the files, whose places are named before they are kept."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from blocks.base import BlockError
from blocks.library.mail_message import taken_apart
from blocks.library.media import Media
from blocks.ports import FoundMail
from executions.files.names import clean_name, clean_type
from executions.models import new_id

MAX_BYTES = 10_000_000  # of one mail
MAX_FILES = 20


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail: what it says, and the files that came with it by the ids under which they will be kept."""

    facts: Mapping[str, Any]
    files: Mapping[UUID, Media]

    def payload(self) -> dict[str, Any]:
        """What inputs can be filled with."""
        places = [_place(id_, file) for id_, file in self.files.items()]
        first = {"attachment": places[0]} if places else {}
        return {**self.facts, "attachments": places, **first}


def read(mail: FoundMail) -> Letter:
    """Take a mail apart. Raises `BlockError` for one with more parts or files than it may have."""
    facts, files = taken_apart(mail.content)
    if len(files) > MAX_FILES:
        raise BlockError(f"The mail has more than {MAX_FILES} files")
    return Letter(facts, {new_id(): file for file in files})


def key_of(mail: FoundMail) -> str:
    """The same for a mail however often it is found; another one when the server gives its number anew."""
    return f"{mail.uid}:{hashlib.sha256(mail.content).hexdigest()}"


def _place(id_: UUID, file: Media) -> str:
    """As values refer to a file, see `StoredFile.uri`."""
    return f"workspace://{id_}#{clean_type(file.content_type, clean_name(file.name))}"
