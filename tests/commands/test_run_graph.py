"""`run_graph`: a graph file from the terminal to its outputs."""

import io
import json
import re
import signal
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from executions.engine.status import Status
from executions.models import Execution, Source
from executions.workers import work
from graphs.models import GraphVersion
from tests.api.drawings import graph, link, node
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin(db):
    return UserFactory(email="admin@example.com")


@pytest.fixture
def worker(db):
    """Does a worker's part in the background."""
    stop = threading.Event()

    def work_on_runs():
        while not stop.wait(0.01):
            for id_ in Execution.objects.unfinished().values_list("pk", flat=True):
                work.advance(id_)
        connection.close()

    thread = threading.Thread(target=work_on_runs)
    thread.start()
    yield
    stop.set()
    thread.join()


@pytest.fixture
def graph_file(tmp_path):
    """Write a graph file."""

    def graph_file(content=None):
        path = tmp_path / "graph.json"
        if not isinstance(content, bytes):
            content = json.dumps(content or graph()).encode()
        path.write_bytes(content)
        return str(path)

    return graph_file


class Terminal(io.StringIO):
    def isatty(self):
        return True


def run(*arguments, stderr=None):
    """Returns what the command wrote to both outputs."""
    out, err = io.StringIO(), stderr or io.StringIO()
    call_command("run_graph", *arguments, stdout=out, stderr=err, no_color=True)
    return out.getvalue(), err.getvalue()


def refused(*arguments):
    """Returns the message of a command that must not start a run."""
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    assert caught.value.returncode == 2
    assert Execution.objects.count() == 0
    return str(caught.value)


def test_the_outputs_go_to_stdout_and_the_progress_to_stderr(admin, worker, graph_file):
    out, err = run(graph_file(), "--input", "text=hello = world")
    assert json.loads(out) == {"answer": ["hello = world"]}
    assert [line.split()[2:] for line in err.splitlines()] == [
        ["COMPLETED", "ask"],
        ["COMPLETED", "tell"],
    ]
    execution = Execution.objects.get()
    assert (execution.source, execution.user) == (Source.TERMINAL, admin)


def test_an_input_can_come_from_a_file(admin, worker, graph_file, tmp_path):
    (tmp_path / "text.txt").write_text("文 on\ntwo lines")
    out, _err = run(graph_file(), "--input", f"text=@{tmp_path}/text.txt")
    assert json.loads(out) == {"answer": ["文 on\ntwo lines"]}


def test_a_terminal_shows_a_bar_and_takes_it_away(admin, worker, graph_file):
    _out, err = run(graph_file(), "--input", "text=x", stderr=Terminal())
    assert re.search(r"\[#{24}\] 2/2 nodes, \d+\.\d s", err)
    assert err.endswith("\r\033[K")


def test_the_same_file_makes_one_version_and_a_changed_one_another(admin, worker, graph_file):
    for _ in range(2):
        run(graph_file(), "--input", "text=x")
    assert GraphVersion.objects.count() == 1
    changed = graph([node("ask", "text_input_block", name="text")])
    run(graph_file(changed), "--input", "text=x")
    assert list(GraphVersion.objects.values_list("version", "is_active").order_by("version")) == [
        (1, False),
        (2, True),
    ]


def test_a_run_can_be_anothers(worker, graph_file):
    user = UserFactory()
    run(graph_file(), "--input", "text=x", "--email", user.email)
    assert Execution.objects.get().user == user


def test_a_run_that_fails_ends_with_1_and_says_why(admin, worker, graph_file):
    failing = node("sum", "calculator_block", a=1, b=0, operation="Divide")
    with pytest.raises(CommandError, match="The run ended FAILED") as caught:
        run(graph_file(graph([failing])))
    assert caught.value.returncode == 1


@pytest.fixture
def interruptible():
    """As a program on a terminal has it, whatever servers of other tests have set."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_stops_the_run(admin, graph_file):
    class Impatient(Terminal):
        def write(self, text):
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(CommandError, match="Stopped") as caught:
        run(graph_file(), "--input", "text=x", stderr=Impatient())
    assert caught.value.returncode == 130
    assert Execution.objects.get().status == Status.CANCELLED


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "This is not JSON"),
        (b"\xff", "This is not JSON"),
        ({"name": "x"}, 'graph: "nodes" is missing'),
        (graph([node("a", "gone")]), 'a: There is no block "gone"'),
        (graph(None, [link("ask.text", "tell.nothing")]), 'tell: tell has no input pin "nothing"'),
    ],
    ids=str,
)
def test_a_wrong_file_is_refused_in_words(admin, graph_file, content, message):
    assert message in refused(graph_file(content), "--input", "text=x")


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ([], 'The input "text" is required'),
        (["text=x", "colour=red"], 'This graph has no input "colour"'),
        (["text"], '--input needs NAME=VALUE, not "text"'),
        (["=x"], "--input needs NAME=VALUE"),
        (["text=x", "text=y"], 'The input "text" is given twice'),
        (["text=@/nowhere/at/all"], "/nowhere/at/all cannot be read"),
        (["text=@/dev/null/x"], "cannot be read"),
    ],
    ids=str,
)
def test_wrong_inputs_are_refused_in_words(admin, graph_file, inputs, message):
    options = [option for each in inputs for option in ("--input", each)]
    assert message in refused(graph_file(), *options)


def test_a_binary_input_file_is_refused(admin, graph_file, tmp_path):
    for content in (b"\xff\xfe", b"a\0b"):
        (tmp_path / "x").write_bytes(content)
        assert "x" in refused(graph_file(), "--input", f"text=@{tmp_path}/x")


def test_a_file_that_is_not_there_is_refused(admin):
    assert "/nowhere.json" in refused("/nowhere.json")


def test_without_the_user_nothing_runs(graph_file):
    assert "There is no user admin@example.com" in refused(graph_file(), "--input", "text=x")


def test_without_credits_nothing_runs(admin, graph_file):
    type(admin).objects.update(credits=0)
    thinking = graph([node("think", "llm_call_block", prompt="x")])
    assert refused(graph_file(thinking)).startswith("Insufficient balance")
