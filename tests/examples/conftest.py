"""The example files, the site that one of them reads, and a way to run them."""

import contextlib
import threading
from pathlib import Path

import pytest

from accounts.models import User
from examples.site_server import SITE, make_server
from executions import graph_files
from tests.executions import scene

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def run_example(db):
    """Brings a run of an example to its end in this thread."""
    owner = User.objects.create_user("owner@example.com", "a-long-password")

    def run(name, **inputs):
        return scene.run(owner, graph_files.load(EXAMPLES / name).drawing(), **inputs)

    return run


@contextlib.contextmanager
def serving(folder=SITE):
    """The address at which the folder is served."""
    with make_server(port=0, folder=folder) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def site():
    """The address of the example site."""
    with serving() as address:
        yield address
