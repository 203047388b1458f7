"""What operators have switched off runs nowhere: G-11, and the advisories about disabled blocks."""

import pytest
from django.urls import reverse

from accounts.audit.models import Action, AuditEntry
from accounts.models import BlockPrice, BlockSwitch
from blocks import registry
from executions import services
from executions.engine.status import Status
from executions.triggers import timers
from executions.webhooks.services import access_of
from executions.workers import work
from graphs.errors import BlockDisabledError
from tests.executions.scene import calls, drawing, save, start
from tests.factories import ScheduleFactory, UserFactory, WebhookFactory
from tests.pages.conftest import logged_in

pytestmark = pytest.mark.django_db(transaction=True)

OUTPUT = "output_block"  # in the graph of the factories
REFUSED = (400, "block_disabled")


@pytest.fixture(autouse=True)
def _no_calls():
    calls.clear()


def switch_off(block_id, reason=""):
    return BlockSwitch.objects.create(block_id=block_id, reason=reason)


def refusal(answer):
    return answer.status_code, answer.json()["error"]["error_code"]


def body(block_id):
    return {"name": "Echo", "nodes": [{"id": "a", "block_id": block_id}], "links": []}


def test_g_11_no_graph_is_saved_with_it_under_any_of_its_names(api):
    block = registry.find("add_to_dictionary_block")
    switch_off(block.id, "It is being repaired")
    for name in (block.id, *block.aliases):
        answer = api.post("/api/graphs", body(name))
        assert refusal(answer) == REFUSED
        sentence = f'The block "{block.name}" is switched off here: It is being repaired'
        assert answer.json()["detail"]["node_errors"] == {"a": {"block_id": sentence}}


def test_g_11_no_new_version_is_saved_and_the_builder_says_so(api, version):
    switch_off(OUTPUT)
    graph = api.get(f"/api/graphs/{version.graph_id}").json()
    assert refusal(api.put(f"/api/graphs/{version.graph_id}", graph)) == REFUSED
    draft = {"document": graph, "base_version": 1, "revision": 0}
    told = api.put(f"/api/graphs/{version.graph_id}/draft", draft).json()["problems"]
    assert [problem["field"] for problem in told] == ["block_id"]
    assert (
        refusal(api.post(f"/api/graphs/{version.graph_id}/draft/publish", {"revision": 1}))
        == REFUSED
    )


def test_g_11_nothing_starts_a_graph_that_has_it(api, anonymous_api, user, version):
    schedule = ScheduleFactory(user=user, graph=version.graph)
    webhook = WebhookFactory(user=user, version=version)
    switch_off(OUTPUT)
    graph = f"/api/graphs/{version.graph_id}"
    assert refusal(api.post(f"{graph}/execute", {"inputs": {"text": "x"}})) == REFUSED
    assert refusal(api.post(f"{graph}/execute/1", {"inputs": {"text": "x"}})) == REFUSED
    assert refusal(api.post(f"/api/schedules/{schedule.pk}/run", {})) == REFUSED
    tried = api.post(f"/api/webhooks/{webhook.pk}/test", {"payload": {"text": "x"}})
    assert refusal(tried) == REFUSED
    hook = f"/api/hooks/{access_of(webhook).token}"
    assert refusal(anonymous_api.post(hook, {"text": "x"})) == REFUSED
    with pytest.raises(BlockDisabledError):
        services.start_execution(version=version, user=user, inputs={"text": "x"})
    assert user.executions.count() == 0


def test_g_11_it_cannot_be_tried_alone_and_costs_nothing(api, user):
    block = registry.find("llm_call_block")
    switch_off(block.id)
    for name in (block.id, *block.aliases):
        answer = api.post(f"/api/blocks/{name}/execute", {"prompt": "Hello"})
        assert refusal(answer) == REFUSED
    user.refresh_from_db()
    assert user.credits == 10_000


