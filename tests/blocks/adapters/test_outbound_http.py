import contextlib
import gzip
import os
import socket
import threading
import zlib

import pytest

from blocks.adapters.http import MAX_REDIRECTS, GuardedHttp
from blocks.base import BlockError
from tests.blocks.adapters.site import Answer


def code_of(error):
    return error.value.code


def test_a_request_arrives_as_it_was_meant(site, http):
    url = site.says("/a?q=1", Answer(201, {"X-Here": "yes", "Content-Type": "text/plain"}, b"hi"))

    reply = http.request("post", url, headers={"X-There": "ä"}, content=b"body")

    seen = site.seen[0]
    assert (reply.status, reply.body, reply.url) == (201, b"hi", url)
    assert reply.headers["x-here"] == "yes"
    assert (seen.method, seen.path, seen.body) == ("POST", "/a?q=1", b"body")
    assert seen.headers["host"] == site.host
    assert seen.headers["user-agent"] == "Agentloom"
    assert seen.headers["x-there"].encode("latin-1").decode() == "ä"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "LocalHost",
        "0",
        "0.0.0.0",
        "2130706433",
        "0x7f.1",
        "127.1",
        "017700000001",
        "127。0。0。1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::]",
        "[::127.0.0.1]",
        "user:word@127.0.0.1",
        "127.0.0.1.",
    ],
)
def test_this_machine_is_out_of_reach_under_all_its_names(site, strict_http, host):
    with pytest.raises(BlockError) as error:
        strict_http.request("GET", f"http://{host}:{site.port}/")
    assert (code_of(error), site.seen) == ("ssrf_blocked", [])


@pytest.mark.parametrize(
    "host",
    [
        "100.64.0.1",
        "169.254.169.254",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[fd00::1]",
        "[fe80::1]",
        "[ff02::1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fec0::1]",
        "2852039166",
        "0xa9fea9fe",
    ],
)
def test_inner_networks_are_out_of_reach(strict_http, host):
    with pytest.raises(BlockError) as error:
        strict_http.request("GET", f"http://{host}/latest/meta-data")
    assert code_of(error) == "ssrf_blocked"


@pytest.mark.parametrize("port", [22, 25, 2375, 6379])
def test_ports_of_other_services_are_blocked_before_any_look_up(port):
    http = GuardedHttp(resolve_host=lambda host, port: pytest.fail("looked up"))
    with pytest.raises(BlockError) as error:
        http.request("GET", f"http://public.example:{port}/")
    assert code_of(error) == "ssrf_blocked"


def test_a_name_that_leads_inside_is_blocked(site):
    http = GuardedHttp(resolve_host=lambda host, port: ["127.0.0.1"])
    with pytest.raises(BlockError) as error:
        http.request("GET", f"http://inside.example:{site.port}/")
    assert (code_of(error), site.seen) == ("ssrf_blocked", [])
    assert "127.0.0.1" not in str(error.value)


def test_an_allowed_name_reaches_its_private_address(site):
    resolved = []

    def resolve(host, port):
        resolved.append(host)
        return ["127.0.0.1"]

    http = GuardedHttp([f"inside.example:{site.port}"], resolve_host=resolve)
    url = site.says("/", Answer(body=b"hello")).replace("127.0.0.1", "inside.example")
    assert http.request("GET", url).body == b"hello"
    assert resolved == ["inside.example"]
    http.close()


def test_a_redirect_from_an_allowed_host_to_another_port_is_blocked(site, other_site, http):
    url = site.says("/", Answer(302, {"Location": f"{other_site.url}/secret"}))
    with pytest.raises(BlockError, match=r"Redirect 1: 127\.0\.0\.1 is not on the public") as error:
        http.request("GET", url)
    assert (code_of(error), other_site.seen) == ("ssrf_blocked", [])


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("file:///etc/passwd", "ssrf_blocked"),
        ("gopher://127.0.0.1:6379/_x", "ssrf_blocked"),
        ("http://169.254.169.254/", "ssrf_blocked"),
        ("http://[::1", "bad_url"),
    ],
)
def test_a_redirect_is_checked_like_a_first_address(site, http, location, code):
    url = site.says("/", Answer(302, {"Location": location}))
    with pytest.raises(BlockError) as error:
        http.request("GET", url)
    assert code_of(error) == code


SECRETS = {
    "Authorization": "Bearer x",
    "Cookie": "a=b",
    "Proxy-Authorization": "x",
    "X-Api-Key": "k",
    "X-Auth-Token": "t",
    "Client-Secret": "s",
    "X-Session-Id": "s",
}


