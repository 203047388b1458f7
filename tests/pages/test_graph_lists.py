"""The list of graphs."""

import pytest

from tests.factories import VersionFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("query", "names"), [("", "bca"), ("?order=name", "abc"), ("?order=name&q=b", "b")]
)
def test_graphs_are_listed_in_the_order_that_is_asked_for(page, user, query, names):
    for name in "acb":
        VersionFactory(owner=user, name=name)
    listed = page.get(f"/graphs/{query}").context["page"].object_list
    assert "".join(graph.name for graph in listed) == names
