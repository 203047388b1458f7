"""Web requests in the name of a credential."""

from collections.abc import Iterator

from blocks.base import Block, Effect, Example, PinValue
from blocks.credentials import CredentialType, Reference, Secret, credentials_pin
from blocks.library.http import ReplyOutput, SendWebRequest, send
from blocks.ports import Ports
from blocks.registry import register

_SECRET = Secret(
    provider="http",
    type=CredentialType.HOST_SCOPED,
    hosts=("example.com",),
    values={"headers": {"Authorization": "Bearer 123"}},
)
_REFERENCE = {"id": "7d1c0b5e-5a0e-4d0b-9d0e-0d8f6c1d2a3b", "provider": "http"}


@register
class SendAuthenticatedWebRequest(Block["SendAuthenticatedWebRequest.Input"]):
    id = "send_authenticated_web_request_block"
    aliases = ("fff86bcd-e001-4bad-a7f6-2eae4720c8dc",)
    name = "Send authenticated web request"
    description = "Sends data to an address on the web with a credential that is made for its host."
    category = "network"
    icon = "lock"
    effect = Effect.AT_MOST_ONCE

    class Input(SendWebRequest.Input):
        credentials: Reference = credentials_pin(
            "http",
            types=(
                CredentialType.HOST_SCOPED,
                CredentialType.API_KEY,
                CredentialType.USER_PASSWORD,
            ),
            description="The credential; it goes to its own hosts only.",
        )

    class Output(ReplyOutput):
        pass

    examples = (
        Example(
            given={"url": "https://example.com/api", "credentials": _REFERENCE},
            secret=_SECRET,
            answers=[{"status": 200, "body": "Hello Ada"}],
            yields=[("response", "Hello Ada")],
        ),
        Example(
            given={"url": "https://example.com/api", "credentials": _REFERENCE},
            secret=_SECRET,
            answers=[{"status": 403, "body": "Not you"}],
            yields=[("client_error", "Not you")],
        ),
        Example(
            given={"url": "https://example.com/api", "credentials": _REFERENCE},
            secret=_SECRET,
            answers=[{"status": 503, "body": "Later"}],
            yields=[("server_error", "Later")],
        ),
        Example(
            given={"url": "https://example.com/api", "credentials": _REFERENCE},
            error="no such credential",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield send(data, ports, credential=ports.credentials.read(data.credentials))
