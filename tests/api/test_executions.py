"""/api/…/execute and /api/executions: start runs, read them, stop and delete them."""

from uuid import UUID

import pytest

from accounts.models import User
from executions.engine.status import Status
from executions.models import Execution, Source
from executions.workers import work
from tests.api.drawings import graph, link, node
from tests.factories import ExecutionFactory, NodeExecutionFactory, VersionFactory

EXECUTIONS = "/api/executions"
OPEN = ["QUEUED", "RUNNING", "WAITING"]
ENDED = ["COMPLETED", "FAILED", "CANCELLED"]


@pytest.fixture
def execute(api, version):
    """Start a run of the echo graph."""

    def execute(body=None, suffix=""):
        body = {"inputs": {"text": "hello"}} if body is None else body
        return api.post(f"/api/graphs/{version.graph_id}/execute{suffix}", body)

    return execute


@pytest.mark.parametrize("suffix", ["", "/1"])
def test_a_run_starts_queued(execute, user, version, suffix):
    answer = execute({"inputs": {"text": "hello"}, "credentials_inputs": {}}, suffix)
    body = answer.json()
    assert answer.status_code == 200
    assert (body["status"], body["source"], body["graph_version"]) == ("QUEUED", "api", 1)
    assert (body["graph_id"], body["user_id"]) == (str(version.graph_id), str(user.pk))
    assert (body["inputs"], body["outputs"], body["started_at"]) == ({"text": "hello"}, {}, None)


@pytest.mark.django_db(transaction=True)
def test_a_run_gives_its_outputs_by_name_and_by_node(api, execute, run_to_end):
    id_ = run_to_end(execute())
    run = api.get(f"{EXECUTIONS}/{id_}").json()
    assert (run["status"], run["outputs"]) == ("COMPLETED", {"answer": ["hello"]})
    assert [(each["node_id"], each["status"]) for each in run["node_executions"]] == [
        ("ask", "COMPLETED"),
        ("tell", "COMPLETED"),
    ]
    results = api.get(f"{EXECUTIONS}/{id_}/results").json()
    assert (results["execution_id"], results["status"]) == (id_, "COMPLETED")
    assert (results["outputs"], results["node_count"]) == ({"answer": ["hello"]}, 2)
    assert results["nodes"][1] == {
        "node_id": "tell",
        "block_id": "output_block",
        "status": "COMPLETED",
        "input": {"name": "answer", "value": "hello"},
        "output": {"output": ["hello"], "name": ["answer"]},
    }
    assert api.get(f"/api/graphs/{run['graph_id']}/executions/{id_}").json() == run
    assert api.get(f"/api/graphs/{run['graph_id']}/executions/{id_}/results").json() == results


def test_a_run_of_an_old_version_uses_that_version(api, execute, version):
    address = f"/api/graphs/{version.graph_id}"
    api.put(address, graph([node("ask", "text_input_block", name="other")]))
    assert execute(suffix="/1").json()["graph_version"] == 1
    assert execute(suffix="/2").status_code == 400
    assert execute().status_code == 400  # the active version has no input "text"


@pytest.mark.parametrize("suffix", ["/0", "/-1", "/7", f"/{2**31}", f"/{2**63}", "/x"])
def test_a_run_of_a_version_that_is_not_there_is_404(execute, suffix):
    assert execute(suffix=suffix).status_code == 404


def test_no_body_means_no_inputs(api, version):
    answer = api.generic("POST", f"/api/graphs/{version.graph_id}/execute")
    assert answer.json()["detail"]["node_errors"] == {
        "ask": {"text": 'The input "text" is required'}
    }


def test_wrong_inputs_start_nothing_and_cost_nothing(execute, user):
    answer = execute({"inputs": {"text": "hello", "colour": "red"}})
    detail = answer.json()["detail"]
    assert answer.status_code == 400
    assert detail["type"] == "validation_error"
    assert detail["node_errors"] == {
        "": {"colour": 'This graph has no input "colour"; its inputs are: "text"'}
    }
    assert (Execution.objects.count(), User.objects.get().credits) == (0, user.credits)


