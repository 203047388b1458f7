"""How much somebody may ask, in all processes together, and while Redis is away."""

import socket
import subprocess
import sys
import time

import pytest
import redis
from django.conf import settings as running
from django.test import Client as Browser

from accounts import keys
from accounts.limits import local, windows
from accounts.limits.addresses import counted_as
from accounts.limits.rates import Rate, Standing, Window
from accounts.models import ApiKey, Scope
from tests.api_client import Client, client_of
from tests.factories import PASSWORD
from tests.pages.conftest import logged_in

TOKEN = "/api/auth/token"
REDIS_URL = running.REDIS_URL
# What one of several processes does: ask 50 times, and say how often it was admitted.
ASK = """
import sys
from django.conf import settings
settings.configure(REDIS_URL=sys.argv[1])
from accounts.limits import windows
from accounts.limits.rates import Rate, Window
windows._PATIENCE = 30
asked = [windows.take([Window(sys.argv[2], Rate(60, 3600))]) for _ in range(50)]
print(sum(standing.is_admitted for standing in asked))
"""


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """A machine that is busy with other tests may take long to answer."""
    monkeypatch.setattr(windows, "_PATIENCE", 30)
    windows._script.cache_clear()
    yield
    windows._script.cache_clear()
    windows._breaker.answered()
    local._asked.clear()


