"""Each mail starts one run, whoever looks and whatever breaks, and is marked only then."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from chaos import failures, invariants
from executions import failpoints
from executions.files.models import StoredFile
from executions.mailboxes import letters, receiving, watching
from executions.mailboxes.models import Arrival, Mailbox
from executions.models import Execution, Source
from executions.triggers import keeping
from graphs import services as graphs
from tests.executions import scene
from tests.mailboxes.conftest import mail
from tests.processes import until

pytestmark = pytest.mark.django_db(transaction=True)


def look():
    """Every worker's part, once; what was looked into is due again."""
    Mailbox.objects.update(look_at=Now())
    watching.work_off(threading.Event())


def graph_of(user, **inputs):
    """A graph with inputs of these names."""
    nodes = {name: (block, {"name": name}) for name, block in inputs.items()}
    version = graphs.create_graph(
        owner=user, name="Mails", description="", drawing=scene.drawing(nodes)
    )
    return version.graph


def test_each_unread_mail_starts_one_run_and_is_then_marked(make, server, user):
    mailbox = make()
    server.mails = [mail("At five?"), mail("seen before"), mail("At six?")]
    server.seen = {2}
    look()
    runs = Execution.objects.order_by("created_at")
    assert [run.inputs["text"].strip() for run in runs] == ["At five?", "At six?"]
    assert {run.source for run in runs} == {Source.MAIL}
    assert server.seen == {1, 2, 3}
    look()
    assert Execution.objects.count() == 2
    assert set(mailbox.arrivals.values_list("result", "is_marked")) == {("started", True)}
    mailbox.refresh_from_db()
    assert (mailbox.error, mailbox.looked_at is not None) == ("", True)
    assert mailbox.look_at > timezone.now() + timedelta(seconds=50)


def test_inputs_get_what_the_mail_says_and_files_go_with_the_run(make, server, user):
    kinds = {"subject": "text_input_block", "attachment": "file_input_block"}
    make(graph=graph_of(user, **kinds), inputs={"subject": "fixed"})
    server.mails = [mail("x", ("list.txt", b"tea\n"), ("../evil", b"y"))]
    look()
    run, files = Execution.objects.get(), StoredFile.objects.order_by("created_at")
    assert run.inputs == {"subject": "fixed", "attachment": files[0].uri}
    assert [(file.name, file.execution_id) for file in files] == [
        ("list.txt", run.pk),
        ("evil", run.pk),
    ]


def test_a_webhook_trigger_gets_all_of_it(make, server, user):
    make(graph=graph_of(user, mail="webhook_trigger_block"))
    server.mails = [mail("Grüße\0", Subject="Tee für Øyvind", To="me@example.com")]
    look()
    [given] = Execution.objects.get().inputs.values()
    assert given["subject"] == "Tee für Øyvind"
    assert (given["from"], given["to"]) == ("Bo <bo@example.com>", "me@example.com")
    assert given["text"].startswith("Grüße")
    assert given["attachments"] == []


def test_the_server_is_asked_for_what_is_wanted(make, server):
    make(sender="bo@example.com", subject="Bestellung ü", folder="Orders")
    look()
    assert any('UNSEEN FROM "bo@example.com" SUBJECT' in line for line in server.heard)
    assert 'SELECT "Orders"' in server.heard


