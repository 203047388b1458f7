"""Running a part of a graph."""

import pytest

from executions.models import Execution
from executions.workers import work
from graphs import drafts
from graphs.models import Graph
from tests.executions import scene
from tests.pages.reading import source_of, text_of

pytestmark = pytest.mark.django_db(transaction=True)

GRAPH = scene.drawing(
    {
        "ask": ("text_input_block", {"name": "text"}),
        "shout": ("fill_text_template_block", {"format": "{{ t }}!"}),
        "again": ("fill_text_template_block", {"format": "{{ t }}?"}),
        "tell": ("output_block", {"name": "answer"}),
    },
    [
        "ask.text -> shout.values_#_t",
        "shout.output -> again.values_#_t",
        "again.output -> tell.value",
    ],
)


@pytest.fixture
def run(user):
    return scene.run(user, GRAPH, text="tea")


def try_part(page, execution, part, node="again"):
    """The form for a part of the run."""
    return page.post(f"/executions/{execution.pk}/try/", {"node": node, "part": part})


def start(page, form, **changed):
    """The run that the form starts, when it has ended."""
    given = {
        field.html_name: field.value() or "" for field in form.context["form"] if field.value()
    }
    answer = page.post(
        form.request["PATH_INFO"] + "?" + form.request["QUERY_STRING"], given | changed
    )
    execution = Execution.objects.get(pk=answer["Location"].split("/")[-2])
    work.advance(execution.pk)
    execution.refresh_from_db()
    return execution


def test_a_replay_begins_with_what_the_node_had_got(page, run):
    form = page.get(try_part(page, run, "after")["Location"])
    assert [field.value() for field in form.context["form"]] == ["tea!"]
    assert f'href="/graphs/{run.graph_id}/"' in source_of(form)
    assert "preset" not in text_of(form)
    assert start(page, form).outputs == {"answer": ["tea!?"]}


def test_a_replay_goes_on_with_a_value_that_was_edited(page, run):
    form = page.get(try_part(page, run, "after")["Location"])
    (field,) = form.context["form"]
    assert start(page, form, **{field.html_name: "coffee"}).outputs == {"answer": ["coffee?"]}


def test_a_run_up_to_a_node_gives_what_that_node_sends(page, run):
    form = page.get(try_part(page, run, "before", "shout")["Location"])
    execution = start(page, form)
    assert execution.outputs == {"output": ["tea!"]}
    assert set(scene.statuses(execution)) == {"ask", "shout"}


def test_the_builder_tries_the_draft(page, user, run):
    graph = run.graph
    document = page.get(f"/api/graphs/{graph.pk}").json()
    document["nodes"][1]["input_default"]["format"] = "{{ t }} draft"
    drafts.keep(graph=graph, user=user, document=document, base_version=1, revision=0)
    answer = page.post(f"/graphs/{graph.pk}/try/", {"node": "shout", "part": "node"})
    form = page.get(answer.json()["address"])
    assert start(page, form).outputs == {"output": ["tea draft"]}


def test_a_draft_that_is_no_graph_says_so(page, user, run):
    drafts.keep(graph=run.graph, user=user, document={}, base_version=1, revision=0)
    answer = page.post(f"/graphs/{run.graph_id}/try/", {"node": "shout", "part": "node"})
    assert (answer.status_code, bool(answer.json()["reason"])) == (422, True)


def test_parts_are_in_no_list_of_graphs_and_no_list_of_versions(page, run):
    try_part(page, run, "after")
    assert Graph.objects.count() == 2
    assert page.get("/api/graphs").json()["count"] == 1
    assert len(page.get(f"/api/graphs/{run.graph_id}/versions").json()) == 1


def test_trying_the_same_again_makes_no_other_version(page, run):
    for part in ("after", "after", "node"):
        try_part(page, run, part)
    assert run.graph.trials.versions.count() == 2


def test_the_run_of_a_part_leads_to_its_graph_and_says_that_it_is_one(page, run):
    part = start(page, page.get(try_part(page, run, "after")["Location"]))
    answer = page.get(f"/executions/{part.pk}/")
    assert f'href="/graphs/{run.graph_id}/"' in source_of(answer)
    assert "A part of the graph" in text_of(answer)


def test_the_part_of_a_part_belongs_to_the_same_graph(page, run):
    part = start(page, page.get(try_part(page, run, "before")["Location"]))
    try_part(page, part, "node")
    assert Graph.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, 400),
        ({"node": "again"}, 400),
        ({"node": "again", "part": "half"}, 400),
        ({"node": "nowhere", "part": "node"}, 404),
    ],
)
def test_a_part_that_makes_no_sense_is_refused(page, run, given, status):
    assert page.post(f"/executions/{run.pk}/try/", given).status_code == status


def test_a_form_begins_with_no_run_of_somebody_else(stranger_page, page, run):
    address = try_part(page, run, "after")["Location"]
    assert stranger_page.get(address).status_code == 404
