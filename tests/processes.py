"""Real worker processes on the test's database."""

import os
import signal
import time

import pytest
from django.db import connection

from chaos.crew import Crew
from executions.models import Worker

SETTINGS = "config.settings_test"


def until(condition, seconds=40):
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            pytest.fail("It did not happen in time")
        time.sleep(0.02)


def on_this_database(**changes):
    """The environment of a process that works on the test's database."""
    address, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    return {
        **os.environ,
        "DATABASE_URL": f"{address}/{connection.settings_dict['NAME']}",
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        **changes,
    }


class WorkerProcess:
    """One of a crew, with the verbs of a `Popen`."""

    def __init__(self, crew):
        self._crew = crew
        self.pid = crew.start()

    def kill(self):
        self._crew.signal(self.pid, signal.SIGKILL)

    def terminate(self):
        self._crew.signal(self.pid, signal.SIGTERM)

    def wait(self):
        until(lambda: not self._crew.is_alive(self.pid))


@pytest.fixture(scope="session")
def crew(django_db_setup, tmp_path_factory):
    """Loads the product once: what it forks works after a moment."""
    crew = Crew(on_this_database(), tmp_path_factory.mktemp("crew"), SETTINGS)
    yield crew
    crew.disband()


@pytest.fixture
def workers(crew, tmp_path):
    """Start workers: `workers(2)` returns when both show that they live. What else is said is changed in their environment."""
    started, crews = [], {(): crew}

    def start_workers(count, **changes):
        key = tuple(changes.items())
        if key not in crews:
            crews[key] = Crew(on_this_database(**changes), tmp_path, SETTINGS)
        started.extend(WorkerProcess(crews[key]) for _ in range(count))
        pids = {process.pid for process in started}
        until(
            lambda: pids == set(Worker.objects.filter(pid__in=pids).values_list("pid", flat=True))
        )
        return started

    yield start_workers
    for process in started:
        process.kill()
        process.wait()
    for each in crews.values():
        if each is not crew:
            each.disband()