def test_a_required_pin_that_nothing_feeds_is_named(api, user):
    drawing = graph([node("think", "llm_call_block")])
    graph_id = api.post("/api/graphs", drawing).json()["id"]
    answer = api.post(f"/api/graphs/{graph_id}/execute", {})
    assert answer.json()["detail"]["node_errors"] == {
        "think": {"prompt": 'think needs a value for "prompt"'}
    }


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"inputs": []}, ["inputs"]),
        ({"inputs": None}, ["inputs"]),
        ({"credentials_inputs": {"openai": "x"}}, ["credentials_inputs"]),
        ({"nodes_input_masks": {"n": 1}}, ["nodes_input_masks"]),
        ({"preset_id": "12"}, ["preset_id"]),
        ({"dry_run": True}, ["dry_run"]),
        ({"input": {}}, ["input"]),
        ([], ["non_field_errors"]),
    ],
)
def test_a_body_that_cannot_be_is_refused(execute, body, fields):
    answer = execute(body)
    assert answer.status_code == 400
    assert answer.json()["error"]["error_code"] == "validation_error"
    assert list(answer.json()["error"]["details"]["fields"]) == fields


@pytest.mark.django_db(transaction=True)
def test_masks_count_more_than_inputs(api, execute, run_to_end):
    body = {"inputs": {"text": "hello"}, "nodes_input_masks": {"tell": {"value": "masked"}}}
    run = api.get(f"{EXECUTIONS}/{run_to_end(execute(body))}").json()
    assert run["outputs"] == {"answer": ["masked"]}


def test_a_preset_in_the_address_must_be_an_id(execute):
    assert execute(suffix="?preset_id=12").status_code == 400


def test_what_the_original_sends_beside_is_accepted(execute):
    body = {"inputs": {"text": "x"}, "source": "builder", "dry_run": False, "preset_id": None}
    assert execute(body).json()["source"] == "api"


def test_a_balance_that_cannot_pay_is_402(api, user):
    drawing = graph([node("think", "llm_call_block", prompt="x")])
    graph_id = api.post("/api/graphs", drawing).json()["id"]
    User.objects.update(credits=0)
    answer = api.post(f"/api/graphs/{graph_id}/execute", {})
    assert answer.status_code == 402
    assert answer.json()["error"]["error_code"] == "insufficient_credits"
    assert answer.json()["detail"].startswith("Insufficient balance")
    assert Execution.objects.count() == 0


def test_a_run_that_a_page_starts_is_marked_so(client, user, version):
    client.force_login(user)
    answer = client.post(
        f"/api/graphs/{version.graph_id}/execute",
        {"inputs": {"text": "x"}},
        content_type="application/json",
    )
    assert answer.json()["source"] == "ui"


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_takes_the_same_queries_for_one_and_three_and_loads_no_values(
    api, user, version, django_assert_num_queries, count
):
    ExecutionFactory.create_batch(count, user=user, version=version)
    with django_assert_num_queries(4) as queries:  # the key, its use, the number of runs, the runs
        body = api.get(EXECUTIONS).json()
    assert body["count"] == len(body["results"]) == count
    assert '"inputs"' not in queries[-1]["sql"]
    assert '"outputs"' not in queries[-1]["sql"]


def test_a_graph_lists_its_own_runs(api, user, version):
    own = ExecutionFactory(user=user, version=version)
    ExecutionFactory(user=user)
    listed = api.get(f"/api/graphs/{version.graph_id}/executions").json()["results"]
    assert [each["id"] for each in listed] == [str(own.pk)]


def test_runs_are_filtered_by_status_source_graph_and_time(api, user, version):
    one = ExecutionFactory(user=user, version=version, status=Status.FAILED, source=Source.UI)
    two = ExecutionFactory(user=user, status=Status.RUNNING, created_at=one.created_at)
    cases = [
        ({"status": "FAILED"}, [one]),
        ({"status": ["FAILED", "RUNNING"]}, [one, two]),
        ({"source": "ui"}, [one]),
        ({"graph_id": str(two.graph_id)}, [two]),
        ({"graph_id": "00000000-0000-4000-8000-000000000000"}, []),
        ({"created_after": one.created_at.isoformat()}, [one, two]),
        ({"created_before": one.created_at.isoformat()}, []),
        ({"started_after": "2020-01-01T00:00:00Z"}, []),
    ]
    for query, expected in cases:
        ids = {each["id"] for each in api.get(EXECUTIONS, query).json()["results"]}
        assert ids == {str(each.pk) for each in expected}, query


