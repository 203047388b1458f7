"""Whatever a program sends as inputs of a block, the answer is its outputs or a refusal; never a fault, never a wait.

The adapters are the real ones. The world outside is a server of this machine that answers nonsense; no name but its
own can be resolved.
"""

import json
import socket
from collections import deque
from itertools import cycle, islice

import pytest

from accounts import credits, outbound
from accounts.vault import services as vault
from accounts.vault.rules import SECRET_FIELDS
from blocks import providers
from blocks.credentials import asks_of
from tests.blocks.adapters.site import Answer, running_site
from tests.blocks.test_examples import BLOCKS

DEEP = 3_000
# As they are written in a body: some cannot be said in another way.
HOSTILE = [
    "null",
    '""',
    "-1",
    "1e400",
    "NaN",
    "-Infinity",
    "1" + "0" * 400,
    "9" * 5_000,
    "true",
    r'"\ud800"',
    r'"a\u0000b"',
    r'"\u202e\ufeff"',
    f'"{"x" * 100_000}"',
    '"{{ [].__class__ }}"',
    '"(a+)+$"',
    r'"[[[[((((\\"',
    '"<!DOCTYPE a [<!ENTITY b \\"bb\\"><!ENTITY c \\"&b;&b;\\">]><a>&c;</a>"',
    '"&a [&b [&b, &b]]"',
    '"data:;base64,A"',
    '"workspace://../../etc/passwd"',
    '"file:///etc/passwd"',
    '"http://[::1"',
    '"9999-99-99T99:99"',
    '["a", 1, null, [], {}]',
    '[{"a": 1}, {"a": "x"}, {}]',
    '{"a": {"b": null}}',
    '{"": 1, "\\u0000": 2, "__proto__": {}, "constructor": 1}',
    f"{'[' * DEEP}1{']' * DEEP}",
    '{"a":' * DEEP + "1" + "}" * DEEP,
    f"[{','.join(['1'] * 50_000)}]",
]
# Values for all pins at once, and for each by itself; all of them with --long.
ON_ALL, ON_EACH = 4, 1


@pytest.fixture
def site(monkeypatch):
    """The only place that can be reached."""
    resolve = socket.getaddrinfo

    def known(host, *rest, **more):
        if host not in {"127.0.0.1", b"127.0.0.1", "localhost"}:
            raise socket.gaierror(socket.EAI_NONAME, "unknown in this test")
        return resolve(host, *rest, **more)

    with running_site() as running:
        running.next_answer = lambda path: Answer(200, {"content-type": "text/html"}, b"<p>\0 {")
        monkeypatch.setattr(socket, "getaddrinfo", known)
        yield running
    outbound.http().close()


@pytest.fixture
def credential(user, site):
    """A reference to a credential that a pin takes."""

    def make(ask):
        name = ask.providers[0]
        type_ = next(type_ for type_ in ask.types if type_ in SECRET_FIELDS)
        known = providers.find(name)
        where = {"base_url": site.url} if known.has_base_url else {"hosts": [site.host]}
        secret = dict.fromkeys(SECRET_FIELDS[type_], "sk-planted")
        if "headers" in secret:
            secret["headers"] = {"X-Key": "sk-planted"}
        made = vault.create(user, title="Work", provider=name, type=type_, secret=secret, **where)
        return {"id": str(made.pk)}

    return make


def bodies(block, given, is_long):
    """Each hostile value on all pins at once, and some or all of them on each pin by itself."""
    asked = {ask.pin for ask in asks_of(block)}
    pins = [pin for pin in block.Input.model_fields if pin not in asked]
    fixed = {pin: json.dumps(value) for pin, value in given.items()}
    values = cycle(HOSTILE)
    deque(islice(values, sum(block.id.encode())), maxlen=0)  # begin somewhere else for each block
    for value in islice(values, len(HOSTILE) if is_long else ON_ALL):
        yield {**fixed, **dict.fromkeys(pins, value)}
    yield {**fixed, pins[0] + "_#_a" * 5_000: "1"} if pins else fixed
    for pin in [*pins, *asked]:
        for value in islice(values, len(HOSTILE) if is_long else ON_EACH):
            yield {**fixed, pin: value}


def text_of(body):
    pairs = (f"{json.dumps(pin)}:{value}" for pin, value in body.items())
    return f"{{{','.join(pairs)}}}"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.id)
def test_hostile_inputs_get_outputs_or_a_refusal(api, user, site, credential, block, is_long):
    credits.grant(user, 1_000_000)
    given = next(example.given for example in block.examples if example.yields)
    given = json.loads(json.dumps(given).replace("https://example.com", site.url))
    given |= {ask.pin: credential(ask) for ask in asks_of(block)}
    if "model" in block.Input.model_fields:
        given["model"] = "m"
    for body in bodies(block, given, is_long):
        text = text_of(body)
        answer = api.post(
            f"/api/blocks/{block.id}/execute", text.encode(), content_type="application/json"
        )
        assert answer.status_code in {200, 400}, (text[:500], answer.content[:500])
        refusal = answer.json()["error"] if answer.status_code == 400 else {}
        assert refusal.get("error_code") not in {"block_crashed", "timeout"}, text[:500]
        assert len(refusal.get("message", "")) < 1_000
