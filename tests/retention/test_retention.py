"""What is deleted when, and what never; copies of one's data; going away."""

import io
import json
import random
import threading
import zipfile
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.test import Client as Browser
from django.utils import timezone

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.models import CreditEntry, Scope, User
from chaos import failures
from executions import failpoints
from executions.evaluation.models import Evaluation, Sample
from executions.files import services as files
from executions.files.models import StoredFile
from executions.inbox.models import Delegation
from executions.models import Event, Execution, NodeExecution, StoredValue
from executions.retention import erasing, exporting, partitions, services, sweeping
from executions.retention.models import DataExport, Erasure, Sweep
from executions.triggers.models import Schedule
from executions.webhooks.services import access_of
from graphs.models import Graph
from tests.executions.scene import drawing, run
from tests.factories import (
    PASSWORD,
    CredentialFactory,
    EndpointFactory,
    ExecutionFactory,
    MailboxFactory,
    NodeExecutionFactory,
    PresetFactory,
    PublishedPageFactory,
    ScheduleFactory,
    TeamFactory,
    UserFactory,
    VersionFactory,
    WebhookFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
ENDING = drawing({"a": ("test_pure", {})})
ASKING = drawing({"a": ("human_in_the_loop_block", {"name": "Pay?", "data": 1})})


@pytest.fixture
def ended(user, version):
    """A run that has ended so many days ago."""

    def ended(days, **values):
        moment = timezone.now() - days * DAY
        pk = UUID(int=partitions.first_id(moment).int + random.getrandbits(60))
        fields = {"pk": pk, "user": user, "version": version, "ended_at": moment, **values}
        return ExecutionFactory(**fields)

    return ended


def keep(api, **days):
    body = {"run_days": None, "event_days": None, "file_days": None, **days}
    assert api.put("/api/user/retention", body).status_code == 200


def sweep(days=0):
    """What is deleted so many days from now."""
    done = services.sweep(timezone.now() + days * DAY)
    return {"runs": done.runs, "events": done.events, "files": done.files}


def test_nothing_is_deleted_unless_somebody_says_so(ended):
    ended(1_000)
    assert sweep() == {"runs": 0, "events": 0, "files": 0}


@pytest.mark.parametrize(
    ("installation", "own", "left"),
    [(0, 10, 1), (10, None, 1), (10, 30, 1), (30, 10, 1), (0, None, 2)],
)
def test_the_shorter_of_both_counts(settings, api, ended, installation, own, left):
    settings.RETENTION_RUN_DAYS = installation
    keep(api, run_days=own)
    young, _old = ended(9), ended(11)
    sweep()
    assert Execution.objects.count() == left
    assert Execution.objects.filter(pk=young.pk).exists()


def test_a_run_goes_with_all_that_it_has_written(api, user):
    execution = run(user, ENDING)
    file = files.keep(user.pk, ContentFile(b"x"), name="a.txt", execution_id=execution.pk)
    keep(api, run_days=1)
    assert sweep(days=2)["runs"] == 1
    assert (Event.objects.count(), StoredFile.objects.count()) == (0, 0)
    assert not default_storage.exists(file.place)


def test_what_has_not_ended_is_never_touched(api, user, ended):
    keep(api, run_days=1, event_days=1, file_days=1)
    waiting = run(user, ASKING)
    files.keep(user.pk, ContentFile(b"x"), name="a.txt", execution_id=waiting.pk)
    node = NodeExecutionFactory(execution=waiting, position=99)
    child = ended(5, parent=node)
    assert sweep(days=1_000) == {"runs": 0, "events": 0, "files": 0}
    assert Execution.objects.filter(pk=child.pk).exists()


def test_a_run_that_somebody_holds_is_left_for_the_next_time(api, ended):
    keep(api, run_days=1)
    ended(5)
    found = []

    def look():
        found.append(sweep()["runs"])
        connection.close()

    with transaction.atomic():
        Execution.objects.select_for_update().get()
        thread = threading.Thread(target=look)
        thread.start()
        thread.join(20)
    assert found == [0]
    assert sweep()["runs"] == 1


def test_more_than_a_piece_is_deleted_piece_by_piece(api, ended, monkeypatch):
    monkeypatch.setattr(sweeping, "_RUNS", 2)
    monkeypatch.setattr(sweeping, "_NODES", 100)
    keep(api, run_days=1)
    for node_count in (1, 1, 1, 1_000, 1):
        ended(5, node_count=node_count)
    assert sweep()["runs"] == 5


def test_pieces_follow_from_the_node_executions_in_them(ended, monkeypatch):
    monkeypatch.setattr(sweeping, "_RUNS", 2)
    monkeypatch.setattr(sweeping, "_NODES", 100)
    runs = [(number, count) for number, count in enumerate((60, 50, 1_000, 1, 1, 1))]

    assert list(sweeping._pieces(runs)) == [[0], [1], [2], [3, 4], [5]]


def test_what_a_run_that_is_deleted_has_started_stays_and_forgets_it(api, user, ended):
    keep(api, run_days=7)
    parent = ended(9)
    node = NodeExecutionFactory(execution=parent)
    NodeExecutionFactory(execution=parent, caller=node)
    child = ended(5, parent=node)
    assert sweep()["runs"] == 1
    child.refresh_from_db()
    assert (child.parent, NodeExecution.objects.count()) == (None, 0)


def test_all_that_leads_to_node_executions_is_known_to_who_deletes_them():
    leading = {relation.related_model for relation in NodeExecution._meta.related_objects}

    assert leading == {Execution, NodeExecution, Delegation}


def test_a_process_sweeps_at_a_time_and_one_that_was_killed_keeps_nobody_from_it(api, ended):
    keep(api, run_days=1)
    ended(5)
    other = Sweep.objects.create()
    assert services.sweep(timezone.now()) is None
    Sweep.objects.filter(pk=other.pk).update(seen_at=timezone.now() - 2 * Sweep.SILENCE)
    assert sweep()["runs"] == 1


@pytest.mark.parametrize("count", [1, 3])
def test_a_look_that_finds_nothing_asks_the_same_questions(
    settings, ended, count, django_assert_num_queries
):
    settings.RETENTION_RUN_DAYS = settings.RETENTION_EVENT_DAYS = settings.RETENTION_FILE_DAYS = 9
    for _ in range(count):
        ended(5)
    with django_assert_num_queries(9):
        sweeping.sweep(timezone.now(), lambda what, gone: None)


def test_events_and_files_may_go_before_their_run(api, user):
    run(user, ENDING)
    files.keep(user.pk, ContentFile(b"x"), name="a.txt")
    keep(api, event_days=1, file_days=1)
    swept = sweep(days=2)
    assert (swept["runs"], swept["files"]) == (0, 1)
    assert (Execution.objects.count(), Event.objects.count()) == (1, 0)


def test_runs_that_somebody_has_deleted_go_after_a_day(ended):
    ended(0, deleted_at=timezone.now())
    assert sweep()["runs"] == 0
    assert sweep(days=2)["runs"] == 1


@pytest.mark.parametrize("days", [0, -1, "x", 10**9])
def test_days_that_cannot_be_are_refused(api, days):
    body = {"run_days": days, "event_days": None, "file_days": None}
    assert api.put("/api/user/retention", body).status_code == 400


def unpacked(answer):
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    names = [name for name in archive.namelist() if name.endswith(".json")]
    return {name: json.loads(archive.read(name)) for name in names}


def test_a_copy_has_everything_and_no_secret(api, user, stranger):
    execution = run(user, ENDING)
    PresetFactory(user=user, graph=execution.graph)
    for factory in (ScheduleFactory, MailboxFactory, PublishedPageFactory, EndpointFactory):
        factory(user=user)
    webhook = WebhookFactory(user=user)
    StoredValue.objects.create(owner=user, key="tea", value={"kind": "green"})
    CredentialFactory(user=user)
    ExecutionFactory(user=stranger)
    asked = api.post("/api/user/exports")
    assert (asked.status_code, asked.json()["status"]) == (202, "queued")
    assert api.post("/api/user/exports").json()["id"] == asked.json()["id"]
    place = f"/api/user/exports/{asked.json()['id']}/download"
    assert api.get(place).status_code == 404
    assert exporting.work_off() == 1
    found = unpacked(api.get(place))
    assert found["profile.json"]["email"] == user.email
    names = ("presets", "schedules", "webhooks", "mailboxes", "pages", "endpoints")
    assert [len(found[f"{name}.json"]) for name in names] == [1] * len(names)
    assert access_of(webhook).secret not in json.dumps(found)
    assert found["kept_values.json"][0]["value"] == {"kind": "green"}
    assert found[f"runs/{execution.pk}.json"]["nodes"][0]["node_id"] == "a"
    assert found[f"graphs/{execution.graph_id}.json"]["presets"][0]["name"] == "Usual"
    assert len([name for name in found if name.startswith("runs/")]) == 1
    assert found["credentials.json"][0]["title"] == "Work"
    assert "a secret that no key can read" not in json.dumps(found)
    assert sum(entry["amount"] for entry in found["credits.json"]) == user.credits


def test_a_copy_has_evaluations_and_what_its_owner_did(api, user, stranger):
    version = VersionFactory(owner=user)
    tried = Evaluation.objects.create(user=user, graph=version.graph, version=version, name="Teas")
    Sample.objects.create(evaluation=tried, position=0, inputs={"tea": "green"})
    record(Action.ANSWER, actor=stranger, target="theirs")
    made = exporting.ask(user)
    exporting.work_off()
    found = unpacked(api.get(f"/api/user/exports/{made.pk}/download"))
    assert found[f"evaluations/{tried.pk}.json"]["samples"][0]["inputs"] == {"tea": "green"}
    assert "api_key" in {each["action"] for each in found["audit.json"]}
    assert "theirs" not in json.dumps(found["audit.json"])


def test_a_copy_has_the_contents_of_files(api, user, stranger):
    kept = files.keep(user.pk, ContentFile(b"tea" * 200_000), name="../list.txt")
    lost = files.keep(user.pk, ContentFile(b"x"), name="lost.txt")
    files.keep(stranger.pk, ContentFile(b"secret"), name="other.txt")
    default_storage.delete(lost.place)
    made = exporting.ask(user)
    exporting.work_off()
    answer = api.get(f"/api/user/exports/{made.pk}/download")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    contents = [name for name in archive.namelist() if name.startswith("files/")]
    assert contents == [f"files/{kept.pk}/list.txt"]
    assert archive.read(contents[0]) == b"tea" * 200_000
    assert {row["name"] for row in json.loads(archive.read("files.json"))} == {
        "list.txt",
        "lost.txt",
    }


def test_a_copy_whose_maker_was_killed_is_made_by_another(user, monkeypatch, tmp_path):
    exporting.ask(user)
    armed = failures.Armed("export.made=raise", tmp_path / "report")
    monkeypatch.setattr(failpoints, "hit", armed)
    with pytest.raises(failures.BrokenOnPurposeError):
        exporting.work_off()
    assert exporting.work_off() == 0  # as long as it may go on
    monkeypatch.undo()
    left_over = default_storage.save(exporting._place(DataExport.objects.get()), ContentFile(b"x"))
    DataExport.objects.update(lease_until=timezone.now() - DAY)
    assert exporting.work_off() == 1
    made = DataExport.objects.get()
    assert (made.status, made.content.name) == ("ready", left_over)
    assert default_storage.size(left_over) == made.size


def test_a_new_copy_takes_the_place_of_the_old_one(user):
    old = exporting.ask(user)
    exporting.work_off()
    old.refresh_from_db()
    new = exporting.ask(user)
    exporting.work_off()
    assert list(user.data_exports.all()) == [new]
    assert not default_storage.exists(old.content.name)


def test_a_copy_is_gone_after_a_week(user):
    exporting.ask(user)
    exporting.work_off()
    place = DataExport.objects.get().content.name
    DataExport.objects.update(created_at=timezone.now() - 8 * DAY)
    exporting.forget_old()
    assert DataExport.objects.count() == 0
    assert not default_storage.exists(place)


def test_a_key_with_few_permissions_takes_and_deletes_nothing(key_api, user):
    narrow = key_api(Scope.IDENTITY, Scope.WRITE_IDENTITY)
    assert narrow.post("/api/user/exports").status_code == 403
    body = {"current_password": PASSWORD}
    assert narrow.post("/api/user/delete", body).status_code == 403
    assert Erasure.objects.count() == 0


def test_an_account_is_closed_at_once_and_deleted_with_everything(api, user, stranger, version):
    run(user, ENDING)
    waiting = run(user, ASKING)
    ScheduleFactory(user=user, graph=version.graph)
    WebhookFactory(user=user, version=version)
    CredentialFactory(user=user)
    file = files.keep(user.pk, ContentFile(b"x"), name="a.txt")
    mine = ExecutionFactory(user=stranger)
    wrong = api.post("/api/user/delete", {"current_password": "wrong"})
    assert wrong.status_code == 400
    assert api.post("/api/user/delete", {"current_password": PASSWORD}).status_code == 204
    assert api.get("/api/user").status_code == 401
    assert erasing.work_off() == 1
    assert erasing.work_off() == 0
    assert [run.pk for run in Execution.objects.all()] == [mine.pk]
    assert Graph.objects.filter(owner=user).count() == 0
    assert Schedule.objects.count() == StoredFile.objects.count() == 0
    assert not default_storage.exists(file.place)
    assert not Execution.objects.filter(pk=waiting.pk).exists()
    left = User.objects.get(pk=user.pk)
    assert (left.name, left.email) == ("", f"deleted-{user.pk}@deleted.invalid")
    assert not left.has_usable_password()
    assert left.emailaddress_set.count() == left.api_keys.count() == 0
    assert CreditEntry.objects.filter(user=user).exists()


def test_a_deletion_that_was_interrupted_goes_on(user, monkeypatch):
    run(user, ENDING)
    erasing.ask(user)
    monkeypatch.setattr(erasing, "_delete_rows", lambda user: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        erasing.work_off()
    monkeypatch.undo()
    assert erasing.work_off() == 1


def test_graphs_that_others_have_run_stay_hidden_until_their_runs_are_gone(user, stranger, version):
    theirs = ExecutionFactory(user=stranger, version=version)
    erasing.ask(user)
    erasing.work_off()
    graph = Graph.objects.get(pk=version.graph_id)
    assert (graph.name, graph.deleted_at is not None) == ("-", True)
    assert Execution.objects.filter(pk=theirs.pk).exists()


def test_the_last_owner_of_a_team_must_name_another(api, user):
    TeamFactory(owner=user, members={UserFactory(): "editor"})
    answer = api.post("/api/user/delete", {"current_password": PASSWORD})
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (409, "last_owner")
    user.refresh_from_db()
    assert user.is_active


def test_the_page_does_it_all(user):
    page = Browser()
    page.force_login(user)
    page.post("/account/data/", {"run_days": "30"})
    assert user.retention.run_days == 30
    assert page.post("/account/data/", {"run_days": "0"}).status_code == 422
    page.post("/account/data/export/")
    exporting.work_off()
    made = DataExport.objects.get()
    shown = page.get("/account/data/").content.decode()
    assert f"/account/data/exports/{made.pk}/" in shown
    assert unpacked(page.get(f"/account/data/exports/{made.pk}/"))["profile.json"]
    wrong = page.post("/account/data/delete/", {"current_password": "wrong"})
    assert wrong.status_code == 422
    left = page.post("/account/data/delete/", {"current_password": PASSWORD}, follow=True)
    assert "Your account is closed" in left.content.decode()
    assert page.get("/account/data/").status_code == 302
