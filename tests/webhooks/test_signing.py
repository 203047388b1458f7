"""Signatures: what is let in, and every way to get it wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executions.webhooks.errors import SignatureError, WebhookSecretError
from executions.webhooks.signing import (
    TOLERANCE,
    Message,
    Style,
    identified,
    new_secret,
    require_usable,
)
from tests.webhooks.senders import SECRET, github, standard

NOW = 1_800_000_000
BODY = b'{"text":"hello"}'


def known_by(style, headers, body=BODY, now=NOW):
    message = Message({name.lower(): value for name, value in headers.items()}, body)
    return identified(style, SECRET, message, now)


def test_standard_webhooks_are_known_by_their_id():
    assert known_by(Style.STANDARD, standard(BODY, "msg_1", NOW)) == "msg_1"


def test_the_example_of_the_standard_is_let_in():
    # https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert identified(Style.STANDARD, secret, Message(headers, body), 1614265330).startswith("msg_")


def test_one_of_several_signatures_is_enough():
    headers = standard(BODY, "msg_1", NOW)
    headers["webhook-signature"] = f"v1,bm8= v1a,bm8= {headers['webhook-signature']}"
    assert known_by(Style.STANDARD, headers) == "msg_1"


@pytest.mark.parametrize("seconds", [-TOLERANCE, 0, TOLERANCE])
def test_clocks_may_differ_a_little(seconds):
    assert known_by(Style.STANDARD, standard(BODY, "msg_1", NOW + seconds))


@pytest.mark.parametrize("seconds", [-TOLERANCE - 1, TOLERANCE + 1, 10**11])
def test_what_was_signed_long_ago_or_ahead_is_refused(seconds):
    with pytest.raises(SignatureError):
        known_by(Style.STANDARD, standard(BODY, "msg_1", NOW + seconds))


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-id": "x" * 201},
        {"webhook-id": "msg 1"},
        {"webhook-timestamp": str(NOW + 1)},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": f" {NOW}"},
        {"webhook-timestamp": "١٨٠٠٠٠٠٠٠٠"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "é \ud800"},
    ],
)
def test_a_changed_header_is_refused(change):
    with pytest.raises(SignatureError):
        known_by(Style.STANDARD, {**standard(BODY, "msg_1", NOW), **change})


@pytest.mark.parametrize("cut", [1, 2, 10])
def test_a_truncated_signature_is_refused(cut):
    headers = standard(BODY, "msg_1", NOW)
    headers["webhook-signature"] = headers["webhook-signature"][:-cut]
    with pytest.raises(SignatureError):
        known_by(Style.STANDARD, headers)


def test_another_key_or_version_is_refused():
    foreign = standard(BODY, "msg_1", NOW, key=b"another")
    asymmetric = standard(BODY, "msg_1", NOW)
    asymmetric["webhook-signature"] = asymmetric["webhook-signature"].replace("v1,", "v1a,")
    for headers in (foreign, asymmetric, {}):
        with pytest.raises(SignatureError):
            known_by(Style.STANDARD, headers)


def test_github_is_known_by_what_it_signs_whatever_the_headers_say():
    first = known_by(Style.GITHUB, github(BODY, delivery="a"))
    assert known_by(Style.GITHUB, github(BODY, delivery="b")) == first
    assert known_by(Style.GITHUB, github(b"{}"), body=b"{}") != first


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": "sha256="},
        {"X-Hub-Signature": "sha1=abc"},
        github(BODY, key=b"another"),
        {"X-Hub-Signature-256": github(BODY)["X-Hub-Signature-256"].upper()},
        {"X-Hub-Signature-256": github(BODY)["X-Hub-Signature-256"][:-1]},
    ],
)
def test_what_github_did_not_sign_is_refused(headers):
    with pytest.raises(SignatureError):
        known_by(Style.GITHUB, headers)


@given(st.binary(max_size=50), st.integers(min_value=0, max_value=10**6))
def test_a_body_with_another_bit_is_refused(body, place):
    body = body or b"x"
    place %= len(body) * 8
    changed = bytearray(body)
    changed[place // 8] ^= 1 << (place % 8)
    for style, headers in (
        (Style.STANDARD, standard(body, "msg_1", NOW)),
        (Style.GITHUB, github(body)),
    ):
        assert known_by(style, headers, body)
        with pytest.raises(SignatureError):
            known_by(style, headers, bytes(changed))


def test_without_signatures_an_id_is_believed_and_none_is_needed():
    assert known_by(Style.NONE, {}) == ""
    assert known_by(Style.NONE, {"webhook-id": "7"}) == "7"


def test_secrets_that_are_made_are_usable_and_differ():
    secrets = {new_secret() for _ in range(3)}
    for secret in secrets:
        require_usable(secret)
    assert len(secrets) == 3


@pytest.mark.parametrize("secret", ["", "short", "x" * 201, "whsec_not base64 at all!"])
def test_secrets_that_nobody_could_use_are_refused(secret):
    with pytest.raises(WebhookSecretError):
        require_usable(secret)