def test_secrets_are_not_carried_to_another_origin(site, other_site):
    http = GuardedHttp([site.host, other_site.host])
    url = site.says("/", Answer(307, {"Location": other_site.says("/there", Answer())}))

    http.request("GET", url, headers=SECRETS | {"X-Plain": "p"})
    http.close()

    first, second = site.seen[0].headers, other_site.seen[0].headers
    expected = {name.lower() for name in SECRETS} - {"proxy-authorization"}
    assert {name for name in first if name.title() in SECRETS} == expected
    assert {name for name in second if name.title() in SECRETS} == set()
    assert second["x-plain"] == "p"


def test_secrets_are_kept_within_an_origin(site, http):
    site.says("/", Answer(307, {"Location": "/there"}))
    site.says("/there", Answer())
    http.request("GET", f"http://user:word@{site.host}/", headers={"X-Api-Key": "k"})
    assert site.seen[1].headers["x-api-key"] == "k"
    assert site.seen[1].headers["authorization"] == "Basic dXNlcjp3b3Jk"


@pytest.mark.parametrize(
    ("status", "method", "expected"),
    [
        (301, "POST", ("GET", b"")),
        (302, "POST", ("GET", b"")),
        (303, "POST", ("GET", b"")),
        (307, "POST", ("POST", b"data")),
        (308, "POST", ("POST", b"data")),
        (301, "PUT", ("PUT", b"data")),
        (303, "PUT", ("GET", b"")),
        (303, "HEAD", ("HEAD", b"")),
    ],
)
def test_a_redirect_turns_into_a_get_where_browsers_do_so(site, http, status, method, expected):
    url = site.says("/", Answer(status, {"Location": "there"}))
    site.says("/there", Answer(body=b"x"))
    content = None if method == "HEAD" else b"data"

    reply = http.request(method, url, content=content, headers={"Content-Type": "text/plain"})

    assert reply.url == f"{site.url}/there"
    assert (site.seen[1].method, site.seen[1].body) == expected
    assert ("content-type" in site.seen[1].headers) == (expected[0] != "GET")


def test_redirects_end_after_ten(site, http):
    url = site.says("/", Answer(302, {"Location": "/"}))
    with pytest.raises(BlockError) as error:
        http.request("GET", url)
    assert (code_of(error), len(site.seen)) == ("too_many_redirects", MAX_REDIRECTS + 1)


def test_a_redirect_without_an_address_is_an_answer(site, http):
    assert http.request("GET", site.says("/", Answer(304))).status == 304


@pytest.mark.parametrize(
    "headers",
    [{"X-A": "b\r\nX-C: d"}, {"X-A\r\nX-C": "d"}, {"X A": "b"}, {"": "b"}, {"X-A": "b\x00"}],
)
def test_headers_cannot_break_out_of_their_line(site, http, headers):
    with pytest.raises(BlockError) as error:
        http.request("GET", site.says("/", Answer()), headers=headers)
    assert (code_of(error), site.seen) == ("bad_header", [])


def test_headers_of_the_connection_belong_to_the_client(site, http):
    headers = {"Host": "evil", "Content-Length": "99", "Transfer-Encoding": "chunked", "TE": "x"}
    http.request("POST", site.says("/", Answer()), headers=headers, content=b"abc")
    seen = site.seen[0].headers
    assert (seen["host"], seen["content-length"], seen.get("te")) == (site.host, "3", None)
    assert "transfer-encoding" not in seen


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "GET /x HTTP/1.1\r\nA: b\r\n\r\n", ""])
def test_odd_methods_are_refused(site, http, method):
    with pytest.raises(BlockError) as error:
        http.request(method, site.url)
    assert (code_of(error), site.seen) == ("bad_method", [])


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=b"x" * 1001),
        Answer(chunks=[b"x" * 500] * 3),
        Answer(chunks=[b"x" * 500] * 3, holds=True),
        Answer(headers={"Content-Encoding": "gzip"}, body=gzip.compress(b"x" * 50_000_000)),
        Answer(headers={"Content-Encoding": "deflate"}, body=zlib.compress(b"x" * 1001)),
    ],
    ids=["announced", "chunked", "endless", "gzip bomb", "deflate"],
)
def test_a_large_answer_is_an_error_not_a_cut(site, answer):
    http = GuardedHttp([site.host], max_bytes=1000)
    with pytest.raises(BlockError) as error:
        http.request("GET", site.says("/", answer))
    assert (code_of(error), error.value.retryable) == ("too_large", False)
    http.close()


@pytest.mark.parametrize(
    "packed", [gzip.compress(b"hello"), zlib.compress(b"hello")], ids=["gzip", "deflate"]
)
def test_a_packed_answer_is_unpacked(site, http, packed):
    answer = Answer(headers={"Content-Encoding": "gzip"}, body=packed)
    assert http.request("GET", site.says("/", answer)).body == b"hello"


