"""What can be told of a drawing before it runs."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from graphs import analysis, spec
from graphs.analysis import Usual
from tests.executions.scene import drawing


def graph(*links):
    """Nodes named by letters; a link is `ab`."""
    nodes = dict.fromkeys("".join(links))
    return drawing(
        {id_: ("test_pure", {}) for id_ in nodes}, [f"{a}.value -> {b}.value" for a, b in links]
    )


def analyse(drawn, **seconds):
    usual = {id_: Usual(seconds.get(id_, 0.0), cost=2) for id_ in drawn.nodes}
    return analysis.analyse(drawn, usual)


def test_branches_run_beside_one_another():
    found = analyse(graph("ab", "ac", "bd", "cd"))
    assert [sorted(batch) for batch in found.batches] == [["a"], ["b", "c"], ["d"]]
    assert (found.depth, found.parallel_branches, found.cost) == (3, 2, 8)


def test_the_critical_path_leads_through_the_slower_branch():
    found = analyse(graph("ab", "ac", "bd", "cd"), a=1, b=5, c=2, d=1)
    assert (found.critical_path, found.seconds, found.total_seconds) == (["a", "b", "d"], 7, 9)


def test_without_history_it_is_the_longest_way():
    assert analyse(graph("ab", "bc", "ac")).critical_path == ["a", "b", "c"]


def test_a_loop_is_reported_and_counts_as_one_step():
    found = analyse(graph("ab", "bc", "cb", "cd"))
    assert [sorted(each) for each in found.cycles] == [["b", "c"]]
    assert found.depth == 3


def test_a_node_that_leads_to_itself_is_a_loop():
    assert analyse(graph("aa")).cycles == [["a"]]


def test_nodes_that_wait_for_many_are_named():
    found = analyse(graph("ae", "be", "ce", "de"))
    assert found.bottlenecks == ["e"]
    assert "e waits for many nodes" in found.suggestions[0]


def test_large_and_deep_graphs_get_advice():
    names = [chr(300 + n) for n in range(60)]
    found = analyse(graph(*(a + b for a, b in itertools.pairwise(names))))
    assert len(found.suggestions) == 2


def test_notes_do_not_count():
    drawn = graph("ab")
    found = analysis.analyse(drawn, {"a": Usual()})
    assert (found.node_count, found.batches) == (1, [["a"]])


def test_slow_nodes_are_not_all_slow_at_once():
    usual = {id_: Usual(1.0, slow_seconds=slow) for id_, slow in zip("abc", (4, 5, 1), strict=True)}
    found = analysis.analyse(graph("ab", "bc"), usual)
    assert (found.seconds, found.slow_seconds) == (3, 3 + 5)


def test_a_very_long_way_is_found():
    names = [chr(300 + n) for n in range(20_000)]
    found = analyse(graph(*(a + b for a, b in itertools.pairwise(names))))
    assert found.critical_path == names


def test_an_empty_drawing_has_no_path():
    found = analysis.analyse(spec.Graph({}, ()), {})
    assert (found.critical_path, found.depth, found.parallel_branches) == ([], 0, 0)


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20))
def test_every_node_is_in_one_batch_after_those_that_lead_to_it(pairs):
    found = analyse(graph(*(f"{a}{b}" for a, b in pairs)))
    step = {id_: n for n, batch in enumerate(found.batches) for id_ in batch}
    looping = {id_: group for n, group in enumerate(found.cycles) for id_ in group}
    assert sorted(step) == sorted({str(each) for pair in pairs for each in pair})
    for a, b in pairs:
        same_loop = str(a) in looping.get(str(b), ())
        assert same_loop or step[str(a)] < step[str(b)]
