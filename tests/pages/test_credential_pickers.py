"""Choosing credentials: in the form of a node, and at the start of a run."""

import json
import re
from html import unescape

import pytest

from executions.models import Execution
from graphs import spec
from tests.factories import CredentialFactory, ExecutionFactory, VersionFactory
from tests.pages.reading import source_of, text_of

BLOCK = "send_authenticated_web_request_block"
KEY = "http_host_scoped-api_key-user_password_credentials"


@pytest.fixture
def version(user):
    nodes = {"send": spec.Node("send", BLOCK, {"url": "https://example.com"}, {"title": "Post it"})}
    return VersionFactory(owner=user, drawing=spec.Graph(nodes=nodes, links=()))


def options_of(answer):
    """{label: reference or None} of the first picker."""
    source = answer.content.decode()
    picker = re.search(r'<select name="credential.*?</select>', source, re.DOTALL)[0]
    options = re.findall(r'<option value="(.*?)".*?>(.*?)</option>', picker, re.DOTALL)
    return {unescape(label): json.loads(unescape(value) or "null") for value, label in options}


def reference_to(credential):
    names = ("provider", "type", "title")
    return {"id": str(credential.pk), **{name: getattr(credential, name) for name in names}}


def form_of_block(page):
    return page.get(f"/graphs/blocks/{BLOCK}/form/")


def test_a_pin_offers_the_credentials_that_fit_and_no_others(page, user, stranger):
    mine = CredentialFactory(user=user, title="Mine")
    CredentialFactory(user=user, provider="smtp", type="user_password")
    CredentialFactory(user=user, secret="", revoked_at="2026-01-01T00:00:00Z")
    CredentialFactory(user=stranger)
    assert options_of(form_of_block(page)) == {
        "The default (there is none)": None,
        "Mine · Any web server": reference_to(mine),
    }


def test_a_pin_says_which_credential_is_the_default(page, user):
    CredentialFactory(user=user, title="Usual", is_default=True)
    assert "The default: Usual" in options_of(form_of_block(page))


def test_a_credential_that_is_missing_can_be_added(page):
    address = re.search(
        r'href="(/credentials/new/\w+/\?provider=http)"', source_of(form_of_block(page))
    )[1]
    assert '<option value="http" selected' in source_of(page.get(address))


def test_a_run_is_given_the_credential_that_was_chosen(page, user, version):
    chosen = reference_to(CredentialFactory(user=user))
    address = f"/graphs/{version.graph_id}/run/"
    [*_others, value] = options_of(page.get(address)).values()
    assert value == chosen
    value = json.dumps(chosen, separators=(",", ":"))
    assert page.post(address, {"credential-0": value}).status_code == 302
    assert Execution.objects.get().credentials_inputs == {KEY: chosen}


def test_a_run_without_a_choice_uses_the_default(page, user, version):
    CredentialFactory(user=user, is_default=True)
    assert page.post(f"/graphs/{version.graph_id}/run/").status_code == 302
    assert Execution.objects.get().credentials_inputs == {}


def test_a_run_that_needs_a_credential_asks_for_it(page, version):
    answer = page.post(f"/graphs/{version.graph_id}/run/")
    assert answer.status_code == 422
    assert "Used by: Post it" in text_of(answer)
    assert "This field is required." in text_of(answer)


def test_a_credential_of_somebody_else_cannot_be_chosen(page, stranger, version):
    value = json.dumps(reference_to(CredentialFactory(user=stranger)), separators=(",", ":"))
    answer = page.post(f"/graphs/{version.graph_id}/run/", {"credential-0": value})
    assert (answer.status_code, Execution.objects.count()) == (422, 0)


def test_the_next_run_begins_with_the_credential_of_the_last(page, user, version):
    chosen = reference_to(CredentialFactory(user=user))
    run = ExecutionFactory(user=user, version=version, credentials_inputs={KEY: chosen})
    for address in (f"/graphs/{version.graph_id}/run/?builder", f"/executions/{run.pk}/repeat/"):
        assert re.search(rf"{chosen['id']}[^>]* selected", source_of(page.get(address)))
