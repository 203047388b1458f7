"""Every template of the gallery is sound, and runs as it is."""

import pytest
from django.utils import translation

from executions import services
from executions.workers import work
from graphs import services as graph_services
from graphs import validation
from graphs.gallery import TEMPLATES

WAITS = {"approval", "answer-mail"}  # for a person


def test_there_are_enough():
    assert len(TEMPLATES) >= 12


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("slug", TEMPLATES)
def test_a_template_can_be_run_in_every_language(slug, language):
    with translation.override(language):
        drawing = TEMPLATES[slug].draw()
    assert [*validation.structure_problems(drawing), *validation.run_problems(drawing)] == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("slug", TEMPLATES)
@pytest.mark.django_db(transaction=True)
def test_a_template_runs_as_it_is(user, slug, language):
    with translation.override(language):
        drawing = TEMPLATES[slug].draw()
    version = graph_services.create_graph(owner=user, name=slug, drawing=drawing)
    execution = services.start_execution(version=version, user=user, inputs={})
    work.advance(execution.pk)
    work.fill_slots()
    execution.refresh_from_db()
    if slug in WAITS:
        assert execution.status == "WAITING"
        services.answer(execution.node_executions.get(node_id="ask"), {"approved": True})
        work.advance(execution.pk)
        execution.refresh_from_db()
    assert (execution.status, execution.error) == ("COMPLETED", "")
    assert all(values for values in execution.outputs.values())
    assert execution.outputs
