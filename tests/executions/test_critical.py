"""The critical path of a run."""

from datetime import UTC, datetime, timedelta

from executions.insight.critical import Stretch, critical_path

START = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)


def at(node_id, start, end):
    return Stretch(node_id, START + timedelta(seconds=start), START + timedelta(seconds=end))


def nodes(path):
    return [each.node_id for each in path]


def test_it_leads_through_the_slower_of_two_branches():
    work = [at("ask", 0, 1), at("fast", 1, 2), at("slow", 1, 5), at("join", 5, 6)]
    before = {"fast": {"ask"}, "slow": {"ask"}, "join": {"fast", "slow"}}
    assert nodes(critical_path(work, before)) == ["ask", "slow", "join"]


def test_it_begins_where_nothing_was_waited_for():
    assert nodes(critical_path([at("a", 0, 1), at("b", 0, 3)], {"b": {"a"}})) == ["b"]


def test_of_a_loop_it_takes_every_round():
    work = [at("a", 0, 1), at("b", 1, 2), at("a", 2, 3), at("b", 3, 4)]
    assert nodes(critical_path(work, {"a": {"b"}, "b": {"a"}})) == ["a", "b", "a", "b"]


def test_firings_in_one_instant_lead_to_no_endless_way():
    assert nodes(critical_path([at("a", 0, 0), at("b", 0, 0)], {"a": {"b"}, "b": {"a"}})) == ["a"]


def test_without_firings_there_is_none():
    assert critical_path([], {}) == []
