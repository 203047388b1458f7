"""The list of graphs, and the page of one."""

import json

from executions.models import Execution
from graphs import services, spec
from graphs.models import Graph
from tests.factories import ExecutionFactory, UserFactory, VersionFactory
from tests.pages.drawings import chain
from tests.pages.reading import source_of, text_of

HOSTILE = "\"><script>alert(1)</script><b>'"


def test_an_empty_list_says_what_to_do(page):
    answer = page.get("/graphs/")
    assert "Draw your first graph" in text_of(answer)
    assert 'href="/graphs/new/"' in answer.content.decode()


def test_the_list_tells_of_every_graph_how_it_was_run_last(page, user):
    version = VersionFactory(owner=user, name="Echo", description="Says it again")
    ExecutionFactory(user=user, version=version, status="COMPLETED")
    ExecutionFactory(user=user, version=version, status="FAILED")
    VersionFactory(owner=user, name="Idle")
    words = text_of(page.get("/graphs/"))
    assert "Idle v1 2 Never run 0" in words
    assert "Echo Says it again v1 2 Failed" in words
    assert words.count("Completed") == 0


def test_deleted_runs_do_not_count(page, user, version):
    execution = ExecutionFactory(user=user, version=version)
    Execution.objects.filter(pk=execution.pk).update(deleted_at=execution.created_at)
    assert "Never run 0" in text_of(page.get("/graphs/"))


def test_the_search_looks_at_names_and_descriptions(page, user):
    VersionFactory(owner=user, name="Weather")
    VersionFactory(owner=user, name="News", description="and the weather")
    VersionFactory(owner=user, name="Sports")
    found = page.get("/graphs/", {"q": "WEATHER"}).context["page"].object_list
    assert {graph.name for graph in found} == {"Weather", "News"}


def test_a_search_that_finds_nothing_says_so(page, version):
    assert "Nothing fits" in text_of(page.get("/graphs/", {"q": "xyz"}))


def test_hostile_names_are_shown_as_text_everywhere(page, user):
    node = spec.Node(
        f"a{HOSTILE}", "text_input_block", {"name": HOSTILE, "value": HOSTILE}, {"title": HOSTILE}
    )
    drawing = spec.Graph(nodes={node.id: node}, links=())
    version = VersionFactory(owner=user, name=HOSTILE, description=HOSTILE, drawing=drawing)
    execution = ExecutionFactory(
        user=user,
        version=version,
        inputs={HOSTILE: HOSTILE},
        outputs={HOSTILE: [HOSTILE]},
        error=HOSTILE,
        status="FAILED",
    )
    graph = f"/graphs/{version.graph_id}/"
    for address in (
        "/graphs/",
        graph,
        f"{graph}edit/",
        "/executions/",
        f"/executions/{execution.pk}/",
    ):
        source = page.get(address).content.decode()
        assert "alert(1)" in source
        assert "<script>alert" not in source
        assert "<b>'" not in source
    panel = page.get(f"{graph}node/", {"node": node.id})
    assert "<script>" not in panel.content.decode()
    assert HOSTILE in source_of(panel)


def test_the_page_draws_nodes_and_links(page, version):
    source = source_of(page.get(f"/graphs/{version.graph_id}/"))
    assert source.count('class="node-card') == 2
    assert (
        'data-source="ask" data-source-pin="text" data-sink="tell" data-sink-pin="value"' in source
    )
    assert "text → tell: value" in text_of(page.get(f"/graphs/{version.graph_id}/"))


def test_a_graph_that_is_too_large_to_draw_is_told_in_words(page, user, monkeypatch):
    monkeypatch.setattr("graphs.drawing.MAX_DRAWN", 2)
    version = VersionFactory(owner=user, drawing=chain("a", "b", "c"))
    answer = page.get(f"/graphs/{version.graph_id}/")
    assert "3 nodes are too many to draw" in text_of(answer)
    assert "<graph-view" not in answer.content.decode()


