"""Credentials as blocks see them: the pin that asks for one, and the secret that it stands for."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from blocks import providers
from blocks.base import BlockError
from blocks.registry import AnyBlock

if TYPE_CHECKING:
    from blocks.ports import Ports

UNAVAILABLE = "credential_unavailable"
HOST_REFUSED = "credential_host_refused"

# The ports that a host without a port stands for.
USUAL_PORTS: Mapping[str, frozenset[int]] = {
    "http": frozenset({80}),
    "https": frozenset({443}),
    "smtp": frozenset({25, 465, 587, 2525}),
    "imap": frozenset({143, 993}),
    "postgresql": frozenset({5432}),
}


class CredentialType(StrEnum):
    """What a credential consists of."""

    API_KEY = "api_key"
    USER_PASSWORD = "user_password"  # noqa: S105 - a name
    OAUTH2 = "oauth2"
    HOST_SCOPED = "host_scoped"  # headers for certain hosts


class Reference(BaseModel):
    """The value of a credentials pin. It names a credential and never holds its secret."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(max_length=36, description="The id of the credential.")
    provider: str = Field(default="", max_length=40, description="Whom it is for.")
    type: str = Field(default="", max_length=20, description="What it consists of.")
    title: str | None = Field(default=None, max_length=100, description="What its owner calls it.")


@dataclass(frozen=True)
class Secret:
    """An unlocked credential. It lives in memory, for one attempt, and does not show its values.

    `values` are, by type: `api_key`; `username` and `password`; `access_token`; `headers`.
    """

    provider: str
    type: CredentialType
    hosts: tuple[str, ...]  # "example.com", "*.example.com", "example.com:8443"
    values: Mapping[str, Any] = field(repr=False)
    base_url: str = ""  # of providers that can be anywhere

    @property
    def headers(self) -> dict[str, str]:
        """What a request carries that is made in its name."""
        match self.type:
            case CredentialType.HOST_SCOPED:
                return dict(self.values["headers"])
            case CredentialType.USER_PASSWORD:
                return {"Authorization": f"Basic {self._basic()}"}
            case CredentialType.OAUTH2:
                return {"Authorization": f"Bearer {self.values['access_token']}"}
            case CredentialType.API_KEY:
                return providers.find(self.provider).key_headers(self.values["api_key"])

    def is_for(self, scheme: str, host: str, port: int) -> bool:
        """Whether it may be sent there. A host without a port stands for the usual ports."""
        is_usual = port in USUAL_PORTS.get(scheme, ())
        names = {f"{host}:{port}", host} if is_usual else {f"{host}:{port}"}
        return any(
            name == allowed or (allowed.startswith("*.") and name.endswith(allowed[1:]))
            for allowed in self.hosts
            for name in names
        )

    def texts(self) -> Iterator[str]:
        """Everything about it that nobody may read."""
        if self.type is CredentialType.USER_PASSWORD:
            yield self._basic()
            yield self.values["password"]
        elif self.type is CredentialType.HOST_SCOPED:
            for value in self.values["headers"].values():
                yield value
                yield value.rpartition(" ")[2]  # without "Bearer" and the like
        else:
            yield from self.values.values()

    def _basic(self) -> str:
        pair = f"{self.values['username']}:{self.values['password']}"
        return base64.b64encode(pair.encode()).decode()


@dataclass(frozen=True)
class Ask:
    """What a pin of a block asks for."""

    pin: str
    providers: tuple[str, ...]
    types: tuple[str, ...]
    is_required: bool
    discriminator: str = ""  # another pin, whose value decides for one of the providers
    mapping: tuple[tuple[str, str], ...] = ()  # (pattern of its value, provider)
    takes_default: bool = True  # of the user, where none is named

    @property
    def key(self) -> str:
        """Its name in `credentials_inputs`, as in agent files: openai_api_key_credentials."""
        return f"{'-'.join(self.providers)}_{'-'.join(self.types)}_credentials"

    def narrowed(self, inputs: Mapping[str, Any]) -> "Ask":
        """For these inputs of the block: with the one provider that they decide for."""
        value = str(inputs.get(self.discriminator) or "") if self.discriminator else ""
        chosen = next((name for pattern, name in self.mapping if fnmatchcase(value, pattern)), "")
        return replace(self, providers=(chosen,)) if chosen else self

    def takes(self, provider: str, type_: str) -> bool:
        """Whether a credential of this kind will do."""
        return provider in self.providers and type_ in self.types

    def wanted(self) -> str:
        """For sentences: openai or anthropic (api_key)."""
        return f"{' or '.join(self.providers)} ({', '.join(self.types)})"


def credentials_pin(
    *wanted: str,
    types: tuple[CredentialType, ...] = (CredentialType.API_KEY,),
    description: str = "The credential to use.",
    optional: bool = False,
    takes_default: bool = True,
    discriminator: str = "",
    mapping: Mapping[str, str] | None = None,
) -> Any:
    """The field of a pin, of type `Reference` (or `Reference | None` if optional), for one of these providers.

    `discriminator` names the pin whose value, by the patterns of `mapping`, decides for one provider. Without
    `takes_default` only a credential that somebody names is used, never the user's default.
    """
    schema: dict[str, Any] = {
        "credentials_provider": list(wanted),
        "credentials_types": [type_.value for type_ in types],
    }
    if not takes_default:
        schema["credentials_default"] = False
    if discriminator:
        schema |= {"discriminator": discriminator, "discriminator_mapping": dict(mapping or {})}
    default = None if optional else ...
    return Field(default=default, description=description, json_schema_extra=schema)


@cache
def asks_of(block: AnyBlock) -> tuple[Ask, ...]:
    """What the block asks for, pin by pin."""
    return tuple(_asks(block))


def _asks(block: AnyBlock) -> Iterator[Ask]:
    for pin, info in block.Input.model_fields.items():
        extra = info.json_schema_extra
        if isinstance(extra, dict) and "credentials_provider" in extra:
            given: dict[str, Any] = dict(extra)
            yield Ask(
                pin=pin,
                providers=tuple(given["credentials_provider"]),
                types=tuple(given["credentials_types"]),
                is_required=info.is_required(),
                discriminator=given.get("discriminator", ""),
                mapping=tuple(given.get("discriminator_mapping", {}).items()),
                takes_default=given.get("credentials_default", True),
            )


def is_reference(value: Any) -> bool:
    """Whether the value names a credential, and says nothing else."""
    try:
        Reference.model_validate(value)
    except ValidationError:
        return False
    return True


def secret_of(credentials: Reference | None, ports: "Ports") -> Secret | None:
    """What the credential stands for, if one is named."""
    return ports.credentials.read(credentials) if credentials else None


def unavailable(message: str, *, retryable: bool = False) -> BlockError:
    """The failure of a block whose credential cannot be used."""
    return BlockError(message, code=UNAVAILABLE, retryable=retryable)
