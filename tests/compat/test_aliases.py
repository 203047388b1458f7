"""Calls as clients of the AutoGPT platform make them."""

import pytest

from accounts.models import ApiKey, Scope
from executions.compat.permissions import NAMES
from executions.models import Execution
from executions.triggers.models import Schedule
from executions.workers import work
from tests.api.drawings import graph
from tests.factories import ExecutionFactory, PresetFactory, VersionFactory

pytestmark = pytest.mark.django_db(transaction=True)

V1 = "/external-api/v1"
AGENT_OUTPUT = "363ae599-353e-4804-937e-b2ee3cef3da4"


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


def test_permissions_of_keys_may_have_their_names_there(api):
    body = {"name": "x", "permissions": ["EXECUTE_GRAPH", "READ_GRAPH"], "description": "mine"}
    made = api.post("/api/api-keys", body).json()
    assert made["permissions"] == ["read_executions", "read_graphs", "run_graphs"]
    place = f"/api/api-keys/{made['id']}/permissions"
    assert api.put(place, {"permissions": ["READ_BLOCK"]}).json()["permissions"] == ["read_blocks"]
    assert api.put(place, {"permissions": ["USE_TOOLS"]}).status_code == 400
    assert api.post("/api/user/api-keys", body).status_code == 400


def test_a_key_gives_no_more_than_it_has_by_any_name(key_api):
    body = {"name": "x", "permissions": ["EXECUTE_GRAPH"]}
    assert key_api(Scope.MANAGE_KEYS).post("/api/api-keys", body).status_code == 403
    both = key_api(Scope.MANAGE_KEYS, Scope.RUN_GRAPHS)
    assert both.post("/api/api-keys", body).status_code == 201


def test_every_name_of_a_permission_means_something_here():
    assert {scope for scopes in NAMES.values() for scope in scopes} <= set(Scope)
    assert all(NAMES.values())


def test_a_preset_is_made_as_the_library_sends_it(api, version):
    body = {
        "graph_id": str(version.graph_id),
        "graph_version": 1,
        "name": "Usual",
        "description": "as ever",
        "inputs": {"text": "tea"},
        "credentials": {},
        "is_active": True,
    }
    made = api.post("/api/library/presets", body)
    assert (made.status_code, made.json()["inputs"]) == (201, {"text": "tea"})
    assert api.post("/api/library/presets", {**body, "graph_version": 9}).status_code == 404
    assert api.post("/api/library/presets", {**body, "surprise": 1}).status_code == 400


def test_a_graph_is_read_by_version_and_as_an_agent_file(api, version):
    place = f"/api/graphs/{version.graph_id}"
    api.put(place, {**graph(), "name": "Second"})
    assert api.get(place).json()["version"] == 2
    assert api.get(place, {"version": 1}).json()["version"] == 1
    assert api.get(place, {"version": 3}).status_code == 404
    assert api.get(place, {"version": "x"}).status_code == 400
    file = api.get(place, {"version": 1, "for_export": "true"}).json()
    assert {node["block_id"] for node in file["nodes"]} == {"text_input_block", AGENT_OUTPUT}
    again = api.post(f"{V1}/graphs", file)
    assert again.status_code == 201


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