@pytest.mark.parametrize(
    ("name", "value"),
    [("status", "DONE"), ("source", "x"), ("graph_id", "1"), ("created_after", "yesterday")],
)
def test_a_filter_that_cannot_be_is_refused(api, name, value):
    answer = api.get(EXECUTIONS, {name: value})
    assert answer.status_code == 400
    assert list(answer.json()["error"]["details"]["fields"]) == [name]


def test_the_node_executions_of_a_big_run_come_in_pages(api, user):
    execution = ExecutionFactory(user=user)
    for position in range(3):
        NodeExecutionFactory(execution=execution, position=position, node_id=f"n{position}")
    for part, key in ("", "node_executions"), ("/results", "nodes"):
        body = api.get(f"{EXECUTIONS}/{execution.pk}{part}", {"limit": 1, "offset": 1}).json()
        assert [each["node_id"] for each in body[key]] == ["n1"]


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 1001}, {"offset": -1}, {"limit": "x"}])
def test_a_page_of_nodes_that_cannot_be_is_refused(api, user, query):
    execution = ExecutionFactory(user=user)
    assert api.get(f"{EXECUTIONS}/{execution.pk}/results", query).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_a_node_that_waits_for_inputs_says_for_which(api, run_to_end):
    nodes = [
        node("a", "store_value_block", input="x"),
        node("either", "condition_block", value1=1, operator="==", value2=2),
        node("join", "condition_block", operator="=="),
    ]
    links = [link("a.output", "join.value1"), link("either.yes_output", "join.value2")]
    links[0]["source_id"], nodes[0]["block_id"] = "a", "find_in_dictionary_block"
    nodes[0]["input_default"] = {"input": {"k": 1}, "key": "k"}
    graph_id = api.post("/api/graphs", graph(nodes, links)).json()["id"]
    id_ = run_to_end(api.post(f"/api/graphs/{graph_id}/execute", {}))
    run = api.get(f"{EXECUTIONS}/{id_}").json()
    waiting = {each["node_id"]: each["waiting_for"] for each in run["node_executions"]}
    assert waiting == {"a": [], "either": [], "join": ["value2"]}


@pytest.mark.django_db(transaction=True)
def test_stopping_ends_the_run(api, execute, version):
    id_ = execute().json()["id"]
    address = f"/api/graphs/{version.graph_id}/executions/{id_}/stop"
    answer = api.post(address)
    assert (answer.status_code, answer.json()["status"]) == (200, "CANCELLED")
    again = api.post(address)
    assert (again.status_code, again.json()) == (200, None)


@pytest.mark.django_db(transaction=True)
def test_a_run_whose_graph_was_deleted_can_be_stopped(api, execute, version):
    id_ = execute().json()["id"]
    api.delete(f"/api/graphs/{version.graph_id}")
    answer = api.post(f"/api/graphs/{version.graph_id}/executions/{id_}/stop")
    assert answer.json()["status"] == "CANCELLED"


@pytest.mark.parametrize("status", ENDED)
def test_a_run_that_has_ended_can_be_deleted(api, user, status):
    execution = ExecutionFactory(user=user, status=status)
    assert api.delete(f"{EXECUTIONS}/{execution.pk}").status_code == 204
    assert api.get(f"{EXECUTIONS}/{execution.pk}").status_code == 404
    assert api.get(EXECUTIONS).json()["count"] == 0


@pytest.mark.parametrize("status", OPEN)
def test_a_run_that_goes_on_cannot_be_deleted(api, user, status):
    execution = ExecutionFactory(user=user, status=status)
    answer = api.delete(f"{EXECUTIONS}/{execution.pk}")
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (409, "still_running")


