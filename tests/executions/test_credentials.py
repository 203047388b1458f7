"""Credentials in runs: which one is used, that it is noted, and that its secret is nowhere afterwards."""

import json
import logging
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core import serializers as dumps
from pydantic import Field

from accounts import outbound
from accounts.vault import services as vault
from accounts.vault.models import Credential
from blocks.base import Block, BlockError, Effect, Pins, PinValue
from blocks.credentials import CredentialType, Reference, credentials_pin
from blocks.registry import register
from executions import events, services
from executions.engine.status import Status
from executions.models import NodeExecution
from executions.workers import work
from graphs import files
from graphs.errors import InvalidGraphError
from tests.blocks.adapters.site import Answer, running_site
from tests.executions.scene import behaviours, drawing, run, save, start

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "sk-planted-7f3a9b"
KEY = "http_host_scoped-api_key-user_password_credentials"


class _Input(Pins):
    does: str = Field(description="The behaviour.")
    model: str = Field(default="", description="Decides for a provider.")
    credentials: Reference | None = credentials_pin(
        "http", "smtp",
        types=(CredentialType.API_KEY, CredentialType.USER_PASSWORD),
        optional=True,
        discriminator="model",
        mapping={"mail-*": "smtp"},
    )  # fmt: skip


class _Output(Pins):
    value: object = Field(description="What it made of it.")


@register
class Secretive(Block[_Input]):
    id, name = "test_secretive", "Secretive"
    description = "Does what a test says with a secret."
    category = "test"
    effect = Effect.IDEMPOTENT
    Input = _Input
    Output = _Output

    def run(self, data: _Input, ports) -> Iterator[PinValue]:
        secret = ports.credentials.read(data.credentials) if data.credentials else None
        yield from behaviours[data.does](secret, ports)


@pytest.fixture
def site():
    with running_site() as running:
        yield running
    outbound.http().close()


def keep(user, **changed):
    given = {"title": "Work", "provider": "http", "type": "api_key", "hosts": ["example.com"]}
    given["secret"] = {"api_key": SECRET}
    return vault.create(user, **(given | changed))


def asking(does="tell", **defaults):
    return drawing({"do": ("test_secretive", {"does": does, **defaults})})


def request_graph(site, **defaults):
    values = {"url": f"{site.url}/api", "method": "GET", **defaults}
    return drawing({"do": ("send_authenticated_web_request_block", values)})


def tell(secret, ports):
    yield "value", secret.provider if secret else None


def reference(credential):
    return {"id": str(credential.pk)}


def start_with(user, graph, **credentials):
    return services.start_execution(
        version=save(user, graph), user=user, inputs={}, credentials_inputs=credentials
    )


def end(execution):
    work.advance(execution.pk)
    work.fill_slots()
    execution.refresh_from_db()
    return execution


def test_a_request_carries_what_the_credential_holds_and_the_use_is_noted(user, site):
    site.says("/api", Answer(200, {}, b"hello"))
    credential = keep(
        user,
        type="host_scoped",
        hosts=[site.host],
        secret={"headers": {"X-Team-Key": SECRET}},
    )
    execution = end(start_with(user, request_graph(site), **{KEY: reference(credential)}))

    assert execution.outputs == {"response": ["hello"]}
    assert site.seen[0].headers["x-team-key"] == SECRET
    use = credential.uses.get()
    assert (use.execution_id, use.node_id) == (execution.pk, "do")


def test_a_redirect_to_another_host_does_not_get_the_credential(user, site):
    with running_site() as other:
        site.says("/api", Answer(302, {"location": f"{other.url}/elsewhere"}))
        other.says("/elsewhere", Answer(200, {}, b"hello"))
        credential = keep(
            user, type="host_scoped", hosts=[site.host], secret={"headers": {"X-Team": SECRET}}
        )
        graph = request_graph(site, credentials=reference(credential))
        assert run(user, graph).outputs == {"response": ["hello"]}
        assert SECRET not in str(other.seen[0].headers)


def test_a_credential_is_not_sent_to_a_host_that_it_is_not_for(user, site):
    graph = request_graph(site, credentials=reference(keep(user)))
    execution = run(user, graph)

    assert execution.node_executions.get().error_code == "credential_host_refused"
    assert not site.seen


def leak(secret, ports):
    key = secret.values["api_key"]
    for piece in (f"before {key[:5]}", f"{key[5:]} after"):
        ports.run.stream(piece)
    yield "value", {key: [f"it is {key}"], "json": json.dumps({"k": key})}
    raise BlockError(f"refused for {key}")


def crash(secret, ports):
    raise RuntimeError(secret.values["api_key"])
    yield


