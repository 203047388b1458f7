"""Names that nobody else has, random text, and hashes."""

import base64
import hashlib
import hmac
import secrets
import string
import uuid
from collections.abc import Iterator
from enum import StrEnum

from pydantic import Field

from blocks.base import Block, Example, Pins, PinValue
from blocks.ports import Ports
from blocks.registry import register


@register
class GenerateUuid(Block["GenerateUuid.Input"]):
    id = "generate_uuid_block"
    name = "Make UUID"
    description = "Makes a name that nobody else has, such as 7f9c24e8-3b1d-4f5a-9e2b-0c6d8a1f4e37."
    category = "developer"
    icon = "id"

    class Input(Pins):
        trigger: str = Field(default="", description="Any value; only starts the block.")
        name: str = Field(
            default="", description="With a name, the same name always gives the same UUID."
        )

    class Output(Pins):
        uuid: str = Field(description="The UUID as text.")

    examples = (
        Example(given={}, yields=[("uuid", str)]),
        Example(
            given={"name": "example.com"}, yields=[("uuid", "cfbff0d1-9375-5685-968c-48ce8b15ae17")]
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        name = data.name.encode(errors="replace").decode()
        yield "uuid", str(uuid.uuid5(uuid.NAMESPACE_DNS, name) if name else uuid.uuid4())


class Alphabet(StrEnum):
    """Which characters a random text may have."""

    LETTERS_AND_DIGITS = "letters and digits"
    DIGITS = "digits"
    HEX = "hex"
    SIGNS = "letters, digits and signs"


_CHARACTERS = {
    Alphabet.LETTERS_AND_DIGITS: string.ascii_letters + string.digits,
    Alphabet.DIGITS: string.digits,
    Alphabet.HEX: "0123456789abcdef",
    Alphabet.SIGNS: string.ascii_letters + string.digits + "!#$%&*+-.:;=?@_~",
}


@register
class RandomText(Block["RandomText.Input"]):
    id = "random_text_block"
    name = "Random text"
    description = "Makes text that nobody can guess, for passwords, codes and tokens."
    category = "developer"
    icon = "key"

    class Input(Pins):
        trigger: str = Field(default="", description="Any value; only starts the block.")
        length: int = Field(default=20, ge=1, le=10_000, description="How many characters.")
        alphabet: Alphabet = Field(
            default=Alphabet.LETTERS_AND_DIGITS, description="Which characters."
        )

    class Output(Pins):
        text: str = Field(description="The text.")

    examples = (
        Example(given={}, yields=[("text", str)]),
        Example(given={"length": 6, "alphabet": "digits"}, yields=[("text", str)]),
        Example(given={"length": 0}, error="a number of 1 or more is needed"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        characters = _CHARACTERS[data.alphabet]
        yield "text", "".join(secrets.choice(characters) for _ in range(data.length))


class Algorithm(StrEnum):
    """How to calculate the hash."""

    SHA256 = "sha256"
    SHA512 = "sha512"
    SHA3_256 = "sha3_256"
    BLAKE2B = "blake2b"
    SHA1 = "sha1"
    MD5 = "md5"


@register
class HashText(Block["HashText.Input"]):
    id = "hash_text_block"
    name = "Hash text"
    description = "Calculates the fingerprint of a text, or signs it with a key (HMAC), as many web services ask."
    category = "developer"
    icon = "hash"

    class Input(Pins):
        text: str = Field(description="The text.")
        algorithm: Algorithm = Field(
            default=Algorithm.SHA256, description="How; MD5 and SHA-1 protect nothing any more."
        )
        key: str = Field(default="", description="The key to sign with; empty: only a hash.")

    class Output(Pins):
        hex: str = Field(description="The hash in hexadecimal digits.")
        base64: str = Field(description="The same in base64.")

    examples = (
        Example(
            given={"text": "tea", "algorithm": "md5"},
            yields=[
                ("hex", "7239ea2b5dc943f61f3c0a0276c20974"),
                ("base64", "cjnqK13JQ/YfPAoCdsIJdA=="),
            ],
        ),
        Example(given={"text": "tea", "key": "k"}, yields=[("hex", str), ("base64", str)]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        content, key = (text.encode(errors="surrogatepass") for text in (data.text, data.key))
        if key:
            digest = hmac.digest(key, content, data.algorithm)
        else:
            digest = hashlib.new(data.algorithm, content, usedforsecurity=False).digest()
        yield "hex", digest.hex()
        yield "base64", base64.b64encode(digest).decode()