@pytest.fixture
def frozen(settings, monkeypatch):
    """A Redis that takes connections and answers nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.REDIS_URL = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        monkeypatch.setattr(windows, "_PATIENCE", 0.05)
        windows._script.cache_clear()
        yield server


def window(name, rate="3/60"):
    return Window(f"test:{name}:{time.monotonic_ns()}", Rate.parse(rate))


def age(one, slots):
    """Let time pass for a window: what it holds is as many slots older."""
    counts, key = redis.Redis.from_url(REDIS_URL), windows._PREFIX + one.name
    held = counts.hgetall(key)
    counts.delete(key)
    counts.hset(key, mapping={int(slot) - slots: count for slot, count in held.items()})
    counts.close()


def test_a_window_admits_as_many_as_its_rate_and_says_what_is_left():
    one = window("left")
    asked = [windows.take([one]) for _ in range(5)]
    assert [(each.is_admitted, each.remaining) for each in asked] == [
        (True, 2),
        (True, 1),
        (True, 0),
        (False, 0),
        (False, 0),
    ]
    assert {each.limit for each in asked} == {3}
    assert all(1 <= each.reset <= 62 for each in asked)


def test_many_requests_in_one_second_count_one_by_one():
    one = window("second", "100/60")
    assert sum(windows.take([one]).is_admitted for _ in range(1_000)) == 100


def test_a_window_slides():
    one = window("slides")
    for _ in range(2):
        windows.take([one])
    age(one, 20)
    assert windows.take([one]).is_admitted
    assert not windows.take([one]).is_admitted
    age(one, 11)  # the first two have left the window, the third has not
    assert [windows.take([one]).is_admitted for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize("seconds", [1, 7, 86_400])
def test_a_window_may_have_any_length(seconds):
    one = window("length", f"2/{seconds}")
    asked = [windows.take([one]) for _ in range(2)]
    assert [each.remaining for each in asked] == [1, 0]


def test_what_reaches_into_the_window_counts():
    one = window("edge")
    for _ in range(3):
        windows.take([one])
    age(one, 29)
    assert not windows.take([one]).is_admitted


def test_a_refused_request_is_counted_in_no_window():
    full, wide = window("full", "1/60"), window("wide", "9/60")
    asked = [windows.take([wide, full]) for _ in range(3)]
    assert [each.is_admitted for each in asked] == [True, False, False]
    assert windows.take([wide]).remaining == 7


def test_the_tightest_window_is_told():
    asked = windows.take(
        [window("wide", "100/60"), window("tight", "5/60"), window("mid", "50/60")]
    )
    assert (asked.limit, asked.remaining) == (5, 4)


def test_processes_share_a_window():
    name = f"test:processes:{time.monotonic_ns()}"
    command = [sys.executable, "-c", ASK, REDIS_URL, name]
    asking = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert sum(int(process.communicate()[0]) for process in asking) == 60


def test_a_window_of_the_process_slides_too(monkeypatch):
    one, now = window("local", "2/60"), time.monotonic()
    moments = iter([now, now + 10, now + 59, now + 61, now + 62])
    monkeypatch.setattr(local.time, "monotonic", lambda: next(moments))
    assert [local.take([one]) for _ in range(5)] == [
        Standing(True, 2, 1, 60),
        Standing(True, 2, 0, 50),
        Standing(False, 2, 0, 1),
        Standing(True, 2, 0, 9),
        Standing(False, 2, 0, 8),
    ]


def test_answers_say_how_the_caller_stands(api, rates):
    rates(read="3/60")
    answers = [api.get("/api/user") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer["X-RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert {answer["X-RateLimit-Limit"] for answer in answers} == {"3"}
    refused = answers[-1]
    assert refused.json()["error"]["error_code"] == "rate_limit_exceeded"
    assert refused["Retry-After"] == refused["X-RateLimit-Reset"]
    assert 1 <= int(refused["Retry-After"]) <= 62


def test_kinds_of_requests_are_counted_apart(api, rates, version):
    rates(execute="1/60")
    address = f"/api/graphs/{version.graph_id}/execute"
    assert [api.post(address, {"inputs": {"text": "x"}}).status_code for _ in range(2)] == [
        200,
        429,
    ]
    assert api.get("/api/user").status_code == 200
    assert api.put("/api/user", {"name": "Ada"}).status_code == 200


def test_keys_and_tokens_of_one_user_share_their_windows(api, rates, user, stranger_api):
    access = Client().post(TOKEN, {"email": user.email, "password": PASSWORD}).json()["access"]
    rates(read="2/60")
    assert api.get("/api/user").status_code == 200
    assert client_of(access).get("/api/user").status_code == 200
    assert api.get("/api/user").status_code == 429
    assert stranger_api.get("/api/user").status_code == 200


def test_a_key_may_have_a_limit_of_its_own(api, user):
    key, text = keys.issue(user, name="x", permissions=Scope.values)
    ApiKey.objects.filter(pk=key.pk).update(rate_limit=2)
    limited = client_of(text)
    assert [limited.get("/api/user").status_code for _ in range(3)] == [200, 200, 429]
    assert limited.put("/api/user", {"name": "Ada"}).status_code == 429
    assert api.get("/api/user").status_code == 200


def test_no_header_makes_somebody_another_sender(db, rates, settings):
    rates(auth="2/60")
    body = {"email": "nobody@example.com", "password": "x"}
    forged = [Client(HTTP_X_FORWARDED_FOR=f"192.0.2.{n}").post(TOKEN, body) for n in range(3)]
    assert [answer.status_code for answer in forged] == [401, 401, 429]
    settings.TRUSTED_PROXIES = 1
    through_proxy = Client(HTTP_X_FORWARDED_FOR="192.0.2.9, 198.51.100.7")
    assert [through_proxy.post(TOKEN, body).status_code for _ in range(3)] == [401, 401, 429]
    again = Client(HTTP_X_FORWARDED_FOR="192.0.2.10, 198.51.100.7")
    assert again.post(TOKEN, body).status_code == 429


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("", "unknown"),
        ("x\r\ny", "unknown"),
    ],
)
def test_an_address_counts_by_what_its_owner_has_one_of(text, name):
    assert counted_as(text) == f"address:{name}"


def test_after_many_passwords_the_right_one_is_refused_too(rates, user):
    rates(login="3/300")
    api = Client()
    tried = [api.post(TOKEN, {"email": user.email, "password": str(n)}) for n in range(3)]
    assert [answer.status_code for answer in tried] == [401] * 3
    right = {"email": user.email.upper(), "password": PASSWORD}
    refused = api.post(TOKEN, right, REMOTE_ADDR="198.51.100.9")
    assert (refused.status_code, refused.json()["error"]["error_code"]) == (
        429,
        "rate_limit_exceeded",
    )
    answer = Browser().post("/login/", {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_one_address_cannot_try_one_account_after_the_other(db, rates):
    rates(auth="3/60")
    given = [{"login": f"p{n}@example.com", "password": "x"} for n in range(4)]
    answers = [Browser().post("/login/", each).status_code for each in given]
    assert answers == [200, 200, 200, 429]


def test_sign_up_is_counted_by_address(db, rates, settings):
    rates(auth="1/60")
    settings.SIGNUP_OPEN = True
    people = [{"email": f"p{n}@example.com", "password": PASSWORD} for n in range(2)]
    assert Client().post("/api/auth/register", people[0]).status_code == 202
    assert Client().post("/api/auth/register", people[1]).status_code == 429
    assert Browser().post("/signup/", people[1]).status_code == 429


def test_keys_that_open_nothing_are_counted_by_address(api, rates):
    rates(refused="2/60")
    wrong = [Client(HTTP_X_API_KEY=f"aloom_{n}").get("/api/user") for n in range(3)]
    assert [answer.status_code for answer in wrong] == [401, 401, 429]
    assert api.get("/api/user").status_code == 200


def test_pages_are_counted_by_user(user, stranger, rates):
    page, stranger_page = logged_in(user), logged_in(stranger)
    rates(read="2/60")
    answers = [page.get("/account/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Too many requests" in answers[-1].content.decode()
    assert answers[0]["X-RateLimit-Remaining"] == "1"
    assert stranger_page.get("/account/").status_code == 200


def test_with_a_frozen_redis_work_goes_on_and_one_request_tries(api, frozen):
    frozen.settimeout(5)
    assert {api.get("/api/user").status_code for _ in range(5)} == {200}
    connection, _peer = frozen.accept()
    connection.close()
    frozen.setblocking(False)
    with pytest.raises(BlockingIOError):
        frozen.accept()


def test_with_a_frozen_redis_logins_are_limited_all_the_same(user, rates, frozen):
    rates(login="2/300")
    tried = [Client().post(TOKEN, {"email": user.email, "password": "x"}) for _ in range(3)]
    assert [answer.status_code for answer in tried] == [401, 401, 429]


def test_when_redis_is_back_it_counts_again(monkeypatch, frozen, settings):
    one = window("back")
    assert windows.take([one]) is None
    monkeypatch.setattr(windows, "_PATIENCE", 30)
    settings.REDIS_URL = REDIS_URL
    windows._script.cache_clear()
    assert windows.take([one]) is None  # it is not asked yet
    monkeypatch.setattr(windows._breaker, "_closed_until", time.monotonic())
    assert windows.take([one]).remaining == 2


@pytest.mark.parametrize("text", ["", "60", "0/60", "60/0", "-1/60", "many", "1/60/60", "1.5/60"])
def test_a_rate_that_cannot_be_is_refused(text):
    with pytest.raises(ValueError, match="such as 600/60"):
        Rate.parse(text)
