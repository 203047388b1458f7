"""The page of the builder, and the parts that it loads."""

import gzip
import json
import re
from pathlib import Path

from django.utils import timezone

from blocks import registry
from graphs import drafts, services
from graphs.builder_texts import texts
from graphs.starters import STARTERS
from tests.factories import ExecutionFactory, NodeExecutionFactory
from tests.pages.reading import source_of

ROOT = Path(__file__).resolve().parents[2]
MODULES = [
    *(ROOT / "graphs/static/graphs/builder").glob("*.js"),
    ROOT / "executions/static/executions/js/builder-run.js",
]


def start_of(answer):
    """What the page tells its modules."""
    source = answer.content.decode()
    text = re.search(r'<script id="builder-start" type="application/json">(.*?)</script>', source)
    return json.loads(text[1])


def keep(user, version, name, base_version=1):
    document = {"name": name, "nodes": [], "links": []}
    drafts.keep(
        graph=version.graph, user=user, document=document, base_version=base_version, revision=0
    )


def test_the_builder_begins_with_the_active_version(page, version):
    start = start_of(page.get(f"/graphs/{version.graph_id}/edit/"))
    assert [each["id"] for each in start["document"]["nodes"]] == ["ask", "tell"]
    assert (start["base_version"], start["revision"], start["problems"]) == (1, 0, [])


def test_the_builder_begins_with_the_draft_if_there_is_one(page, user, version):
    keep(user, version, "Half done")
    start = start_of(page.get(f"/graphs/{version.graph_id}/edit/"))
    assert (start["document"]["name"], start["saved"]["name"]) == ("Half done", "Echo")
    assert (start["revision"], [each["field"] for each in start["problems"]]) == (1, ["nodes"])


def test_an_older_version_is_shown_when_it_is_asked_for(page, user, version):
    drawing = STARTERS["branch"].drawing
    services.save_version(graph=version.graph, name="New", description="", drawing=drawing)
    keep(user, version, "Half done", base_version=2)
    start = start_of(page.get(f"/graphs/{version.graph_id}/edit/", {"version": "1"}))
    assert [each["id"] for each in start["document"]["nodes"]] == ["ask", "tell"]
    assert (start["version"], start["newest_version"], start["base_version"]) == (1, 2, 2)


def test_every_block_is_in_the_palette(page, version):
    source = source_of(page.get(f"/graphs/{version.graph_id}/edit/"))
    shown = re.findall(r'data-block="(\w+)"', source)
    assert sorted(shown) == sorted(block.id for block in registry.all_blocks())


def test_the_catalogue_is_sent_small_and_once(page):
    answer = page.get("/blocks/catalogue.json", headers={"Accept-Encoding": "gzip"})
    content = gzip.decompress(answer.content)
    assert len(json.loads(content)["blocks"]) == len(list(registry.all_blocks()))
    assert len(answer.content) < 48_000
    again = page.get("/blocks/catalogue.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_every_block_has_a_form_with_a_field_for_each_pin(page):
    fields, pins = {}, {}
    for block in registry.all_blocks():
        source = source_of(page.get(f"/graphs/blocks/{block.id}/form/"))
        properties = registry.input_schema(block.id)["properties"]
        fields[block.id] = re.findall(r'data-pin="(\w+)"', source)
        pins[block.id] = [name for name, each in properties.items() if not each.get("deprecated")]
    assert fields == pins


def test_there_is_no_form_for_a_block_that_does_not_exist(page):
    assert page.get("/graphs/blocks/nonsense/form/").status_code == 404


def test_the_modules_say_only_what_has_words_and_all_words_are_said():
    said = {word for path in MODULES for word in re.findall(r'say\(\W*"(\w+)"', path.read_text())}
    said |= {
        each
        for path in MODULES
        for pair in re.findall(r'say\([^()`]*\? "(\w+)" : "(\w+)"', path.read_text())
        for each in pair
    }
    made_of_parts = ("kind_", "state_", "refused_")
    known = {name for name in texts() if not name.startswith(made_of_parts)}
    assert known == said


def test_a_run_is_started_without_leaving_the_builder(htmx, version):
    address = f"/graphs/{version.graph_id}/run/?version=1&builder"
    answer = htmx.post(address, {"input-0": "Hello"})
    assert answer.status_code == 204
    [execution] = version.executions.all()
    assert json.loads(answer.headers["HX-Trigger"]) == {"run-started": {"id": str(execution.pk)}}


def test_the_form_of_a_run_remembers_what_was_given_last(htmx, user, version):
    ExecutionFactory(user=user, version=version, inputs={"text": "What I said"})
    address = f"/graphs/{version.graph_id}/run/"
    assert "What I said" in source_of(htmx.get(address, {"builder": ""}))
    assert "What I said" not in source_of(htmx.get(address))


def test_the_drawing_is_told_how_each_node_stands_and_what_it_sent_last(page, user, version):
    execution = ExecutionFactory(user=user, version=version)
    given = {"execution": execution, "started_at": execution.created_at}
    NodeExecutionFactory(**given, outputs=[["output", "first"]])
    NodeExecutionFactory(**given, outputs=[["output", "a"], ["output", "b\n" * 99]])
    run = page.get(f"/executions/{execution.pk}/previews/").json()
    assert (run["status"], run["has_ended"]) == ("COMPLETED", True)
    [node] = run["nodes"].values()
    assert (node["status"], node["count"], node["error"]) == ("COMPLETED", 2, "")
    assert node["values"]["output"] == ("b " * 40)[:80]


def test_the_panel_shows_the_values_of_the_last_run(page, user, version):
    address = f"/graphs/{version.graph_id}/last-values/?node=tell"
    assert "It did not run" in source_of(page.get(address))
    execution = ExecutionFactory(user=user, version=version)
    sent = [["output", "Hello there"]]
    NodeExecutionFactory(execution=execution, outputs=sent, started_at=timezone.now())
    assert "Hello there" in source_of(page.get(address))