def test_a_damaged_packed_answer_is_an_error(site, http):
    answer = Answer(headers={"Content-Encoding": "gzip"}, body=b"not gzip")
    with pytest.raises(BlockError, match="damaged"):
        http.request("GET", site.says("/", answer))


@pytest.mark.parametrize("answer", [Answer(holds=True), Answer(chunks=[b"x"], holds=True)])
def test_a_silent_server_is_left_when_the_time_is_over(site, http, answer):
    with pytest.raises(BlockError) as error:
        http.request("GET", site.says("/", answer), timeout=0.2)
    assert (code_of(error), error.value.retryable) == ("timeout", True)


@pytest.fixture
def dripping():
    """The port of a server that sends the start of an answer one byte at a time, without end."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Drip: ")
            while not over.wait(0.02):
                connection.sendall(b"x")

    thread = threading.Thread(target=serve)
    thread.start()
    yield listener.getsockname()[1]
    over.set()
    thread.join()
    listener.close()


def test_a_server_that_drips_cannot_outlive_the_time_limit(dripping):
    http = GuardedHttp([f"127.0.0.1:{dripping}"])
    with pytest.raises(BlockError) as error:
        http.request("GET", f"http://127.0.0.1:{dripping}/", timeout=0.3)
    assert code_of(error) == "timeout"


def test_the_time_limit_counts_for_all_redirects_together(site, http):
    url = site.says("/", Answer(302, {"Location": "/slow"}))
    site.says("/slow", Answer(holds=True))
    with pytest.raises(BlockError, match=r"Redirect 1: 127\.0\.0\.1 did not answer in time"):
        http.request("GET", url, timeout=0.2)


def test_a_broken_connection_may_be_tried_again(site, http):
    with pytest.raises(BlockError) as error:
        http.request("GET", site.says("/", Answer(chunks=[b"half"], breaks=True)))
    assert (code_of(error), error.value.retryable) == ("unreachable", True)


def test_a_closed_port_is_unreachable(site, http):
    site.close()
    with pytest.raises(BlockError) as error:
        http.request("GET", site.url)
    assert (code_of(error), error.value.retryable) == ("unreachable", True)


def test_a_server_without_tls_gets_no_secure_connection(site, http):
    with pytest.raises(BlockError, match="No secure connection") as error:
        http.request("GET", site.url.replace("http", "https"))
    assert (code_of(error), error.value.retryable) == ("unreachable", False)


def test_cookies_are_not_kept(site, http):
    url = site.says("/", Answer(headers={"Set-Cookie": "a=b; Path=/"}))
    http.request("GET", url)
    http.request("GET", url)
    assert "cookie" not in site.seen[1].headers


def test_the_environment_cannot_put_a_proxy_in_between(site, other_site, http, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", other_site.url)
    monkeypatch.setenv("ALL_PROXY", other_site.url)
    assert http.request("GET", site.says("/", Answer(body=b"direct"))).body == b"direct"
    assert other_site.seen == []


def test_connections_are_used_again(site, http):
    url = site.says("/", Answer(body=b"x"))
    for _ in range(3):
        http.request("GET", url)
    assert len({seen.client_port for seen in site.seen}) == 1


def test_a_connection_that_one_list_allowed_does_not_serve_another(site, http, strict_http):
    url = site.says("/", Answer(body=b"x"))
    http.request("GET", url)
    with pytest.raises(BlockError):
        strict_http.request("GET", url)


def test_a_forked_process_makes_connections_of_its_own(site, http):
    url = site.says("/", Answer(body=b"x"))
    http.request("GET", url)
    child = os.fork()
    if not child:
        os._exit(0 if http.request("GET", url).body == b"x" else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert len({seen.client_port for seen in site.seen}) == 2


def test_lines_are_read_while_they_arrive(site, http):
    url = site.says("/", Answer(chunks=[b"on", b"e\r\ntwo\n", "dréi".encode()]))
    with http.stream_lines("GET", url) as stream:
        assert (stream.status, list(stream.lines)) == (200, ["one", "two", "dréi"])


def test_a_stream_ends_when_the_run_is_stopped(site, http):
    stopped = []
    url = site.says("/", Answer(chunks=[b"one\n"], holds=True))
    with http.stream_lines("GET", url, is_cancelled=lambda: bool(stopped)) as stream:
        stopped.append(next(stream.lines))
        with pytest.raises(BlockError) as error:
            next(stream.lines)
    assert (stopped, code_of(error)) == (["one"], "cancelled")


def test_a_stream_does_not_follow_redirects(site, http):
    url = site.says("/", Answer(302, {"Location": "/there"}))
    with http.stream_lines("POST", url, content=b"x") as stream:
        assert stream.status == 302
    assert len(site.seen) == 1
