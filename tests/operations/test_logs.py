"""What log lines say, as text and as JSON."""

import json
import logging

import pytest

from config import log_lines
from tests.executions import scene
from tests.executions.scene import drawing, run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lines():
    """What programs read of everything that is logged meanwhile."""
    found, handler = [], logging.Handler()
    handler.setFormatter(log_lines.formatter("json"))
    handler.emit = lambda record: found.append(json.loads(handler.format(record)))
    logging.getLogger().addHandler(handler)
    yield found
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def crash():
    """A block that has a fault."""

    def crash(value, ports):
        raise RuntimeError("a fault\nin a block")
        yield

    scene.behaviours["crash"] = crash
    yield "crash"
    scene.behaviours.clear()


@pytest.mark.parametrize("block", ["test_pure", "test_idempotent"])
def test_a_fault_of_a_block_names_its_run(user, lines, crash, block):
    execution = run(user, drawing({"a": (block, {"does": crash})}))

    [line] = [line for line in lines if line["logger"] == "executions.attempts.running"]
    assert (line["level"], line["execution_id"], line["user_id"]) == (
        "error",
        str(execution.pk),
        str(user.pk),
    )
    if block == "test_idempotent":
        assert line["node_execution_id"] == str(execution.node_executions.get().pk)


def test_a_line_of_a_request_names_the_request_and_the_user(api, user, lines):
    answer = api.get("/api/graphs/6d7e8f90-0000-4000-8000-000000000000")

    line = next(line for line in lines if line["logger"] == "django.request")
    assert line["request_id"] == answer["X-Request-ID"]
    assert line["timestamp"]


def test_nothing_of_a_request_is_said_after_it(api, lines):
    api.get("/api/graphs")
    logging.getLogger("after").warning("it")

    [line] = [line for line in lines if line["logger"] == "after"]
    assert not {*log_lines.IDS} & {*line}


def test_a_stack_trace_is_part_of_its_json_line(lines):
    try:
        int("x\x1b[31m")
    except ValueError:
        logging.getLogger("here").exception("failed")

    [line] = [line for line in lines if line["logger"] == "here"]
    assert "ValueError" in line["exception"]


def test_the_format_is_checked():
    with pytest.raises(KeyError):
        log_lines.formatter("xml")
