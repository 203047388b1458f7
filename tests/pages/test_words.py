"""A graph from words."""

import json

import pytest

from blocks.adapters.llm import LlmSettings
from graphs.models import Graph
from tests.blocks.adapters.site import running_site
from tests.executions.provider import said
from tests.pages.drawings import document
from tests.pages.reading import source_of, text_of

pytestmark = pytest.mark.django_db(transaction=True)

WRONG = document(links=[])
WRONG = json.dumps(json.loads(WRONG) | {"nodes": [{"id": "x", "block_id": "magic_block"}]})


@pytest.fixture
def provider(settings):
    with running_site() as site:
        settings.LLM = LlmSettings("openai", site.url, "k", "m")
        yield site


def describe(page):
    return page.post("/graphs/words/", {"words": "Say what I say"})


def test_without_a_model_it_says_so(page):
    assert "No language model is configured" in text_of(page.get("/graphs/words/"))
    assert describe(page).status_code == 422


def test_a_model_drafts_a_graph_that_is_shown_and_not_saved(page, provider):
    provider.says("/chat/completions", said(f"Here it is:\n```json\n{document()}\n```"))
    answer = describe(page)
    assert "Proposal: Imported" in text_of(answer)
    assert 'data-node="tell"' in source_of(answer)
    assert Graph.objects.count() == 0


def test_a_draft_that_is_wrong_goes_back_with_what_is_wrong(page, provider):
    provider.says("/chat/completions", said(WRONG), said(document()))
    assert describe(page).context["problems"] == []


def test_a_draft_that_stays_wrong_is_shown_with_its_problems(page, provider):
    provider.says("/chat/completions", said(WRONG), said(WRONG))
    assert "magic_block" in text_of(describe(page))


@pytest.mark.parametrize("answer", ["I cannot.", "{not json}", "[1]"])
def test_an_answer_without_a_graph_is_told(page, provider, answer):
    provider.says("/chat/completions", said(answer))
    answer = describe(page)
    assert (answer.status_code, "did not answer with a graph" in text_of(answer)) == (422, True)


def test_an_accepted_proposal_is_opened_in_the_builder(page, user):
    answer = page.post("/graphs/words/accept/", {"text": document()})
    graph = Graph.objects.get(owner=user)
    assert (answer["Location"], graph.name) == (f"/graphs/{graph.pk}/edit/", "Imported")


@pytest.mark.parametrize("text", ["", "nonsense", WRONG])
def test_what_is_no_graph_is_not_accepted(page, text):
    assert page.post("/graphs/words/accept/", {"text": text})["Location"] == "/graphs/words/"
    assert Graph.objects.count() == 0