@pytest.mark.parametrize("behaviour", [leak, crash])
def test_the_secret_is_nowhere_after_a_block_has_shouted_it(user, behaviour, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    shown = []
    monkeypatch.setattr(events, "stream", lambda *words: shown.append(words[-1]))
    behaviours["shout"] = behaviour
    execution = run(user, asking("shout", credentials=reference(keep(user))))

    assert execution.status == Status.FAILED
    if behaviour is leak:
        assert execution.node_executions.get().error == "refused for [hidden]"
        assert "".join(shown) == "before [hidden] after"
    assert SECRET not in caplog.text
    assert SECRET not in dump_of_everything()


def dump_of_everything():
    rows = [row for model in apps.get_models() for row in model._base_manager.all()]
    return dumps.serialize("json", rows)


def test_the_runs_credential_counts_more_than_the_nodes_and_that_more_than_the_default(user):
    behaviours["tell"] = lambda secret, ports: iter([("value", secret.values["api_key"][-1])])
    given, own = (keep(user, secret={"api_key": f"sk-12345{n}"}) for n in "ab")
    keep(user, secret={"api_key": "sk-12345c"}, is_default=True)
    key = "http-smtp_api_key-user_password_credentials"

    by_run = end(start_with(user, asking(credentials=reference(own)), **{key: reference(given)}))
    by_node = run(user, asking(credentials=reference(own)))
    by_default = run(user, asking())

    outputs = [each.outputs["value"] for each in (by_run, by_node, by_default)]
    assert outputs == [["a"], ["b"], ["c"]]


def test_another_pin_decides_for_the_provider(user):
    behaviours["tell"] = tell
    keep(user, is_default=True)
    keep(
        user,
        provider="smtp",
        type="user_password",
        secret={"username": "ada", "password": "correct"},
        is_default=True,
    )
    assert run(user, asking(model="mail-1")).outputs == {"value": ["smtp"]}
    assert run(user, asking(model="web-1")).outputs == {"value": ["http"]}


def problem_of(user, graph, **credentials):
    with pytest.raises(InvalidGraphError) as refusal:
        start_with(user, graph, **credentials)
    return refusal.value.node_errors


def test_a_run_does_not_start_without_the_credential_that_it_needs(user, site):
    errors = problem_of(user, request_graph(site))
    assert "it needs a credential for http" in errors["do"]["credentials"]


def test_a_run_does_not_start_with_somebody_elses_credential(user, stranger, site):
    theirs = keep(stranger)
    errors = problem_of(user, request_graph(site, credentials=reference(theirs)))
    assert "does not exist" in errors["do"]["credentials"]
    errors = problem_of(user, request_graph(site), **{KEY: reference(theirs)})
    assert "does not exist" in errors["do"]["credentials"]


def test_a_link_cannot_bring_somebody_elses_credential(user, stranger):
    graph = drawing(
        {
            "name": ("test_pure", {"value": reference(keep(stranger))}),
            "do": ("test_secretive", {"does": "tell"}),
        },
        ["name.value -> do.credentials"],
    )
    node = run(user, graph).node_executions.get(node_id="do")
    assert node.error_code == "credential_unavailable"


def test_a_run_does_not_start_with_a_credential_for_another_provider(user, site):
    credential = keep(user, provider="github", secret={"api_key": SECRET})
    errors = problem_of(user, request_graph(site), **{KEY: reference(credential)})
    assert "the credential is for github (api_key)" in errors["do"]["credentials"]


def test_a_name_that_no_node_asks_for_is_refused(user):
    errors = problem_of(user, asking(), nonsense={"id": "x"})
    assert 'asks for no credentials "nonsense"' in errors[""]["nonsense"]


def test_a_secret_in_a_drawing_is_refused_before_it_is_saved(user):
    with pytest.raises(InvalidGraphError):
        save(user, asking(credentials={"api_key": SECRET}))


@pytest.mark.parametrize("forget", [vault.revoke, vault.delete])
def test_an_attempt_that_starts_after_the_credential_is_gone_fails(user, forget):
    credential = keep(user)
    execution = start(user, asking(credentials=reference(credential)))
    forget(credential)
    end(execution)

    failed = execution.node_executions.get()
    assert (failed.status, failed.error_code) == (Status.FAILED, "credential_unavailable")


def test_a_new_secret_is_used_by_the_next_attempt(user):
    behaviours["tell"] = lambda secret, ports: iter([("value", secret.values["api_key"][-1])])
    credential = keep(user)
    execution = start(user, asking(credentials=reference(credential)))
    vault.change(credential, secret={"api_key": "sk-new-key-z"})
    assert end(execution).outputs == {"value": ["z"]}


def test_a_lost_key_fails_the_nodes_that_need_it_and_no_others(user, settings):
    graph = asking(credentials=reference(keep(user)))
    execution = start(user, graph)
    Credential.objects.update(secret="nonsense")
    end(execution)
    assert NodeExecution.objects.get().error_code == "credential_unavailable"


def test_a_block_run_by_itself_uses_a_credential_too(api, user, site):
    site.says("/api", Answer(200, {}, f"you are {SECRET}".encode()))
    credential = keep(user, hosts=[site.host])
    answer = api.post(
        "/api/blocks/send_authenticated_web_request_block/execute",
        {"url": f"{site.url}/api", "method": "GET", "credentials": reference(credential)},
    )
    assert answer.json() == {"response": ["you are [hidden]"]}
    assert credential.uses.get().block_id == "send_authenticated_web_request_block"


def test_the_api_says_what_a_run_needs_and_takes_it(api, user, site):
    version = save(user, request_graph(site))
    schema = api.get(f"/api/graphs/{version.graph_id}").json()["credentials_input_schema"]
    assert schema["required"] == [KEY]
    assert schema["properties"][KEY]["credentials_provider"] == ["http"]
    credential = keep(user, hosts=[site.host])
    answer = api.post(
        f"/api/graphs/{version.graph_id}/execute",
        {"credentials_inputs": {KEY: {"id": str(credential.pk), "title": "Work"}}},
    )
    assert answer.status_code == 200


def test_an_export_names_no_credentials(user):
    version = save(user, asking(credentials=reference(keep(user))))
    assert "credentials" not in files.exported(version, "agentloom", version.graph.owner)
    assert "credentials" in files.text_of(version)
