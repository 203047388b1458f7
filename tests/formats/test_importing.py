"""Files on the page and in the terminal."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Scope
from graphs.models import Graph
from tests.factories import VersionFactory
from tests.formats.test_autogpt import ADDING, agent, node


@pytest.fixture
def page(user):
    client = Client()
    client.force_login(user)
    return client


def test_what_there_is_to_say_is_shown_after_an_import(page):
    file = agent([node("post", "11111111-2222-4333-8444-555555555555")])
    answer = page.post("/graphs/import/", {"text": json.dumps(file)})
    text = answer.content.decode()
    assert "to be replaced" in text
    assert f"/graphs/{Graph.objects.get().pk}/" in text


def test_where_there_is_nothing_to_say_the_graph_is_opened(page):
    answer = page.post("/graphs/import/", {"text": json.dumps(ADDING)})
    assert answer.url == f"/graphs/{Graph.objects.get().pk}/"


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (agent([{"id": "x", "input_links": []}]), "has no id or no block_id"),
        ({"format": "agentloom/9", "nodes": []}, "agentloom/1 can be read here"),
        (agent([node("x", "c0a8e994-ebf1-4a9c-a4d8-89d09c86741b", {"retry": "often"})]), "retry"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_and_nothing_made(page, file, sentence):
    answer = page.post("/graphs/import/", {"text": json.dumps(file)})
    assert sentence in answer.content.decode()
    assert not Graph.objects.exists()


def test_the_page_exports_both_formats_and_no_other(page, version):
    address = f"/graphs/{version.graph_id}/export/"
    assert json.loads(page.get(address).content)["format"] == "agentloom/1"
    assert json.loads(page.get(f"{address}?format=autogpt").content)["sub_graphs"] == []
    assert page.get(f"{address}?format=pdf").status_code == 404


def test_a_graph_goes_out_and_comes_in_by_the_terminal(user, version, tmp_path, capsys):
    call_command("export_graph", str(version.graph_id))
    file = tmp_path / "graph.json"
    file.write_text(capsys.readouterr().out)
    call_command("import_graph", str(file), email=user.email)
    made = Graph.objects.get(pk=capsys.readouterr().out.strip())
    copy = made.versions.get().load()
    assert made.owner == user
    assert (copy.nodes, copy.links) == (version.load().nodes, version.load().links)


def test_the_terminal_says_what_is_wrong(user, tmp_path):
    file = tmp_path / "graph.json"
    file.write_text(json.dumps({"name": "x", "nodes": [{"id": "a", "block_id": "nonsense"}]}))
    with pytest.raises(CommandError, match="nonsense"):
        call_command("import_graph", str(file), email=user.email)
    with pytest.raises(CommandError, match="no user"):
        call_command("import_graph", str(file), email="nobody@example.com")
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_graph", str(tmp_path / "gone.json"), email=user.email)
    with pytest.raises(CommandError, match="no such graph"):
        call_command("export_graph", "00000000-0000-0000-0000-000000000000")


def test_an_exported_file_is_taken_by_the_api(page, key_api, user):
    version = VersionFactory(owner=user)
    file = page.get(f"/graphs/{version.graph_id}/export/").json()
    assert key_api(Scope.WRITE_GRAPHS).post("/api/graphs", file).status_code == 201
