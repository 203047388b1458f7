"""The graphs that are measured are sound, and as large as the table says."""

import pytest

from bench import workloads
from bench.workloads import WORKLOADS, Target
from executions.engine.status import Status
from graphs import validation
from tests.executions import scene
from tests.factories import UserFactory

SITE = "http://127.0.0.1:1/"
GRAPHS = {
    "chain-40": workloads.chain(40),
    "chain-1000": workloads.chain(1_000),
    "big-10k": workloads.chain(10_000),
    "fan-40": workloads.fan(40),
    "fan-100": workloads.fan(100),
    "lattice": workloads.lattice(10, 10),
    "io-40": workloads.fetches(40, SITE),
    "io-100": workloads.fetches(100, SITE),
    "chain-io-40": workloads.fetch_chain(40, SITE),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_can_be_saved_and_run(name):
    graph = GRAPHS[name]

    assert [*validation.structure_problems(graph), *validation.run_problems(graph)] == []


@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_has_as_many_nodes_as_the_table_says(name):
    assert len(GRAPHS[name].nodes) == WORKLOADS[name].nodes


@pytest.mark.django_db
@pytest.mark.parametrize(
    "graph",
    [workloads.chain(7), workloads.fan(5), workloads.lattice(3, 4)],
    ids=["chain", "fan", "lattice"],
)
def test_every_node_of_a_pure_graph_runs_once(graph):
    execution = scene.run(UserFactory(), graph)

    assert execution.status == Status.COMPLETED
    assert scene.statuses(execution) == {name: [Status.COMPLETED] for name in graph.nodes}


@pytest.mark.parametrize(
    ("target", "value", "holds", "share"),
    [
        (Target("seconds", "<=", 0.5), 0.25, True, 0.5),
        (Target("seconds", "<=", 0.5), 1.0, False, 2.0),
        (Target("ratio_to_floor", ">=", 6), 12.0, True, 0.5),
        (Target("ratio_to_floor", ">=", 6), 3.0, False, 2.0),
    ],
)
def test_a_target_holds_as_long_as_no_more_than_all_of_it_is_used(target, value, holds, share):
    assert (target.holds(value), target.share_used(value)) == (holds, share)
