"""GET /api/graphs/{id}/analysis, and the estimate in the builder."""

import pytest

from tests.executions import scene
from tests.factories import VersionFactory
from tests.pages.conftest import logged_in
from tests.pages.reading import text_of

pytestmark = pytest.mark.django_db(transaction=True)

PAID = scene.drawing(
    {
        "a": ("test_pure", {"value": 1}),
        "b": ("test_paid", {}),
        "note": ("note_block", {"text": ""}),
    },
    ["a.value -> b.value"],
)


def test_it_tells_shape_time_and_cost(user):
    execution = scene.run(user, PAID)
    found = logged_in(user).get(f"/api/graphs/{execution.graph_id}/analysis").json()
    assert found.pop("estimated_slow_seconds") == found.pop("estimated_seconds") > 0
    assert found.pop("estimated_work_seconds") > 0
    assert found == {
        "node_count": 2,
        "link_count": 1,
        "depth": 2,
        "parallel_branches": 1,
        "batches": [["a"], ["b"]],
        "cycles": [],
        "bottlenecks": [],
        "suggestions": [],
        "critical_path": ["a", "b"],
        "estimated_cost": 5,
    }


def test_the_builder_shows_it(user):
    version = scene.save(user, PAID)
    answer = logged_in(user).get(f"/graphs/{version.graph_id}/estimate/")
    assert "≈ 5 credits" in text_of(answer)
    assert "Critical path: 2 nodes" in text_of(answer)


def test_a_stranger_gets_404(user, stranger):
    version = VersionFactory(owner=user)
    assert logged_in(stranger).get(f"/api/graphs/{version.graph_id}/analysis").status_code == 404
