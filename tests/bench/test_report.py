"""What is written about the figures."""

import json

import pytest
from defusedxml import ElementTree

from bench import chart, report
from bench.machine import Facts
from bench.options import parse
from bench.results import Guess, Peer, Reading, Results, percentile
from bench.workloads import WORKLOADS

FACTS = Facts("./dev bench", "2026-11-22", "A machine", "Python 3", "0.1")


@pytest.fixture
def results():
    """Three rounds of two workloads, one of which misses its target."""
    results = Results(peers={"a.py": Peer("a", True, {"chain40": 0.2}), "b.py": Peer("b")})
    for seconds in (0.1, 0.2, 0.4):
        results.floors.transactions_per_s.append(10 / seconds)
        results.add(WORKLOADS["watch"], Reading(seconds, 2.0, {"event": [seconds, 2 * seconds]}))
        results.add(WORKLOADS["chain-1000"], Reading(seconds, 1 / seconds))
    return results


def test_figures_are_medians_of_the_rounds(results):
    chain = results.workloads["chain-1000"]

    assert (chain.seconds, chain.ratio, chain.nodes_per_s, chain.holds) == (0.2, 5.0, 5_000, False)


def test_latencies_of_all_rounds_count_together(results):
    (latency,) = results.workloads["watch"].latencies

    assert (latency.p50, latency.p99, latency.count) == (0.2, 0.8, 6)


@pytest.mark.parametrize(("percent", "expected"), [(0, 1), (50, 2), (75, 3), (99, 4), (100, 4)])
def test_a_percentile_is_one_of_the_values(percent, expected):
    assert percentile([1, 2, 3, 4], percent) == expected


def test_workloads_stand_in_the_order_of_the_table(results):
    assert report.workload_rows(results) == [
        ["chain-1000", "200.0 ms", "5,000", "5.00", "ratio_to_floor >= 6", "NO"],
        ["watch", "200.0 ms", "", "2.00", "", ""],
    ]


def test_errors_of_estimates_count_whichever_way_they_go(results):
    results.guesses = [Guess("a", 2.0, 1.0, 2.0), Guess("b", 1.0, 1.1, 6.0)]

    assert report.guess_rows(results) == [
        ["a", "2.00 s", "1.00 s", "-50%", "2.00 s", "+0%"],
        ["b", "1.00 s", "1.10 s", "+10%", "6.00 s", "+500%"],
        ["off by, p50", "", "", "10%", "", "0%"],
        ["off by, p90", "", "", "50%", "", "500%"],
    ]


def test_json_has_a_fixed_form(results):
    written = json.loads(json.dumps(results.as_json()))

    assert written["workloads"]["chain-1000"] == {
        "seconds": 0.2,
        "nodes_per_s": 5_000,
        "ratio_to_floor": 5.0,
        "floor": "nodes/s ÷ raw transactions/s",
        "target": "ratio_to_floor >= 6",
        "holds": False,
        "rounds": 3,
        "latencies": {},
    }
    assert written["floors"] == {"raw_transactions_per_s": 50}
    assert written["peers"] == {
        "a.py": {"system": "a", "saves_every_step": True, "chain40": 0.2},
        "b.py": "not installed",
    }


def test_only_floors_that_were_measured_are_shown(results):
    assert [row[1] for row in report.floor_rows(results)] == ["50/s"]


def test_columns_of_a_table_stand_below_each_other():
    assert report.as_text([["a", "n"], ["bcd", "1,000"]]) == "a        n\nbcd  1,000\n"


def test_only_what_is_between_the_marks_is_replaced(results, tmp_path):
    document = tmp_path / "performance.md"
    document.write_text(f"before\n{report.BEGIN}\nearlier figures\n{report.END}\nafter\n")

    report.write_document(document, results, FACTS)
    once = document.read_text()
    report.write_document(document, results, FACTS)

    assert once.startswith(f"before\n{report.BEGIN}\nMeasured on 2026-11-22")
    assert once.endswith(f"\n{report.END}\nafter\n")
    assert "earlier figures" not in once
    assert document.read_text() == once


def test_the_documentation_has_the_marks():
    text = report.DOCUMENT.read_text()

    assert text.index(report.BEGIN) < text.index(report.END)


def test_the_chart_has_a_bar_for_each_target(results):
    drawing = ElementTree.fromstring(chart.of_targets(results.lines))
    texts = [element.text for element in drawing.iter("{http://www.w3.org/2000/svg}text")]

    assert texts == ["chain-1000", "120%", "target"]


def test_an_unknown_workload_is_refused(capsys):
    with pytest.raises(SystemExit):
        parse(["--only", "chain-40,chain-41"])

    assert "there is no workload chain-41" in capsys.readouterr().err


def test_what_is_only_compared_with_peers_is_left_out_without_them(tmp_path):
    assert "fan-40" not in parse([]).names
    assert "fan-40" in parse(["--peers", str(tmp_path)]).names


def test_the_command_is_shown_as_it_was_given():
    assert parse(["--quick", "--deadline=12.5"]).command == "./dev bench --quick"
