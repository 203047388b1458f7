from ipaddress import ip_address

import httpcore2
import pytest

from blocks.adapters.guard import Policy, Target, is_open_port, is_public, parse_url, target_of
from blocks.adapters.network import GuardedBackend
from blocks.base import BlockError

REFUSED = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255",
    "100.100.100.200", "127.0.0.1", "127.255.255.254", "168.63.129.16", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1",
    "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::7f00:1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1",
    "::ffff:169.254.169.254", "::ffff:100.64.0.1", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "100::1", "100:0:0:1::1",
    "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::1", "2002:a00:1::",
    "2002:a9fe:a9fe::1", "2002:6440:1::1", "3fff::1", "5f00::1", "fc00::1", "fd00::1",
    "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "4000::1", "1::1", "200::1",
    # Teredo: a private client behind a public server (the client's bits are inverted), and a private server
    "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:0:7f00:1:8000:63bf:f7f7:f7f7",
    # ISATAP with a private address
    "2606:4700::5efe:10.0.0.1", "2606:4700::200:5efe:127.0.0.1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
    "126.255.255.255", "128.0.0.1", "169.253.255.255", "172.15.255.255", "172.32.0.0",
    "192.0.1.1", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
    "223.255.255.255", "2606:4700:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8", "2002:808:808::1",
]  # fmt: skip


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_is_not_on_the_internet_is_refused(address):
    assert is_public(ip_address(address)) is False


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_on_the_internet_is_allowed(address):
    assert is_public(ip_address(address)) is True


@pytest.mark.parametrize(
    ("port", "is_open"),
    [(80, True), (443, True), (1024, True), (3000, True), (8080, True), (8443, True)]
    + [(port, False) for port in (0, 1, 21, 22, 23, 25, 53, 110, 445, 1023, 65536)]
    + [(port, False) for port in (2375, 3306, 5432, 6379, 9200, 11211, 27017)],
)
def test_only_ports_of_the_web_and_harmless_high_ports_are_open(port, is_open):
    assert is_open_port(port) is is_open


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://x/",
        "ftp://x/",
        "dict://x:11211/",
        "unix:/x",
        "data:,x",
        "javascript:alert(1)",
        "ws://example.com/",
        "FILE:///etc/passwd",
    ],
)
def test_other_schemes_are_blocked(url):
    with pytest.raises(BlockError) as error:
        parse_url(url)
    assert error.value.code == "ssrf_blocked"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "//example.com/a",
        "http://",
        "http:///a",
        "http://a b/",
        "http://[::1",
        "http://x:port/",
        "http://x\r\nHost: y/",
        "http://x/a\nb",
        "http://x/\x00",
        "http://x/\ud800",
        "http://good.com\\@127.0.0.1/",
        "http://%31%32%37.0.0.1/",
        "http://[fe80::1%25eth0]/",
        "http://１２７.0.0.1/",
        "http://x:99999999/",
        "http://0177.0.0.1/",
    ],
)
def test_broken_addresses_are_refused(url):
    with pytest.raises(BlockError) as error:
        parse_url(url)
    assert error.value.code == "bad_url"


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://Example.COM/a", Target("http", "example.com", 80)),
        ("https://example.com.", Target("https", "example.com", 443)),
        ("https://example.com:8443/?q#f", Target("https", "example.com", 8443)),
        ("http://user:word@example.com/", Target("http", "example.com", 80)),
        ("http://例え.jp/", Target("http", "xn--r8jz45g.jp", 80)),
        ("http://[2606:4700::1]:81/", Target("http", "2606:4700::1", 81)),
        ("http://127。0。0。1/", Target("http", "127.0.0.1", 80)),
        ("http://example.com:0/", Target("http", "example.com", 0)),
    ],
)
def test_a_url_says_where_it_leads(url, target):
    assert target_of(parse_url(url)) == target


@pytest.mark.parametrize(
    ("allowed", "host", "port", "is_allowed"),
    [
        ("ollama", "ollama", 11434, True),
        ("Ollama:11434", "OLLAMA.", 11434, True),
        ("ollama:11434", "ollama", 11435, False),
        ("ollama", "my-ollama", 80, False),
        ("[::1]:80", "::1", 80, True),
        ("[::1]", "::1", 81, True),
        (" ", "", 80, False),
    ],
)
def test_an_operator_allows_a_host_or_a_host_with_a_port(allowed, host, port, is_allowed):
    assert Policy.allowing([allowed]).allows_host(host, port) is is_allowed


class Sockets(httpcore2.NetworkBackend):
    """Notes where a connection would go."""

    def __init__(self):
        self.connected = []

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        self.connected.append((host, port))
        return httpcore2.MockStream([])


def test_the_connection_goes_to_the_address_that_was_checked():
    sockets = Sockets()
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    backend = GuardedBackend(Policy(), lambda host, port: next(answers), sockets)

    backend.connect_tcp("rebinding.example", 80)
    with pytest.raises(BlockError, match="not on the public internet"):
        backend.connect_tcp("rebinding.example", 80)

    assert sockets.connected == [("93.184.216.34", 80)]


@pytest.mark.parametrize(
    "addresses",
    [["10.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["2606:4700::1", "::1"], ["fe80::1%eth0"]],
)
def test_a_host_with_any_private_address_is_blocked_before_connecting(addresses):
    sockets = Sockets()
    backend = GuardedBackend(Policy(), lambda host, port: addresses, sockets)

    with pytest.raises(BlockError) as error:
        backend.connect_tcp("mixed.example", 80)

    assert (error.value.code, sockets.connected) == ("ssrf_blocked", [])


def test_unix_sockets_are_blocked():
    with pytest.raises(BlockError) as error:
        GuardedBackend(Policy()).connect_unix_socket("/run/docker.sock")
    assert error.value.code == "ssrf_blocked"
