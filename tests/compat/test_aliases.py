"""Calls as clients of the AutoGPT platform make them."""

import pytest

from accounts.models import ApiKey
from executions.models import Execution
from executions.triggers.models import Schedule
from executions.workers import work
from tests.api.drawings import graph
from tests.factories import ExecutionFactory, PresetFactory, VersionFactory

pytestmark = pytest.mark.django_db(transaction=True)

V1 = "/external-api/v1"


def test_a_v1_client_runs_a_graph_and_reads_what_it_gave(api, user, version):
    assert api.get(f"{V1}/me").json()["email"] == user.email
    started = api.post(f"{V1}/graphs/{version.graph_id}/execute/1", {"node_input": {"text": "hi"}})
    assert list(started.json()) == ["id"]
    place = f"{V1}/graphs/{version.graph_id}/executions/{started.json()['id']}/results"
    assert api.get(place).json()["output"] is None
    work.advance(Execution.objects.get().pk)
    found = api.get(place).json()
    assert (found["status"], found["output"]) == ("COMPLETED", [{"answer": "hi"}])
    assert [node["node_id"] for node in found["nodes"]] == ["ask", "tell"]
    assert set(found["nodes"][0]) == {"node_id", "input", "output"}


def test_a_v1_client_finds_blocks_and_makes_graphs(api):
    assert "llm_call_block" in {block["id"] for block in api.get(f"{V1}/blocks").json()}
    assert api.post(f"{V1}/graphs", graph()).status_code == 201


def test_what_is_anothers_is_missing(api):
    foreign = ExecutionFactory()
    place = f"{V1}/graphs/{foreign.graph_id}/executions/{foreign.pk}/results"
    assert api.get(place).status_code == 404
    assert api.get(f"/api/graphs/{foreign.graph_id}/schedules").status_code == 404


def test_schedules_of_a_graph(api, version, user):
    place = f"/api/graphs/{version.graph_id}/schedules"
    body = {"name": "Daily", "cron": "0 7 * * *", "inputs": {"text": "x"}, "credentials": {}}
    made = api.post(place, {**body, "timezone": "Europe/Berlin"}).json()
    schedule = Schedule.objects.get()
    assert (str(schedule.pk), schedule.timezone, schedule.kind) == (
        made["id"],
        "Europe/Berlin",
        "cron",
    )
    assert [each["id"] for each in api.get(place).json()["results"]] == [made["id"]]
    other = VersionFactory(owner=user)
    assert api.get(f"/api/graphs/{other.graph_id}/schedules").json()["results"] == []
    assert api.delete(f"/api/schedules/{made['id']}").status_code == 204


def test_presets_of_the_library(api, version, user):
    preset = PresetFactory(user=user, graph=version.graph)
    place = f"/api/library/presets/{preset.pk}"
    changed = api.patch(place, {"name": "Other"}).json()
    assert (changed["name"], changed["inputs"]) == ("Other", {"text": "as usual"})
    run = api.post(f"{place}/execute", {}).json()
    assert (run["inputs"], run["source"]) == ({"text": "as usual"}, "preset")
    run = api.post(f"{place}/execute", {"inputs": {"text": "now"}, "credential_inputs": {}}).json()
    assert run["inputs"] == {"text": "now"}
    assert api.delete(place).status_code == 204


def test_api_keys(api):
    made = api.post("/api/api-keys", {"name": "x", "permissions": ["identity"]}).json()
    assert made["id"] in {each["id"] for each in api.get("/api/api-keys").json()["results"]}
    place = f"/api/api-keys/{made['id']}"
    api.put(f"{place}/permissions", {"permissions": ["read_graphs"]})
    assert not api.post(f"{place}/suspend").json()["is_active"]
    assert api.delete(place).status_code == 204
    assert ApiKey.objects.get(pk=made["id"]).revoked_at is not None


def test_cursors_leave_nothing_out_and_repeat_nothing(api, user, version):
    runs = [ExecutionFactory(user=user, version=version) for _ in range(5)]
    page = api.get("/api/executions", {"cursor": "", "page_size": 2}).json()
    seen = [each["id"] for each in page["results"]]
    ExecutionFactory(user=user, version=version)  # comes meanwhile, before all others
    while page["next"]:
        page = api.get(page["next"]).json()
        seen += [each["id"] for each in page["results"]]
    assert seen == [str(run.pk) for run in reversed(runs)]
    assert page["count"] == 6
    assert api.get("/api/executions", {"cursor": "x"}).status_code == 404
    assert api.get("/api/inbox", {"cursor": ""}).status_code == 400


def test_preferences(api):
    place = "/api/auth/user/preferences"
    assert api.get(place).json() == api.get("/api/notifications/preferences").json()
    wanted = {"event": "run.failed", "on_page": False, "mail": "no"}
    changed = api.post(place, {"preferences": [wanted]}).json()["preferences"]
    assert wanted in changed


def agent_file():
    """As the original writes it."""
    ask = {
        "id": "a",
        "block_id": "c0a8e994-ebf1-4a9c-a4d8-89d09c86741b",
        "input_default": {"name": "q"},
    }
    tell = {
        "id": "b",
        "block_id": "363ae599-353e-4804-937e-b2ee3cef3da4",
        "input_default": {"name": "r"},
    }
    link = {"source_id": "a", "source_name": "result", "sink_id": "b", "sink_name": "value"}
    nodes = [{**node, "input_links": [], "output_links": []} for node in (ask, tell)]
    return {"name": "Agent", "nodes": nodes, "links": [link], "sub_graphs": [], "version": 3}


@pytest.mark.parametrize(
    ("place", "body"),
    [
        (f"{V1}/graphs", agent_file()),
        (f"{V1}/graphs", {"graph": agent_file(), "source": "upload"}),
        ("/api/graphs", {"graph": agent_file(), "source": "upload"}),
    ],
)
def test_a_graph_is_made_of_an_agent_file_by_itself_or_wrapped(api, place, body):
    made = api.post(place, body)
    assert made.status_code == 201
    started = api.post(f"{V1}/graphs/{made.json()['id']}/execute/1", {"node_input": {"q": "hi"}})
    work.advance(Execution.objects.get(pk=started.json()["id"]).pk)
    assert Execution.objects.get().outputs == {"r": ["hi"]}


@pytest.mark.parametrize(
    "place",
    [
        *(f"{V1}/store/agents", f"{V1}/tools/run-agent", f"{V1}/integrations/providers"),
        *("/api/store/agents/ada/tea", "/api/oauth/token"),
    ],
)
def test_what_means_nothing_here_says_what_is_there_instead(api, place):
    answer = api.get(place)
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (410, "not_offered")
    assert "/" in answer.json()["error"]["message"]
