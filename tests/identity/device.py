"""A person's device with a passkey, in software."""

import json
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG
SURE = FLAG.UP | FLAG.UV  # somebody was there, and the device knows who


class Device:
    """Makes a passkey, and answers with it as a browser hands it on."""

    def __init__(self, origin="https://testserver"):
        self.key, self.id = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        self.origin, self.user = origin, ""

    def make(self, options, flags=SURE, kind="webauthn.create"):
        asked = json.loads(options)["publicKey"]
        self.user = asked["user"]["id"]
        public = ES256.from_cryptography_key(self.key.public_key())
        kept = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        data = AuthenticatorData.create(sha256(b"testserver"), flags | FLAG.AT, 0, kept)
        made = AttestationObject.create("none", data, {})
        return self._said(asked, kind, attestationObject=websafe_encode(made))

    def answer(self, options, flags=SURE, kind="webauthn.get", user=None):
        asked = json.loads(options)["publicKey"]
        data = AuthenticatorData.create(sha256(b"testserver"), flags, 0)
        browser = self._client_data(asked, kind)
        signature = self.key.sign(data + sha256(browser), ec.ECDSA(hashes.SHA256()))
        return self._said(
            asked,
            kind,
            authenticatorData=websafe_encode(data),
            signature=websafe_encode(signature),
            userHandle=user or self.user,
        )

    def _client_data(self, asked, kind):
        return CollectedClientData.create(kind, websafe_decode(asked["challenge"]), self.origin)

    def _said(self, asked, kind, **response):
        id_ = websafe_encode(self.id)
        response["clientDataJSON"] = websafe_encode(self._client_data(asked, kind))
        about = {"type": "public-key", "clientExtensionResults": {}}
        return json.dumps({"id": id_, "rawId": id_, "response": response} | about)