@pytest.mark.parametrize("block", ["test_idempotent", "test_at_most_once", "test_paid"])
def test_g_11_a_run_that_is_on_its_way_fails_where_it_comes_to_it(user, block):
    nodes = {"a": ("test_pure", {"value": 1}), "b": (block, {})}
    execution = start(user, drawing(nodes, ["a.value -> b.value"]))
    switch_off(block)
    work.advance(execution.pk)
    work.fill_slots()
    execution.refresh_from_db()
    failed = execution.node_executions.get(node_id="b")
    assert (execution.status, failed.error_code) == (Status.FAILED, "block_disabled")
    assert (failed.error, calls["echo"]) == ("An operator has switched off this block", [1])
    user.refresh_from_db()
    assert user.credits == 10_000


def test_g_11_so_does_a_pure_block_in_the_middle_of_a_burst(user):
    nodes = {"a": ("test_idempotent", {"value": 1}), "b": ("test_pure", {})}
    execution = start(user, drawing(nodes, ["a.value -> b.value"]))
    switch_off("test_pure")
    work.advance(execution.pk)
    work.fill_slots()
    execution.refresh_from_db()
    assert (execution.status, calls["echo"]) == (Status.FAILED, [1])
    assert execution.node_executions.get(node_id="b").error_code == "block_disabled"


def test_g_11_what_is_queued_already_does_not_start(user):
    execution = start(user, drawing({"a": ("test_paid", {"value": 1})}))
    switch_off("test_paid")
    work.advance(execution.pk)
    work.fill_slots()
    execution.refresh_from_db()
    user.refresh_from_db()
    assert (execution.status, calls["echo"]) == (Status.FAILED, [])
    assert (user.credits, execution.cost) == (10_000, 0)


def test_g_11_runs_go_on_when_it_is_on_again(user):
    off = switch_off("test_pure")
    off.delete()
    execution = start(user, drawing({"a": ("test_pure", {"value": 1})}))
    work.advance(execution.pk)
    execution.refresh_from_db()
    assert execution.status == Status.COMPLETED


def test_a_schedule_says_why_it_did_not_start(user, version):
    schedule = ScheduleFactory(user=user, graph=version.graph, next_due_at="2026-01-02T07:00:00Z")
    switch_off(OUTPUT, "Repair")
    timers.fire_due()
    assert "switched off here: Repair" in schedule.ticks.last().error


@pytest.mark.parametrize(("role", "status"), [("operator", 302), ("admin", 302), ("user", 302)])
def test_operators_switch_blocks_off_and_on_and_the_audit_log_knows(role, status):
    person = UserFactory(email=f"{role}@example.com", role=role)
    browser = logged_in(person)
    given = {"block_id": OUTPUT, "reason": "Repair"}
    assert browser.post(reverse("admin:accounts_blockswitch_add"), given).status_code == status
    is_operator = role != "user"
    assert BlockSwitch.objects.filter(**given).exists() is is_operator
    if is_operator:
        row = BlockSwitch.objects.get()
        address = reverse("admin:accounts_blockswitch_delete", args=[row.pk])
        browser.post(address, {"post": "yes"})
    assert BlockSwitch.objects.count() == 0
    noted = AuditEntry.objects.filter(action=Action.ADMIN, actor_id=person.pk).order_by("pk")
    assert [entry.details["verb"] for entry in noted] == ["add", "delete"] * is_operator
    assert all(OUTPUT in entry.target for entry in noted)


def test_the_price_of_an_operator_counts_for_every_name_of_a_block(user):
    block = registry.find("llm_call_block")
    BlockPrice.objects.create(block_id=block.id, price=7)
    for name in (block.id, *block.aliases):
        version = save(user, drawing({"a": (name, {"prompt": "Hello"})}))
        execution = services.start_execution(version=version, user=user, inputs={})
        assert execution.planned_cost == 7
        work.advance(execution.pk)
        work.fill_slots()
        execution.refresh_from_db()
        assert (execution.status, execution.cost) == (Status.COMPLETED, 7)
