"""What a page does while its server is away, and when it is there again."""

import pytest
from playwright.sync_api import expect

from executions import services as runs
from executions.models import NodeExecution
from graphs import services
from tests.e2e.conftest import WEB, free_port, log_in, start, wait_for
from tests.pages.test_questions import approval
from tests.processes import on_this_database, until

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


class Server:
    """A web process that can be killed, and started again at its address."""

    def __init__(self, logs):
        self._logs, self._port = logs, free_port()
        self.address = f"http://127.0.0.1:{self._port}"

    def start(self):
        self._process = start("web", f"{WEB} --port {self._port}", on_this_database(), self._logs)
        wait_for(f"{self.address}/healthz", self._logs)

    def kill(self):
        self._process.kill()
        self._process.wait()


@pytest.fixture
def server(transactional_db, tmp_path):
    server = Server(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def screen(browser, server, person):
    """A window at this server, which may complain that it is away."""
    context = browser.new_context(base_url=server.address, locale="en-GB")
    screen = context.new_page()
    log_in(screen, person)
    yield screen
    context.close()


@pytest.mark.usefixtures("address")  # a worker runs there
def test_the_page_of_a_run_goes_on_when_the_server_is_there_again(screen, server, person):
    version = services.create_graph(owner=person, name="Payment", drawing=approval({"amount": 5}))
    execution = runs.start_execution(version=version, user=person, inputs={})
    screen.goto(f"/executions/{execution.pk}/")
    expect(screen.locator("run-monitor[live]")).to_be_attached()
    server.kill()
    expect(screen.locator("run-monitor:not([live])")).to_be_attached()

    until(lambda: NodeExecution.objects.asking().exists())
    runs.answer(NodeExecution.objects.asking().get(), {"approved": True})
    server.start()
    expect(screen.locator("run-monitor [data-run-status]")).to_have_text("Completed")
