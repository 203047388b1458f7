"""Making a graph, importing one, editing one as JSON."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from executions import services as runs
from graphs import services
from graphs.models import Graph
from graphs.starters import STARTERS
from tests.pages.drawings import chain, document
from tests.pages.reading import source_of, text_of


@pytest.mark.parametrize("starter", STARTERS)
def test_a_new_graph_begins_with_what_was_chosen(page, starter):
    answer = page.post("/graphs/new/", {"name": "Mine", "description": "x", "starter": starter})
    graph = Graph.objects.get()
    assert answer.url == f"/graphs/{graph.pk}/"
    assert (graph.name, graph.description) == ("Mine", "x")
    assert graph.versions.get().load().nodes.keys() == STARTERS[starter].drawing.nodes.keys()


@pytest.mark.parametrize(
    ("starter", "inputs"),
    [("summary", {"text": "Tea is a drink."}), ("branch", {"number": 1}), ("empty", {"text": "x"})],
)
def test_every_beginning_can_be_run_at_once(user, starter, inputs):
    version = services.create_graph(owner=user, name="x", drawing=STARTERS[starter].drawing)
    assert runs.start_execution(version=version, user=user, inputs=inputs).status == "QUEUED"


def test_a_graph_needs_a_name_and_what_was_typed_stays(page):
    answer = page.post("/graphs/new/", {"description": "Much typing", "starter": "branch"})
    assert "This field is required." in text_of(answer)
    assert "Much typing" in text_of(answer)
    assert 'value="branch" checked' in source_of(answer)
    assert not Graph.objects.exists()


def test_a_graph_is_imported_from_a_file(page):
    file = SimpleUploadedFile("graph.json", b"\xef\xbb\xbf" + document().encode())
    page.post("/graphs/import/", {"file": file})
    assert Graph.objects.get().name == "Imported"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Choose a file or paste a graph."),
        ("{", "This is not JSON"),
        ("[]", "must hold a JSON object"),
        (document(name=""), '"name"'),
        (document(nodes=[{"id": "a", "block_id": "nonsense"}], links=[]), 'no block "nonsense"'),
        (document(nodes=[]), '"nodes"'),
        (document(description="\0"), "NUL"),
    ],
)
def test_what_is_no_graph_is_refused_with_the_reason(page, text, sentence):
    answer = page.post("/graphs/import/", {"text": text})
    assert sentence in text_of(answer)
    assert not Graph.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"\xff\xfe\x00", "The file is not UTF-8 text."), (b"", "The submitted file is empty.")],
)
def test_a_file_that_is_no_text_is_refused(page, content, sentence):
    file = SimpleUploadedFile("graph.json", content)
    assert sentence in text_of(page.post("/graphs/import/", {"file": file}))


def test_a_node_called_items_does_not_confuse_the_list_of_problems(page):
    text = document(nodes=[{"id": "items", "block_id": "nonsense"}], links=[])
    assert 'items : There is no block "nonsense"' in text_of(
        page.post("/graphs/import/", {"text": text})
    )


def edit(page, graph, **given):
    return page.post(f"/graphs/{graph.pk}/json/", {"base_version": 1} | given)


def test_the_editor_shows_the_graph_and_saves_a_new_version(page, version):
    form = page.get(f"/graphs/{version.graph_id}/json/").context["form"]
    text = form["text"].value().replace('"answer"', '"reply"')
    edit(page, version.graph, text=text)
    newest = version.graph.versions.newest_first().first()
    assert (newest.version, newest.is_active) == (2, True)
    assert newest.load().nodes["tell"].input_default == {"name": "reply"}
    assert version.load().nodes["tell"].input_default == {"name": "answer"}


def test_a_wrong_edit_saves_nothing_and_keeps_the_text(page, version):
    text = document(
        links=[
            {"source_id": "ask", "source_name": "smell", "sink_id": "tell", "sink_name": "value"}
        ]
    )
    answer = edit(page, version.graph, text=text)
    assert 'ask has no output pin "smell"' in text_of(answer)
    assert answer.context["form"]["text"].value() == text
    assert version.graph.versions.count() == 1


def test_an_edit_of_an_outdated_version_is_refused_and_the_text_stays(page, version):
    services.save_version(graph=version.graph, name="Echo", description="", drawing=chain("x"))
    answer = edit(page, version.graph, text=document())
    assert "version 2 was saved in the meantime" in text_of(answer)
    assert answer.context["form"]["text"].value() == document()
    assert version.graph.versions.count() == 2


def test_editing_an_old_version_brings_it_back(page, version):
    services.save_version(graph=version.graph, name="Echo", description="", drawing=chain("x"))
    form = page.get(f"/graphs/{version.graph_id}/json/", {"version": "1"}).context["form"]
    edit(page, version.graph, text=form["text"].value(), base_version=form["base_version"].value())
    assert version.graph.versions.get(is_active=True).load() == version.load()
