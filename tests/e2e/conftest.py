"""A real installation on the test database, and a real browser in front of it."""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import expect, sync_playwright

from executions import services as runs
from executions.workers import work
from graphs import services
from graphs.starters import STARTERS
from tests.factories import UserFactory
from tests.identity.openid_server import running_server
from tests.processes import on_this_database

SCREENSHOTS = Path(__file__).resolve().parents[1] / "screenshots"
HAS_FAILED = pytest.StashKey[bool]()
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
    *("--disable-background-networking", "--disable-component-update", "--no-first-run"),
]
WORKER = (
    "celery --quiet -A config.celery worker --pool threads --concurrency 20 --without-gossip"
    " --without-mingle --without-heartbeat --loglevel warning"
)
WEB = "uvicorn config.asgi:application --lifespan off --log-level warning"


# Package-wide, not session-wide: the worker would do the work of later tests, and Playwright's loop would be in the
# way of theirs.
@pytest.fixture(scope="package")
def browser():
    path = os.environ.get("AGENTLOOM_CHROMIUM") or next(
        filter(None, map(shutil.which, NAMES)), None
    )
    if path is None:
        pytest.skip(f"No browser: set AGENTLOOM_CHROMIUM or install one of {', '.join(NAMES)}")
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright runs a loop in this thread, which Django would mistake for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        expect.set_options(timeout=20_000)
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def other_site():
    """A site whose people may log in here."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="package")
def address(django_db_setup, django_db_blocker, tmp_path_factory, other_site):
    """Where the web process listens; a worker runs beside it."""
    logs, port = tmp_path_factory.mktemp("logs"), free_port()
    provider = {"server_url": other_site.address, "client_id": "us", "client_secret": "s3cret"}
    provider["sign_up"] = True
    env = on_this_database(LOGIN_PROVIDERS=json.dumps({"company": provider}))
    commands = {"web": f"{WEB} --port {port}", "worker": WORKER}
    started = [start(name, command, env, logs) for name, command in commands.items()]
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", logs)
        yield f"http://127.0.0.1:{port}"
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(20)


def free_port():
    """A port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def start(name, command, env, logs):
    """A process that runs this module with these arguments."""
    with (logs / f"{name}.log").open("wb") as log:
        words = [sys.executable, "-m", *command.split()]
        return subprocess.Popen(words, env=env, stdout=log, stderr=subprocess.STDOUT)


def wait_for(url, logs):
    """Until the web process answers."""
    for _ in range(1_200):
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError((logs / "web.log").read_text())


@pytest.fixture
def person(transactional_db):
    """Somebody with an account."""
    return UserFactory(email="ada@example.com", name="Ada Lovelace")


@pytest.fixture
def run(person):
    """A run that has ended."""
    drawing = STARTERS["branch"].drawing
    version = services.create_graph(owner=person, name="A condition", drawing=drawing)
    execution = runs.start_execution(version=version, user=person, inputs={"number": 12})
    work.advance(execution.pk)
    return execution


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    item.stash[HAS_FAILED] = report.failed or item.stash.get(HAS_FAILED, False)
    return report


@pytest.fixture
def picture(request):
    """Keep a picture of a window, if the test has failed or `--pictures` was asked for."""

    def picture(screen, name, **options):
        if request.config.getoption("--pictures") or request.node.stash.get(HAS_FAILED, False):
            SCREENSHOTS.mkdir(exist_ok=True)
            screen.screenshot(path=SCREENSHOTS / f"{name}.png", **options)

    return picture


@pytest.fixture
def open_screen(browser, address, request, picture):
    """Open a window: `open_screen(width=…, dark=…, locale=…)`. At the end, no page may have complained, as
    it does of everything that the Content Security Policy forbids."""
    complaints, contexts = [], []

    def open_screen(*, width=1400, height=900, dark=False, locale="en-GB"):
        context = browser.new_context(
            base_url=address,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            locale=locale,
        )
        contexts.append(context)
        screen = context.new_page()
        screen.set_default_timeout(20_000)
        screen.on("pageerror", lambda error: complaints.append(str(error)))
        screen.on("console", lambda message: _note(message, complaints))
        return screen

    yield open_screen
    name = re.sub(r"\W+", "-", request.node.name).strip("-")
    for index, context in enumerate(contexts):
        for screen in context.pages:
            picture(screen, f"{name}-{index}", full_page=True)
        context.close()
    assert complaints == []


def _note(message, complaints):
    """Errors and warnings of the console; answers such as 422 are told there too, and are meant."""
    if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
        complaints.append(message.text)


@pytest.fixture
def screen(open_screen, person):
    """A window in which the person is logged in."""
    screen = open_screen()
    log_in(screen, person)
    return screen


def log_in(screen, person):
    """Without the form, which has a test of its own."""
    client = Client()
    client.force_login(person)
    session = client.cookies["sessionid"].value
    screen.context.add_cookies(
        [{"name": "sessionid", "value": session, "domain": "127.0.0.1", "path": "/"}]
    )
    screen.goto("/graphs/")


def set_theme(screen, theme):
    """As the button at the top of each page does."""
    screen.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)


@pytest.fixture
def slow_site():
    """A server that answers only when its gate is opened: (address, gate)."""
    gate = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            gate.wait(30)
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            with contextlib.suppress(OSError):  # nobody listens any more
                self.wfile.write(b"Tea is ready.")

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", gate
    gate.set()
    server.shutdown()
    server.server_close()
