"""What the builder warns of: runs of a graph that lead back to it."""

import pytest

from graphs import drafts, files, services, spec
from graphs.models import Draft
from tests.factories import VersionFactory, echo_drawing

pytestmark = pytest.mark.django_db


def runs(*versions):
    """A drawing that runs these graphs."""
    nodes = [
        spec.Node(f"run{n}", "agent_executor_block", {"graph_id": str(each.graph_id)})
        for n, each in enumerate(versions)
    ]
    return spec.Graph({node.id: node for node in nodes}, ())


def draft_of(user, version, drawing):
    """What the user has drawn and not saved."""
    version.load = lambda: drawing
    return Draft(graph=version.graph, user=user, document=files.document_of(version))


def warnings(draft):
    told = drafts.problems_for(draft.user, draft.graph, draft.document)
    return [(each.node_id, each.field, each.message) for each in told if each.is_warning]


def test_a_draft_that_leads_back_to_its_graph_is_warned_of_at_the_node(user):
    top = VersionFactory(owner=user, name="Top")
    plain, below = VersionFactory(owner=user), VersionFactory(owner=user, name="Below")
    middle = VersionFactory(owner=user, name="Middle", drawing=runs(plain, below))
    services.save_version(graph=below.graph, name="Below", description="", drawing=runs(top))
    [(node_id, field, message)] = warnings(draft_of(user, top, runs(plain, middle)))
    assert (node_id, field) == ("run1", "graph_id")
    assert 'by way of "Middle → Below"' in message


def test_a_graph_that_runs_itself_is_warned_of_and_saved_all_the_same(user):
    top = VersionFactory(owner=user, name="Top")
    [(node_id, _, message)] = warnings(draft_of(user, top, runs(top)))
    assert (node_id, message.split(";")[0]) == ("run0", "This runs the graph itself")
    saved = services.save_version(graph=top.graph, name="Top", description="", drawing=runs(top))
    assert saved.version == 2


def test_what_others_have_drawn_is_not_told(user, stranger):
    top = VersionFactory(owner=user, name="Top")
    theirs = VersionFactory(owner=stranger, drawing=runs(top))
    assert warnings(draft_of(user, top, runs(theirs))) == []


def test_many_other_graphs_cost_no_more_questions(user, django_assert_num_queries):
    top, below = VersionFactory(owner=user), VersionFactory(owner=user)
    for _ in range(3):
        VersionFactory(owner=user, drawing=runs(below))
    with django_assert_num_queries(1):  # which blocks are switched off
        assert warnings(draft_of(user, top, echo_drawing())) == []
    draft = draft_of(user, top, runs(below))
    with django_assert_num_queries(2):
        assert warnings(draft) == []
