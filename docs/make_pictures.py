"""Makes the pictures of the documents from a running product: `.venv/bin/python -m docs.make_pictures`.

It starts an installation and an example site of its own in a temporary folder. Chromium is needed; another one than that
on PATH is named in AGENTLOOM_CHROMIUM.
"""

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

from config.local import private
from config.local.folder import DataFolder

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDTH, HEIGHT = 1280, 752
SITE_DELAY = 5  # seconds for an answer: long enough to be seen waiting
ZOOM = 2  # clicks


def main() -> None:
    password = secrets.token_urlsafe(16)
    with (
        example_site() as site,
        product(site, password) as address,
        browser_page(address) as page,
    ):
        log_in(page, "demo@example.com", password)
        shoot_builder(page)
        start_digest(page, site)
        shoot_run(page)
        page.context.clear_cookies()
        log_in(page, "admin@example.com", password)
        shoot_system(page)


@contextlib.contextmanager
def started(command: list[str], env: dict[str, str], mark: str) -> Iterator[str]:
    """A program that has written a line with the mark; gives the last word of that line."""
    process = subprocess.Popen(  # noqa: S603 - commands of our own
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    try:
        line = next((line for line in process.stdout if mark in line), "")
        if not line:
            sys.exit(f"{command[0]} has ended before it was ready.")
        yield line.split()[-1]
    finally:
        process.terminate()
        process.communicate()


@contextlib.contextmanager
def example_site() -> Iterator[str]:
    """The address of a site that is slow on purpose."""
    options = ["--port", "0", "--delay", str(SITE_DELAY)]
    command = [sys.executable, "examples/site_server.py", *options]
    with started(command, dict(os.environ), "Serving") as address:
        yield address


@contextlib.contextmanager
def product(site: str, password: str) -> Iterator[str]:
    """The address of an installation with demo data, whose blocks may call the site."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {
        "AGENTLOOM_DEMO_PASSWORD": password,
        "AGENTLOOM_ADMIN_PASSWORD": password,
        "OUTBOUND_ALLOWED_HOSTS": site.removeprefix("http://"),
    }
    with tempfile.TemporaryDirectory(prefix="agentloom-pictures-") as data:
        command = ["./dev", "up", "--data", data, "--port", str(port), "--workers", "1"]
        try:
            with started(command, env, "ready ") as address:
                yield address
        finally:
            private.remove(DataFolder(Path(data).resolve()))


@contextlib.contextmanager
def browser_page(address: str) -> Iterator[Page]:
    """A window in light mode."""
    path = os.environ.get("AGENTLOOM_CHROMIUM") or next(
        filter(None, map(shutil.which, BROWSERS)), None
    )
    if path is None:
        sys.exit(f"No browser was found: set AGENTLOOM_CHROMIUM or install {BROWSERS[0]}.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser.new_page(
            base_url=address,
            viewport={"width": WIDTH, "height": HEIGHT},
            color_scheme="light",
            reduced_motion="reduce",
        )
        browser.close()


def log_in(page: Page, email: str, password: str) -> None:
    page.goto("/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def open_digest(page: Page) -> None:
    page.goto("/graphs/")
    page.get_by_role("link", name="Web digest").first.click()
    page.wait_for_url("**/graphs/*-*/")


def shoot_builder(page: Page) -> None:
    """The example as its owner changes it."""
    open_digest(page)
    page.goto(f"{page.url}edit/")
    expect(page.get_by_role("group", name="Write the digest")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("credit").first).to_be_visible(timeout=30_000)
    page.screenshot(path=IMAGES / "builder.png")


def shoot_system(page: Page) -> None:
    """What operators look at first."""
    page.goto("/admin/system/")
    page.screenshot(path=IMAGES / "system.png")


def start_digest(page: Page, site: str) -> None:
    """Run the web digest example on the site."""
    open_digest(page)
    page.get_by_label("Address of the site").fill(site)
    page.get_by_role("button", name="Run", exact=True).click()


def shoot_run(page: Page) -> None:
    """The run while its pages are on their way."""
    fetching = page.locator(".node-card[data-node=page][data-status=RUNNING]")
    expect(fetching).to_be_attached(timeout=30_000)
    move_to_middle(page, fetching)
    for _ in range(ZOOM):
        page.locator("[data-zoom=in]").click()
    page.mouse.move(0, 0)
    page.screenshot(path=IMAGES / "run.png")


def move_to_middle(page: Page, card: Locator) -> None:
    """Drag the drawing, from a place where nothing is drawn, until the card is in its middle."""
    view, node = page.locator("graph-view").bounding_box(), card.bounding_box()
    assert view
    assert node
    x, y = view["x"] + view["width"] - 200, view["y"] + 20
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(
        x + view["x"] + view["width"] / 2 - node["x"] - node["width"] / 2,
        y + view["y"] + view["height"] / 2 - node["y"] - node["height"] / 2,
    )
    page.mouse.up()


if __name__ == "__main__":
    main()