def test_what_keeps_a_graph_from_running_is_listed_with_its_node(page, user):
    node = spec.Node("ask", "llm_call_block", {}, {"title": "The question"})
    version = VersionFactory(owner=user, drawing=spec.Graph(nodes={"ask": node}, links=()))
    words = text_of(page.get(f"/graphs/{version.graph_id}/"))
    assert 'The question : The question needs a value for "prompt"' in words


def test_a_node_tells_its_pins_values_and_links(page, version):
    words = text_of(page.get(f"/graphs/{version.graph_id}/node/", {"node": "tell"}))
    assert "← ask: text" in words
    assert "answer" in words


def test_a_secret_value_is_not_in_the_page(page, user):
    node = spec.Node("key", "text_input_block", {"secret": True, "value": "hunter2"})
    version = VersionFactory(owner=user, drawing=spec.Graph(nodes={"key": node}, links=()))
    address = f"/graphs/{version.graph_id}/"
    assert "hunter2" not in page.get(address).content.decode()
    assert "hunter2" not in page.get(f"{address}node/", {"node": "key"}).content.decode()


def test_an_old_version_is_shown_when_the_address_names_it(page, version):
    services.save_version(graph=version.graph, name="Echo", description="", drawing=chain("only"))
    address = f"/graphs/{version.graph_id}/"
    assert page.get(address).context["version"].version == 2
    assert page.get(address, {"version": "1"}).context["version"].version == 1
    assert page.get(address, {"version": "9"}).status_code == 404


def test_activating_makes_an_old_version_the_one_that_runs(page, version):
    services.save_version(graph=version.graph, name="Echo", description="", drawing=chain("only"))
    page.post(f"/graphs/{version.graph_id}/activate/1/")
    assert version.graph.versions.get(is_active=True).version == 1


def test_a_deleted_graph_is_gone_from_the_list(page, version):
    answer = page.post(f"/graphs/{version.graph_id}/delete/", follow=True)
    assert "“Echo” is deleted." in text_of(answer)
    assert not Graph.objects.owned_by(version.graph.owner).exists()


def test_an_export_can_be_imported_again(page, version):
    exported = page.get(f"/graphs/{version.graph_id}/export/")
    assert exported.headers["Content-Disposition"] == 'attachment; filename="echo-v1.json"'
    page.post("/graphs/import/", {"text": exported.content.decode()})
    copy = Graph.objects.exclude(pk=version.graph_id).get()
    assert copy.versions.get().load() == version.load()
    assert json.loads(exported.content)["name"] == copy.name


def test_a_graph_says_which_others_run_it(page, user, version):
    def runner(name, owner, block_id):
        node = spec.Node("run", block_id, {"graph_id": str(version.graph_id)})
        return VersionFactory(owner=owner, name=name, drawing=spec.Graph({"run": node}, ()))

    runner("Weekly", user, "agent_executor_block")
    runner("By its old name", user, "e189baac-8c20-45a1-94a7-55177ea42565")
    runner("Of a stranger", UserFactory(), "agent_executor_block")
    former = runner("Does no more", user, "agent_executor_block")
    services.save_version(
        graph=former.graph, name="Does no more", description="", drawing=chain("only")
    )
    used_by = page.get(f"/graphs/{version.graph_id}/").context["used_by"]
    assert [graph.name for graph in used_by] == ["By its old name", "Weekly"]


def test_a_graph_whose_runs_lead_back_to_it_says_so(page, user, version):
    def runner(of):
        return spec.Graph({"run": spec.Node("run", "agent_executor_block", {"graph_id": of})}, ())

    address = f"/graphs/{version.graph_id}/"
    other = VersionFactory(owner=user, name="Other", drawing=runner(str(version.graph_id)))
    assert "lead back" not in text_of(page.get(address))
    services.save_version(
        graph=version.graph, name="Echo", description="", drawing=runner(str(other.graph_id))
    )
    assert "before: Echo → Other → Echo" in text_of(page.get(address))
