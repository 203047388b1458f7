"""Files over the API: what goes out comes in again, with presets and schedules; which graphs run which."""

import json

import pytest
from django.core.management import call_command

from accounts.models import Scope
from executions.triggers.models import Preset, Schedule
from graphs import services
from graphs.models import Graph
from tests.executions.scene import drawing, save
from tests.factories import (
    CredentialFactory,
    MailboxFactory,
    PresetFactory,
    PublishedPageFactory,
    ScheduleFactory,
    WebhookFactory,
    echo_drawing,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(user, version):
    """A graph of the user with a preset and a schedule."""
    credential = {"key": {"id": str(CredentialFactory(user=user).pk)}}
    graph = version.graph
    PresetFactory(user=user, graph=graph, inputs={"text": "x"}, credentials_inputs=credential)
    ScheduleFactory(user=user, graph=graph)
    return graph


def calls(*graph_ids):
    """A drawing that runs these graphs."""
    return drawing(
        {
            f"call{index}": ("agent_executor_block", {"graph_id": str(id_)})
            for index, id_ in enumerate(graph_ids)
        }
    )


def test_a_graph_comes_back_with_its_presets_and_schedules(api, kept):
    file = api.get(f"/api/graphs/{kept.pk}/export").json()
    made = api.post("/api/graphs/import", file)
    assert made.status_code == 201
    graph = Graph.objects.get(pk=made.json()["graph"]["id"])
    assert graph.presets.get().inputs == {"text": "x"}
    assert graph.presets.get().credentials_inputs == {}
    schedule = graph.schedules.get()
    assert (schedule.cron, schedule.is_paused, schedule.next_due_at) == ("0 7 * * *", True, None)
    assert [each["about"] for each in made.json()["remarks"]] == ["configure"]
    again = api.get(f"/api/graphs/{graph.pk}/export").json()
    assert again == file


@pytest.fixture
def triggers(user, version):
    """What else starts runs of the graph; each is for the first version, or for the active one."""
    WebhookFactory(
        user=user,
        version=version,
        condition="action == 'opened'",
        wait_seconds=5,
        inputs={"text": "x"},
        is_pinned=True,
        secret="a secret of the sender",
    )
    login = CredentialFactory(user=user, provider="smtp", type="user_password")
    MailboxFactory(user=user, graph=version.graph, credential=login, port=143, subject="[tea]")
    PublishedPageFactory(user=user, graph=version.graph, kind="chat", daily_credits=7)
    return version.graph


def test_a_graph_comes_back_with_its_webhooks_mailboxes_and_pages(api, triggers, user):
    file = api.get(f"/api/graphs/{triggers.pk}/export").json()
    assert "secret" not in json.dumps(file)
    made = api.post("/api/graphs/import", file).json()
    assert [each["text"].split(" of this file")[0] for each in made["remarks"]] == [
        "The webhooks",
        "The mailboxes",
        "The published pages",
    ]
    graph = Graph.objects.get(pk=made["graph"]["id"])
    [webhook], [mailbox], [page] = (rows.all() for rows in kinds_of(graph))
    assert (webhook.condition, webhook.wait_seconds, webhook.version) == (
        "action == 'opened'",
        5,
        1,
    )
    assert (mailbox.port, mailbox.subject, mailbox.credential) == (143, "[tea]", None)
    assert (page.kind, page.daily_credits, page.is_public) == ("chat", 7, True)
    assert all(each.is_paused for each in (webhook, mailbox, page))
    assert token_of(webhook) != token_of(triggers.webhooks.get())
    assert token_of(page) != token_of(triggers.publishedpages.get())
    assert api.get(f"/api/graphs/{graph.pk}/export").json() == file


def kinds_of(graph):
    return graph.webhooks, graph.mailboxs, graph.publishedpages


def token_of(trigger):
    return getattr(trigger, "token", None) or trigger.token_hash


def test_a_schedule_that_lacks_a_credential_or_whose_moment_has_passed_comes_back(api, user):
    mail = drawing({"mail": ("send_email_block", {"to_email": "a@example.com", "body": "x"})})
    version = save(user, mail)
    credential = CredentialFactory(user=user, provider="smtp", type="user_password")
    names = api.get(f"/api/graphs/{version.graph_id}").json()["credentials_input_schema"]
    given = {name: {"id": str(credential.pk)} for name in names["properties"]}
    fields = {"user": user, "graph": version.graph, "inputs": {}, "credentials_inputs": given}
    ScheduleFactory(**fields)
    ScheduleFactory(**fields, name="Past", kind="once", cron="", next_due_at=None)
    file = api.get(f"/api/graphs/{version.graph_id}/export").json()
    made = api.post("/api/graphs/import", file).json()
    assert [each["about"] for each in made["remarks"]] == ["configure"] * 2
    assert api.get(f"/api/graphs/{made['graph']['id']}/export").json() == file


def test_what_is_for_another_version_than_the_exported_one_is_for_the_active_one(api, kept):
    kept.schedules.update(version=1)
    place = f"/api/graphs/{kept.pk}/export"
    assert api.get(place).json()["schedules"][0]["graph_version"] == 1
    services.save_version(graph=kept, name="x", description="", drawing=echo_drawing())
    assert "graph_version" not in api.get(place).json()["schedules"][0]
    assert api.get(place, {"version": 1}).json()["schedules"][0]["graph_version"] == 1


def test_nothing_secret_and_nothing_of_others_goes_along(api, stranger, kept, version):
    PresetFactory(
        user=version.graph.owner, graph=kept, inputs={"api_key": "x", "text": "workspace://1"}
    )
    PresetFactory(user=stranger, graph=kept, name="Not yours")
    presets = api.get(f"/api/graphs/{kept.pk}/export").json()["presets"]
    assert [each["inputs"] for each in presets] == [{"text": "x"}, {}]
    assert "credentials" not in json.dumps(presets)


def test_what_the_graph_cannot_take_is_left_out_and_told(api, kept):
    file = api.get(f"/api/graphs/{kept.pk}/export").json()
    file["presets"] += [{"name": "Odd", "inputs": {"nothing": 1}}, {"inputs": {}}]
    file["schedules"][0]["cron"] = "every day"
    made = api.post("/api/graphs/import", file).json()
    texts = [each["text"] for each in made["remarks"]]
    assert [text.split(":")[0] for text in texts[:3]] == [
        '"Odd" of the presets was left out',
        '"" of the presets was left out',
        '"Every morning" of the schedules was left out',
    ]
    assert Preset.objects.filter(graph_id=made["graph"]["id"]).count() == 1
    assert Schedule.objects.filter(graph_id=made["graph"]["id"]).count() == 0


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ([], "unreadable_file"),
        ({"format": "agentloom/9", "name": "x", "nodes": []}, "unreadable_file"),
        ({"name": "x", "nodes": [], "links": [], "presets": "all"}, "unreadable_file"),
        ({"name": "x", "nodes": [{"id": "a", "block_id": 5}]}, "invalid_graph"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_reason(api, file, code):
    answer = api.post("/api/graphs/import", file)
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (400, code)
    assert Graph.objects.count() == 0


@pytest.mark.parametrize(
    ("place", "is_wrapped"),
    [
        ("/api/graphs/import", False),
        ("/api/graphs", True),
        ("/external-api/v1/graphs", False),
        ("/external-api/v1/graphs", True),
    ],
)
def test_a_key_needs_the_permissions_of_what_goes_along(key_api, api, kept, place, is_wrapped):
    file = api.get(f"/api/graphs/{kept.pk}/export").json()
    narrow = key_api(Scope.WRITE_GRAPHS)

    def post(client):
        return client.post(place, {"graph": file} if is_wrapped else file).status_code

    assert post(narrow) == 403
    assert post(key_api(Scope.WRITE_GRAPHS, Scope.WRITE_TRIGGERS, Scope.RUN_GRAPHS)) == 201
    del file["presets"], file["schedules"]
    assert post(narrow) == 201


def test_it_is_written_for_autogpt_too(api, kept):
    file = api.get(f"/api/graphs/{kept.pk}/export", {"as": "autogpt"}).json()
    assert api.post("/api/graphs/import", file).status_code == 201
    assert api.get(f"/api/graphs/{kept.pk}/export", {"as": "x"}).status_code == 400


def test_commands_do_the_same(user, kept, tmp_path, capsys):
    call_command("export_graph", str(kept.pk))
    path = tmp_path / "graph.json"
    path.write_text(capsys.readouterr().out)
    call_command("import_graph", str(path), "--email", user.email)
    graph = Graph.objects.get(pk=capsys.readouterr().out.strip())
    assert (graph.presets.count(), graph.schedules.count()) == (1, 1)


def test_it_is_said_which_graphs_run_which(api, user):
    child = save(user, drawing({"a": ("test_pure", {})}))
    middle = save(user, calls(child.graph_id))
    top = save(user, calls(middle.graph_id, child.graph_id))
    of_child = api.get(f"/api/graphs/{child.graph_id}/uses").json()
    assert {each["id"] for each in of_child["used_by"]} == {
        str(middle.graph_id),
        str(top.graph_id),
    }
    of_top = api.get(f"/api/graphs/{top.graph_id}/uses").json()
    assert (len(of_top["runs"]), of_top["depth"], of_top["cycle"]) == (2, 2, [])
    assert not of_top["is_too_deep"]


def test_a_way_back_is_found(api, user):
    one = save(user, drawing({"a": ("test_pure", {})}))
    two = save(user, calls(one.graph_id))
    services.save_version(graph=one.graph, name="One", description="", drawing=calls(two.graph_id))
    found = api.get(f"/api/graphs/{one.graph_id}/uses").json()
    assert [each["id"] for each in found["cycle"]] == [str(one.graph_id), str(two.graph_id)]
    assert found["is_too_deep"]


def test_too_many_levels_are_told(api, user):
    below = save(user, drawing({"a": ("test_pure", {})}))
    for _ in range(11):
        below = save(user, calls(below.graph_id))
    found = api.get(f"/api/graphs/{below.graph_id}/uses").json()
    assert (found["depth"], found["is_too_deep"]) == (11, True)
