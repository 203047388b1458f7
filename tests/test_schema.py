"""The OpenAPI document: complete, without warnings, and changed on purpose only.

After a change of the API write the snapshot anew:
`./dev manage spectacular --file tests/openapi.yaml --validate --fail-on-warn`.
"""

from pathlib import Path

import pytest
import yaml
from django.core.management import call_command

from tests.api.routes import documented, viewset_actions
from tests.api_client import Client

SNAPSHOT = Path(__file__).with_name("openapi.yaml")


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """The document as the command writes it; a warning is an error."""
    path = tmp_path_factory.mktemp("schema") / "openapi.yaml"
    call_command("spectacular", file=str(path), validate=True, fail_on_warn=True)
    return path.read_text()


def test_the_document_is_the_one_that_was_reviewed(generated):
    assert generated == SNAPSHOT.read_text(), __doc__


def test_every_route_is_documented_once():
    routes = [
        (address.replace("<uuid:pk>", "<uuid:id>"), method)
        for address, method, _viewset, _action in viewset_actions()
    ]
    shown = [
        (
            address.replace("{graph_id}", "<uuid:graph_id>")
            .replace("{id}", "<uuid:id>")
            .replace("{team_id}", "<uuid:team_id>")
            .replace("{user_id}", "<uuid:user_id>")
            .replace("{version}", "<int:version>")
            .replace("{block_id}", "<str:block_id>")
            .replace("{token}", "<str:token>")
            .replace("{node_id}", "<str:node_id>")
            .replace("{node_execution_id}", "<uuid:node_execution_id>"),
            method,
        )
        for address, method in documented()
    ]
    assert sorted(shown) == sorted(routes)


def test_every_operation_says_what_a_failure_looks_like(generated):
    for operations in yaml.safe_load(generated)["paths"].values():
        for operation in operations.values():
            answer = operation["responses"]["default"]["content"]["application/json"]["schema"]
            assert answer == {"$ref": "#/components/schemas/ErrorAnswer"}


def test_the_document_is_served_as_json_and_as_yaml(db):
    as_json = Client().get("/api/schema")
    assert as_json["Content-Type"] == "application/vnd.oai.openapi+json"
    as_yaml = Client().get("/api/schema", {"format": "yaml"})
    assert yaml.safe_load(as_yaml.content) == as_json.json()


def test_the_documentation_page_needs_nothing_from_elsewhere(client):
    page = client.get("/api/docs")
    text = page.content.decode()
    assert page.status_code == 200
    assert "http" not in text
    assert "<style" not in text
    assert "<script>" not in text
    assert client.get("/api/docs?script=").status_code == 200
    assert "'unsafe-inline'" not in page["Content-Security-Policy"]