def test_many_watchers_at_once_start_one_run_a_mail(make, server):
    mailbox = make()
    server.mails = [mail(f"number {number}") for number in range(6)]
    ready = threading.Barrier(4)

    def visit():
        try:
            ready.wait()
            watching.visit(Mailbox.objects.select_related("user", "credential").get())
        finally:
            connection.close()

    threads = [threading.Thread(target=visit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Execution.objects.count() == mailbox.arrivals.count() == 6
    assert server.seen == set(range(1, 7))
    assert invariants.check() == []


def test_a_mailbox_is_looked_into_by_one_watcher_until_its_lease_ends(make):
    make()
    assert watching._claimed() is not None
    assert watching._claimed() is None
    Mailbox.objects.update(look_at=Now())
    assert watching._claimed() is not None


def test_slow_servers_of_one_user_keep_nobody_else_waiting(make, monkeypatch, stranger):
    make(), make(user=stranger), make()
    visited = []

    def visit(mailbox):
        visited.append(mailbox.user_id)
        if len(visited) == 1:  # the other thread looks while this one waits
            watching.work_off(threading.Event())

    monkeypatch.setattr(watching, "visit", visit)
    Mailbox.objects.update(look_at=Now())
    watching.work_off(threading.Event())
    assert len(visited) == 3
    assert visited[1] != visited[0] == visited[2]
    assert watching._busy == set()


@pytest.mark.parametrize(
    "moment", [name for name in failpoints.BESIDE if name.startswith("mail.")] + ["accept.before"]
)
def test_what_breaks_on_the_way_loses_and_doubles_nothing(
    make, server, user, moment, monkeypatch, tmp_path
):
    mailbox = make()
    server.mails = [mail("first", ("a.txt", b"x")), mail("second")]
    with monkeypatch.context() as patch:
        patch.setattr(failpoints, "hit", failures.Armed(f"{moment}=raise", tmp_path / "report"))
        with pytest.raises(failures.BrokenOnPurposeError):
            look()
    assert all(number in server.seen or number > 1 for number in server.seen)
    look()
    assert sorted(run.inputs["text"].strip() for run in Execution.objects.all()) == [
        "first",
        "second",
    ]
    assert (mailbox.arrivals.count(), server.seen) == (2, {1, 2})
    assert StoredFile.objects.count() == 1
    assert invariants.check() == []


def test_what_cannot_start_is_told_and_keeps_nothing_else_waiting(make, server, user, monkeypatch):
    monkeypatch.setattr(letters, "MAX_FILES", 1)
    monkeypatch.setattr(watching, "MAX_BYTES", 5_000)
    mailbox = make()
    server.mails = [
        mail("x" * 6_000),
        mail("two", ("a", b"1"), ("b", b"2")),
        mail("fine"),
    ]
    look()
    errors = (
        mailbox.arrivals.filter(result="refused").order_by("pk").values_list("error", flat=True)
    )
    assert list(errors) == ["The mail has more than 5,000 bytes", "The mail has more than 1 files"]
    assert Execution.objects.get().inputs["text"].strip() == "fine"
    assert server.seen == {1, 2, 3}


def test_a_graph_that_cannot_take_a_mail_says_why(make, server, user):
    mailbox = make(graph=graph_of(user, number="number_input_block"))
    server.mails = [mail()]
    look()
    arrival = mailbox.arrivals.get()
    assert (arrival.result, arrival.execution) == ("refused", None)
    assert '"number" is required' in arrival.error
    assert (arrival.sender, arrival.subject) == ("Bo <bo@example.com>", "Tea")


def test_a_mail_that_is_marked_as_unread_again_is_known(make, server):
    make()
    server.mails = [mail()]
    look()
    server.seen.clear()
    look()
    assert (Execution.objects.count(), server.seen) == (1, {1})


def test_the_same_number_with_another_mail_is_another_mail(make, server):
    make()
    server.mails = [mail("before the server was set up anew")]
    look()
    server.mails, server.seen = [mail("afterwards")], set()
    look()
    assert Execution.objects.count() == 2


def test_more_than_a_visit_takes_is_taken_by_the_next(make, server, monkeypatch):
    monkeypatch.setattr(watching, "MOST", 2)
    mailbox = make(every_seconds=3600)
    server.mails = [mail(f"{number}") for number in range(3)]
    look()
    mailbox.refresh_from_db()
    assert (server.seen, mailbox.arrivals.count()) == ({1, 2}, 2)
    assert mailbox.look_at < timezone.now() + timedelta(minutes=1)
    look()
    assert server.seen == {1, 2, 3}


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"folder": "Nowhere"}, "no such folder"),
        ({"port": 1}, "may not be sent to"),
        ({"credential": None}, "This mailbox has no login; choose a credential for it"),
    ],
)
def test_a_mailbox_that_cannot_be_opened_says_why_and_is_tried_again(make, changed, error):
    mailbox = make(**changed)
    look()
    mailbox.refresh_from_db()
    assert error in mailbox.error
    assert mailbox.look_at > timezone.now()


def test_the_log_of_the_login_names_the_mailbox_once_an_hour(make, login):
    mailbox = make()
    look()
    look()
    [use] = login.uses.all()
    assert (use.block_id, use.node_id, use.execution_id) == ("mailbox", str(mailbox.pk), None)
    login.uses.update(used_at=timezone.now() - timedelta(hours=1))
    look()
    assert login.uses.count() == 2
    login.refresh_from_db()
    assert login.last_used_at > use.used_at


def test_a_login_of_somebody_else_opens_nothing(make, login, stranger):
    mailbox = make()
    type(login).objects.update(user=stranger)
    look()
    mailbox.refresh_from_db()
    assert "There is no credential" in mailbox.error


def test_nobody_looks_into_one_that_is_paused_or_whose_graph_is_gone(make, user):
    paused = make()
    keeping.set_paused(paused, True)
    graphs.delete_graph(make(graph=graph_of(user, text="text_input_block")).graph, by=user)
    Mailbox.objects.update(look_at=Now())
    assert watching._claimed() is None


def test_old_history_is_forgotten_but_for_what_is_not_marked(make, settings):
    mailbox = make()
    old = timezone.now() - timedelta(days=settings.HISTORY_DAYS + 1)
    rows = {"mailbox": mailbox, "received_at": old, "result": "started"}
    Arrival.objects.create(key="1", is_marked=True, **rows)
    left = Arrival.objects.create(key="2", is_marked=False, **rows)
    receiving.forget_old()
    assert list(Arrival.objects.all()) == [left]


@pytest.mark.processes
def test_a_worker_that_is_killed_before_it_marks_a_mail_leaves_one_run(
    make,
    server,
    workers,
):
    make()
    server.mails, server.holds_marks = [mail()], True
    [first] = workers(1)
    until(lambda: any("STORE" in line for line in server.heard))
    first.kill()
    first.wait()
    server.holds_marks = False
    Mailbox.objects.update(look_at=Now())  # as when the lease has ended
    workers(1)
    until(lambda: server.seen == {1})
    until(lambda: Arrival.objects.get().is_marked)
    assert Execution.objects.count() == 1
