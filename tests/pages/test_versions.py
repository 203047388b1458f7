"""The page with the changes of a version, and taking an old one up again."""

import pytest

from graphs import services
from tests.executions.scene import drawing, save
from tests.pages.reading import source_of, text_of

pytestmark = pytest.mark.django_db


def saying(text, **more):
    return drawing({"say": ("store_value_block", {"input": text}), **more})


@pytest.fixture
def graph(user):
    graph = save(user, saying("hello")).graph
    later = saying("good bye", more=("store_value_block", {"input": 1}))
    services.save_version(
        graph=graph, name="Scene", description="", drawing=later, message="Politer"
    )
    return graph


def test_it_tells_what_has_changed_and_draws_it(page, graph):
    answer = page.get(f"/graphs/{graph.pk}/versions/2/")
    text = text_of(answer)
    assert "hello" in text
    assert "good bye" in text
    assert "Politer" in text
    assert 'data-change="added"' in source_of(answer)
    assert 'data-change="changed"' in source_of(answer)


def test_any_two_versions_can_be_compared(page, graph):
    answer = page.get(f"/graphs/{graph.pk}/versions/1/?against=2")
    assert {each.node.id: each.kind for each in answer.context["changes"].nodes} == {
        "say": "changed",
        "more": "removed",
    }


def test_an_old_version_comes_back_as_the_newest(page, graph):
    page.post(f"/graphs/{graph.pk}/versions/1/restore/")
    newest = graph.versions.newest_first()[0]
    assert (newest.version, newest.is_active) == (3, True)
    assert newest.load() == graph.versions.get(version=1).load()


def test_what_is_secret_is_not_shown(page, user):
    secret = drawing(
        {"key": ("text_input_block", {"name": "key", "secret": True, "value": "hush"})}
    )
    version = save(user, secret)
    assert "hush" not in source_of(page.get(f"/graphs/{version.graph_id}/versions/1/"))


def test_a_version_that_is_not_there_is_not_found(page, graph):
    assert page.get(f"/graphs/{graph.pk}/versions/9/").status_code == 404