@pytest.mark.parametrize(
    "method_and_path",
    [
        ("get", f"{EXECUTIONS}/{{id}}"),
        ("get", f"{EXECUTIONS}/{{id}}/results"),
        ("delete", f"{EXECUTIONS}/{{id}}"),
        ("get", "/api/graphs/{graph}/executions/{id}"),
        ("get", "/api/graphs/{graph}/executions/{id}/results"),
        ("post", "/api/graphs/{graph}/executions/{id}/stop"),
    ],
)
@pytest.mark.parametrize("id_", ["1", "x" * 5_000, "9" * 40])
def test_an_id_that_is_none_is_404(api, version, method_and_path, id_):
    method, path = method_and_path
    answer = getattr(api, method)(path.format(graph=version.graph_id, id=id_))
    assert answer.status_code == 404


def test_a_run_below_another_graph_of_the_same_owner_is_404(api, user, version):
    execution = ExecutionFactory(user=user, version=version)
    other = VersionFactory(owner=user)
    address = f"/api/graphs/{other.graph_id}/executions/{execution.pk}"
    assert api.get(address).status_code == 404
    assert api.post(f"{address}/stop").status_code == 404


ASKING = {
    "ask": node("ask", "human_in_the_loop_block", data={"amount": 5}, name="Pay?"),
    "out": node("out", "output_block", name="approved"),
}


@pytest.fixture
def asked(api, run_to_end):
    """A run that waits for a person, and the node execution that asks."""
    links = [link("ask.approved_data", "out.value")]
    made = api.post("/api/graphs", graph(nodes=list(ASKING.values()), links=links)).json()
    id_ = run_to_end(api.post(f"/api/graphs/{made['id']}/execute", {"inputs": {}}))
    (asking,) = api.get(f"{EXECUTIONS}/{id_}").json()["node_executions"]
    return id_, asking["id"]


@pytest.mark.django_db(transaction=True)
def test_a_person_decides_once_and_the_run_goes_on(api, asked, run_to_end):
    id_, asking = asked
    assert api.get(f"{EXECUTIONS}/{id_}").json()["status"] == "WAITING"
    reasons = api.get(f"{EXECUTIONS}/{id_}/nodes/ask/why").json()["reasons"]
    assert reasons == ["It waits for somebody to answer."]

    address = f"{EXECUTIONS}/{id_}/node-executions/{asking}/answer"
    assert api.post(address, {"approved": True, "data": {"amount": 3}}).status_code == 204
    assert api.post(address, {"approved": False}).status_code == 409
    work.advance(UUID(id_))

    run = api.get(f"{EXECUTIONS}/{id_}").json()
    assert (run["status"], run["outputs"]) == ("COMPLETED", {"approved": [{"amount": 3}]})


@pytest.mark.django_db(transaction=True)
def test_an_answer_without_a_decision_is_refused(api, asked):
    id_, asking = asked
    address = f"{EXECUTIONS}/{id_}/node-executions/{asking}/answer"
    assert api.post(address, {"data": 1}).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_strangers_can_neither_answer_nor_ask_why(stranger_api, asked):
    id_, asking = asked
    answers = [
        stranger_api.post(
            f"{EXECUTIONS}/{id_}/node-executions/{asking}/answer", {"approved": True}
        ),
        stranger_api.get(f"{EXECUTIONS}/{id_}/nodes/ask/why"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.django_db(transaction=True)
def test_there_is_no_why_for_a_node_that_does_not_exist(api, asked):
    assert api.get(f"{EXECUTIONS}/{asked[0]}/nodes/nowhere/why").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_run_with_very_large_numbers_can_be_read(api, run_to_end):
    power = node("power", "calculator_block", operation="Power", a=10, b=25)
    made = api.post("/api/graphs", graph(nodes=[power])).json()
    id_ = run_to_end(api.post(f"/api/graphs/{made['id']}/execute", {"inputs": {}}))

    for part in ("", "/results"):
        assert api.get(f"{EXECUTIONS}/{id_}{part}").json()["outputs"] == {"result": [1e25]}
