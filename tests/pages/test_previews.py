"""What a node would say or send with what came to it last, while it is edited in the builder."""

import json

import pytest

from executions.models import Execution
from tests.executions import scene
from tests.factories import VersionFactory
from tests.pages.reading import text_of
from tests.pages.test_trials import GRAPH, start, try_part

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(user):
    return scene.run(user, GRAPH, text="tea")


def preview(page, graph_id, linked=(), **node):
    drawn = {"id": "shout", "block_id": "fill_text_template_block", "input_default": {}, **node}
    given = {"node": json.dumps(drawn), "linked": linked}
    return page.post(f"/graphs/{graph_id}/preview/", given)


def test_a_pure_block_sends_what_it_would_make_of_what_came_last(page, run):
    filled = {"format": "More {{ t }}"}
    answer = preview(page, run.graph_id, ["values_#_t"], input_default=filled)
    assert "output More tea" in text_of(answer)
    assert "With what came over its links" in text_of(answer)
    assert Execution.objects.count() == 1


def test_values_of_the_node_itself_count_where_nothing_is_linked(page, run):
    filled = {"format": "{{ t }}", "values": {"t": "cocoa"}}
    assert "output cocoa" in text_of(preview(page, run.graph_id, input_default=filled))


def test_a_prompt_is_shown_with_its_variables(page, run):
    ask = {"prompt": "Sum up {text}", "sys_prompt": "Be {how}", "text": "tea", "how": "brief"}
    answer = preview(page, run.graph_id, block_id="llm_call_block", input_default=ask)
    assert "sys_prompt Be brief prompt Sum up tea" in text_of(answer)


def test_the_values_of_a_part_that_was_tried_count_too(page, run):
    form = page.get(try_part(page, run, "after")["Location"])
    (field,) = form.context["form"]
    start(page, form, **{field.html_name: "coffee"})
    node = {"id": "again", "input_default": {"format": "{{ t }}"}}
    assert "output coffee" in text_of(preview(page, run.graph_id, ["values_#_t"], **node))
    shown = page.get(f"/graphs/{run.graph_id}/last-values/", {"node": "again"})
    assert "coffee?" in text_of(shown)


def test_before_the_first_run_the_preview_says_what_is_missing(page, user):
    graph_id = VersionFactory(owner=user).graph_id
    filled = {"format": "More {{ t }}"}
    answer = preview(page, graph_id, ["values_#_t"], input_default=filled)
    assert "Run the graph once" in text_of(answer)


def test_what_fails_says_why(page, run):
    answer = preview(page, run.graph_id, block_id="parse_json_block", input_default={"text": "x"})
    assert "JSON" in text_of(answer)


@pytest.mark.parametrize(
    ("node", "status"), [({"block_id": "gone_block"}, 404), ({"input_default": 7}, 400)]
)
def test_what_is_no_node_is_refused(page, run, node, status):
    assert preview(page, run.graph_id, **node).status_code == status
